// A run over time, as its replay shows it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "runtime/memory/trace_event.hpp"
#include "tarn/allocator.hpp"

namespace examples {

/// The counts when so many requests had been asked.
struct Moment {
  std::uint64_t requests = 0;
  tarn::AllocatorStats stats;
};

/// `count` moments at equal distances, the last at the end, from a replay with the recorded
/// settings. Where live and idle bytes were more between two moments, the later one has the most
/// that they were.
std::vector<Moment> history(const tarn::memory::Trace& trace, std::size_t count);

/// How often a size class was asked for so many requests after a block of it was released; the
/// requests are rounded down to a power of two.
using ReuseDistances = std::map<std::pair<std::size_t, std::uint64_t>, std::uint64_t>;
ReuseDistances reuse_distances(const tarn::memory::Trace& trace);

}  // namespace examples
