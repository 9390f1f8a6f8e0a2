#include "tarn/tensor.hpp"

#include "ops/tensor/build.hpp"

namespace tarn {

Tensor::Tensor(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

const Shape& Tensor::shape() const { return node_->shape; }
DType Tensor::dtype() const { return node_->dtype; }
Device Tensor::device() const { return Device(node_->device); }

std::int64_t Tensor::size(int axis) const { return shape()[normalize_axis(axis, rank(), "size")]; }

std::string version() { return TARN_VERSION; }

}  // namespace tarn
