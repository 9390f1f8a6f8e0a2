// The programs that tarn is measured on, and compared with its peers: maps, reductions,
// contractions, networks, and many small steps. All float32.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tarn/tarn.hpp"

namespace tarn::bench {

using Tensors = std::vector<Tensor>;

/// An array of normally distributed numbers.
struct Array {
  Shape shape;
  double scale = 1;
  double mean = 0;
};

/// A function of `inputs`, which are new on every run, and `weights`, which a runtime may prepare
/// ahead of time: `run`, or a `network` of one input, whose parameters are the weights in the order
/// of their table. `flops` counts a multiply and an add as two, `bytes` each operand and the result
/// once; both are the algorithm's, whatever is really done.
struct Workload {
  std::string name;
  std::vector<Array> inputs, weights;
  std::function<Tensor(const Tensors& inputs, const Tensors& weights)> run = {};
  std::function<std::shared_ptr<nn::Module>()> network = {};
  double flops = 0;
  double bytes = 0;
};

/// The workload as a function of its inputs alone. Throws: ValueError when the weights are not
/// those of the network.
std::function<Tensor(const Tensors& inputs)> prepare(const Workload& work, const Tensors& weights);

std::vector<Workload> all_workloads();

// The families, each in the order of its table.
void add_maps_and_reductions(std::vector<Workload>& all);
void add_contractions(std::vector<Workload>& all);
void add_networks(std::vector<Workload>& all);

}  // namespace tarn::bench
