#include "tarn/nn/norm.hpp"

#include "tarn/error.hpp"

namespace tarn::nn {

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

}  // namespace tarn::nn
