#include "tarn/nn/norm.hpp"

#include "tarn/error.hpp"

namespace tarn::nn {

// ---- LayerNorm

LayerNorm::LayerNorm(std::int64_t size, const LayerNormOptions& options)
    : eps_(options.eps),
      weight_(ones({size}, {.device = options.device})),
      bias_(zeros({size}, {.device = options.device})) {}

Tensor LayerNorm::forward(const Tensor& x) const {
  const std::int64_t size = weight_.size(0);
  if (x.rank() == 0 || x.size(-1) != size) {
    throw ShapeError("x is " + to_string(x.shape()) + ", not (..., " + std::to_string(size) + ")");
  }
  return layer_norm(x, weight_, bias_, eps_);
}

std::string LayerNorm::name() const { return "LayerNorm(" + std::to_string(weight_.size(0)) + ")"; }

void LayerNorm::visit(Members& members) {
  members("weight", weight_);
  members("bias", bias_);
}

// ---- BatchNorm2d

BatchNorm2d::BatchNorm2d(std::int64_t channels, const BatchNorm2dOptions& options)
    : eps_(options.eps),
      weight_(ones({channels}, {.device = options.device})),
      bias_(zeros({channels}, {.device = options.device})),
      running_mean_(zeros({channels}, {.device = options.device})),
      running_var_(ones({channels}, {.device = options.device})) {}

Tensor BatchNorm2d::scale() const { return weight_ * (running_var_ + eps_).rsqrt(); }

Tensor BatchNorm2d::shift() const { return bias_ - running_mean_ * scale(); }

Tensor BatchNorm2d::forward(const Tensor& x) const {
  const std::int64_t channels = weight_.size(0);
  if (x.rank() != 4 || x.size(1) != channels) {
    throw ShapeError("x is " + to_string(x.shape()) + ", not (N, " + std::to_string(channels) +
                     ", H, W)");
  }
  const Shape along{channels, 1, 1};
  return x * scale().reshape(along) + shift().reshape(along);
}

std::string BatchNorm2d::name() const {
  return "BatchNorm2d(" + std::to_string(weight_.size(0)) + ")";
}

void BatchNorm2d::visit(Members& members) {
  members("weight", weight_);
  members("bias", bias_);
  members("running_mean", running_mean_);
  members("running_var", running_var_);
}

Conv2d fold(const Conv2d& conv, const BatchNorm2d& norm) {
  const std::int64_t channels = conv.weight_.size(0);
  if (norm.weight_.size(0) != channels) {
    throw ShapeError("fold: " + norm.name() + " does not fit " + conv.name() + ", which gives " +
                     std::to_string(channels) + " channels");
  }
  const Tensor scale = norm.scale();
  Conv2d folded = conv;
  folded.weight_ = (conv.weight_ * scale.reshape({channels, 1, 1, 1})).as_weight();
  folded.bias_ = (conv.bias_ ? *conv.bias_ * scale + norm.shift() : norm.shift()).as_weight();
  return folded;
}

}  // namespace tarn::nn
