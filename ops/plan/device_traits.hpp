// What planning and rendering need to know of a device. A plain value, so that the kernels for a
// device that is not here can be looked at and tested too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace tarn::plan {

struct DeviceTraits {
  bool cpu = true;        ///< wide registers and few threads, else many threads of one lane each
  int lanes = 16;         ///< floats that one work item computes at once; a power of two
  int compute_units = 2;  ///< threads that really run at the same time
  std::size_t parameter_bytes = 1024;  ///< of a kernel's arguments, at most
  std::size_t cache_bytes = 1 << 20;   ///< of one compute unit's own cache
  std::size_t local_bytes = 1 << 20;   ///< of local memory, at most
  bool local_is_near = true;           ///< local memory is faster than global; a CPU has caches
  bool winograd = true;                ///< whether convolutions may take Winograd's algorithm

  /// Rounds that a work item may take in all of its loops: llvmpipe ends them after so many, and
  /// says nothing.
  std::int64_t loop_rounds = std::numeric_limits<std::int64_t>::max();

  /// Results of at least so many bytes are written past the caches, which could not keep them; of
  /// maps that compute little, when they are three times as large. 0: none are. Takes a compiler
  /// that knows __builtin_nontemporal_store.
  std::int64_t streamed_bytes = 0;

  friend bool operator==(const DeviceTraits&, const DeviceTraits&) = default;
};

}  // namespace tarn::plan
