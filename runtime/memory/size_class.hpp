// Size classes: k * 2^(e-4) for k = 16 ... 31, sixteen to the octave. Powers of two are classes,
// and a request rounded up to its class grows by less than 1/16. The smallest class has 256 bytes.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <limits>

namespace tarn::memory {

inline constexpr std::size_t kSmallestClass = 256;
inline constexpr std::size_t kClassCount = 16 * (64 - 8);  // from 2^8 up to the end of 64 bits

/// The smallest class of at least `bytes`. Beyond the largest class: `bytes` itself.
constexpr std::size_t size_class(std::size_t bytes) {
  if (bytes <= kSmallestClass) return kSmallestClass;
  const std::size_t step = std::bit_floor(bytes) / 16;
  if (bytes > std::numeric_limits<std::size_t>::max() - (step - 1)) return bytes;
  return (bytes + step - 1) / step * step;
}

/// The place of size_class(bytes) among all classes, from 0 to kClassCount - 1.
constexpr std::size_t class_index(std::size_t bytes) {
  bytes = size_class(bytes);
  const auto exponent = static_cast<std::size_t>(std::bit_width(bytes)) - 1;
  const std::size_t k = bytes >> (exponent - 4);
  return 16 * (exponent - 8) + (k - 16);
}

/// The class at a place. Requires: index < kClassCount.
constexpr std::size_t class_bytes(std::size_t index) {
  return (16 + index % 16) << (index / 16 + 4);
}

}  // namespace tarn::memory
