// The interface of everything that hands out device memory, and what it counts. Allocators form a
// stack of decorators over the driver; whoever holds the top need not know how high it is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <numeric>

namespace tarn {

/// What kind of block is wanted. Blocks of different options never stand in for each other.
struct BufferOptions {
  bool host_visible = false;  ///< the host will map it: pinned memory on a discrete GPU

  friend bool operator==(const BufferOptions&, const BufferOptions&) = default;
};

/// A piece of device memory, by value: whoever holds it owes its allocator one release.
struct Block {
  void* handle = nullptr;     ///< the driver's name for it, such as a cl_mem
  std::size_t requested = 0;  ///< bytes that were asked for
  std::size_t bytes = 0;      ///< bytes that it has; never fewer
  BufferOptions options;
  std::uint64_t id = 0;  ///< never used twice, even when the driver reuses a handle; 0: empty

  bool empty() const { return id == 0; }
  friend bool operator==(const Block&, const Block&) = default;
};

/// Whether freed blocks are kept for reuse. `direct` hands every request to the driver.
enum class AllocatorMode { lru, direct };

/// Why a request went to the driver. A miss has the first of these reasons that fits.
enum class MissReason {
  disabled,    ///< the cache is off
  oversize,    ///< larger than all that may be idle
  first,       ///< no request of this size class before
  evicted,     ///< a block of this class had been here and was evicted
  size_class,  ///< the idle bytes would do, but are in other classes
  concurrent,  ///< all blocks of this class are live
};

/// Why an idle block went back to the driver.
enum class EvictionReason {
  bytes,     ///< a release would have exceeded the limit of idle bytes
  blocks,    ///< a release would have exceeded the limit of idle blocks
  memory,    ///< a request would have exceeded the memory limit, or the driver had run out
  trim,      ///< trim() was called, or the cache is being destroyed
  capacity,  ///< the limit of idle bytes was lowered
};

/// Counts, one for each enumerator of Reason.
template <class Reason, std::size_t N>
struct Tally {
  std::array<std::uint64_t, N> counts{};

  std::uint64_t& operator[](Reason reason) { return counts[static_cast<std::size_t>(reason)]; }
  std::uint64_t operator[](Reason reason) const { return counts[static_cast<std::size_t>(reason)]; }
  std::uint64_t total() const {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  }
  friend bool operator==(const Tally&, const Tally&) = default;
};
using MissTally = Tally<MissReason, 6>;
using EvictionTally = Tally<EvictionReason, 5>;

/// An amount of bytes now, and the most it has been since the counters were last reset.
struct Gauge {
  std::size_t now = 0;
  std::size_t peak = 0;

  friend bool operator==(const Gauge&, const Gauge&) = default;
};

/// What a stack of allocators has done since its counters were last reset. A request is counted
/// when it has been answered; requests for no bytes are not counted at all.
struct AllocatorStats {
  std::uint64_t requests = 0;  ///< asked of the top, the failed ones too; hits() + misses()
  std::uint64_t failures = 0;  ///< requests that ended in an exception
  std::uint64_t releases = 0;  ///< blocks given back to the top

  std::uint64_t exact_hits = 0;  ///< answered by an idle block of the same size class
  std::uint64_t slack_hits = 0;  ///< answered by an idle block of a slightly larger one
  MissTally misses_by;           ///< handed on to the driver
  EvictionTally evictions_by;    ///< idle blocks given back to the driver, or refused for idle ones
  EvictionTally regretted_by;    ///< misses of reason `evicted`, by why the block had gone

  std::uint64_t driver_allocations = 0;     ///< blocks made by the driver
  std::uint64_t driver_releases = 0;        ///< blocks given back to it
  std::uint64_t out_of_memory_retries = 0;  ///< times the driver was asked again
  std::uint64_t create_nanoseconds = 0;     ///< spent in the driver making blocks
  std::uint64_t release_nanoseconds = 0;    ///< spent in the driver releasing them

  std::uint64_t requested_bytes = 0;  ///< sum over the answered requests, as asked
  std::uint64_t block_bytes = 0;      ///< sum over the same, as handed out
  std::uint64_t driver_bytes = 0;     ///< sum over the blocks that the driver made

  Gauge live;    ///< bytes of blocks in use
  Gauge idle;    ///< bytes of blocks in the cache
  Gauge moving;  ///< bytes neither live nor idle while the driver is called for them; the peak
                 ///< misses what several threads move at once
  Gauge held;    ///< live + idle + moving: what the memory limit bounds
  std::size_t idle_blocks = 0;

  std::uint64_t hits() const { return exact_hits + slack_hits; }
  std::uint64_t misses() const { return misses_by.total(); }
  std::uint64_t evictions() const { return evictions_by.total(); }
  /// The share of answered requests that the driver never saw, 0 to 1.
  double saved() const;

  friend bool operator==(const AllocatorStats&, const AllocatorStats&) = default;
};

/// A short table in human units.
std::ostream& operator<<(std::ostream& out, const AllocatorStats& stats);

const char* to_string(AllocatorMode mode);
const char* to_string(MissReason reason);
const char* to_string(EvictionReason reason);

/// Hands out blocks. All functions may be called from any thread.
class Allocator {
 public:
  virtual ~Allocator() = default;
  /// A block of at least `bytes` bytes, their contents undefined. The top of a stack answers a
  /// request for no bytes with an empty block. Requires: bytes > 0 below the top.
  /// Throws: OutOfMemory.
  [[nodiscard]] virtual Block allocate(std::size_t bytes, BufferOptions options) = 0;
  /// Takes back a block that this allocator has handed out, once. What was submitted with the block
  /// before is not disturbed.
  virtual void release(Block block) noexcept = 0;
  /// What this layer and those below it have counted.
  virtual AllocatorStats stats() const = 0;
};

}  // namespace tarn
