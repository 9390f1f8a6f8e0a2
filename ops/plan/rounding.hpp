// Whole numbers rounded up, for counts of blocks, vectors and tiles. Requires: nothing is negative,
// and b is not 0.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tarn::plan {

constexpr std::int64_t divide_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }
constexpr std::size_t divide_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }
constexpr std::int64_t rounded_up(std::int64_t a, std::int64_t b) { return divide_up(a, b) * b; }

}  // namespace tarn::plan
