#include "sentences/unicode.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace sentences {
namespace {

struct Range {
  char32_t first, last;
};

// What becomes of a character: up to three others, the rest 0.
struct Fold {
  char32_t from, to[3];
};

#include "sentences/unicode_tables.inc"

constexpr Range kIdeographs[] = {
    {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xf900, 0xfaff},   {0x20000, 0x2a6df},
    {0x2a700, 0x2b73f}, {0x2b740, 0x2b81f}, {0x2b920, 0x2ceaf}, {0x2f800, 0x2fa1f},
};

// Whether one of the ranges, which are in order, has the character.
template <std::size_t N>
bool is_in(const Range (&ranges)[N], char32_t c) {
  const auto* range = std::ranges::lower_bound(ranges, c, {}, &Range::last);
  return range != std::end(ranges) && range->first <= c;
}

// The Unicode Standard, section 3.12: a syllable of Hangul is a leading consonant, a vowel, and
// perhaps a trailing consonant.
constexpr char32_t kSyllables = 0xac00, kLeading = 0x1100, kVowels = 0x1161, kTrailing = 0x11a7;
constexpr char32_t kSyllableCount = 11172, kVowelCount = 21, kTrailingCount = 28;

void append_syllable(char32_t syllable, std::u32string& to) {
  to.push_back(kLeading + syllable / (kVowelCount * kTrailingCount));
  to.push_back(kVowels + syllable / kTrailingCount % kVowelCount);
  if (syllable % kTrailingCount != 0) to.push_back(kTrailing + syllable % kTrailingCount);
}

}  // namespace

std::u32string decode(std::string_view utf8) {
  std::u32string characters;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto first = static_cast<unsigned char>(utf8[i++]);
    const int more = first < 0x80 ? 0 : first >> 5 == 6 ? 1 : first >> 4 == 14 ? 2 : 3;
    bool valid = more < 3 || first >> 3 == 30;
    char32_t c = more == 0 ? first : first & (0x3fu >> more);
    for (int k = 0; k < more && valid; ++k) {
      valid = i < utf8.size() && (static_cast<unsigned char>(utf8[i]) & 0xc0) == 0x80;
      if (valid) c = c << 6 | (static_cast<unsigned char>(utf8[i++]) & 0x3f);
    }
    characters.push_back(valid ? c : 0xfffd);
  }
  return characters;
}

std::string encode(std::u32string_view characters) {
  std::string utf8;
  const auto add = [&](char32_t byte) { utf8.push_back(static_cast<char>(byte)); };
  for (const char32_t c : characters) {
    const int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    constexpr char32_t kLead[] = {0, 0xc0, 0xe0, 0xf0};
    add(kLead[more] | c >> (6 * more));
    for (int k = more - 1; k >= 0; --k) add(0x80 | (c >> (6 * k) & 0x3f));
  }
  return utf8;
}

bool is_removed(char32_t c) { return is_in(kRemoved, c); }
bool is_space(char32_t c) { return is_in(kSpaces, c); }
bool is_punctuation(char32_t c) { return is_in(kPunctuation, c); }
bool is_ideograph(char32_t c) { return is_in(kIdeographs, c); }

void append_folded(char32_t c, std::u32string& to) {
  if (c >= kSyllables && c < kSyllables + kSyllableCount)
    return append_syllable(c - kSyllables, to);
  if (is_in(kMarks, c)) return;
  const auto* fold = std::ranges::lower_bound(kFolds, c, {}, &Fold::from);
  if (fold == std::end(kFolds) || fold->from != c) return to.push_back(c);
  for (const char32_t part : fold->to) {
    if (part != 0) to.push_back(part);
  }
}

}  // namespace sentences
