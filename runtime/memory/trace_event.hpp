// What a trace of an allocator stack consists of. The bytes that these become in a file are
// described in README.md of this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tarn/allocator.hpp"

namespace tarn::memory {

/// What happened. The numbers are those of the file.
enum class TraceKind : std::uint8_t {
  request = 0,            ///< answered: bytes, options, id of the block
  failed_request = 1,     ///< ended in an exception: bytes, options
  release = 2,            ///< id of the block
  driver_allocation = 3,  ///< bytes, options, id, duration; on behalf of the request that follows
  driver_failure = 4,     ///< bytes, options, duration
  driver_release = 5,     ///< id, duration
  cache_limit = 6,        ///< set to so many bytes
  trim = 7,
  reset = 8,  ///< of the counters
  step =
      9,  ///< a step of a plan: its label; the requests that follow, up to the next step, are its
  end = 10,  ///< nothing follows; missing from a file that was cut
};

/// Fields that an event of its kind has not are 0.
struct TraceEvent {
  TraceKind kind = TraceKind::end;
  std::uint64_t nanoseconds = 0;  ///< since the trace began; never decreases
  std::size_t bytes = 0;
  BufferOptions options = {};
  std::uint64_t id = 0;
  std::uint64_t duration = 0;  ///< nanoseconds in the driver
  std::size_t label = 0;       ///< index into the trace's labels

  friend bool operator==(const TraceEvent&, const TraceEvent&) = default;
};

/// The settings of the stack that a trace was recorded on: replayed with them, it counts the same.
struct TraceSettings {
  AllocatorMode mode = AllocatorMode::lru;
  bool exact = false;
  std::uint64_t cache_limit = 0;
  std::uint64_t max_idle_blocks = 0;
  std::uint64_t memory_limit = 0;
  std::uint64_t max_block_bytes = 0;
  double slack_share = 0;
  std::uint64_t slack_bytes = 0;

  friend bool operator==(const TraceSettings&, const TraceSettings&) = default;
};

struct Trace {
  TraceSettings settings;
  std::vector<std::string> labels;  ///< of the steps
  std::vector<TraceEvent> events;
  bool complete = false;  ///< false: the file was cut, and the events are those before the cut
};

}  // namespace tarn::memory
