#include "sentences/encoder.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>

namespace sentences {

namespace nn = tarn::nn;
using tarn::Tensor;

Config Config::load(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) throw tarn::Error("cannot read " + path.string());
  try {
    const nlohmann::json json = nlohmann::json::parse(file);
    const auto number = [&](const char* name) { return json.at(name).get<std::int64_t>(); };
    return {number("hidden_size"),       number("intermediate_size"),
            number("num_hidden_layers"), number("num_attention_heads"),
            number("vocab_size"),        number("max_position_embeddings"),
            number("type_vocab_size"),   json.at("layer_norm_eps").get<double>()};
  } catch (const nlohmann::json::exception& error) {
    throw tarn::FormatError(path.string() + ": " + error.what());
  }
}

namespace {

// Whether token t of text n is one, or padding: (N, T) bool.
Tensor is_token(const Tensor& ids, const Tensor& lengths) {
  const Tensor place = tarn::arange(0, ids.size(1), 1, {.device = ids.device()});
  return place.unsqueeze(0) < lengths.unsqueeze(1);
}

// What BERT calls the parts of a layer, and what nn::TransformerEncoderLayer does.
std::string renamed(std::string name) {
  constexpr std::array<std::array<std::string_view, 2>, 9> kNames{{
      {"encoder.layer.", "layer."},
      {"attention.self.query", "self_attn.q_proj"},
      {"attention.self.key", "self_attn.k_proj"},
      {"attention.self.value", "self_attn.v_proj"},
      {"attention.output.dense", "self_attn.out_proj"},
      {"attention.output.LayerNorm", "norm1"},
      {"intermediate.dense", "linear1"},
      {"output.dense", "linear2"},
      {"output.LayerNorm", "norm2"},
  }};
  for (const auto& [published, ours] : kNames) {
    const std::size_t at = name.find(published);
    if (at != name.npos) name.replace(at, published.size(), ours);
  }
  return name;
}

}  // namespace

Bert::Bert(const Config& config, const tarn::Device& device)
    : words_(config.vocab_size, config.hidden_size, {.device = device}),
      positions_(config.max_position_embeddings, config.hidden_size, {.device = device}),
      types_(config.type_vocab_size, config.hidden_size, {.device = device}),
      norm_(config.hidden_size, {.eps = config.layer_norm_eps, .device = device}) {
  for (std::int64_t i = 0; i < config.num_hidden_layers; ++i) {
    layers_.emplace_back(config.hidden_size, config.num_attention_heads,
                         nn::TransformerEncoderLayerOptions{
                             .dim_feedforward = config.intermediate_size,
                             .activation = nn::Activation::gelu,
                             .layer_norm_eps = config.layer_norm_eps,
                             .device = device,
                         });
  }
}

Tensor Bert::forward(const Tensor& ids, const Tensor& lengths) const {
  const tarn::TensorOptions like{.dtype = tarn::DType::int32, .device = ids.device()};
  const Tensor places = tarn::arange(0, ids.size(1), 1, like);  // (T,)
  const Tensor kinds = tarn::zeros({1}, like);                  // all tokens are of the first text
  Tensor x = norm_(words_(ids) + positions_(places) + types_(kinds));  // one kernel, (N, T, hidden)

  // Added to the scores of queries for keys, (N, heads, T, T).
  const Tensor mask =
      where(is_token(ids, lengths), 0.f, tarn::full({}, -1e9f, {.device = ids.device()}));
  const Tensor by_key = mask.unsqueeze(1).unsqueeze(1);  // (N, 1, 1, T)
  for (const nn::TransformerEncoderLayer& layer : layers_) x = layer(x, by_key);
  return x;
}

Tensor Bert::forward(const Tensor& ids) const {
  const auto all =
      tarn::full({ids.size(0)}, ids.size(1), {.dtype = tarn::DType::int32, .device = ids.device()});
  return forward(ids, all);
}

void Bert::visit(nn::Members& members) {
  members("embeddings.word_embeddings", words_);
  members("embeddings.position_embeddings", positions_);
  members("embeddings.token_type_embeddings", types_);
  members("embeddings.LayerNorm", norm_);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    members("layer." + std::to_string(i), layers_[i]);
  }
}

// The file also has a layer on top that embeddings of sentences do not use, and the numbers from 0
// to 511 as int64.
void Bert::load_published(const std::filesystem::path& path, const tarn::Device& device) {
  const auto wanted = [](std::string_view name) {
    return !name.starts_with("pooler.") && name != "embeddings.position_ids";
  };
  tarn::io::NamedTensors tensors =
      tarn::io::load_safetensors(path, {.device = device, .wanted = wanted}).tensors;
  for (auto& [name, tensor] : tensors) name = renamed(name);
  load(tensors);
}

Encoder::Encoder(const std::filesystem::path& folder, const tarn::Device& device)
    : device_(device),
      tokenizer_(folder / "vocab.txt"),
      bert_(Config::load(folder / "config.json"), device) {
  bert_.load_published(folder / "model.safetensors", device);
}

Tensor Encoder::embed(const std::vector<std::vector<std::int32_t>>& texts) const {
  // Every width of a batch is a plan of its own: with few widths they are soon all there.
  constexpr std::size_t kStep = 16;
  std::size_t longest = 1;
  for (const auto& text : texts) longest = std::max(longest, text.size());
  const std::size_t width = std::min((longest + kStep - 1) / kStep * kStep, kMaxTokens);

  std::vector<std::int32_t> padded(texts.size() * width, 0), counts;
  for (std::size_t n = 0; n < texts.size(); ++n) {
    std::ranges::copy(texts[n], padded.begin() + static_cast<std::ptrdiff_t>(n * width));
    counts.push_back(static_cast<std::int32_t>(texts[n].size()));
  }
  const auto rows = static_cast<std::int64_t>(texts.size());
  const Tensor ids =
      tarn::tensor(padded, {rows, static_cast<std::int64_t>(width)}, {.device = device_});
  const Tensor lengths = tarn::tensor(counts, {rows}, {.device = device_});

  const Tensor real = is_token(ids, lengths).unsqueeze(2);  // (N, T, 1)
  const Tensor vectors = where(real, bert_.forward(ids, lengths), 0.f);
  const Tensor mean = vectors.sum(1) / lengths.unsqueeze(1);  // (N, hidden)
  return mean * (mean * mean).sum(1, {.keepdim = true}).rsqrt();
}

}  // namespace sentences
