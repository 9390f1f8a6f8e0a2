// Size classes. Up to 128 KiB there are two to the octave, 2^e and 3 * 2^(e-1): a program has many
// small blocks of sizes that change, and what they waste is little in bytes. Above there are
// sixteen, k * 2^(e-4) for k = 16 ... 31, and a request grows by less than 1/16. Powers of two are
// classes throughout. The smallest class has 256 bytes.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <limits>

namespace tarn::memory {

inline constexpr std::size_t kSmallestClass = std::size_t{1} << 8;
inline constexpr std::size_t kFirstFineClass = std::size_t{1} << 17;
inline constexpr std::size_t kCoarseClasses = 2 * (17 - 8);
inline constexpr std::size_t kClassCount = kCoarseClasses + 16 * (64 - 17);  // to 64 bits' end

/// The smallest class of at least `bytes`. Beyond the largest class: `bytes` itself.
constexpr std::size_t size_class(std::size_t bytes) {
  if (bytes <= kSmallestClass) return kSmallestClass;
  const std::size_t step = std::bit_floor(bytes) / (bytes < kFirstFineClass ? 2 : 16);
  if (bytes > std::numeric_limits<std::size_t>::max() - (step - 1)) return bytes;
  return (bytes + step - 1) / step * step;
}

/// The place of size_class(bytes) among all classes, from 0 to kClassCount - 1.
constexpr std::size_t class_index(std::size_t bytes) {
  bytes = size_class(bytes);
  const auto exponent = static_cast<std::size_t>(std::bit_width(bytes)) - 1;
  if (bytes < kFirstFineClass) return 2 * (exponent - 8) + (bytes >> (exponent - 1)) - 2;
  return kCoarseClasses + 16 * (exponent - 17) + (bytes >> (exponent - 4)) - 16;
}

/// The class at a place. Requires: index < kClassCount.
constexpr std::size_t class_bytes(std::size_t index) {
  if (index < kCoarseClasses) return (2 + index % 2) << (index / 2 + 7);
  index -= kCoarseClasses;
  return (16 + index % 16) << (index / 16 + 13);
}

}  // namespace tarn::memory
