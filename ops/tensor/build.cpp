#include "ops/tensor/build.hpp"

#include <cmath>
#include <limits>

#include "tarn/error.hpp"

namespace tarn::build {
namespace {

bool is_defined(Op op, DType dtype) {
  const graph::Spelling& spelling = graph::info(op).spelling;
  switch (dtype) {
    case DType::bool_:
      return !spelling.bool_.empty();
    case DType::int32:
      return !spelling.int32.empty();
    case DType::float32:
      return !spelling.float32.empty();
  }
  return false;
}

// What errors call the operator.
const char* title(Op op) { return graph::name(op).data(); }

DType result_dtype(Op op, DType operands) {
  return graph::gives_bool(op) ? DType::bool_ : operands;
}

}  // namespace

std::shared_ptr<DeviceState> device_or_default(const std::optional<Device>& device) {
  return device ? device->state() : Device::default_device().state();
}

double as_element(Scalar value, DType dtype, const char* where) {
  const double v = value.value();
  switch (dtype) {
    case DType::bool_:
      return v != 0 ? 1 : 0;
    case DType::float32:
      return static_cast<double>(static_cast<float>(v));
    case DType::int32:
      break;
  }
  using Limits = std::numeric_limits<std::int32_t>;
  const double whole = std::trunc(v);
  if (!(whole >= Limits::min() && whole <= Limits::max())) {  // NaN too
    throw ValueError(std::string(where) + ": " + std::to_string(v) + " does not fit an int32");
  }
  return whole;
}

graph::NodePtr operand(const Tensor& x, DType dtype) {
  return x.dtype() == dtype ? x.node() : x.cast(dtype).node();
}

Tensor constant(Scalar value, DType dtype, const Shape& shape, std::shared_ptr<DeviceState> device,
                const char* where) {
  Attributes with;
  with.value = as_element(value, dtype, where);
  return Tensor(graph::make_leaf(Op::constant, dtype, shape, with, std::move(device)));
}

Tensor scalar(Scalar value, DType dtype, const Tensor& beside, const char* where) {
  return constant(value, dtype, {}, beside.node()->device, where);
}

DType computed_in(Op op, DType dtype, DType a, std::optional<DType> b) {
  // NumPy has no - of bools, rather than one of integers.
  const bool no_bool = op == Op::neg || op == Op::sub;
  if (!(no_bool && dtype == DType::bool_)) {
    for (const DTypeInfo& row : kDTypes) {
      if (row.dtype >= dtype && is_defined(op, row.dtype)) return row.dtype;
    }
  }
  std::string text = std::string(title(op)) + ": not defined for " + std::string(name(a));
  if (b) text.append(" and ").append(name(*b));
  throw DTypeError(text);
}

void check_same_device(const Tensor& a, const Tensor& b, const char* where) {
  if (a.node()->device == b.node()->device) return;
  throw DeviceError(std::string(where) + ": tensors of different devices: " + to_string(a.shape()) +
                    " on one and " + to_string(b.shape()) + " on another");
}

Tensor unary(Op op, const Tensor& x) {
  const DType dtype = computed_in(op, x.dtype(), x.dtype());
  return make(op, result_dtype(op, dtype), x.shape(), operand(x, dtype));
}

Tensor binary(Op op, const Tensor& a, const Tensor& b) {
  const DType dtype = computed_in(op, promote(a.dtype(), b.dtype()), a.dtype(), b.dtype());
  check_same_device(a, b, title(op));
  const DType result = result_dtype(op, dtype);
  const Shape shape = broadcast_shapes(a.shape(), b.shape(), title(op));
  return make(op, result, shape, {operand(a, dtype), operand(b, dtype)});
}

Tensor binary(Op op, const Tensor& a, Scalar b) {
  const DType dtype = computed_in(op, promote(a.dtype(), b.dtype()), a.dtype(), b.dtype());
  return make(op, result_dtype(op, dtype), a.shape(),
              {operand(a, dtype), scalar(b, dtype, a, title(op)).node()});
}

Tensor binary(Op op, Scalar a, const Tensor& b) {
  const DType dtype = computed_in(op, promote(a.dtype(), b.dtype()), a.dtype(), b.dtype());
  return make(op, result_dtype(op, dtype), b.shape(),
              {scalar(a, dtype, b, title(op)).node(), operand(b, dtype)});
}

Tensor reshaped(const Tensor& x, const Shape& shape) {
  return x.shape() == shape ? x : make(Op::reshape, x.dtype(), shape, x.node());
}

std::uint32_t axis_bits(const Axes& axes, int rank, const char* where) {
  if (axes.all()) return (std::uint32_t{1} << rank) - 1;
  std::uint32_t bits = 0;
  for (const std::int64_t named : axes.dims()) {
    const int axis = normalize_axis(named, rank, where);
    if (bits >> axis & 1) {
      throw ShapeError(std::string(where) + ": axis " + std::to_string(axis) +
                       " is named twice in " + to_string(axes.dims()));
    }
    bits |= std::uint32_t{1} << axis;
  }
  return bits;
}

}  // namespace tarn::build
