#include "tarn/nn/residual.hpp"

namespace tarn::nn {
namespace {

std::optional<BatchNorm2d> norm(std::int64_t channels, const BasicBlockOptions& options) {
  if (!options.norm) return std::nullopt;
  return BatchNorm2d(channels, {.device = options.device});
}

Conv2dOptions window3(std::int64_t stride, const BasicBlockOptions& options) {
  return {.stride = stride, .padding = 1, .bias = !options.norm, .device = options.device};
}

Sequential shortcut(std::int64_t in, std::int64_t out, const BasicBlockOptions& options) {
  Sequential result;
  if (in == out && options.stride == 1) return result;
  result.add(Conv2d(in, out, 1,
                    {.stride = options.stride, .bias = !options.norm, .device = options.device}));
  if (options.norm) result.add(BatchNorm2d(out, {.device = options.device}));
  return result;
}

void fold_into(Conv2d& conv, std::optional<BatchNorm2d>& norm) {
  if (!norm) return;
  conv = fold(conv, *norm);
  norm.reset();
}

}  // namespace

BasicBlock::BasicBlock(std::int64_t in, std::int64_t out, const BasicBlockOptions& options)
    : in_(in),
      out_(out),
      conv1_(in, out, 3, window3(options.stride, options)),
      conv2_(out, out, 3, window3(1, options)),
      bn1_(norm(out, options)),
      bn2_(norm(out, options)),
      downsample_(shortcut(in, out, options)) {}

Tensor BasicBlock::forward(const Tensor& x) const {
  const auto normalized = [](const Tensor& y, const std::optional<BatchNorm2d>& norm) {
    return norm ? (*norm)(y) : y;
  };
  const Tensor inner = normalized(conv1_(x), bn1_).relu();
  return (normalized(conv2_(inner), bn2_) + downsample_(x)).relu();
}

std::string BasicBlock::name() const {
  return "BasicBlock(" + std::to_string(in_) + ", " + std::to_string(out_) + ")";
}

void BasicBlock::visit(Members& members) {
  members("conv1", conv1_);
  if (bn1_) members("bn1", *bn1_);
  members("conv2", conv2_);
  if (bn2_) members("bn2", *bn2_);
  members("downsample", downsample_);
}

void BasicBlock::fold_batch_norms() {
  fold_into(conv1_, bn1_);
  fold_into(conv2_, bn2_);
  downsample_.fold_batch_norms();
}

}  // namespace tarn::nn
