// Compares what a device computes with the host evaluator.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "host_evaluator.hpp"
#include "tarn/tensor.hpp"

namespace tarn::test {

/// Tensors that a device holds, whose values the host still knows.
class Leaves {
 public:
  template <Element E>
  Tensor add(const std::vector<E>& values, const Shape& shape, bool weight = false) {
    const Tensor made = weight ? tensor(values, shape).as_weight() : tensor(values, shape);
    known_[made.node().get()] = {shape, dtype_of<E>, {values.begin(), values.end()}};
    kept_.push_back(made);
    return made;
  }
  LeafValues values() const {
    return [this](const Node& node) { return known_.at(&node); };
  }

 private:
  std::unordered_map<const Node*, HostArray> known_;
  std::vector<Tensor> kept_;  // so that no address is used twice
};

inline std::vector<double> read_back(const Tensor& tensor) {
  const auto widen = [](const auto& values) {
    return std::vector<double>(values.begin(), values.end());
  };
  switch (tensor.dtype()) {
    case DType::bool_:
      return widen(tensor.to_vector<bool>());
    case DType::int32:
      return widen(tensor.to_vector<std::int32_t>());
    default:
      return widen(tensor.to_vector<float>());
  }
}

/// How far a result may be from the host's: absolute + relative * the largest finite magnitude
/// around.
struct Closeness {
  double relative = 4e-6;
  double absolute = 1e-6;
};

/// The first difference as text; empty where there is none. NaN equals NaN; ints and bools are
/// exact.
inline std::string difference(const std::vector<double>& got, const HostArray& want,
                              Closeness closeness) {
  const bool exact = want.dtype != DType::float32;
  if (got.size() != want.values.size()) return "sizes differ";
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double a = got[i];
    const double b = want.values[i];
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    if (!exact && std::abs(a - b) <= closeness.absolute + closeness.relative * std::abs(b))
      continue;
    return "element " + std::to_string(i) + " is " + std::to_string(a) + ", the host says " +
           std::to_string(b);
  }
  return {};
}

struct Case {
  std::string name;
  Tensor tensor;
  Closeness closeness = {};
};

/// Computes all cases as one plan, so as one program, and compares each with the host.
inline void expect_like_host(const std::vector<Case>& cases, const Leaves& leaves) {
  std::vector<graph::NodePtr> nodes;
  std::vector<Tensor> tensors;
  for (const Case& c : cases) {
    nodes.push_back(c.tensor.node());
    tensors.push_back(c.tensor);
  }
  const std::vector<HostArray> want = evaluate(nodes, leaves.values());  // while there are sources
  realize(tensors);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(difference(read_back(cases[i].tensor), want[i], cases[i].closeness), "")
        << cases[i].name;
  }
}

inline std::vector<float> random_floats(std::size_t count, unsigned seed, float scale = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, scale);
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

}  // namespace tarn::test
