#include "runtime/memory/byte_size.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <limits>
#include <system_error>

#include "tarn/error.hpp"

namespace tarn::memory {
namespace {

// Each is 1024 times the one before.
constexpr std::array<std::string_view, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};

bool equal_in_any_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

[[noreturn]] void refuse(std::string_view text) {
  throw ValueError(
      "'" + std::string(text) +
      "' is no amount of bytes; allowed are a whole number, with B, KiB, MiB, GiB or TiB "
      "behind it or no unit, and 'off'");
}

}  // namespace

std::size_t parse_bytes(std::string_view text) {
  if (equal_in_any_case(text, "off")) return 0;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) refuse(text);

  std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit.empty()) unit = kUnits.front();
  const auto known =
      std::ranges::find_if(kUnits, [&](auto name) { return equal_in_any_case(name, unit); });
  if (known == kUnits.end()) refuse(text);

  const auto shift = 10 * (known - kUnits.begin());
  if (number > (std::numeric_limits<std::size_t>::max() >> shift)) refuse(text);
  return number << shift;
}

std::string format_bytes(std::uint64_t bytes) {
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1023.5 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  const int decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  char text[40];
  std::snprintf(text, sizeof text, "%.*f %s", decimals, value, kUnits[unit].data());
  return text;
}

}  // namespace tarn::memory
