// Random requests and releases on whole stacks over a driver that fails when told to. At every
// moment: the bounds hold, no block is lost, none is handed out twice; at the end all are freed.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>
#include <thread>
#include <unordered_set>
#include <vector>

#include "fake_driver.hpp"
#include "runtime/memory/allocator_stack.hpp"

namespace tarn::memory {
namespace {

using test::FakeDriver;

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kMemoryLimit = 4096 * kKiB;
constexpr std::size_t kMaxBlock = 512 * kKiB;
constexpr std::size_t kCacheLimit = 1600 * kKiB;
constexpr std::size_t kMaxIdleBlocks = 12;

StackOptions options(AllocatorMode mode, bool exact = false) {
  return {.mode = mode,
          .cache_limit = kCacheLimit,
          .max_idle_blocks = kMaxIdleBlocks,
          .memory_limit = kMemoryLimit,
          .max_block_bytes = kMaxBlock,
          .exact = exact};
}

// The largest block that may answer a request.
std::size_t most_for(std::size_t bytes) {
  const std::size_t rounded = size_class(bytes);
  return rounded + std::max(rounded / 4, std::min(rounded, 64 * kKiB));
}

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  bool one_in(unsigned n) { return engine_() % n == 0; }
  std::size_t below(std::size_t n) { return engine_() % n; }
  // Few sizes that come back, as in real programs, and some that do not.
  std::size_t bytes() {
    if (one_in(200)) return 0;
    if (one_in(100)) return kMaxBlock - 100 + below(200);
    if (one_in(4)) return 1 + below(384 * kKiB);
    return (1 + below(6)) * 24000;
  }

 private:
  std::mt19937 engine_;
};

// One user of a stack, who knows what is live.
class User {
 public:
  User(AllocatorStack& stack, unsigned seed) : stack_(stack), dice_(seed) {}

  // Returns: the block, empty when there was none. Throws: OutOfMemory.
  Block request(std::size_t bytes, bool visible) {
    const Block block = stack_.allocate(bytes, {.host_visible = visible});
    EXPECT_EQ(block.empty(), bytes == 0);
    EXPECT_EQ(block.requested, bytes);
    EXPECT_GE(block.bytes, bytes);
    EXPECT_LE(block.bytes, most_for(bytes));
    if (!block.empty()) {
      EXPECT_EQ(block.options.host_visible, visible);
      live_.push_back(block);
    }
    return block;
  }

  Block release_any() {
    if (live_.empty()) return {};
    std::swap(live_[dice_.below(live_.size())], live_.back());
    const Block block = live_.back();
    live_.pop_back();
    return block;
  }

  const std::vector<Block>& live() const { return live_; }
  Dice& dice() { return dice_; }

 private:
  AllocatorStack& stack_;
  Dice dice_;
  std::vector<Block> live_;
};

class SingleThread {
 public:
  explicit SingleThread(const StackOptions& stack_options)
      : exact_(stack_options.exact),
        stack_(make_allocator_stack(driver_, stack_options, {.finish = [] {}})) {
    driver_->on_allocate = driver_->on_release = [this] { check_bounds(); };
  }

  void run(int operations) {
    User user(*stack_, 42);
    for (int i = 0; i < operations && !::testing::Test::HasFailure(); ++i) {
      step(user);
      check_bounds();
    }
    while (!user.live().empty()) release(user);
    stack_->trim();
    EXPECT_EQ(driver_->live_blocks(), 0u);
    EXPECT_EQ(driver_->wrong_releases(), 0u);
    const AllocatorStats stats = stack_->stats();
    EXPECT_EQ(stats.hits() + stats.misses(), stats.requests);
    EXPECT_EQ(stats.requests - stats.failures, stats.releases);
    EXPECT_EQ(stats.driver_allocations, stats.driver_releases);
    EXPECT_EQ(stats.driver_allocations, driver_->made());
    EXPECT_EQ(stats.held.now, 0u);
    EXPECT_GT(stats.failures, 0u);  // else this would have tested little
    if (stack_->mode() == AllocatorMode::lru) expect_everything_happened(stats);
  }

 private:
  void step(User& user) {
    Dice& dice = user.dice();
    if (dice.one_in(3000)) stack_->trim();
    if (dice.one_in(1000) && stack_->mode() == AllocatorMode::lru) {
      stack_->set_cache_limit(dice.one_in(4) ? 0 : dice.below(kCacheLimit));
    }
    if (dice.one_in(50)) driver_->fail_next(static_cast<int>(1 + dice.below(5)));
    // Live bytes drift between few and more than the limit allows.
    phase_ += dice.one_in(500) ? 1 : 0;
    const bool grow = dice.below(100) < (phase_ % 2 == 0 ? 65u : 40u);
    grow ? request(user) : release(user);
    driver_->fail_next(0);
  }

  void request(User& user) {
    const std::size_t bytes = user.dice().bytes();
    const std::size_t live = live_bytes_;
    const std::uint64_t failures = driver_failures();
    try {
      const Block block = user.request(bytes, user.dice().one_in(5));
      if (block.empty()) return;
      EXPECT_TRUE(live_ids_.insert(block.id).second) << "handed out twice";
      EXPECT_TRUE(live_handles_.insert(block.handle).second) << "handed out twice";
      live_bytes_ += block.bytes;
    } catch (const OutOfMemory& error) {
      // Only for a reason: idle blocks never stand in the way.
      const std::size_t rounded = exact_ ? bytes : size_class(bytes);
      EXPECT_TRUE(rounded > kMaxBlock || live + rounded > kMemoryLimit ||
                  driver_failures() > failures)
          << error.what();
    }
  }

  void release(User& user) {
    const Block block = user.release_any();
    if (block.empty()) return;
    live_ids_.erase(block.id);
    live_handles_.erase(block.handle);
    live_bytes_ -= block.bytes;
    stack_->release(block);
  }

  // Also from inside each call of the driver, in the midst of an allocation or an eviction.
  void check_bounds() {
    const AllocatorStats stats = stack_->stats();
    EXPECT_LE(driver_->held(), kMemoryLimit);
    EXPECT_LE(stats.held.peak, kMemoryLimit);
    EXPECT_LE(driver_->held(), stats.held.now);
    EXPECT_EQ(stats.live.now + stats.idle.now + stats.moving.now, stats.held.now);
    EXPECT_LE(stats.idle_blocks, kMaxIdleBlocks);
    EXPECT_LE(stats.idle.peak, kCacheLimit);
  }

  std::uint64_t driver_failures() const { return driver_->asked_count() - driver_->made(); }

  static void expect_everything_happened(const AllocatorStats& stats) {
    EXPECT_GT(stats.exact_hits, 0u) << stats;
    EXPECT_GT(stats.out_of_memory_retries, 0u);
    for (const std::uint64_t count : stats.misses_by.counts) EXPECT_GT(count, 0u) << stats;
    for (const std::uint64_t count : stats.evictions_by.counts) EXPECT_GT(count, 0u) << stats;
  }

  const bool exact_;
  std::shared_ptr<FakeDriver> driver_ = std::make_shared<FakeDriver>();
  std::shared_ptr<AllocatorStack> stack_;
  std::unordered_set<std::uint64_t> live_ids_;
  std::unordered_set<void*> live_handles_;
  std::size_t live_bytes_ = 0;
  int phase_ = 0;
};

TEST(AllocatorProperty, AMillionOperationsWithTheCache) {
  SingleThread(options(AllocatorMode::lru)).run(1'000'000);
}

TEST(AllocatorProperty, WithExactSizes) {
  SingleThread(options(AllocatorMode::lru, true)).run(200'000);
}

TEST(AllocatorProperty, Direct) { SingleThread(options(AllocatorMode::direct)).run(200'000); }

// Four threads share a stack; a fifth turns the cache up and down. `owned_` says for each id
// whether it is in somebody's hands.
class FourThreads {
 public:
  explicit FourThreads(AllocatorMode mode)
      : stack_(make_allocator_stack(driver_, options(mode), {.finish = [] {}})), owned_(kMaxIds) {
    driver_->on_allocate =
        driver_->on_release = [this] { EXPECT_LE(driver_->held(), kMemoryLimit); };
  }

  void run(int operations_each) {
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 4; ++t) {
      threads.emplace_back([=, this] { use(operations_each, t); });
    }
    std::atomic<bool> done = false;
    std::thread setter([&] {
      for (Dice dice(99); !done;) change_settings(dice);
    });
    for (std::thread& thread : threads) thread.join();
    done = true;
    setter.join();
    stack_->trim();
    EXPECT_EQ(driver_->live_blocks(), 0u);
    EXPECT_EQ(driver_->wrong_releases(), 0u);
    const AllocatorStats stats = stack_->stats();
    EXPECT_EQ(stats.hits() + stats.misses(), stats.requests);
    EXPECT_EQ(stats.requests - stats.failures, stats.releases);
    EXPECT_EQ(stats.driver_allocations, stats.driver_releases);
    EXPECT_EQ(stats.held.now, 0u);
    EXPECT_EQ(stats.moving.now, 0u);
    EXPECT_LE(stats.held.peak, kMemoryLimit);
    EXPECT_LE(stats.idle.peak, kCacheLimit);
  }

 private:
  static constexpr std::size_t kMaxIds = 1 << 20;

  void use(int operations, unsigned seed) {
    User user(*stack_, seed);
    for (int i = 0; i < operations; ++i) {
      // The four together want about as much as there is.
      if (user.dice().below(24) >= user.live().size()) {
        request(user);
      } else {
        release(user);
      }
    }
    while (!user.live().empty()) release(user);
  }

  void request(User& user) {
    try {
      const Block block = user.request(user.dice().bytes(), user.dice().one_in(5));
      if (block.empty()) return;
      ASSERT_LT(block.id, kMaxIds);
      EXPECT_FALSE(owned_[block.id].exchange(true)) << "handed out twice";
    } catch (const OutOfMemory&) {
    }
  }

  void release(User& user) {
    const Block block = user.release_any();
    if (block.empty()) return;
    EXPECT_TRUE(owned_[block.id].exchange(false));
    stack_->release(block);
  }

  void change_settings(Dice& dice) {
    if (stack_->mode() == AllocatorMode::lru) {
      stack_->set_cache_limit(dice.one_in(4) ? 0 : dice.below(kCacheLimit));
      if (dice.one_in(10)) stack_->trim();
    }
    if (dice.one_in(10)) driver_->fail_next(static_cast<int>(dice.below(6)));
    (void)stack_->stats();
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }

  std::shared_ptr<FakeDriver> driver_ = std::make_shared<FakeDriver>();
  std::shared_ptr<AllocatorStack> stack_;
  std::vector<std::atomic<bool>> owned_;
};

TEST(AllocatorProperty, FourThreadsWithTheCache) { FourThreads(AllocatorMode::lru).run(250'000); }

// Each of four threads keeps to its quarter of the memory limit, so no request may fail, however
// the cache is filled and whatever the others are doing. Releases count once they have returned.
void keep_to_quotas(AllocatorMode mode, int operations_each) {
  constexpr std::size_t kQuota = kMemoryLimit / 4;
  const auto driver = std::make_shared<FakeDriver>();
  const auto stack = make_allocator_stack(driver, options(mode));
  driver->on_allocate = driver->on_release = [] { std::this_thread::yield(); };
  const auto use = [&](unsigned seed) {
    Dice dice(seed);
    std::vector<Block> live;
    std::size_t live_bytes = 0;
    for (int i = 0; i < operations_each; ++i) {
      const std::size_t bytes = 1 + dice.below(kMaxBlock - 1);
      const std::size_t most = most_for(bytes);
      while (live_bytes + most > kQuota) {
        std::swap(live[dice.below(live.size())], live.back());
        stack->release(live.back());
        live_bytes -= live.back().bytes;
        live.pop_back();
      }
      live.push_back(stack->allocate(bytes, {}));
      live_bytes += live.back().bytes;
    }
    for (const Block& block : live) stack->release(block);
  };
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] { EXPECT_NO_THROW(use(t)); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stack->stats().failures, 0u);
  EXPECT_LE(stack->stats().held.peak, kMemoryLimit);
}

TEST(AllocatorProperty, RequestsThatFitNeverFailWithTheCache) {
  keep_to_quotas(AllocatorMode::lru, 100'000);
}

TEST(AllocatorProperty, RequestsThatFitNeverFailDirect) {
  keep_to_quotas(AllocatorMode::direct, 50'000);
}

TEST(AllocatorProperty, FourThreadsDirect) { FourThreads(AllocatorMode::direct).run(50'000); }

}  // namespace
}  // namespace tarn::memory
