#include <algorithm>
#include <limits>

#include "ops/tensor/build.hpp"
#include "tarn/error.hpp"

namespace tarn {

using build::make;
using build::Op;

Tensor take(const Tensor& x, const Tensor& indices, std::int64_t axis) {
  if (indices.dtype() != DType::int32) {
    throw DTypeError("take: indices are " + std::string(name(indices.dtype())) + ", not int32");
  }
  build::check_same_device(x, indices, "take");
  const int along = normalize_axis(axis, x.rank(), "take");
  const std::int64_t extent = x.shape()[along];
  if (extent > std::numeric_limits<std::int32_t>::max()) {
    throw ShapeError("take: int32 indices do not reach all of axis " + std::to_string(along) +
                     " of " + to_string(x.shape()));
  }
  if (extent == 0 && indices.size() > 0) {
    throw ShapeError("take: nothing to take along axis " + std::to_string(along) + " of " +
                     to_string(x.shape()) + " at indices " + to_string(indices.shape()));
  }
  if (x.rank() - 1 + indices.rank() > kMaxRank) {
    throw ShapeError("take: " + to_string(x.shape()) + " at indices " + to_string(indices.shape()) +
                     " has more than " + std::to_string(kMaxRank) + " axes");
  }
  Shape to;
  for (int i = 0; i < along; ++i) to.push_back(x.shape()[i]);
  for (const std::int64_t n : indices.shape()) to.push_back(n);
  for (int i = along + 1; i < x.rank(); ++i) to.push_back(x.shape()[i]);
  check_extents(to, "take");
  if (to.elements() == 0) return build::constant(0, x.dtype(), to, x.node()->device, "take");
  build::Attributes with;
  with.axis = along;
  return make(Op::gather, x.dtype(), to, {x.node(), indices.node()}, with);
}

Tensor take(const Tensor& x, std::span<const std::int32_t> indices, std::int64_t axis) {
  const std::int64_t extent = x.shape()[normalize_axis(axis, x.rank(), "take")];
  for (const std::int32_t index : indices) {
    if (index < -extent || index >= extent) {
      throw ValueError("take: index " + std::to_string(index) + " is out of range for axis " +
                       std::to_string(axis) + " of " + to_string(x.shape()));
    }
  }
  const Shape shape{static_cast<std::int64_t>(indices.size())};
  return take(x, from_span(indices, shape, {.device = x.device()}), axis);
}

}  // namespace tarn
