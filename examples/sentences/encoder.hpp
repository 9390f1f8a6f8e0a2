// The network of all-MiniLM-L6-v2, a BERT of six layers (Devlin et al., 2019; Wang et al., 2020;
// Reimers and Gurevych, 2019): texts to vectors of length 1, near each other where the texts mean
// something similar.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <tarn/tarn.hpp>
#include <vector>

#include "sentences/tokenizer.hpp"

namespace sentences {

/// What config.json says of the network.
struct Config {
  std::int64_t hidden_size, intermediate_size, num_hidden_layers, num_attention_heads;
  std::int64_t vocab_size, max_position_embeddings, type_vocab_size;
  double layer_norm_eps;

  /// Throws: tarn::FormatError, naming the file.
  static Config load(const std::filesystem::path& path);
};

class Bert : public tarn::nn::Module {
 public:
  explicit Bert(const Config& config, const tarn::Device& device);

  /// The last layer's vector of each token, (N, T, hidden), of ids (N, T) int32. Row n has
  /// lengths[n] tokens, the rest is padding: no token sees it. Lengths are (N,) int32.
  tarn::Tensor forward(const tarn::Tensor& ids, const tarn::Tensor& lengths) const;
  /// Without padding.
  tarn::Tensor forward(const tarn::Tensor& ids) const override;
  std::string name() const override { return "Bert"; }
  /// Named as in the published files, but for what a layer is made of: see load_published.
  void visit(tarn::nn::Members& members) override;
  /// Loads `model.safetensors` as published.
  void load_published(const std::filesystem::path& path, const tarn::Device& device);

 private:
  tarn::nn::Embedding words_, positions_, types_;
  tarn::nn::LayerNorm norm_;
  std::vector<tarn::nn::TransformerEncoderLayer> layers_;
};

/// The model in a folder with config.json, vocab.txt and model.safetensors.
class Encoder {
 public:
  static constexpr std::size_t kMaxTokens = 256;  // more are left out

  Encoder(const std::filesystem::path& folder, const tarn::Device& device);

  std::vector<std::int32_t> tokens(std::string_view text) const {
    return tokenizer_.tokens(text, kMaxTokens);
  }
  /// (N, hidden): of each text's tokens, the mean of their vectors, brought to length 1.
  tarn::Tensor embed(const std::vector<std::vector<std::int32_t>>& texts) const;

 private:
  tarn::Device device_;
  Tokenizer tokenizer_;
  Bert bert_;
};

}  // namespace sentences
