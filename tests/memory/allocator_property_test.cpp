// Random requests and releases on whole stacks over a driver that fails when told to. At every
// moment the bounds hold, no block is lost, and none is handed out twice; after every step live,
// idle and moving bytes are what the driver has handed out; at the end all is back.
#include <unordered_set>

#include "fake_driver.hpp"
#include "memory/random_requests.hpp"

namespace tarn::memory {
namespace {

using test::Dice;
using test::FakeDriver;
using test::kCacheLimit;
using test::kMaxBlock;
using test::kMemoryLimit;
using test::small_stack;
using test::User;

class SingleThread {
 public:
  explicit SingleThread(const StackOptions& options)
      : exact_(options.exact), stack_(make_allocator_stack(driver_, options, {.finish = [] {}})) {
    driver_->on_allocate = driver_->on_release = [this] { check_bounds(); };
  }

  void run(int operations) {
    User user(*stack_, 42);
    for (int i = 0; i < operations && !::testing::Test::HasFailure(); ++i) {
      step(user);
      check_bounds();
      test::expect_settled(stack_->stats(), driver_->held(), user.live_bytes());
    }
    while (!user.live().empty()) release(user);
    stack_->trim();
    EXPECT_EQ(driver_->live_blocks(), 0u);
    EXPECT_EQ(driver_->wrong_releases(), 0u);
    const AllocatorStats stats = stack_->stats();
    test::expect_all_accounted_for(stats);
    EXPECT_EQ(stats.driver_allocations, driver_->made());
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
    const std::size_t live = user.live_bytes();
    const std::uint64_t failures = driver_failures();
    try {
      const Block block = user.request(bytes, user.dice().one_in(5));
      if (block.empty()) return;
      EXPECT_TRUE(live_ids_.insert(block.id).second) << "handed out twice";
      EXPECT_TRUE(live_handles_.insert(block.handle).second) << "handed out twice";
    } catch (const OutOfMemory& error) {
      // Only for a reason: idle blocks never stand in the way.
      const std::size_t rounded = exact_ ? bytes : size_class(bytes);
      EXPECT_TRUE(rounded > kMaxBlock || live + rounded > kMemoryLimit ||
                  driver_failures() > failures)
          << error.what();
    }
  }

  void release(User& user) {
    const Block block = user.let_go_of_any();
    if (block.empty()) return;
    live_ids_.erase(block.id);
    live_handles_.erase(block.handle);
    stack_->release(block);
  }

  // Also from inside each call of the driver, in the midst of an allocation or an eviction.
  void check_bounds() {
    const AllocatorStats stats = stack_->stats();
    test::expect_within_bounds(stats);
    EXPECT_LE(driver_->held(), stats.held.now);
    EXPECT_EQ(stats.live.now + stats.idle.now + stats.moving.now, stats.held.now);
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
  int phase_ = 0;
};

TEST(AllocatorProperty, AMillionOperationsWithTheCache) {
  SingleThread(small_stack(AllocatorMode::lru)).run(1'000'000);
}

TEST(AllocatorProperty, WithExactSizes) {
  SingleThread(small_stack(AllocatorMode::lru, true)).run(200'000);
}

TEST(AllocatorProperty, Direct) { SingleThread(small_stack(AllocatorMode::direct)).run(200'000); }

}  // namespace
}  // namespace tarn::memory
