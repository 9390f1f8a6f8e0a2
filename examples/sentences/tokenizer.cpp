#include "sentences/tokenizer.hpp"

#include <algorithm>
#include <fstream>
#include <tarn/error.hpp>

#include "sentences/unicode.hpp"

namespace sentences {
namespace {

constexpr std::size_t kLongestWord = 100;  // in characters; a longer one is unknown
constexpr std::string_view kContinues = "##";

// Without what is invisible, every space the same, ideographs apart, letters folded.
std::u32string normalized(std::string_view text) {
  std::u32string result;
  for (const char32_t c : decode(text)) {
    if (is_removed(c)) continue;
    if (is_space(c)) {
      result.push_back(U' ');
    } else if (is_ideograph(c)) {
      result.push_back(U' ');
      append_folded(c, result);
      result.push_back(U' ');
    } else {
      append_folded(c, result);
    }
  }
  return result;
}

}  // namespace

Tokenizer::Tokenizer(const std::filesystem::path& vocabulary) {
  std::ifstream file(vocabulary);
  if (!file) throw tarn::Error("cannot read " + vocabulary.string());
  std::int32_t id = 0;
  for (std::string token; std::getline(file, token); ++id) {
    const bool continues = token.starts_with(kContinues) && token.size() > kContinues.size();
    if (continues) {
      continues_.emplace(token.substr(kContinues.size()), id);
    } else {
      begins_.emplace(token, id);
    }
  }
  for (const char* token : {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}) {
    const auto found = begins_.find(token);
    if (found == begins_.end()) {
      throw tarn::FormatError(vocabulary.string() + " has no token " + token);
    }
    special_.emplace_back(token, found->second);
  }
  unknown_ = begins_.at("[UNK]");
  classify_ = begins_.at("[CLS]");
  separate_ = begins_.at("[SEP]");
}

// Special tokens may be written in a text; the rest is text between them.
std::vector<std::int32_t> Tokenizer::tokens(std::string_view text, std::size_t limit) const {
  std::vector<std::int32_t> result{classify_};
  std::size_t begin = 0;
  for (std::size_t at = text.find('['); at != text.npos; at = text.find('[', at)) {
    const auto found = std::ranges::find_if(
        special_, [&](const auto& token) { return text.substr(at).starts_with(token.first); });
    if (found == special_.end()) {
      ++at;
      continue;
    }
    add_text(text.substr(begin, at - begin), result);
    result.push_back(found->second);
    begin = at += found->first.size();
  }
  add_text(text.substr(begin), result);
  if (result.size() >= limit) result.resize(limit - 1);
  result.push_back(separate_);
  return result;
}

// A word ends at a space, and before and after each punctuation mark.
void Tokenizer::add_text(std::string_view text, std::vector<std::int32_t>& to) const {
  const std::u32string characters = normalized(text);
  const std::u32string_view all(characters);
  std::size_t begin = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool mark = is_punctuation(all[i]);
    if (!mark && all[i] != U' ') continue;
    add_word(all.substr(begin, i - begin), to);
    if (mark) add_word(all.substr(i, 1), to);
    begin = i + 1;
  }
  add_word(all.substr(begin), to);
}

// The longest token that the word begins with, then the longest that goes on, and so forth; one
// unknown token for the whole word where that fails.
void Tokenizer::add_word(std::u32string_view word, std::vector<std::int32_t>& to) const {
  if (word.empty()) return;
  if (word.size() > kLongestWord) return to.push_back(unknown_);
  const std::size_t before = to.size();
  for (std::size_t begin = 0, end = 0; begin < word.size(); begin = end) {
    const Ids& ids = begin == 0 ? begins_ : continues_;
    auto found = ids.end();
    for (end = word.size(); end > begin; --end) {
      found = ids.find(encode(word.substr(begin, end - begin)));
      if (found != ids.end()) break;
    }
    if (found == ids.end()) {
      to.resize(before);
      return to.push_back(unknown_);
    }
    to.push_back(found->second);
  }
}

}  // namespace sentences
