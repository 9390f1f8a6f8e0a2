// From one trace: what a program would get from its cache at twenty capacities, and how much is
// worth giving it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cache_lab/offline.hpp"
#include "runtime/memory/trace_event.hpp"
#include "tarn/allocator.hpp"

namespace examples {

struct Capacity {
  std::size_t bytes = 0;  ///< idle at most
  tarn::AllocatorStats stats;
  double seconds_saved = 0;  ///< of the driver's, at its mean time for an allocation in the trace
};

struct Advice {
  std::vector<Capacity> capacities;  ///< rising, from 0 to what is never reached
  std::size_t knee = 0;              ///< index of the smallest with the share of the hits
  Bracket best;                      ///< driver calls of who knows what comes, at the knee
  Capacity twice_live;               ///< at twice the most bytes that were live; no time
  tarn::AllocatorStats steady;       ///< of the second half of the requests, without a bound
  double kept = 0;                   ///< hits at the knee / hits without a bound; 1 without hits
};

/// Replays the trace with its own settings at each capacity. `share`: of the hits of an unbounded
/// cache, how many must be kept, 0 to 1.
Advice advise(const tarn::memory::Trace& trace, double share = 0.98);

/// Half of what the cache keeps idle when it has no limit, at least 1: where it matters who is
/// evicted.
std::size_t scarce_limit(const tarn::memory::Trace& trace);

/// The advice in words.
std::string sentence(const Advice& advice);
/// How much of the requests hits at twice the live peak, and once the cache is warm.
std::string expectations(const Advice& advice);

}  // namespace examples
