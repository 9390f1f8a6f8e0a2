// The functions of tensors that touch a device: upload, compute, read.
#include <algorithm>
#include <mutex>
#include <ostream>

#include "ops/graph/node.hpp"
#include "ops/realize/realizer.hpp"
#include "ops/tensor/format.hpp"
#include "runtime/opencl/device_state.hpp"
#include "runtime/opencl/stream.hpp"
#include "tarn/error.hpp"
#include "tarn/tensor.hpp"

namespace tarn {
namespace {

using graph::NodePtr;
using graph::Op;
using graph::Result;

// Runs under the lock of the tensors' device.
template <class Function>
auto on_device(const Node& node, Function function) {
  DeviceState& device = *node.device;
  const std::scoped_lock lock(device.mutex());
  return function(seam::Realizer::of(device));
}

void realize_nodes(std::span<const NodePtr> nodes) {
  if (nodes.empty()) return;
  on_device(*nodes[0], [&](seam::Realizer& realizer) { realizer.realize(nodes); });
}

// A tensor of elements that are here, from the host's bytes.
NodePtr upload(std::span<const std::byte> bytes, DType dtype, const Shape& shape,
               const Device& device, bool weight = false) {
  DeviceState& state = *device.state();
  const std::scoped_lock lock(state.mutex());
  state.check_usable();
  std::shared_ptr<Buffer> buffer;
  if (!bytes.empty()) {
    buffer = std::make_shared<Buffer>(state.allocator(), bytes.size());
    state.stream().write(buffer->block(), 0, bytes);
  }
  graph::Attributes attributes;
  attributes.weight = weight;
  auto node = graph::make_leaf(Op::data, dtype, shape, attributes, device.state());
  node->set_result(std::make_shared<Result>(std::move(buffer), graph::contiguous_view(shape)));
  return node;
}

// Copies the elements, in row-major order.
void read(const Tensor& tensor, std::span<std::byte> to) {
  tensor.realize();
  const Node& node = *tensor.node();
  const bool in_order = on_device(
      node, [&](seam::Realizer&) { return graph::is_contiguous(node.result->view, node.shape); });
  if (!in_order) return read(tensor.contiguous(), to);
  if (to.empty()) return;
  const std::scoped_lock lock(node.device->mutex());
  node.device->check_usable();
  const std::size_t offset =
      static_cast<std::size_t>(node.result->view.offset) * size_of(node.dtype);
  node.device->stream().read(node.result->buffer->block(), offset, to);
}

void check_dtype(const Tensor& tensor, DType asked, const char* function) {
  if (tensor.dtype() == asked) return;
  throw DTypeError(std::string(function) + ": the tensor is " + std::string(name(tensor.dtype())) +
                   ", asked for " + std::string(name(asked)));
}

}  // namespace

// ---- Computing

const Tensor& Tensor::realize() const {
  realize_nodes({&node_, 1});
  return *this;
}

bool Tensor::is_realized() const {
  const std::scoped_lock lock(node_->device->mutex());
  return node_->realized();
}

void realize(std::span<const Tensor> tensors) {
  std::vector<NodePtr> nodes;
  for (const Tensor& tensor : tensors) {
    if (!(tensor.device() == tensors[0].device())) {
      throw DeviceError("realize: the tensors are on different devices: " +
                        tensors[0].device().info().name + " and " + tensor.device().info().name);
    }
    nodes.push_back(tensor.node());
  }
  realize_nodes(nodes);
}

void realize(std::initializer_list<Tensor> tensors) {
  realize(std::span(tensors.begin(), tensors.size()));
}

std::string Tensor::explain() const {
  if (is_realized()) return "realized\n";
  return on_device(*node_, [&](seam::Realizer& realizer) { return realizer.explain({&node_, 1}); });
}

Tensor Tensor::as_weight() const {
  realize();
  const std::scoped_lock lock(node_->device->mutex());
  graph::Attributes attributes;
  attributes.weight = true;
  auto leaf = graph::make_leaf(Op::data, dtype(), shape(), attributes, node_->device);
  leaf->set_result(std::make_shared<Result>(node_->result->buffer, node_->result->view));
  return Tensor(leaf);
}

// ---- Reading

template <Element E>
void Tensor::copy_to(std::span<E> out) const {
  check_dtype(*this, dtype_of<E>, "copy_to");
  if (static_cast<std::int64_t>(out.size()) != size()) {
    throw ShapeError("copy_to: " + std::to_string(size()) + " elements of shape " +
                     to_string(shape()) + ", room for " + std::to_string(out.size()));
  }
  read(*this, std::as_writable_bytes(out));
}

template <Element E>
std::vector<E> Tensor::to_vector() const {
  check_dtype(*this, dtype_of<E>, "to_vector");
  // A vector<bool> has no bytes to read into.
  using Stored = std::conditional_t<std::is_same_v<E, bool>, unsigned char, E>;
  std::vector<Stored> values(static_cast<std::size_t>(size()));
  read(*this, std::as_writable_bytes(std::span(values)));
  if constexpr (std::is_same_v<E, bool>) {
    return {values.begin(), values.end()};
  } else {
    return values;
  }
}

template <Element E>
E Tensor::item() const {
  if (size() != 1) {
    throw ShapeError("item: one element is wanted, the shape is " + to_string(shape()));
  }
  check_dtype(*this, dtype_of<E>, "item");
  E value;
  read(*this, std::as_writable_bytes(std::span(&value, 1)));
  return value;
}

template <Element T>
Tensor from_span(std::span<const T> values, const Shape& shape, const TensorOptions& options) {
  check_extents(shape, "from_span");
  if (static_cast<std::int64_t>(values.size()) != shape.elements()) {
    throw ShapeError("from_span: " + std::to_string(values.size()) + " values for shape " +
                     to_string(shape) + " of " + std::to_string(shape.elements()) + " elements");
  }
  const Device device = options.device ? *options.device : Device::default_device();
  const Tensor made(upload(std::as_bytes(values), dtype_of<T>, shape, device));
  return options.dtype ? made.cast(*options.dtype) : made;
}

template std::vector<float> Tensor::to_vector() const;
template std::vector<std::int32_t> Tensor::to_vector() const;
template std::vector<bool> Tensor::to_vector() const;
template void Tensor::copy_to(std::span<float>) const;
template void Tensor::copy_to(std::span<std::int32_t>) const;
template void Tensor::copy_to(std::span<bool>) const;
template float Tensor::item() const;
template std::int32_t Tensor::item() const;
template bool Tensor::item() const;
template Tensor from_span(std::span<const float>, const Shape&, const TensorOptions&);
template Tensor from_span(std::span<const std::int32_t>, const Shape&, const TensorOptions&);
template Tensor from_span(std::span<const bool>, const Shape&, const TensorOptions&);

// ---- Printing

namespace {

template <Element E>
std::string printed(const Tensor& tensor) {
  const auto count = static_cast<std::size_t>(tensor.size());
  const auto values = std::make_unique<E[]>(count);
  tensor.copy_to(std::span<E>(values.get(), count));
  return format_array<E>(tensor.shape(), std::span<const E>(values.get(), count));
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) {
  switch (tensor.dtype()) {
    case DType::bool_:
      return out << printed<bool>(tensor);
    case DType::int32:
      return out << printed<std::int32_t>(tensor);
    case DType::float32:
      return out << printed<float>(tensor);
  }
  return out;
}

// ---- Comparing

bool allclose(const Tensor& a, const Tensor& b, Tolerance tolerance) {
  const Tensor x = a.cast(DType::float32);
  const Tensor y = b.cast(DType::float32);
  const Tensor close =
      (x == y) || ((x - y).abs() <= y.abs() * tolerance.relative + tolerance.absolute);
  if (close.size() == 0) return true;
  return close.cast(DType::int32).min().item<std::int32_t>() == 1;
}

Counters counters(const Device& device) {
  DeviceState& state = *device.state();
  const std::scoped_lock lock(state.mutex());
  return seam::Realizer::of(state).counters();
}

void set_plan_memory(const Device& device, PlanMemory memory) {
  DeviceState& state = *device.state();
  const std::scoped_lock lock(state.mutex());
  seam::Realizer::of(state).set_plan_memory(memory);
}

}  // namespace tarn
