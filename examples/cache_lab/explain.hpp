// What became of the blocks in a recorded run: how old they were when they were evicted, how many
// were missed soon after, and how many lay idle without being wanted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "runtime/memory/trace_event.hpp"

namespace examples {

/// Bytes of idle blocks, by the size of the block.
using BytesByClass = std::map<std::size_t, std::size_t>;

struct Explanation {
  std::vector<std::uint64_t> ages;  ///< of evicted blocks: requests since their release; sorted
  std::uint64_t given_back = 0;   ///< released blocks that were never idle: too large, or no cache
  std::uint64_t regretted = 0;    ///< evictions followed by a driver allocation of that size
  BytesByClass stranded_at_end;   ///< idle for more than `within` requests
  BytesByClass stranded_at_peak;  ///< the same when they were most
  std::size_t peak_stranded = 0;  ///< bytes, their sum

  /// The age that the share of the evicted blocks did not exceed; 0 without any.
  std::uint64_t age(double share) const;
};

/// Reads the driver's calls in the trace: an imported one has none, and nothing to explain.
/// `within`: how many requests are soon.
Explanation explain(const tarn::memory::Trace& trace, std::uint64_t within);

}  // namespace examples
