// Attention, and the encoder layer of transformers around it (Vaswani et al., 2017).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tarn/nn/layers.hpp"
#include "tarn/nn/module.hpp"
#include "tarn/nn/norm.hpp"

namespace tarn::nn {

struct MultiHeadAttentionOptions {
  bool bias = true;
  std::optional<Device> device = {};  ///< of random parameters; else the default device
};

/// Self-attention: x (..., length, width) gives the same shape. With q, k and v of one head,
/// (length, width / heads), a head gives softmax(q kᵀ / sqrt(width / heads) + mask) v.
/// Parameters: q_proj, k_proj, v_proj and out_proj, each a Linear(width, width). PyTorch keeps the
/// first three in one tensor: split_in_proj takes it apart.
class MultiHeadAttention : public Module {
 public:
  /// Throws: ValueError when the heads do not divide the width.
  MultiHeadAttention(std::int64_t width, std::int64_t heads,
                     const MultiHeadAttentionOptions& options = {});

  using Module::operator();
  /// The mask is added to the scores, (..., heads, length, length), to which it is broadcast:
  /// 0 where a query (a row) sees a key (a column), and a large negative number where it does not.
  Tensor operator()(const Tensor& x, const Tensor& mask) const;
  Tensor forward(const Tensor& x) const override { return forward(x, std::nullopt); }
  Tensor forward(const Tensor& x, const std::optional<Tensor>& mask) const;
  std::string name() const override;
  void visit(Members& members) override;

 private:
  std::int64_t width_, heads_;
  Linear q_proj_, k_proj_, v_proj_, out_proj_;
};

enum class Activation { relu, gelu, gelu_tanh };

struct TransformerEncoderLayerOptions {
  std::int64_t dim_feedforward = 2048;
  Activation activation = Activation::relu;  ///< BERT's is gelu
  double layer_norm_eps = 1e-5;
  bool norm_first = false;            ///< norms before attention and before the linear layers
  std::optional<Device> device = {};  ///< of parameters not loaded; else the default device
};

/// x (..., length, width) gives the same shape: y = norm1(x + self_attn(x)), then
/// norm2(y + linear2(activation(linear1(y)))). The batch comes first, and nothing is dropped out.
/// Parameters: self_attn, linear1, linear2, norm1, norm2, as their own classes say.
class TransformerEncoderLayer : public Module {
 public:
  /// Throws: ValueError when the heads do not divide the width.
  TransformerEncoderLayer(std::int64_t width, std::int64_t heads,
                          const TransformerEncoderLayerOptions& options = {});

  using Module::operator();
  /// The mask is MultiHeadAttention's.
  Tensor operator()(const Tensor& x, const Tensor& mask) const;
  Tensor forward(const Tensor& x) const override { return forward(x, std::nullopt); }
  Tensor forward(const Tensor& x, const std::optional<Tensor>& mask) const;
  std::string name() const override;
  void visit(Members& members) override;

 private:
  Tensor attend(const Tensor& x, const std::optional<Tensor>& mask) const;
  Tensor feed_forward(const Tensor& x) const;

  std::int64_t width_, heads_;
  Activation activation_;
  bool norm_first_;
  MultiHeadAttention self_attn_;
  Linear linear1_, linear2_;
  LayerNorm norm1_, norm2_;
};

/// PyTorch's parameters with the names of MultiHeadAttention: each "in_proj_weight" (3 width,
/// width) becomes "q_proj.weight", "k_proj.weight" and "v_proj.weight", and each "in_proj_bias"
/// likewise; all others stay. Throws: ShapeError when one has no three equal parts.
io::NamedTensors split_in_proj(const io::NamedTensors& tensors);

}  // namespace tarn::nn
