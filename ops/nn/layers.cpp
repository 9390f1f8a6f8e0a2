#include <algorithm>
#include <cmath>

#include "tarn/error.hpp"
#include "tarn/nn.hpp"

namespace tarn::nn {
namespace {

// Uniform within 1 / sqrt(fan in) of zero, as PyTorch's Linear and Conv2d begin. The fan in is how
// many products one output sums: what a weight has for each extent of its first axis.
Tensor uniform(const Shape& shape, const Shape& weight, const std::optional<Device>& device) {
  double fan_in = 1;
  for (int axis = 1; axis < weight.rank(); ++axis) fan_in *= static_cast<double>(weight[axis]);
  const double bound = 1 / std::sqrt(std::max(fan_in, 1.0));
  return rand(shape, {.seed = {}, .device = device}) * (2 * bound) - bound;
}

Tensor random_weight(const Shape& shape, const std::optional<Device>& device) {
  return uniform(shape, shape, device);
}

std::optional<Tensor> random_bias(const Tensor& weight, bool wanted,
                                  const std::optional<Device>& device) {
  if (!wanted) return std::nullopt;
  return uniform({weight.size(0)}, weight.shape(), device);
}

// Random parameters are computed once, at the first pass: unrealized, each pass would compute them
// anew. Loaded ones are realized already.
void realize_parameters(const Tensor& weight, const std::optional<Tensor>& bias) {
  if (weight.is_realized() && (!bias || bias->is_realized())) return;
  bias ? realize({weight, *bias}) : realize({weight});
}

// Of a Conv2d, once the arguments are known to make sense.
Shape weight_shape(std::int64_t in, std::int64_t out, std::int64_t kernel,
                   const Conv2dOptions& options) {
  const std::int64_t smallest =
      std::min({in, out, kernel, options.stride, options.dilation, options.groups});
  if (smallest < 1 || options.padding < 0) {
    throw ValueError(
        "Conv2d: channels, kernel, stride, dilation and groups must be positive, and "
        "the padding not negative");
  }
  if (in % options.groups != 0 || out % options.groups != 0) {
    throw ValueError("Conv2d: " + std::to_string(options.groups) + " groups do not divide " +
                     std::to_string(in) + " channels in and " + std::to_string(out) + " out");
  }
  return {out, in / options.groups, kernel, kernel};
}

}  // namespace

// ---- Linear

Linear::Linear(std::int64_t in, std::int64_t out, const LinearOptions& options)
    : weight_(random_weight({out, in}, options.device)),
      bias_(random_bias(weight_, options.bias, options.device)) {}

Tensor Linear::forward(const Tensor& x) const {
  const std::int64_t in = weight_.size(1);
  if (x.rank() == 0 || x.size(-1) != in) {
    throw ShapeError("x is " + to_string(x.shape()) + ", not (..., " + std::to_string(in) + ")");
  }
  realize_parameters(weight_, bias_);
  return linear(x, weight_, bias_);
}

std::string Linear::name() const {
  return "Linear(" + std::to_string(weight_.size(1)) + ", " + std::to_string(weight_.size(0)) + ")";
}

void Linear::visit(Members& members) {
  members("weight", weight_);
  members("bias", bias_);
}

// ---- Conv2d

Conv2d::Conv2d(std::int64_t in, std::int64_t out, std::int64_t kernel, const Conv2dOptions& options)
    : options_{options.stride, options.padding, options.dilation, options.groups},
      weight_(random_weight(weight_shape(in, out, kernel, options), options.device)),
      bias_(random_bias(weight_, options.bias, options.device)) {}

Tensor Conv2d::forward(const Tensor& x) const {
  const std::int64_t in = weight_.size(1) * options_.groups;
  if (x.rank() != 4 || x.size(1) != in) {
    throw ShapeError("x is " + to_string(x.shape()) + ", not (N, " + std::to_string(in) +
                     ", H, W)");
  }
  realize_parameters(weight_, bias_);
  return conv2d(x, weight_, bias_, options_);
}

std::string Conv2d::name() const {
  return "Conv2d(" + std::to_string(weight_.size(1) * options_.groups) + ", " +
         std::to_string(weight_.size(0)) + ", " + std::to_string(weight_.size(2)) + ")";
}

void Conv2d::visit(Members& members) {
  members("weight", weight_);
  members("bias", bias_);
}

// ---- Embedding

Embedding::Embedding(std::int64_t count, std::int64_t width, const EmbeddingOptions& options)
    : weight_(randn({count, width}, {.seed = {}, .device = options.device})) {}

Tensor Embedding::forward(const Tensor& ids) const {
  realize_parameters(weight_, {});
  return take(weight_, ids);
}

std::string Embedding::name() const {
  return "Embedding(" + std::to_string(weight_.size(0)) + ", " + std::to_string(weight_.size(1)) +
         ")";
}

void Embedding::visit(Members& members) { members("weight", weight_); }

// ---- Sequential

Tensor Sequential::forward(const Tensor& x) const {
  Tensor y = x;
  for (std::size_t place = 0; place < layers_.size(); ++place) {
    try {
      y = (*layers_[place])(y);
    } catch (const ShapeError& error) {
      throw ShapeError("layer " + std::to_string(place) + ": " + error.what());
    }
  }
  return y;
}

void Sequential::visit(Members& members) {
  for (std::size_t place = 0; place < layers_.size(); ++place) {
    members(std::to_string(place), *layers_[place]);
  }
}

void Sequential::fold_batch_norms() {
  for (std::size_t place = 0; place < layers_.size(); ++place) {
    layers_[place]->fold_batch_norms();
    if (place == 0) continue;
    const auto* conv = dynamic_cast<const Conv2d*>(layers_[place - 1].get());
    const auto* norm = dynamic_cast<const BatchNorm2d*>(layers_[place].get());
    if (conv == nullptr || norm == nullptr) continue;
    layers_[place - 1] = std::make_unique<Conv2d>(fold(*conv, *norm));
    layers_.erase(layers_.begin() + static_cast<std::ptrdiff_t>(place));
    --place;
  }
}

}  // namespace tarn::nn
