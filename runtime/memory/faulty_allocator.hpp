// Lets the driver run out of memory by a plan, so that what happens then can be tried in any
// program: the ladder of LimitingAllocator, the report, and that nothing is lost. Stands right
// above the driver, and only where a plan is given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <random>
#include <string>
#include <string_view>

#include "tarn/allocator.hpp"

namespace tarn::memory {

/// Which calls of the driver fail. A call that asks again after a failure counts as a new one.
struct FaultPlan {
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t every = kNever;  ///< the every-th call, and each that many later
  std::uint64_t after = kNever;  ///< all calls but the first so many
  std::size_t bytes = std::numeric_limits<std::size_t>::max();  ///< what would hold more than this
  double probability = 0;                                       ///< of each call
  std::uint32_t seed = 0;                                       ///< of the probability's dice

  friend bool operator==(const FaultPlan&, const FaultPlan&) = default;
};

/// A plan from text: `every:7`, `after:100`, `bytes:64MiB` or `p:0.01,42` (probability, seed).
/// Throws: ValueError with the text and what is allowed.
FaultPlan parse_fault_plan(std::string_view text);

class FaultyAllocator final : public Allocator {
 public:
  FaultyAllocator(Allocator& upstream, const FaultPlan& plan)
      : upstream_(upstream), plan_(plan), dice_(plan.seed) {}

  Block allocate(std::size_t bytes, BufferOptions options) override;
  void release(Block block) noexcept override;
  AllocatorStats stats() const override { return upstream_.stats(); }

  /// Fails by another plan from now on, which counts calls anew.
  void set_plan(const FaultPlan& plan);

 private:
  /// Counts a call, and reserves its bytes. Returns: why it fails, or nothing.
  std::string fault(std::size_t bytes);
  void give_up(std::size_t bytes) noexcept;

  Allocator& upstream_;
  std::mutex mutex_;
  FaultPlan plan_;
  std::mt19937 dice_;
  std::uint64_t calls_ = 0;
  std::size_t held_ = 0;  // bytes
};

}  // namespace tarn::memory
