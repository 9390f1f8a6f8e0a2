// What a stack of allocators has counted, and what its blocks are: enough to look at it from
// outside.
#pragma once

#include <array>
#include <cstdint>

#include "tarn/allocator.hpp"

namespace tarn::memory {

/// Requests and idle blocks of one size.
struct ClassUse {
  std::uint64_t bytes = 0;  ///< of each
  std::uint64_t live = 0;
  std::uint64_t idle = 0;

  friend bool operator==(const ClassUse&, const ClassUse&) = default;
};

struct StatsSnapshot {
  AllocatorStats stats;
  std::uint64_t cache_limit = 0;
  std::uint64_t memory_limit = 0;
  std::array<ClassUse, 8> classes = {};  ///< with the most bytes, first; unused ones have none

  friend bool operator==(const StatsSnapshot&, const StatsSnapshot&) = default;
};

}  // namespace tarn::memory
