#include "runtime/memory/counting_allocator.hpp"

#include <algorithm>
#include <chrono>

namespace tarn::memory {
namespace {

// Runs only where it is wanted: reading the clock costs as much as a hit.
class Stopwatch {
 public:
  explicit Stopwatch(bool wanted) : wanted_(wanted), start_(now()) {}
  std::uint64_t nanoseconds() const {
    return static_cast<std::uint64_t>(std::chrono::nanoseconds(now() - start_).count());
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point now() const { return wanted_ ? Clock::now() : Clock::time_point{}; }
  bool wanted_;
  Clock::time_point start_;
};

}  // namespace

Block CountingAllocator::allocate(std::size_t bytes, BufferOptions options) {
  const Stopwatch watch(place_ == Place::driver);
  try {
    const Block block = upstream_.allocate(bytes, options);
    const std::uint64_t nanoseconds = watch.nanoseconds();
    count(&block, bytes, nanoseconds);
    if (on_call_) on_call_(DriverCall::allocate, block.bytes, nanoseconds);
    return block;
  } catch (...) {
    const std::uint64_t nanoseconds = watch.nanoseconds();
    count(nullptr, bytes, nanoseconds);
    if (on_call_) on_call_(DriverCall::failed_allocate, bytes, nanoseconds);
    throw;
  }
}

void CountingAllocator::count(const Block* block, std::size_t bytes, std::uint64_t nanoseconds) {
  const std::lock_guard lock(mutex_);
  ++traffic_.allocations;
  traffic_.create_nanoseconds += nanoseconds;
  if (!block) {
    ++traffic_.failures;
    return;
  }
  traffic_.asked_bytes += bytes;
  traffic_.block_bytes += block->bytes;
  traffic_.live.now += block->bytes;
  traffic_.live.peak = std::max(traffic_.live.peak, traffic_.live.now);
}

void CountingAllocator::release(Block block) noexcept {
  {
    const std::lock_guard lock(mutex_);
    ++traffic_.releases;
    traffic_.live.now -= block.bytes;
  }
  const Stopwatch watch(place_ == Place::driver);
  upstream_.release(block);
  if (place_ != Place::driver) return;
  const std::uint64_t nanoseconds = watch.nanoseconds();
  {
    const std::lock_guard lock(mutex_);
    traffic_.release_nanoseconds += nanoseconds;
  }
  if (on_call_) on_call_(DriverCall::release, block.bytes, nanoseconds);
}

AllocatorStats CountingAllocator::stats() const {
  // Ours first: whatever is counted here has been counted below already.
  const Traffic traffic = [this] {
    const std::lock_guard lock(mutex_);
    return traffic_;
  }();
  AllocatorStats stats = upstream_.stats();
  if (place_ == Place::driver) {
    stats.driver_allocations = traffic.allocations - traffic.failures;
    stats.driver_releases = traffic.releases;
    stats.driver_bytes = traffic.block_bytes;
    stats.create_nanoseconds = traffic.create_nanoseconds;
    stats.release_nanoseconds = traffic.release_nanoseconds;
    return stats;
  }
  stats.requests = traffic.allocations;
  stats.failures = traffic.failures;
  stats.releases = traffic.releases;
  stats.requested_bytes = traffic.asked_bytes;
  stats.block_bytes = traffic.block_bytes;
  stats.live = traffic.live;
  // What no cache has answered for found none: the stack is direct.
  const std::uint64_t answered = stats.hits() + stats.misses();
  if (stats.requests > answered) {
    stats.misses_by[MissReason::disabled] += stats.requests - answered;
  }
  return stats;
}

void CountingAllocator::reset_stats() {
  const std::lock_guard lock(mutex_);
  const std::size_t live = traffic_.live.now;
  traffic_ = {};
  traffic_.live = {.now = live, .peak = live};
}

}  // namespace tarn::memory
