#include "tarn/nn/attention.hpp"

#include <array>
#include <cmath>
#include <string_view>

#include "tarn/error.hpp"

namespace tarn::nn {
namespace {

std::string with_numbers(const std::string& layer, std::int64_t width, std::int64_t heads) {
  return layer + "(" + std::to_string(width) + ", " + std::to_string(heads) + ")";
}

// The width, once it is known that the heads divide it.
std::int64_t checked(std::int64_t width, std::int64_t heads) {
  if (width < 1 || heads < 1 || width % heads != 0) {
    throw ValueError("MultiHeadAttention: " + std::to_string(heads) +
                     " heads do not divide a width of " + std::to_string(width));
  }
  return width;
}

Tensor activate(const Tensor& x, Activation activation) {
  switch (activation) {
    case Activation::relu:
      return x.relu();
    case Activation::gelu:
      return x.gelu();
    case Activation::gelu_tanh:
      return x.gelu(GeluForm::tanh);
  }
  throw ValueError("TransformerEncoderLayer: no such activation");
}

}  // namespace

// ---- MultiHeadAttention

MultiHeadAttention::MultiHeadAttention(std::int64_t width, std::int64_t heads,
                                       const MultiHeadAttentionOptions& options)
    : width_(checked(width, heads)),
      heads_(heads),
      q_proj_(width, width, {options.bias, options.device}),
      k_proj_(width, width, {options.bias, options.device}),
      v_proj_(width, width, {options.bias, options.device}),
      out_proj_(width, width, {options.bias, options.device}) {}

Tensor MultiHeadAttention::operator()(const Tensor& x, const Tensor& mask) const {
  return named([&] { return forward(x, mask); });
}

Tensor MultiHeadAttention::forward(const Tensor& x, const std::optional<Tensor>& mask) const {
  if (x.rank() < 2 || x.size(-1) != width_) {
    throw ShapeError("x is " + to_string(x.shape()) + ", not (..., length, " +
                     std::to_string(width_) + ")");
  }
  Shape by_head = x.shape();  // (..., length, heads, width / heads)
  by_head[by_head.rank() - 1] = heads_;
  by_head.push_back(width_ / heads_);
  const auto heads = [&](const Tensor& y) { return y.reshape(by_head).transpose(-3, -2); };

  const Tensor q = heads(q_proj_(x)), k = heads(k_proj_(x)), v = heads(v_proj_(x));
  const double scale = 1 / std::sqrt(static_cast<double>(width_ / heads_));
  Tensor scores = matmul(q, k.transpose(-2, -1)) * scale;  // (..., heads, length, length)
  if (mask) scores = scores + mask->broadcast_to(scores.shape());
  return out_proj_(matmul(softmax(scores), v).transpose(-3, -2).reshape(x.shape()));
}

std::string MultiHeadAttention::name() const {
  return with_numbers("MultiHeadAttention", width_, heads_);
}

void MultiHeadAttention::visit(Members& members) {
  members("q_proj", q_proj_);
  members("k_proj", k_proj_);
  members("v_proj", v_proj_);
  members("out_proj", out_proj_);
}

// ---- TransformerEncoderLayer

TransformerEncoderLayer::TransformerEncoderLayer(std::int64_t width, std::int64_t heads,
                                                 const TransformerEncoderLayerOptions& options)
    : width_(width),
      heads_(heads),
      activation_(options.activation),
      norm_first_(options.norm_first),
      self_attn_(width, heads, {.device = options.device}),
      linear1_(width, options.dim_feedforward, {.device = options.device}),
      linear2_(options.dim_feedforward, width, {.device = options.device}),
      norm1_(width, {options.layer_norm_eps, options.device}),
      norm2_(width, {options.layer_norm_eps, options.device}) {}

Tensor TransformerEncoderLayer::operator()(const Tensor& x, const Tensor& mask) const {
  return named([&] { return forward(x, mask); });
}

Tensor TransformerEncoderLayer::forward(const Tensor& x, const std::optional<Tensor>& mask) const {
  if (norm_first_) {
    const Tensor y = x + attend(norm1_(x), mask);
    return y + feed_forward(norm2_(y));
  }
  const Tensor y = norm1_(x + attend(x, mask));
  return norm2_(y + feed_forward(y));
}

Tensor TransformerEncoderLayer::attend(const Tensor& x, const std::optional<Tensor>& mask) const {
  return mask ? self_attn_(x, *mask) : self_attn_(x);
}

Tensor TransformerEncoderLayer::feed_forward(const Tensor& x) const {
  return linear2_(activate(linear1_(x), activation_));
}

std::string TransformerEncoderLayer::name() const {
  return with_numbers("TransformerEncoderLayer", width_, heads_);
}

void TransformerEncoderLayer::visit(Members& members) {
  members("self_attn", self_attn_);
  members("linear1", linear1_);
  members("linear2", linear2_);
  members("norm1", norm1_);
  members("norm2", norm2_);
}

// ---- PyTorch's parameters

io::NamedTensors split_in_proj(const io::NamedTensors& tensors) {
  constexpr std::string_view kPacked = "in_proj_";  // then "weight" or "bias"
  constexpr std::array<const char*, 3> kParts{"q_proj.", "k_proj.", "v_proj."};
  io::NamedTensors result;
  for (const auto& [name, tensor] : tensors) {
    const std::size_t at = name.rfind(kPacked);
    const bool packed = at == 0 || (at != std::string::npos && name[at - 1] == '.');
    if (!packed) {
      result.emplace_back(name, tensor);
      continue;
    }
    if (tensor.rank() == 0 || tensor.size(0) % 3 != 0) {
      throw ShapeError("split_in_proj: " + name + " is " + to_string(tensor.shape()) +
                       ", not (3 width, ...)");
    }
    const std::int64_t width = tensor.size(0) / 3;
    for (std::int64_t part = 0; part < 3; ++part) {
      result.emplace_back(name.substr(0, at) + kParts[static_cast<std::size_t>(part)] +
                              name.substr(at + kPacked.size()),
                          tensor.slice({{.start = part * width, .stop = (part + 1) * width}}));
    }
  }
  return result;
}

}  // namespace tarn::nn
