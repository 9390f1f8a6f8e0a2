// Text to the numbers that BERT's models are trained on: WordPiece over words in lower case.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sentences {

class Tokenizer {
 public:
  /// From `vocab.txt`: the token of a line has the line's number, from 0. Throws: tarn::Error when
  /// the file cannot be read, tarn::FormatError when a special token is not in it.
  explicit Tokenizer(const std::filesystem::path& vocabulary);

  /// [CLS], the tokens of the text, [SEP]: at most `limit` of them, those at the end left out.
  /// Requires: limit >= 2.
  std::vector<std::int32_t> tokens(std::string_view text, std::size_t limit) const;

 private:
  using Ids = std::unordered_map<std::string, std::int32_t>;

  void add_text(std::string_view text, std::vector<std::int32_t>& to) const;
  void add_word(std::u32string_view word, std::vector<std::int32_t>& to) const;

  Ids begins_;     // tokens that begin a word
  Ids continues_;  // those that go on with one, without the "##" in front
  std::vector<std::pair<std::string, std::int32_t>> special_;
  std::int32_t unknown_ = 0, classify_ = 0, separate_ = 0;
};

}  // namespace sentences
