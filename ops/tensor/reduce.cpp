// Reductions, and what is made of them along rows.
#include <bit>
#include <limits>

#include "ops/tensor/build.hpp"
#include "tarn/error.hpp"

namespace tarn {

using build::Attributes;
using build::make;
using graph::Op;

namespace {

// Which axes a reduction runs over, and the shapes of its result.
struct Reduction {
  std::uint32_t bits = 0;
  std::int64_t count = 1;  // elements that become one
  Shape shape;             // without the axes
  Shape kept;              // with extents of 1 in their place

  Reduction(const Tensor& x, const Axes& axes, const char* where)
      : bits(build::axis_bits(axes, x.rank(), where)), kept(x.shape()) {
    for (int i = 0; i < x.rank(); ++i) {
      if (bits >> i & 1) {
        count *= x.shape()[i];
        kept[i] = 1;
      } else {
        shape.push_back(x.shape()[i]);
      }
    }
  }
  const Shape& result(bool keepdim) const { return keepdim ? kept : shape; }
};

// Of the elements in `x` itself, whatever their dtype: bools have been cast before.
Tensor reduced(Op op, const Tensor& x, const Reduction& over, bool keepdim) {
  if (over.count == 1) return build::reshaped(x, over.result(keepdim));
  if (over.count == 0) {  // a sum or a product
    return build::constant(graph::info(op).identity, x.dtype(), over.result(keepdim),
                           x.node()->device, graph::name(op).data());
  }
  Attributes with;
  with.axes = over.bits;
  return make(op, x.dtype(), over.result(keepdim), x.node(), with);
}

Tensor without_bool(const Tensor& x) { return x.cast(promote(x.dtype(), DType::int32)); }

void check_not_empty(const Tensor& x, const Reduction& over, const char* where) {
  if (over.count > 0) return;
  throw ShapeError(std::string(where) + ": no elements along the axes to reduce of " +
                   to_string(x.shape()));
}

Tensor extreme(Op op, const Tensor& x, const Axes& axes, bool keepdim) {
  const Reduction over(x, axes, graph::name(op).data());
  check_not_empty(x, over, graph::name(op).data());
  return reduced(op, without_bool(x), over, keepdim).cast(x.dtype());
}

Tensor index_of_largest(const Tensor& x, std::optional<std::int64_t> axis, bool keepdim,
                        const char* where) {
  const Reduction over(x, axis ? Axes({*axis}) : Axes(), where);
  check_not_empty(x, over, where);
  if (over.count > std::numeric_limits<std::int32_t>::max()) {
    throw ShapeError(std::string(where) + ": an index into " + to_string(x.shape()) +
                     " does not fit an int32");
  }
  Attributes with;
  with.axes = over.bits;
  return make(Op::argmax, DType::int32, over.result(keepdim), x.node(), with);
}

// The sum of `x` divided by a count.
Tensor average(const Tensor& x, const Reduction& over, double count, bool keepdim) {
  return reduced(Op::sum, x, over, keepdim) * (1 / count);
}

}  // namespace

Tensor Tensor::sum(const Axes& axes, KeepDim options) const {
  return reduced(Op::sum, without_bool(*this), Reduction(*this, axes, "sum"), options.keepdim);
}

Tensor Tensor::prod(const Axes& axes, KeepDim options) const {
  return reduced(Op::prod, without_bool(*this), Reduction(*this, axes, "prod"), options.keepdim);
}

Tensor Tensor::max(const Axes& axes, KeepDim options) const {
  return extreme(Op::max, *this, axes, options.keepdim);
}

Tensor Tensor::min(const Axes& axes, KeepDim options) const {
  return extreme(Op::min, *this, axes, options.keepdim);
}

Tensor Tensor::mean(const Axes& axes, KeepDim options) const {
  const Reduction over(*this, axes, "mean");
  return average(cast(DType::float32), over, static_cast<double>(over.count), options.keepdim);
}

// In two passes: the mean of squares minus the square of the mean would lose what matters when the
// mean is large.
Tensor Tensor::var(const Axes& axes, VarianceOptions options) const {
  const Reduction over(*this, axes, "var");
  const Tensor x = cast(DType::float32);
  const Tensor distance = x - x.mean(axes, {.keepdim = true});
  const std::int64_t divisor = std::max<std::int64_t>(over.count - options.correction, 0);
  return average(distance * distance, over, static_cast<double>(divisor), options.keepdim);
}

Tensor Tensor::argmax(std::optional<std::int64_t> axis, KeepDim options) const {
  return index_of_largest(without_bool(*this), axis, options.keepdim, "argmax");
}

// Of numbers in the opposite order: an int32 has no opposite where it is the least, but -1 - x.
Tensor Tensor::argmin(std::optional<std::int64_t> axis, KeepDim options) const {
  const Tensor x = without_bool(*this);
  return index_of_largest(x.dtype() == DType::int32 ? -1 - x : -x, axis, options.keepdim, "argmin");
}

// ---- Rows -------------------------------------------------------------------------------------

namespace {

// x minus its largest element along the axis, so that no exponential overflows.
Tensor shifted(const Tensor& x, int axis) {
  const Tensor values = x.cast(DType::float32);
  return values - values.max(axis, {.keepdim = true});
}

void check_row(const Tensor& parameter, const char* which, const Tensor& x) {
  if (parameter.shape() == Shape{x.shape().back()}) return;
  throw ShapeError(std::string("layer_norm: ") + which + " is " + to_string(parameter.shape()) +
                   ", not " + to_string(Shape{x.shape().back()}) + ", for rows of " +
                   to_string(x.shape()));
}

}  // namespace

Tensor softmax(const Tensor& x, std::int64_t axis) {
  const int along = normalize_axis(axis, x.rank(), "softmax");
  if (x.size() == 0) return x.cast(DType::float32);
  const Tensor e = shifted(x, along).exp();
  return e / e.sum(along, {.keepdim = true});
}

Tensor log_softmax(const Tensor& x, std::int64_t axis) {
  const int along = normalize_axis(axis, x.rank(), "log_softmax");
  if (x.size() == 0) return x.cast(DType::float32);
  const Tensor z = shifted(x, along);
  return z - z.exp().sum(along, {.keepdim = true}).log();
}

Tensor layer_norm(const Tensor& x, double epsilon) {
  const int along = normalize_axis(-1, x.rank(), "layer_norm");
  const Tensor distance = x.cast(DType::float32) - x.mean(along, {.keepdim = true});
  const Tensor variance = (distance * distance).mean(along, {.keepdim = true});
  return distance * (variance + epsilon).rsqrt();
}

Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double epsilon) {
  normalize_axis(-1, x.rank(), "layer_norm");
  check_row(weight, "weight", x);
  check_row(bias, "bias", x);
  return layer_norm(x, epsilon) * weight + bias;
}

}  // namespace tarn
