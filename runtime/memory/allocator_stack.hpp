// All layers between a user of device memory and the driver, wired in one place:
//
//   requested ─► size classes ─► lru ─► limits ─► driver's counter ─► the driver's own allocator
//
// and where a trace is wanted, one tracer above them all and one above the driver. An observer may
// come and go while it is used.
//
// Direct mode leaves the lru layer out and changes nothing else: same rounding, same limits, same
// counters. So what differs between the modes is what the cache does.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "runtime/memory/counting_allocator.hpp"
#include "runtime/memory/faulty_allocator.hpp"
#include "runtime/memory/limiting_allocator.hpp"
#include "runtime/memory/lru_allocator.hpp"
#include "runtime/memory/size_class_allocator.hpp"
#include "runtime/memory/stack_observer.hpp"
#include "runtime/memory/stats_snapshot.hpp"
#include "runtime/memory/trace_allocator.hpp"
#include "tarn/allocator.hpp"

namespace tarn::memory {

struct StackOptions {
  AllocatorMode mode = AllocatorMode::lru;
  std::size_t cache_limit = 0;  ///< idle bytes at most; 0 = off
  std::size_t max_idle_blocks = 4096;
  std::size_t memory_limit = std::numeric_limits<std::size_t>::max();     ///< bytes held at most
  std::size_t max_block_bytes = std::numeric_limits<std::size_t>::max();  ///< bytes of one block
  bool exact = false;                       ///< no size classes and no slack
  std::optional<FaultPlan> faults = {};     ///< lets the driver fail
  Slack slack = {};                         ///< how much larger a reused block may be
  bool admit_all = false;                   ///< plain LRU, which refuses no block
  std::shared_ptr<TraceWriter> trace = {};  ///< is told what happens; none: nobody is
};

struct StackHooks {
  std::function<void()> finish = {};  ///< waits for the device, to let go of what it still uses
  std::function<void()> submit = {};  ///< submits what may use a block, before the block goes
};

class AllocatorStack final : public Allocator {
 public:
  /// Requires: all blocks are back before the stack is destroyed.
  AllocatorStack(std::shared_ptr<Allocator> driver, const StackOptions& options, StackHooks hooks);

  /// No bytes give an empty block, touch no layer and are not counted. Throws: OutOfMemory with a
  /// report of what is live.
  Block allocate(std::size_t bytes, BufferOptions options) override;
  void release(Block block) noexcept override;
  AllocatorStats stats() const override { return requested_.stats(); }

  /// The same and more, for another process to look at.
  StatsSnapshot snapshot() const;

  AllocatorMode mode() const { return lru_ ? AllocatorMode::lru : AllocatorMode::direct; }
  /// Bounds the idle bytes from now on, evicting the oldest where needed; 0 turns the cache off.
  /// Throws: ValueError for more than 0 in direct mode, which has no cache.
  void set_cache_limit(std::size_t bytes);
  /// Gives all idle blocks back to the driver. Returns: their bytes.
  std::size_t trim() noexcept;
  /// While one lives, a request that would go to the driver throws UnexpectedAllocation.
  class NoMisses {
   public:
    explicit NoMisses(AllocatorStack& stack) : stack_(stack) { ++stack_.no_misses_; }
    ~NoMisses() { --stack_.no_misses_; }
    NoMisses(const NoMisses&) = delete;
    NoMisses& operator=(const NoMisses&) = delete;

   private:
    AllocatorStack& stack_;
  };
  /// Lets the driver fail by another plan from now on; the default one has no failures. Requires:
  /// the stack was made with a plan.
  void set_faults(const FaultPlan& plan);
  /// Sets all counters to zero and all peaks to the current values.
  void reset_stats();
  /// Who is told what happens, or null.
  TraceWriter* trace() const { return options_.trace.get(); }
  /// Tells an observer what happens from now on; null: nobody. Requires: it lives as long as the
  /// stack is used, for a call to the one before may be under way.
  void observe(StackObserver* observer) { observer_ = observer; }

 private:
  std::optional<LruAllocator> cache_above(Allocator& upstream);
  Block allocate_observed(std::size_t bytes, BufferOptions options, StackObserver& observer);
  void note_miss(std::size_t bytes, MissReason reason) const;
  std::string report() const;

  /// Writes down what is not a request. Returns: a turn that keeps others out meanwhile, if traced.
  std::optional<TraceWriter::Turn> note(const TraceEvent& event) const;

  const StackOptions options_;
  std::atomic<int> no_misses_ = 0;  // how many NoMisses live
  std::atomic<StackObserver*> observer_ = nullptr;
  std::shared_ptr<Allocator> driver_;
  std::optional<FaultyAllocator> faults_;      // none without a plan
  std::optional<DriverTracer> driver_tracer_;  // none without a trace
  CountingAllocator driver_calls_;
  LimitingAllocator limits_;
  std::optional<LruAllocator> lru_;  // none in direct mode
  SizeClassAllocator classes_;
  CountingAllocator requested_;
  std::optional<RequestTracer> tracer_;  // none without a trace
};

std::shared_ptr<AllocatorStack> make_allocator_stack(std::shared_ptr<Allocator> driver,
                                                     const StackOptions& options,
                                                     StackHooks hooks = {});

}  // namespace tarn::memory
