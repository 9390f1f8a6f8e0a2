// What the functions on tensors are made of: nodes with the checks, casts and broadcasts before
// them. No node is made that would change nothing.
#pragma once

#include <memory>
#include <string>

#include "ops/graph/node.hpp"
#include "tarn/tensor.hpp"

namespace tarn::build {

using graph::Attributes;
using graph::Op;

inline Tensor make(Op op, DType dtype, const Shape& shape, graph::Sources sources,
                   const Attributes& attributes = {}) {
  return Tensor(graph::make_node(op, dtype, shape, std::move(sources), attributes));
}

/// The state of the device that is named, or of the default one.
std::shared_ptr<DeviceState> device_or_default(const std::optional<Device>& device);

/// The node of `x` in this dtype.
graph::NodePtr operand(const Tensor& x, DType dtype);

/// `value` as an element of this dtype. Throws: ValueError, naming `where`, when int32 cannot hold
/// it.
double as_element(Scalar value, DType dtype, const char* where);
Tensor constant(Scalar value, DType dtype, const Shape& shape, std::shared_ptr<DeviceState> device,
                const char* where);
/// ... without axes, on the device of `beside`.
Tensor scalar(Scalar value, DType dtype, const Tensor& beside, const char* where);

/// The dtype in which an operator computes operands of `dtype`: the smallest that is not smaller
/// and that the table defines it for. `given` is what an error says of the operands. Throws:
/// DTypeError.
DType computed_in(Op op, DType dtype, DType a, std::optional<DType> b = {});

/// Throws: DeviceError, naming `where`.
void check_same_device(const Tensor& a, const Tensor& b, const char* where);

Tensor unary(Op op, const Tensor& x);
Tensor binary(Op op, const Tensor& a, const Tensor& b);
Tensor binary(Op op, const Tensor& a, Scalar b);
Tensor binary(Op op, Scalar a, const Tensor& b);

/// Requires: as many elements.
Tensor reshaped(const Tensor& x, const Shape& shape);

/// The axes as bits, bit i for axis i. Throws: ShapeError for one out of range or named twice.
std::uint32_t axis_bits(const Axes& axes, int rank, const char* where);

}  // namespace tarn::build
