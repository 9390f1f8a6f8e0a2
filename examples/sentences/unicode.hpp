// The little of Unicode that splitting text into words needs.
#pragma once

#include <string>
#include <string_view>

namespace sentences {

/// The characters of UTF-8. Bytes that are none give U+FFFD.
std::u32string decode(std::string_view utf8);
/// ... and back.
std::string encode(std::u32string_view characters);

/// Controls, formats, private use, and U+FFFD: what a cleaned text does not have.
bool is_removed(char32_t c);
bool is_space(char32_t c);
/// Every punctuation mark, and of ASCII every symbol.
bool is_punctuation(char32_t c);
/// Of Chinese, and of what Japanese and Korean share with it.
bool is_ideograph(char32_t c);

/// Appends a character in lower case, decomposed, without accents: É gives e, a combining accent
/// nothing.
void append_folded(char32_t c, std::u32string& to);

}  // namespace sentences
