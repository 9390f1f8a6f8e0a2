#include "host_device.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace tarn {
namespace {

// The values of tensors that were made of some. A node's place may be used again: the last one
// counts.
std::unordered_map<const Node*, test::HostArray> uploaded;

// Devices are told apart by their states; nobody looks into these.
Device make_device() {
  const auto owner = std::make_shared<int>(0);
  return Device(std::shared_ptr<DeviceState>(owner, reinterpret_cast<DeviceState*>(owner.get())));
}

std::unordered_set<const Node*> reachable(const Tensor& x) {
  std::unordered_set<const Node*> seen;
  std::vector<const Node*> waiting{x.node().get()};
  while (!waiting.empty()) {
    const Node* node = waiting.back();
    waiting.pop_back();
    if (!seen.insert(node).second) continue;
    for (const graph::NodePtr& source : node->sources.all()) waiting.push_back(source.get());
  }
  return seen;
}

}  // namespace

Device Device::default_device() {
  static const Device device = make_device();
  return device;
}

template <Element T>
Tensor from_span(std::span<const T> values, const Shape& shape, const TensorOptions& options) {
  const Device device = options.device.value_or(Device::default_device());
  const Tensor x(graph::make_leaf(graph::Op::data, dtype_of<T>, shape, {}, device.state()));
  uploaded.insert_or_assign(x.node().get(),
                            test::HostArray{shape, dtype_of<T>, {values.begin(), values.end()}});
  return x;
}
template Tensor from_span(std::span<const bool>, const Shape&, const TensorOptions&);
template Tensor from_span(std::span<const std::int32_t>, const Shape&, const TensorOptions&);
template Tensor from_span(std::span<const float>, const Shape&, const TensorOptions&);

namespace test {

HostArray evaluated(const Tensor& x) {
  return evaluate(*x.node(), [](const Node& node) { return uploaded.at(&node); });
}

std::vector<double> values(const Tensor& x) { return evaluated(x).values; }

Device other_device() {
  static const Device device = make_device();
  return device;
}

int count_nodes(const Tensor& x) { return static_cast<int>(reachable(x).size()); }

int count_nodes(const Tensor& x, graph::Op op) {
  return static_cast<int>(
      std::ranges::count_if(reachable(x), [op](const Node* node) { return node->op == op; }));
}

}  // namespace test
}  // namespace tarn
