// What a profiler has seen, as plain values. All times are nanoseconds of the host's steady clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tarn/device.hpp"

namespace tarn::profile {

/// Where an event is shown, beside the lanes of the device.
enum class Track : std::uint8_t { host, builds, driver, hits, misses, evictions };

/// A kernel over certain loops; each of its launches does the same work.
struct Kernel {
  std::string name;
  std::string expression;
  std::string loops;
  std::int64_t bytes = 0;       ///< each operand and the result once
  std::int64_t operations = 0;  ///< in floating point
};

struct Launch {
  std::size_t kernel;  ///< which of the recording's kernels
  Lane lane;
  std::uint64_t start, end;
};

/// Something that a thread did.
struct Span {
  Track track;
  unsigned thread;  ///< 0, 1, ... in the order in which threads were first seen
  std::uint64_t start, end;
  std::string name;
};

/// Something that happened to so many bytes.
struct Instant {
  Track track;
  std::uint64_t at;
  std::string name;
  std::size_t bytes;
};

/// Bytes of the allocator, after something has changed them.
struct Sample {
  std::uint64_t at;
  std::size_t live, idle;
};

struct Recording {
  std::uint64_t start = 0, end = 0;
  std::vector<Kernel> kernels;
  std::vector<Launch> launches;  ///< by their start
  std::vector<Span> spans;
  std::vector<Instant> instants;
  std::vector<Sample> samples;
};

}  // namespace tarn::profile
