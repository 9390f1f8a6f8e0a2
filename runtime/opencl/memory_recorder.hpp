// Tells a recorder what a stack of allocators does: hits and misses, evictions and calls of the
// driver, and after each the bytes that are live and idle.
#pragma once

#include "runtime/memory/allocator_stack.hpp"
#include "runtime/memory/stack_observer.hpp"
#include "runtime/profile/recorder.hpp"

namespace tarn::opencl {

class MemoryRecorder final : public memory::StackObserver {
 public:
  MemoryRecorder(const memory::AllocatorStack& stack, profile::Recorder& recorder)
      : stack_(stack), recorder_(recorder) {}

  void hit(std::size_t bytes) noexcept override;
  void missed(std::size_t bytes, MissReason reason) noexcept override;
  void evicted(std::size_t bytes, EvictionReason reason) noexcept override;
  void driver_called(memory::DriverCall call, std::size_t bytes,
                     std::uint64_t nanoseconds) noexcept override;
  void changed() noexcept override;

 private:
  const memory::AllocatorStack& stack_;
  profile::Recorder& recorder_;
};

}  // namespace tarn::opencl
