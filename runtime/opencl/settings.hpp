// All settings, and the one place that reads TARN_* from the environment. What the program says in
// DeviceOptions goes before the environment, and that before the default. A variable that is set
// to nothing is not set.
//
//   TARN_DEVICE        an index, or a part of the name of a platform, ICD or device
//   TARN_ALLOCATOR     lru (default) or direct
//   TARN_CACHE_LIMIT   bytes idle at most (256MiB), 0 or off; default: memory limit / 4
//   TARN_MEMORY_LIMIT  bytes held at most (4GiB); default: 0.9 of what there is
//   TARN_CACHE_DIR     directory of program binaries, or off; default: $XDG_CACHE_HOME/tarn, else
//                      ~/.cache/tarn
//   TARN_LANES         both (default), serial (the calling thread) or parallel (all cores)
//   TARN_WINOGRAD      0: convolutions of 3 × 3 multiply directly; default: 1
//   TARN_TUNE          1: contractions are tried in several ways; default: 0
//   TARN_HUGE_PAGES    0: large blocks of the host's memory lie in small pages; default: 1
//   TARN_FAIL_ALLOC    lets the driver fail: every:7, after:100, bytes:64MiB or p:0.01,42
//   TARN_POISON        1: looks for kernels that touch what is not theirs (slow); default: 0
//   TARN_TRACE         a file for what the allocators do (runtime/memory/README.md); a second
//                      device writes FILE.2
//   TARN_PROFILE       a file for what the device does and when, for ui.perfetto.dev; a table goes
//                      to standard error; a second device writes FILE.2
//   TARN_STATS         a file to keep the allocators' counts in while the program runs; a second
//                      device writes FILE.2
//   TARN_LOG           off (default), warn, info, debug or trace, to standard error
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "runtime/memory/faulty_allocator.hpp"
#include "runtime/opencl/log.hpp"
#include "tarn/device.hpp"

namespace tarn::opencl {

struct Settings {
  std::string device;  ///< empty: the best one
  AllocatorMode allocator = AllocatorMode::lru;
  std::optional<std::size_t> cache_limit;
  std::optional<std::size_t> memory_limit;
  bool exact_sizes = false;
  std::optional<memory::FaultPlan> faults;  ///< none: the driver fails by itself only
  bool poison = false;
  LaneMode lanes = LaneMode::both;
  bool winograd = true;
  bool tune = false;
  bool huge_pages = true;
  std::optional<std::filesystem::path> cache_directory;  ///< none: off
  LogLevel log = LogLevel::off;
  std::optional<std::filesystem::path> trace;    ///< none: the allocators are not traced
  std::optional<std::filesystem::path> profile;  ///< none: nothing is profiled
  std::optional<std::filesystem::path> stats;    ///< none: the counts are not published
};

/// Throws: ValueError naming the variable, its value, and what is allowed.
Settings read_settings(const DeviceOptions& options);

}  // namespace tarn::opencl
