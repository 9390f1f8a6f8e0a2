// Counts what passes by and changes nothing. A stack has two: one at the top, which sees what was
// requested, and one above the driver, which sees what is left of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>

#include "runtime/memory/stack_observer.hpp"
#include "tarn/allocator.hpp"

namespace tarn::memory {

class CountingAllocator final : public Allocator {
 public:
  /// Where it stands, and so which fields of the statistics are its own.
  enum class Place {
    requests,  ///< at the top
    driver,    ///< above the driver, whose time it takes
  };

  /// Called after each call of the driver, without a lock. May be empty.
  using OnCall = std::function<void(DriverCall call, std::size_t bytes, std::uint64_t nanoseconds)>;

  CountingAllocator(Allocator& upstream, Place place, OnCall on_call = {})
      : upstream_(upstream), place_(place), on_call_(std::move(on_call)) {}

  Block allocate(std::size_t bytes, BufferOptions options) override;
  void release(Block block) noexcept override;
  AllocatorStats stats() const override;
  /// Sets the counters to zero and the peak to the current value.
  void reset_stats();

 private:
  struct Traffic {
    std::uint64_t allocations = 0;  // the failed ones too
    std::uint64_t failures = 0;
    std::uint64_t releases = 0;
    std::uint64_t asked_bytes = 0;
    std::uint64_t block_bytes = 0;
    std::uint64_t create_nanoseconds = 0;
    std::uint64_t release_nanoseconds = 0;
    Gauge live;
  };
  void count(const Block* block, std::size_t bytes, std::uint64_t nanoseconds);

  Allocator& upstream_;
  const Place place_;
  const OnCall on_call_;
  mutable std::mutex mutex_;  // cheaper than six atomic counters, and all of them fit each other
  Traffic traffic_;
};

}  // namespace tarn::memory
