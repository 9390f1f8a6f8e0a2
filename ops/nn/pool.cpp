#include <cstdint>
#include <string>
#include <vector>

#include "tarn/error.hpp"
#include "tarn/nn/layers.hpp"

namespace tarn::nn {
namespace {

// The means of `size` parts of one axis, which may overlap by an element where they are not equal.
Tensor means_of_parts(const Tensor& x, int axis, std::int64_t size) {
  const std::int64_t extent = x.size(axis);
  std::vector<Tensor> means;
  for (std::int64_t i = 0; i < size; ++i) {
    std::vector<Slice> part(static_cast<std::size_t>(axis) + 1);
    part.back() = {.start = i * extent / size, .stop = ((i + 1) * extent + size - 1) / size};
    means.push_back(x.slice(part).mean(axis, {.keepdim = true}));
  }
  return concatenate(means, axis);
}

}  // namespace

AdaptiveAvgPool2d::AdaptiveAvgPool2d(std::int64_t size) : size_(size) {
  if (size < 1) {
    throw ValueError("AdaptiveAvgPool2d: the size must be positive, not " + std::to_string(size));
  }
}

Tensor AdaptiveAvgPool2d::forward(const Tensor& x) const {
  if (x.rank() != 4 || x.size(2) == 0 || x.size(3) == 0) {
    throw ShapeError("x is " + to_string(x.shape()) + ", not (N, C, H, W) with elements");
  }
  if (x.size(2) % size_ == 0 && x.size(3) % size_ == 0) {  // one reduction over equal parts
    return x.reshape({x.size(0), x.size(1), size_, x.size(2) / size_, size_, x.size(3) / size_})
        .mean({3, 5});
  }
  return means_of_parts(means_of_parts(x, 2, size_), 3, size_);
}

}  // namespace tarn::nn
