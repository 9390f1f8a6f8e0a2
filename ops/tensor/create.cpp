// Tensors made of numbers, of nothing, and of chance.
#include <atomic>
#include <cmath>
#include <limits>
#include <numbers>

#include "ops/tensor/build.hpp"
#include "tarn/error.hpp"

namespace tarn {

using build::Attributes;
using graph::Op;

// ---- From values ------------------------------------------------------------------------------

NestedList::NestedList(std::initializer_list<NestedList> items) {
  shape_ = items.size() == 0 ? Shape{} : items.begin()->shape();
  std::optional<DType> dtype;
  for (const NestedList& item : items) {
    if (item.shape() != items.begin()->shape()) {
      throw ShapeError("tensor: a ragged list: " + to_string(items.begin()->shape()) + " beside " +
                       to_string(item.shape()));
    }
    values_.insert(values_.end(), item.values_.begin(), item.values_.end());
    dtype = dtype ? promote(*dtype, item.dtype()) : item.dtype();
  }
  dtype_ = dtype.value_or(DType::float32);
  shape_.insert(0, static_cast<std::int64_t>(items.size()));
}

namespace {

template <Element T>
Tensor upload(const NestedList& list, const TensorOptions& options) {
  const std::vector<double>& from = list.values();
  const auto values = std::make_unique<T[]>(from.size());  // std::vector<bool> is no span
  for (std::size_t i = 0; i < from.size(); ++i) {
    values[i] = static_cast<T>(build::as_element(from[i], dtype_of<T>, "tensor"));
  }
  return from_span(std::span<const T>(values.get(), from.size()), list.shape(), options);
}

}  // namespace

Tensor tensor(const NestedList& list, const TensorOptions& options) {
  switch (options.dtype.value_or(list.dtype())) {
    case DType::bool_:
      return upload<bool>(list, options);
    case DType::int32:
      return upload<std::int32_t>(list, options);
    case DType::float32:
      break;
  }
  return upload<float>(list, options);
}

Tensor full(const Shape& shape, Scalar value, const TensorOptions& options) {
  check_extents(shape, "full");
  return build::constant(value, options.dtype.value_or(value.dtype()), shape,
                         build::device_or_default(options.device), "full");
}

Tensor zeros(const Shape& shape, const TensorOptions& options) { return full(shape, 0.f, options); }
Tensor ones(const Shape& shape, const TensorOptions& options) { return full(shape, 1.f, options); }

// ---- Sequences --------------------------------------------------------------------------------

namespace {

// 0, 1, ..., count - 1: int32.
Tensor count_up(std::int64_t count, const std::optional<Device>& device, const char* where) {
  if (count > std::int64_t{1} << 31) {
    throw ShapeError(std::string(where) + ": " + std::to_string(count) +
                     " indices do not fit an int32");
  }
  return Tensor(
      graph::make_leaf(Op::iota, DType::int32, {count}, {}, build::device_or_default(device)));
}

}  // namespace

Tensor arange(Scalar start, Scalar stop, Scalar step, const TensorOptions& options) {
  const double count = std::ceil((stop.value() - start.value()) / step.value());
  if (step.value() == 0 || !(count < 0x1p62)) {  // infinities and NaN too
    throw ValueError("arange: no end from " + std::to_string(start.value()) + " to " +
                     std::to_string(stop.value()) + " by " + std::to_string(step.value()));
  }
  const DType dtype = promote(promote(promote(start.dtype(), stop.dtype()), step.dtype()),
                              DType::int32);  // arange(true) counts
  Tensor x = count_up(static_cast<std::int64_t>(std::max(count, 0.0)), options.device, "arange")
                 .cast(dtype);
  if (step.value() != 1) x = x * step;
  if (start.value() != 0) x = x + start;
  return x.cast(options.dtype.value_or(dtype));
}

Tensor arange(Scalar stop) { return arange(0, stop, 1); }

Tensor eye(std::int64_t rows, std::optional<std::int64_t> columns, const TensorOptions& options) {
  const Shape shape = {rows, columns.value_or(rows)};
  check_extents(shape, "eye");
  const Tensor row = count_up(shape[0], options.device, "eye").unsqueeze(1);
  const Tensor column = count_up(shape[1], options.device, "eye");
  return (row == column).cast(options.dtype.value_or(DType::float32));
}

// ---- Random numbers ---------------------------------------------------------------------------

namespace {

// Seeds are the sequence of SplitMix64 (Steele, Lea, Flood: OOPSLA 2014): a counter, mixed.
std::atomic<std::uint64_t> seed_state{0};

std::uint64_t next_seed() {
  constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15ull;
  std::uint64_t z = seed_state.fetch_add(kStep) + kStep;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

// Uniform numbers; equal seeds with other streams are independent.
Tensor uniform(const Shape& shape, std::uint64_t seed, int stream,
               const std::optional<Device>& device) {
  Attributes with;
  with.seed = seed;
  with.axis = stream;
  return Tensor(
      graph::make_leaf(Op::random, DType::float32, shape, with, build::device_or_default(device)));
}

}  // namespace

void manual_seed(std::uint64_t seed) { seed_state = seed; }

Tensor rand(const Shape& shape, const RandomOptions& options) {
  check_extents(shape, "rand");
  return uniform(shape, options.seed ? *options.seed : next_seed(), 0, options.device);
}

// Box and Muller: of two uniform numbers, one becomes the radius, the other the angle.
Tensor randn(const Shape& shape, const RandomOptions& options) {
  check_extents(shape, "randn");
  const std::uint64_t seed = options.seed ? *options.seed : next_seed();
  const Tensor u1 = uniform(shape, seed, 0, options.device);
  const Tensor u2 = uniform(shape, seed, 1, options.device);
  return sqrt(-2.f * log(1.f - u1)) * cos(u2 * (2 * std::numbers::pi));
}

}  // namespace tarn
