// Whoever wants to see what a stack of allocators does while it does it. Where a TraceWriter writes
// down what a replay needs, in the order in which the cache met it, an observer may come and go at
// any time, and sees what became of each request.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tarn/allocator.hpp"

namespace tarn::memory {

enum class DriverCall { allocate, failed_allocate, release };

/// Called by the thread that does it, without a lock of the stack. Must not ask the stack for
/// memory.
class StackObserver {
 public:
  virtual ~StackObserver() = default;
  virtual void hit(std::size_t bytes) noexcept = 0;
  virtual void missed(std::size_t bytes, MissReason reason) noexcept = 0;
  /// Of an idle block, before the driver is told.
  virtual void evicted(std::size_t bytes, EvictionReason reason) noexcept = 0;
  /// Just now, after so many nanoseconds.
  virtual void driver_called(DriverCall call, std::size_t bytes,
                             std::uint64_t nanoseconds) noexcept = 0;
  /// A request or a release is over: bytes live and idle may have changed.
  virtual void changed() noexcept = 0;
};

}  // namespace tarn::memory
