// What ends in a contraction or slides a window: products of matrices, convolution, pooling. None
// has an operator of its own.
#include <limits>
#include <numeric>

#include "ops/tensor/build.hpp"
#include "tarn/error.hpp"

namespace tarn {

using build::Attributes;
using graph::Labels;
using graph::Op;

namespace {

Labels label(std::initializer_list<int> labels) {
  Labels result{};
  std::ranges::transform(labels, result.begin(), [](int l) { return static_cast<std::int8_t>(l); });
  return result;
}

// The sum of products; each axis of `a` and `b` has a label (see node.hpp).
Tensor contract(const Tensor& a, const Labels& a_labels, const Tensor& b, const Labels& b_labels,
                const Shape& shape, const char* where) {
  build::check_same_device(a, b, where);
  const DType dtype = promote(a.dtype(), b.dtype());
  if (a.size() == 0 || b.size() == 0) {  // nothing to add up
    return build::constant(0, dtype, shape, a.node()->device, where);
  }
  if (dtype == DType::bool_) {  // whether any product is true
    return contract(a.cast(DType::int32), a_labels, b.cast(DType::int32), b_labels, shape, where)
        .cast(DType::bool_);
  }
  Attributes with;
  with.labels = {a_labels, b_labels};
  return build::make(Op::contract, dtype, shape,
                     {build::operand(a, dtype), build::operand(b, dtype)}, with);
}

void check_rank(const Tensor& x, int rank, const char* what, const char* axes) {
  if (x.rank() == rank) return;
  throw ShapeError(std::string(what) + " is " + to_string(x.shape()) + ", not " + axes);
}

// One for each of the first axis of the weight.
void check_bias(const std::optional<Tensor>& bias, const Tensor& weight, const char* where) {
  const Shape one_each{weight.shape()[0]};
  if (!bias || bias->shape() == one_each) return;
  throw ShapeError(std::string(where) + ": bias is " + to_string(bias->shape()) + ", not " +
                   to_string(one_each) + ", for weight " + to_string(weight.shape()));
}

// ---- Products of matrices ---------------------------------------------------------------------

// One operand of a matmul: how many of its axes are leading ones, and its labels as they are named.
struct Factor {
  const Tensor& given;
  std::optional<Tensor> dropped = {};  // given, without the axes along which it is repeated
  int batch_rank = std::max(given.rank() - 2, 0);
  Labels labels{};

  const Tensor& tensor() const { return dropped ? *dropped : given; }
  Shape batch() const {
    return Shape(std::span(given.shape().begin(), static_cast<std::size_t>(batch_rank)));
  }
  // Labels the leading axes as those of the result, and drops those along which it is repeated.
  void label_batch(const Shape& result);
  void label(int axis, int value) {
    labels[static_cast<std::size_t>(axis)] = static_cast<std::int8_t>(value);
  }
};

void Factor::label_batch(const Shape& result) {
  if (batch_rank == 0) return;
  Shape kept = given.shape();
  int axis = 0;
  for (int i = result.rank() - batch_rank; i < result.rank(); ++i) {
    if (kept[axis] == result[i]) {
      label(axis++, i);
    } else {
      kept.erase(axis);
    }
  }
  if (axis < batch_rank) dropped = build::reshaped(given, kept);
  batch_rank = axis;
}

std::string both(const Tensor& a, const Tensor& b, const char* between) {
  return to_string(a.shape()) + between + to_string(b.shape());
}

}  // namespace

Tensor matmul(const Tensor& a, const Tensor& b) {
  if (a.rank() == 0 || b.rank() == 0) {
    throw ShapeError("matmul: a scalar has no rows or columns: " + both(a, b, " x "));
  }
  const std::int64_t inner = a.shape().back();
  if (inner != b.shape()[std::max(b.rank() - 2, 0)]) {
    throw ShapeError("matmul: inner dimensions differ: " + both(a, b, " x "));
  }
  Factor left{a};
  Factor right{b};
  Shape shape = broadcast_shapes(left.batch(), right.batch(), "matmul");
  left.label_batch(shape);
  right.label_batch(shape);
  const bool rows = a.rank() > 1;
  const bool columns = b.rank() > 1;
  int next = shape.rank();
  if (rows) {
    left.label(left.batch_rank, next++);
    shape.push_back(a.shape()[a.rank() - 2]);
  }
  if (columns) {
    right.label(right.batch_rank + 1, next++);
    shape.push_back(b.shape().back());
  }
  left.label(left.batch_rank + rows, next);
  right.label(right.batch_rank, next);
  check_extents(shape, "matmul");
  return contract(left.tensor(), left.labels, right.tensor(), right.labels, shape, "matmul");
}

Tensor Tensor::matmul(const Tensor& other) const { return tarn::matmul(*this, other); }

namespace {

void check_linear(const Tensor& x, const Tensor& weight, const std::optional<Tensor>& bias) {
  check_rank(weight, 2, "linear: weight", "(out, in)");
  if (x.rank() == 0 || x.shape().back() != weight.shape()[1]) {
    throw ShapeError("linear: x is " + to_string(x.shape()) + ", not (..., " +
                     std::to_string(weight.shape()[1]) + "), for weight " +
                     to_string(weight.shape()));
  }
  check_bias(bias, weight, "linear");
}

}  // namespace

Tensor linear(const Tensor& x, const Tensor& weight, const std::optional<Tensor>& bias) {
  check_linear(x, weight, bias);
  const int last = x.rank() - 1, inner = x.rank();
  Labels x_labels{};
  std::iota(x_labels.begin(), x_labels.begin() + last, std::int8_t{0});
  x_labels[static_cast<std::size_t>(last)] = static_cast<std::int8_t>(inner);
  Shape shape = x.shape();
  shape[last] = weight.shape()[0];
  check_extents(shape, "linear");
  const Tensor product = contract(x, x_labels, weight, label({last, inner}), shape, "linear");
  return bias ? product + *bias : product;
}

// ---- Convolution ------------------------------------------------------------------------------

namespace {

// Around the last two axes.
Tensor padded(const Tensor& x, std::int64_t padding, Scalar value) {
  if (padding == 0) return x;
  Dims around(x.rank(), 0);
  around[x.rank() - 2] = around[x.rank() - 1] = padding;
  return x.pad(around, around, value);
}

void check_conv2d(const Tensor& x, const Tensor& weight, const std::optional<Tensor>& bias,
                  const Conv2dOptions& options) {
  check_rank(x, 4, "conv2d: x", "(N, C, H, W)");
  check_rank(weight, 4, "conv2d: weight", "(O, C/groups, KH, KW)");
  const std::int64_t groups = options.groups;
  if (options.stride < 1 || options.dilation < 1 || groups < 1 || options.padding < 0) {
    throw ValueError("conv2d: stride, dilation and groups are at least 1, and padding 0, not " +
                     to_string(Dims{options.stride, options.dilation, groups, options.padding}));
  }
  if (weight.shape()[0] % groups != 0 || x.shape()[1] % groups != 0 ||
      x.shape()[1] / groups != weight.shape()[1]) {
    throw ShapeError("conv2d: channels differ: x is " + to_string(x.shape()) + ", weight " +
                     to_string(weight.shape()) + ", in " + std::to_string(groups) +
                     (groups == 1 ? " group" : " groups"));
  }
  check_bias(bias, weight, "conv2d");
  const std::int64_t around = 2 * options.padding;
  for (int i = 2; i < 4; ++i) {
    const std::int64_t size = weight.shape()[i];
    if (size < 1 || options.dilation * (size - 1) + 1 > x.shape()[i] + around) {
      throw ShapeError("conv2d: weight " + to_string(weight.shape()) + " with dilation " +
                       std::to_string(options.dilation) + " does not fit x " +
                       to_string(x.shape()) + " with padding " + std::to_string(options.padding));
    }
  }
}

// Every axis of a label: x windows are (n, [g,] c, oh, ow, kh, kw), weight is ([g,] o, c, kh, kw).
Tensor convolve(const Tensor& windows, const Tensor& weight) {
  const Shape& x = windows.shape();
  const Shape& w = weight.shape();
  enum { kN, kO, kOH, kOW, kC, kKH, kKW };
  return contract(windows, label({kN, kC, kOH, kOW, kKH, kKW}), weight, label({kO, kC, kKH, kKW}),
                  {x[0], w[0], x[2], x[3]}, "conv2d");
}

Tensor convolve_in_groups(const Tensor& windows, const Tensor& weight) {
  const Shape& x = windows.shape();
  const Shape& w = weight.shape();
  enum { kN, kG, kO, kOH, kOW, kC, kKH, kKW };
  const Tensor result =
      contract(windows, label({kN, kG, kC, kOH, kOW, kKH, kKW}), weight,
               label({kG, kO, kC, kKH, kKW}), {x[0], w[0], w[1], x[3], x[4]}, "conv2d");
  return build::reshaped(result, {x[0], w[0] * w[1], x[3], x[4]});
}

}  // namespace

Tensor conv2d(const Tensor& x, const Tensor& weight, const std::optional<Tensor>& bias,
              const Conv2dOptions& options) {
  check_conv2d(x, weight, bias, options);
  const auto [stride, padding, dilation, groups] = options;
  const Shape& w = weight.shape();
  const std::vector<WindowAxis> axes = {{w[2], stride, dilation}, {w[3], stride, dilation}};
  const Tensor input = padded(x, padding, 0);
  const Shape& in = input.shape();
  const Tensor result =
      groups == 1 ? convolve(input.window(axes), weight)
                  : convolve_in_groups(
                        input.reshape({in[0], groups, in[1] / groups, in[2], in[3]}).window(axes),
                        weight.reshape({groups, w[0] / groups, w[1], w[2], w[3]}));
  return bias ? result + bias->reshape({1, w[0], 1, 1}) : result;
}

// ---- Pooling ----------------------------------------------------------------------------------

namespace {

// (N, C, OH, OW, size, size)
Tensor pool_windows(const Tensor& x, std::int64_t size, const Pool2dOptions& options,
                    Scalar outside, const char* where) {
  check_rank(x, 4, (std::string(where) + ": x").c_str(), "(N, C, H, W)");
  const std::int64_t stride = options.stride.value_or(size);
  if (size < 1 || stride < 1 || options.padding < 0 || options.padding > size / 2) {
    throw ValueError(std::string(where) + ": size and stride are at least 1, and padding from 0 " +
                     "to half the size, not " + to_string(Dims{size, stride, options.padding}));
  }
  if (size > std::min(x.shape()[2], x.shape()[3]) + 2 * options.padding) {
    throw ShapeError(std::string(where) + ": a window of " + to_string(Dims{size, size}) +
                     " does not fit x " + to_string(x.shape()) + " with padding " +
                     std::to_string(options.padding));
  }
  return padded(x, options.padding, outside).window({{size, stride}, {size, stride}});
}

Scalar lowest(DType dtype) {
  if (is_floating(dtype)) return -std::numeric_limits<float>::infinity();
  return dtype == DType::int32 ? Scalar(std::numeric_limits<std::int32_t>::min()) : Scalar(false);
}

}  // namespace

Tensor max_pool2d(const Tensor& x, std::int64_t size, const Pool2dOptions& options) {
  return pool_windows(x, size, options, lowest(x.dtype()), "max_pool2d").max({-2, -1});
}

Tensor avg_pool2d(const Tensor& x, std::int64_t size, const Pool2dOptions& options) {
  return pool_windows(x, size, options, 0, "avg_pool2d").mean({-2, -1});
}

}  // namespace tarn
