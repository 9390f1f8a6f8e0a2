// What the tests of plans share: expressions of leaves without a device, and their plans.
#pragma once

#include <memory>
#include <vector>

#include "ops/graph/traversal.hpp"
#include "ops/plan/plan.hpp"
#include "tarn/tensor.hpp"

namespace tarn::test {

/// A tensor whose elements are there. It has no device, and needs none to be planned with.
inline Tensor leaf(const Shape& shape, DType dtype = DType::float32, bool weight = false) {
  graph::Attributes attributes;
  attributes.weight = weight;
  auto node = graph::make_leaf(graph::Op::data, dtype, shape, attributes, nullptr);
  node->set_result(std::make_shared<graph::Result>(nullptr, graph::contiguous_view(shape)));
  return Tensor(node);
}
inline Tensor weight(const Shape& shape) { return leaf(shape, DType::float32, true); }

inline plan::Plan plan_of(const std::vector<Tensor>& tensors, plan::Limits limits = {},
                          const plan::DeviceTraits& traits = {}, const plan::Chooser& choose = {}) {
  std::vector<graph::NodePtr> nodes;
  for (const Tensor& tensor : tensors) nodes.push_back(tensor.node());
  graph::Walker walker;
  return plan::make_plan(walker.walk(nodes), traits, limits, PlanMemory::drop, choose);
}

}  // namespace tarn::test
