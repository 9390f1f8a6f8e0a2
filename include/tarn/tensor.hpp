// Tensors: immutable values on a device, computed when somebody asks for them.
//
// Every function here only makes a node of a graph: it checks shapes and dtypes, so that a mistake
// throws at the line that made it, and returns at once. `realize`, reading (`to_vector`, `item`,
// printing) compute. `x += y` makes x another tensor; no tensor
// ever changes.
//
// Shapes follow NumPy's broadcasting. A mixed operation has the larger dtype of
// bool < int32 < float32; a C++ number is weak: it takes the tensor's dtype, except that a floating
// one makes an integer tensor float32.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "tarn/device.hpp"
#include "tarn/dtype.hpp"
#include "tarn/shape.hpp"

namespace tarn {

struct Node;

/// A C++ number in an expression with tensors. Weak: see above.
class Scalar {
 public:
  template <class T>
  requires std::is_arithmetic_v<T> Scalar(T value)  // NOLINT: 2 * x must just work
      : value_(static_cast<double>(value)),
        dtype_(std::is_same_v<T, bool> ? DType::bool_
               : std::is_integral_v<T> ? DType::int32
                                       : DType::float32) {}
  double value() const { return value_; }
  DType dtype() const { return dtype_; }

 private:
  double value_;
  DType dtype_;
};

/// One axis or a list of them; negative axes count from the end. Nothing means all of them.
class Axes {
 public:
  Axes() = default;
  Axes(int axis) : dims_{axis}, all_(false) {}  // NOLINT: sum(1)
  Axes(std::initializer_list<std::int64_t> axes) : dims_(axes), all_(false) {}
  Axes(const Dims& axes) : dims_(axes), all_(false) {}  // NOLINT
  bool all() const { return all_; }
  const Dims& dims() const { return dims_; }

 private:
  Dims dims_;
  bool all_ = true;
};

struct KeepDim {
  bool keepdim = false;
};

/// Where a slice of one axis begins and ends and how far apart its elements are, as Python's
/// `start:stop:step`. An empty field is Python's empty field; a negative index counts from the end.
struct Slice {
  std::optional<std::int64_t> start = {};
  std::optional<std::int64_t> stop = {};
  std::int64_t step = 1;
};

/// One axis of `window`: how many elements a window has, how far apart windows are, and how far
/// apart its elements are.
struct WindowAxis {
  std::int64_t size;
  std::int64_t step = 1;
  std::int64_t dilation = 1;
};

struct VarianceOptions {
  bool keepdim = false;
  int correction = 0;  ///< the divisor is n - correction; 0 as in NumPy
};

enum class GeluForm { erf, tanh };

class Tensor {
 public:
  /// Shape, dtype, rank and number of elements. None of them computes anything.
  const Shape& shape() const;
  DType dtype() const;
  int rank() const { return shape().rank(); }
  std::int64_t size() const { return shape().elements(); }
  std::int64_t size(int axis) const;
  Device device() const;

  // ---- Computing and reading --------------------------------------------------------------------

  /// Computes this tensor now and keeps the result. Returns: itself. May return before the device
  /// is done. Throws: OutOfMemory, BuildError, DeviceError; then the tensor is as it was.
  const Tensor& realize() const;
  bool is_realized() const;
  /// Its elements in row-major order. Throws: DTypeError when E is not its dtype.
  template <Element E>
  std::vector<E> to_vector() const;
  /// Copies its elements, in row-major order. Throws: DTypeError; ShapeError when `out` has another
  /// number of elements.
  template <Element E>
  void copy_to(std::span<E> out) const;
  /// Its only element. Throws: ShapeError when it has more or none; DTypeError as above.
  template <Element E>
  E item() const;
  /// How it would be computed now: the kernels, what they read and write, and when buffers are
  /// dropped.
  std::string explain() const;
  /// A mark: this tensor holds weights, which stay the same over many realizations. What is made of
  /// it alone to suit a kernel (a packed copy) may be kept with it.
  Tensor as_weight() const;

  // ---- Movement: none of these copies -----------------------------------------------------------

  /// The same elements in another shape; one extent may be -1. Throws: ShapeError.
  Tensor reshape(const Shape& shape) const;
  /// Axis i of the result is axis axes[i] of this.
  Tensor permute(const Dims& axes) const;
  /// Swaps two axes.
  Tensor transpose(std::int64_t a, std::int64_t b) const;
  /// All axes in reverse order.
  Tensor T() const;
  /// Broadcast to `shape`, as NumPy's broadcast_to; -1 keeps an extent.
  Tensor expand(const Shape& shape) const;
  Tensor broadcast_to(const Shape& shape) const { return expand(shape); }
  /// Without the axes of extent 1, or without these. Throws: ShapeError when one is not 1.
  Tensor squeeze(const Axes& axes = {}) const;
  /// With a new axis of extent 1 at this place of the result.
  Tensor unsqueeze(std::int64_t axis) const;
  /// With the axes from start to end (both included) made one.
  Tensor flatten(std::int64_t start = 0, std::int64_t end = -1) const;
  /// In reverse order along these axes.
  Tensor flip(const Axes& axes = {}) const;
  /// With before[i] and after[i] elements of `value` around axis i. Throws: ShapeError.
  Tensor pad(const Dims& before, const Dims& after, Scalar value = 0) const;
  /// NumPy's basic slicing, one slice an axis; axes not named are whole.
  Tensor slice(const std::vector<Slice>& slices) const;
  /// The part at `index` along axis 0, without that axis.
  Tensor operator[](std::int64_t index) const;
  /// Sliding windows over the last axes.size() axes: (..., n) gives (..., windows, size), with all
  /// axes of windows before all axes of elements: (N, C, H, W) gives (N, C, OH, OW, KH, KW).
  Tensor window(const std::vector<WindowAxis>& axes) const;
  /// The same elements in memory of their own, in row-major order.
  Tensor contiguous() const;

  // ---- Elementwise
  // --------------------------------------------------------------------------------

  Tensor cast(DType dtype) const;
  Tensor operator-() const;
  Tensor operator!() const;
  Tensor abs() const;
  Tensor exp() const;
  Tensor log() const;
  Tensor sqrt() const;
  Tensor rsqrt() const;
  Tensor sin() const;
  Tensor cos() const;
  Tensor tanh() const;
  Tensor erf() const;
  Tensor floor() const;
  Tensor ceil() const;
  /// Half to even.
  Tensor round() const;
  Tensor sigmoid() const;
  Tensor relu() const;
  Tensor silu() const;
  Tensor gelu(GeluForm form = GeluForm::erf) const;
  Tensor clip(std::optional<Scalar> low, std::optional<Scalar> high) const;

  // ---- Reductions: over all axes unless some are named
  // ----------------------------------------------

  Tensor sum(const Axes& axes = {}, KeepDim options = {}) const;
  Tensor prod(const Axes& axes = {}, KeepDim options = {}) const;
  /// Of bool, as int32 and float32. Throws: ShapeError over no elements.
  Tensor max(const Axes& axes = {}, KeepDim options = {}) const;
  Tensor min(const Axes& axes = {}, KeepDim options = {}) const;
  /// float32. NaN over no elements.
  Tensor mean(const Axes& axes = {}, KeepDim options = {}) const;
  Tensor var(const Axes& axes = {}, VarianceOptions options = {}) const;
  /// The first index of the largest, or smallest, element along one axis (of the flattened tensor
  /// without one), or of NaN where there is one: int32. Throws: ShapeError over no elements, and
  /// where an index might not fit.
  Tensor argmax(std::optional<std::int64_t> axis = {}, KeepDim options = {}) const;
  Tensor argmin(std::optional<std::int64_t> axis = {}, KeepDim options = {}) const;

  Tensor matmul(const Tensor& other) const;

  Tensor& operator+=(const Tensor& other);
  Tensor& operator-=(const Tensor& other);
  Tensor& operator*=(const Tensor& other);
  Tensor& operator/=(const Tensor& other);
  Tensor& operator+=(Scalar other);
  Tensor& operator-=(Scalar other);
  Tensor& operator*=(Scalar other);
  Tensor& operator/=(Scalar other);

  /// The node behind the tensor, for the layers inside.
  explicit Tensor(std::shared_ptr<const Node> node);
  const std::shared_ptr<const Node>& node() const { return node_; }

 private:
  std::shared_ptr<const Node> node_;
};

// ---- Making
// ---------------------------------------------------------------------------------------

/// A nested list of numbers, as written in braces: `{{1.f}, {2.f}}` is a column, (2, 1). One type
/// for all dtypes, so that nothing is ambiguous: the list has the largest dtype of its numbers.
class NestedList {
 public:
  NestedList(Scalar value) : values_{value.value()}, dtype_(value.dtype()) {}  // NOLINT
  template <class T>
  requires std::is_arithmetic_v<T> NestedList(T value)
      : NestedList(Scalar(value)) {}  // NOLINT: the leaf of a list
  /// Throws: ShapeError when the items differ in shape.
  NestedList(std::initializer_list<NestedList> items);

  const Shape& shape() const { return shape_; }
  const std::vector<double>& values() const { return values_; }  ///< in row-major order
  DType dtype() const { return dtype_; }

 private:
  Shape shape_;
  std::vector<double> values_;
  DType dtype_ = DType::float32;  // of a list without numbers, as in NumPy
};

/// The options of every function that makes a tensor.
struct TensorOptions {
  std::optional<DType> dtype = {};    ///< else float32, or what the values are
  std::optional<Device> device = {};  ///< else the default device
};

/// Copies `values`, in row-major order. Throws: ShapeError when their number is not the shape's.
template <Element T>
Tensor from_span(std::span<const T> values, const Shape& shape, const TensorOptions& options = {});

/// From nested braces: `tensor({{1.f, 2.f}, {3.f, 4.f}})` is (2, 2) float32; ints give int32, bools
/// bool. Throws: ShapeError for a ragged list.
Tensor tensor(const NestedList& list, const TensorOptions& options = {});
template <Element T>
Tensor tensor(const std::vector<T>& values, const Shape& shape, const TensorOptions& options = {}) {
  if constexpr (std::is_same_v<T, bool>) {  // whose elements have no addresses
    const auto copy = std::make_unique<bool[]>(values.size());
    std::copy(values.begin(), values.end(), copy.get());
    return from_span(std::span<const bool>(copy.get(), values.size()), shape, options);
  } else {
    return from_span(std::span<const T>(values), shape, options);
  }
}

Tensor full(const Shape& shape, Scalar value, const TensorOptions& options = {});
Tensor zeros(const Shape& shape, const TensorOptions& options = {});
Tensor ones(const Shape& shape, const TensorOptions& options = {});
/// start, start + step, ... below stop (above, for a negative step).
Tensor arange(Scalar start, Scalar stop, Scalar step = 1, const TensorOptions& options = {});
Tensor arange(Scalar stop);
/// Ones on the main diagonal of (rows, columns); square without columns.
Tensor eye(std::int64_t rows, std::optional<std::int64_t> columns = {},
           const TensorOptions& options = {});

struct RandomOptions {
  std::optional<std::uint64_t> seed =
      {};  ///< else the next of the sequence that manual_seed begins
  std::optional<Device> device = {};
};
/// Uniform in [0, 1), float32. Counter-based (Threefry-2x32, Salmon et al., SC 2011): an element
/// depends on the seed and its index alone, and is the same on every device.
Tensor rand(const Shape& shape, const RandomOptions& options = {});
/// Standard normal, float32, by Box and Muller's transform of the same numbers.
Tensor randn(const Shape& shape, const RandomOptions& options = {});
/// Begins the sequence of seeds of calls without one anew. A program that never calls it has the
/// sequence of manual_seed(0).
void manual_seed(std::uint64_t seed);

// ---- Elementwise
// ------------------------------------------------------------------------------------

Tensor operator+(const Tensor& a, const Tensor& b);
Tensor operator+(const Tensor& a, Scalar b);
Tensor operator+(Scalar a, const Tensor& b);
Tensor operator-(const Tensor& a, const Tensor& b);
Tensor operator-(const Tensor& a, Scalar b);
Tensor operator-(Scalar a, const Tensor& b);
Tensor operator*(const Tensor& a, const Tensor& b);
Tensor operator*(const Tensor& a, Scalar b);
Tensor operator*(Scalar a, const Tensor& b);
/// Always float32.
Tensor operator/(const Tensor& a, const Tensor& b);
Tensor operator/(const Tensor& a, Scalar b);
Tensor operator/(Scalar a, const Tensor& b);
/// The sign of the divisor, as Python's %; 0 for an integer divided by 0.
Tensor operator%(const Tensor& a, const Tensor& b);
Tensor operator%(const Tensor& a, Scalar b);
Tensor operator%(Scalar a, const Tensor& b);
Tensor floor_divide(const Tensor& a, const Tensor& b);
Tensor floor_divide(const Tensor& a, Scalar b);
Tensor floor_divide(Scalar a, const Tensor& b);

/// Comparisons give bool.
Tensor operator==(const Tensor& a, const Tensor& b);
Tensor operator==(const Tensor& a, Scalar b);
Tensor operator==(Scalar a, const Tensor& b);
Tensor operator!=(const Tensor& a, const Tensor& b);
Tensor operator!=(const Tensor& a, Scalar b);
Tensor operator!=(Scalar a, const Tensor& b);
Tensor operator<(const Tensor& a, const Tensor& b);
Tensor operator<(const Tensor& a, Scalar b);
Tensor operator<(Scalar a, const Tensor& b);
Tensor operator<=(const Tensor& a, const Tensor& b);
Tensor operator<=(const Tensor& a, Scalar b);
Tensor operator<=(Scalar a, const Tensor& b);
Tensor operator>(const Tensor& a, const Tensor& b);
Tensor operator>(const Tensor& a, Scalar b);
Tensor operator>(Scalar a, const Tensor& b);
Tensor operator>=(const Tensor& a, const Tensor& b);
Tensor operator>=(const Tensor& a, Scalar b);
Tensor operator>=(Scalar a, const Tensor& b);
/// Of bool tensors only. Throws: DTypeError. Both sides are always built: nothing is
/// short-circuited.
Tensor operator&&(const Tensor& a, const Tensor& b);
Tensor operator||(const Tensor& a, const Tensor& b);

Tensor pow(const Tensor& a, const Tensor& b);
Tensor pow(const Tensor& a, Scalar b);
Tensor pow(Scalar a, const Tensor& b);
/// NaN where either is NaN.
Tensor minimum(const Tensor& a, const Tensor& b);
Tensor minimum(const Tensor& a, Scalar b);
Tensor maximum(const Tensor& a, const Tensor& b);
Tensor maximum(const Tensor& a, Scalar b);
/// a where condition (bool) holds, else b.
Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b);
Tensor where(const Tensor& condition, const Tensor& a, Scalar b);
Tensor where(const Tensor& condition, Scalar a, const Tensor& b);

inline Tensor abs(const Tensor& x) { return x.abs(); }
inline Tensor exp(const Tensor& x) { return x.exp(); }
inline Tensor log(const Tensor& x) { return x.log(); }
inline Tensor sqrt(const Tensor& x) { return x.sqrt(); }
inline Tensor rsqrt(const Tensor& x) { return x.rsqrt(); }
inline Tensor sin(const Tensor& x) { return x.sin(); }
inline Tensor cos(const Tensor& x) { return x.cos(); }
inline Tensor tanh(const Tensor& x) { return x.tanh(); }
inline Tensor erf(const Tensor& x) { return x.erf(); }
inline Tensor floor(const Tensor& x) { return x.floor(); }
inline Tensor ceil(const Tensor& x) { return x.ceil(); }
inline Tensor round(const Tensor& x) { return x.round(); }
inline Tensor sigmoid(const Tensor& x) { return x.sigmoid(); }
inline Tensor relu(const Tensor& x) { return x.relu(); }
inline Tensor silu(const Tensor& x) { return x.silu(); }
inline Tensor gelu(const Tensor& x, GeluForm form = GeluForm::erf) { return x.gelu(form); }
inline Tensor clip(const Tensor& x, std::optional<Scalar> low, std::optional<Scalar> high) {
  return x.clip(low, high);
}

// ---- Reductions and rows
// ------------------------------------------------------------------------------

inline Tensor sum(const Tensor& x, const Axes& axes = {}, KeepDim options = {}) {
  return x.sum(axes, options);
}
inline Tensor mean(const Tensor& x, const Axes& axes = {}, KeepDim options = {}) {
  return x.mean(axes, options);
}
inline Tensor max(const Tensor& x, const Axes& axes = {}, KeepDim options = {}) {
  return x.max(axes, options);
}
inline Tensor min(const Tensor& x, const Axes& axes = {}, KeepDim options = {}) {
  return x.min(axes, options);
}
inline Tensor prod(const Tensor& x, const Axes& axes = {}, KeepDim options = {}) {
  return x.prod(axes, options);
}
inline Tensor var(const Tensor& x, const Axes& axes = {}, VarianceOptions options = {}) {
  return x.var(axes, options);
}
inline Tensor argmax(const Tensor& x, std::optional<std::int64_t> axis = {}, KeepDim options = {}) {
  return x.argmax(axis, options);
}
inline Tensor argmin(const Tensor& x, std::optional<std::int64_t> axis = {}, KeepDim options = {}) {
  return x.argmin(axis, options);
}
Tensor softmax(const Tensor& x, std::int64_t axis = -1);
Tensor log_softmax(const Tensor& x, std::int64_t axis = -1);
/// Over the last axis: (x - mean) / sqrt(var + epsilon) * weight + bias; weight and bias are (n,).
Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double epsilon = 1e-5);
/// Without weight and bias.
Tensor layer_norm(const Tensor& x, double epsilon = 1e-5);

// ---- Several tensors
// ------------------------------------------------------------------------------------

/// Joined along an axis that exists: all other extents are equal. Throws: ShapeError.
Tensor concatenate(const std::vector<Tensor>& tensors, std::int64_t axis = 0);
/// Joined along a new axis: all shapes are equal. Throws: ShapeError.
Tensor stack(const std::vector<Tensor>& tensors, std::int64_t axis = 0);

/// NumPy's take: the parts of `x` at `indices` (int32, of any shape) along an axis, whose place in
/// the result the axes of `indices` take: of (V, D) at (N, T) along axis 0 it is (N, T, D).
/// Negative indices count from the end. What is out of range, only the device finds out: there the
/// result is NaN, or 0 (False) where there is no NaN. Throws: ShapeError, DTypeError.
Tensor take(const Tensor& x, const Tensor& indices, std::int64_t axis = 0);
/// ... at indices that the host knows. Throws: ValueError for one out of range.
Tensor take(const Tensor& x, std::span<const std::int32_t> indices, std::int64_t axis = 0);

// ---- Contractions
// ---------------------------------------------------------------------------------------

/// NumPy's matmul: (..., m, k) x (..., k, n) with the leading axes broadcast; a vector on the left
/// is a row, on the right a column, and its axis is gone from the result. Throws: ShapeError.
Tensor matmul(const Tensor& a, const Tensor& b);

/// PyTorch's linear, x weight.T() + bias: x is (..., in), weight (out, in), bias (out,) where there
/// is one, and the result (..., out). Throws: ShapeError.
Tensor linear(const Tensor& x, const Tensor& weight, const std::optional<Tensor>& bias = {});

struct Conv2dOptions {
  std::int64_t stride = 1;
  std::int64_t padding = 0;
  std::int64_t dilation = 1;
  std::int64_t groups = 1;
};
/// PyTorch's conv2d: x is (N, C, H, W), weight (O, C/groups, KH, KW), bias (O,) where there is one.
/// The result is (N, O, OH, OW). Throws: ShapeError.
Tensor conv2d(const Tensor& x, const Tensor& weight, const std::optional<Tensor>& bias = {},
              const Conv2dOptions& options = {});

struct Pool2dOptions {
  std::optional<std::int64_t> stride = {};  ///< else the size of the window
  std::int64_t padding = 0;  ///< of -inf for the maximum, of zeros that count for the mean
};
/// x is (N, C, H, W); windows are (size, size).
Tensor max_pool2d(const Tensor& x, std::int64_t size, const Pool2dOptions& options = {});
Tensor avg_pool2d(const Tensor& x, std::int64_t size, const Pool2dOptions& options = {});

// ---- Computing and comparing
// ------------------------------------------------------------------------------

/// Computes these together, as one plan. They must be on one device. Throws: as Tensor::realize.
void realize(std::span<const Tensor> tensors);
void realize(std::initializer_list<Tensor> tensors);

struct Tolerance {
  double relative = 1e-5;
  double absolute = 1e-8;
};
/// NumPy's allclose: |a - b| <= absolute + relative * |b| everywhere; NaN equals nothing. Shapes
/// broadcast.
bool allclose(const Tensor& a, const Tensor& b, Tolerance tolerance = {});

/// Computes the tensor and prints it as NumPy does, large ones elided.
std::ostream& operator<<(std::ostream& out, const Tensor& tensor);

/// The library's version, such as "0.1.0".
std::string version();

}  // namespace tarn
