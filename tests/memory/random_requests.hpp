// Users of a stack of allocators who ask and release at random, and know what they hold. What the
// property tests share, on one thread and on several.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "runtime/memory/allocator_stack.hpp"
#include "runtime/memory/size_class.hpp"

namespace tarn::test {

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kMemoryLimit = 4096 * kKiB;
constexpr std::size_t kMaxBlock = 512 * kKiB;
constexpr std::size_t kCacheLimit = 1600 * kKiB;
constexpr std::size_t kMaxIdleBlocks = 12;

inline memory::StackOptions small_stack(AllocatorMode mode, bool exact = false) {
  return {.mode = mode,
          .cache_limit = kCacheLimit,
          .max_idle_blocks = kMaxIdleBlocks,
          .memory_limit = kMemoryLimit,
          .max_block_bytes = kMaxBlock,
          .exact = exact};
}

/// The largest block that may answer a request.
inline std::size_t most_for(std::size_t bytes) {
  const std::size_t rounded = memory::size_class(bytes);
  return rounded + std::max(rounded / 4, std::min(rounded, 64 * kKiB));
}

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  bool one_in(unsigned n) { return engine_() % n == 0; }
  std::size_t below(std::size_t n) { return engine_() % n; }
  /// Few sizes that come back, as in real programs, and some that do not.
  std::size_t bytes() {
    if (one_in(200)) return 0;
    if (one_in(100)) return kMaxBlock - 100 + below(200);
    if (one_in(4)) return 1 + below(384 * kKiB);
    return (1 + below(6)) * 24000;
  }

 private:
  std::mt19937 engine_;
};

/// The bounds that hold at every moment, whoever else uses the stack.
inline void expect_within_bounds(const AllocatorStats& stats) {
  EXPECT_LE(stats.held.peak, kMemoryLimit);
  EXPECT_LE(stats.idle.peak, kCacheLimit);
  EXPECT_LE(stats.idle_blocks, kMaxIdleBlocks);
}

/// What holds while nobody is in the midst of a call, where the driver has handed out `held` bytes
/// and `live` of them are in the users' hands.
inline void expect_settled(const AllocatorStats& stats, std::size_t held, std::size_t live) {
  EXPECT_EQ(stats.live.now, live);
  EXPECT_EQ(stats.moving.now, 0u);
  EXPECT_EQ(stats.held.now, held);
  EXPECT_EQ(stats.live.now + stats.idle.now + stats.moving.now, held);
}

/// What must have come out when all is back with the driver.
inline void expect_all_accounted_for(const AllocatorStats& stats) {
  EXPECT_EQ(stats.hits() + stats.misses(), stats.requests);
  EXPECT_EQ(stats.requests - stats.failures, stats.releases);
  EXPECT_EQ(stats.driver_allocations, stats.driver_releases);
  expect_settled(stats, 0, 0);
}

/// One user of a stack, who knows what is live.
class User {
 public:
  User(memory::AllocatorStack& stack, unsigned seed) : stack_(stack), dice_(seed) {}

  /// Returns: the block, empty when no bytes were asked for. Throws: OutOfMemory.
  Block request(std::size_t bytes, bool visible) {
    const Block block = stack_.allocate(bytes, {.host_visible = visible});
    EXPECT_EQ(block.empty(), bytes == 0);
    EXPECT_EQ(block.requested, bytes);
    EXPECT_GE(block.bytes, bytes);
    EXPECT_LE(block.bytes, most_for(bytes));
    if (!block.empty()) {
      EXPECT_EQ(block.options.host_visible, visible);
      live_.push_back(block);
      live_bytes_ += block.bytes;
    }
    return block;
  }

  /// Lets go of any block; the caller gives it back to the stack. Returns: an empty one for none.
  Block let_go_of_any() {
    if (live_.empty()) return {};
    std::swap(live_[dice_.below(live_.size())], live_.back());
    const Block block = live_.back();
    live_.pop_back();
    live_bytes_ -= block.bytes;
    return block;
  }

  const std::vector<Block>& live() const { return live_; }
  std::size_t live_bytes() const { return live_bytes_; }
  Dice& dice() { return dice_; }

 private:
  memory::AllocatorStack& stack_;
  Dice dice_;
  std::vector<Block> live_;
  std::size_t live_bytes_ = 0;
};

}  // namespace tarn::test
