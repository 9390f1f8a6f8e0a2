// A second opinion: what a graph means, computed on the host node by node in the plainest way, to
// compare devices with. Written to be read, not to be fast.
//
// Elementwise operators are the references of the table. Sums and contractions of floats accumulate
// in double, in row-major order, and are rounded once.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "ops/graph/node.hpp"

namespace tarn::test {

/// Values in row-major order. A double holds every value of every dtype; bools are 0 and 1.
struct HostArray {
  Shape shape;
  DType dtype;
  std::vector<double> values;
};

/// The values of a leaf with a buffer: of a node that is `data` or realized.
using LeafValues = std::function<HostArray(const Node&)>;

/// Requires: `leaf` knows every leaf with a buffer that the node reaches.
HostArray evaluate(const Node& node, const LeafValues& leaf = {});
/// Several nodes; what they share is computed once.
std::vector<HostArray> evaluate(std::span<const graph::NodePtr> nodes, const LeafValues& leaf = {});

}  // namespace tarn::test
