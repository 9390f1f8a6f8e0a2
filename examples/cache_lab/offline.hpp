// The best that any cache could do which knows what comes: between which numbers of driver calls
// the optimum of a trace lies, at a limit of idle bytes. The cache is one of whole blocks with our
// size classes and slack; it chooses which blocks to keep and which one answers a request. Finding
// the optimum is a packing problem, so it is searched for small traces only, and bounded for
// others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "runtime/memory/trace_event.hpp"

namespace examples {

/// Driver calls of the offline optimum.
struct Bracket {
  std::uint64_t lower = 0;
  std::uint64_t upper = 0;
  bool exact() const { return lower == upper; }
};

/// The best of the bounds below; the optimum itself where the search finds it.
Bracket bracket(const tarn::memory::Trace& trace, std::size_t limit);

/// By search: the fewest driver calls, or nothing if more than `max_states` states of the cache
/// would have to be remembered at once.
std::optional<std::uint64_t> optimum(const tarn::memory::Trace& trace, std::size_t limit,
                                     std::size_t max_states);

/// No cache needs fewer. The larger of two bounds: blocks that are live at once cannot be the same,
/// summed over ranges of sizes that no block serves both of; and each hit has occupied its block's
/// bytes since a release, while limit times time is all there is to occupy.
std::uint64_t lower_bound(const tarn::memory::Trace& trace, std::size_t limit);

/// Some cache needs no more: one that evicts the block whose next use is furthest, by time or by
/// time times bytes.
std::uint64_t upper_bound(const tarn::memory::Trace& trace, std::size_t limit);

}  // namespace examples
