// Bounds what the driver holds, and does what can be done when memory runs out: of our own limit,
// or of the driver's. Bytes are reserved before the driver is asked and given up after it has
// released, so the bound holds at every moment. Below the cache, it sees live and idle blocks
// alike.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <string>

#include "tarn/allocator.hpp"

namespace tarn::memory {

struct Limits {
  std::size_t memory = std::numeric_limits<std::size_t>::max();  ///< bytes held at most
  std::size_t block = std::numeric_limits<std::size_t>::max();   ///< bytes of one block at most
};

/// What the layers around can do when memory runs out, and must before a block goes. Called without
/// any lock; may be empty.
struct Relief {
  /// Gives back at least so many bytes of idle blocks if there are as many. Returns: what came
  /// free, 0 only when nothing is idle and no eviction is under way.
  std::function<std::size_t(std::size_t bytes)> reclaim;
  /// Waits for the device: drivers keep what a running command uses. Throws: DeviceError.
  std::function<void()> finish;
  /// Submits commands that were held until now: they may use the block that goes next.
  std::function<void()> submit = {};
  /// What an OutOfMemory says beyond its cause.
  std::function<std::string()> report;
};

/// Called before a request reserves anything; refuses it by an exception. May be empty.
using Admission = std::function<void(std::size_t bytes)>;

class LimitingAllocator final : public Allocator {
 public:
  /// Requires: blocks of upstream have exactly the bytes that were asked for.
  LimitingAllocator(Allocator& upstream, Limits limits, Relief relief, Admission admit = {});

  /// A block above a limit by itself throws at once. Over the memory limit, idle blocks are
  /// reclaimed as far as needed. When the driver is out of memory: reclaims just enough, then all,
  /// then finishes, and asks again after each step that may have helped.
  Block allocate(std::size_t bytes, BufferOptions options) override;
  void release(Block block) noexcept override;
  AllocatorStats stats() const override;
  void reset_stats();

 private:
  enum class Step { reclaim_enough, reclaim_all, finish };

  void reserve(std::size_t bytes);
  void cancel(std::size_t bytes) noexcept;
  Block ask(std::size_t bytes, BufferOptions options);
  bool climb(Step step, std::size_t bytes);
  std::size_t reclaim(std::size_t bytes);
  [[noreturn]] void refuse_for_the_limit(std::size_t bytes) const;
  [[noreturn]] void refuse(std::size_t bytes, const std::string& cause) const;

  std::size_t room() const { return limits_.memory - held_.now; }
  void note_change();

  Allocator& upstream_;
  const Limits limits_;
  const Relief relief_;
  const Admission admit_;
  mutable std::mutex mutex_;
  std::condition_variable left_;  // signalled when held_ shrinks
  Gauge held_;                    // now <= limits_.memory
  Gauge moving_;                  // arriving_ + leaving_
  std::size_t arriving_ = 0;      // reserved; the driver is being asked
  std::size_t leaving_ = 0;       // the driver is releasing
  std::uint64_t changes_ = 0;     // of the above
  std::uint64_t retries_ = 0;
};

}  // namespace tarn::memory
