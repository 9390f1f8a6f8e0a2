#include "runtime/memory/allocator_stack.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <latch>
#include <random>
#include <thread>

#include "fake_driver.hpp"

namespace tarn::memory {
namespace {

using test::FakeDriver;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

constexpr std::size_t kKiB = 1024;

struct Fixture {
  explicit Fixture(const StackOptions& options, StackHooks hooks = {})
      : stack(make_allocator_stack(driver, options, std::move(hooks))) {}

  std::shared_ptr<FakeDriver> driver = std::make_shared<FakeDriver>();
  std::shared_ptr<AllocatorStack> stack;
};

StackOptions lru(std::size_t limit) { return {.cache_limit = limit}; }
StackOptions direct() { return {.mode = AllocatorMode::direct}; }

// Times differ from run to run; everything else must not.
AllocatorStats counts(const AllocatorStack& stack) {
  AllocatorStats stats = stack.stats();
  stats.create_nanoseconds = stats.release_nanoseconds = 0;
  return stats;
}

TEST(AllocatorStack, NoBytesGiveAnEmptyBlockAndCountNothing) {
  Fixture f(lru(kKiB));
  const Block block = f.stack->allocate(0, {});
  EXPECT_TRUE(block.empty());
  EXPECT_EQ(block, Block{});
  f.stack->release(block);
  EXPECT_EQ(f.stack->stats(), AllocatorStats{});
  EXPECT_THAT(f.driver->asked(), IsEmpty());
}

TEST(AllocatorStack, ASecondPassTakesNothingFromTheDriver) {
  Fixture f(lru(1 << 20));
  for (int pass = 0; pass < 2; ++pass) {
    if (pass == 1) f.stack->reset_stats();
    const Block a = f.stack->allocate(1000, {}), b = f.stack->allocate(5000, {});
    f.stack->release(a);
    f.stack->release(b);
  }
  const AllocatorStats stats = f.stack->stats();
  EXPECT_EQ(stats.requests, 2u);
  EXPECT_EQ(stats.hits(), 2u);
  EXPECT_EQ(stats.driver_allocations, 0u);
  EXPECT_EQ(stats.saved(), 1.0);
}

TEST(AllocatorStack, DirectAsksTheDriverOncePerRequest) {
  Fixture f(direct());
  for (int i = 0; i < 10; ++i) f.stack->release(f.stack->allocate(1000, {}));
  const AllocatorStats stats = f.stack->stats();
  EXPECT_EQ(stats.requests, 10u);
  EXPECT_EQ(stats.driver_allocations, 10u);
  EXPECT_EQ(stats.driver_releases, 10u);
  EXPECT_EQ(stats.misses_by[MissReason::disabled], 10u);
  EXPECT_EQ(stats.misses(), 10u);
  EXPECT_EQ(stats.hits(), 0u);
  EXPECT_EQ(stats.requested_bytes, 10'000u);
  EXPECT_EQ(stats.block_bytes, 10'240u);
  EXPECT_EQ(stats.driver_bytes, 10'240u);
  EXPECT_EQ(stats.saved(), 0.0);
}

// Failures change which blocks are live, and so what is asked next, unless both modes have them.
void run_random_requests(Fixture& f, bool failing) {
  std::mt19937 dice(7);
  std::vector<Block> live;
  for (int i = 0; i < 5000; ++i) {
    if (dice() % 2 == 0 && !live.empty()) {
      std::swap(live[dice() % live.size()], live.back());
      f.stack->release(live.back());
      live.pop_back();
      continue;
    }
    f.driver->fail_next(failing && dice() % 20 == 0 ? 2 : 0);
    try {
      live.push_back(f.stack->allocate(dice() % 20000, {.host_visible = dice() % 4 == 0}));
    } catch (const OutOfMemory&) {
    }
  }
  for (const Block& block : live) f.stack->release(block);
}

TEST(AllocatorStack, ALimitOfZeroCountsWhatDirectCounts) {
  StackOptions options{.cache_limit = 0, .memory_limit = 1 << 20, .max_block_bytes = 18000};
  Fixture off(options, {.finish = [] {}});
  options.mode = AllocatorMode::direct;
  Fixture none(options, {.finish = [] {}});
  run_random_requests(off, true);
  run_random_requests(none, true);
  EXPECT_EQ(counts(*off.stack), counts(*none.stack));
  EXPECT_EQ(off.driver->asked(), none.driver->asked());
  EXPECT_EQ(off.driver->released(), none.driver->released());
  EXPECT_GT(off.stack->stats().failures, 0u);
  EXPECT_GT(off.stack->stats().out_of_memory_retries, 0u);
}

TEST(AllocatorStack, BothModesSeeTheSameRequests) {
  Fixture cached(lru(1 << 18)), none(direct());
  run_random_requests(cached, false);
  run_random_requests(none, false);
  const AllocatorStats with = cached.stack->stats(), without = none.stack->stats();
  EXPECT_EQ(with.requests, without.requests);
  EXPECT_EQ(with.hits() + with.misses(), with.requests);
  EXPECT_LT(with.driver_allocations, without.driver_allocations);
}

TEST(AllocatorStack, TheDriversBytesInDirectModeAreTheRoundedRequests) {
  Fixture f(direct());
  run_random_requests(f, true);
  const AllocatorStats stats = f.stack->stats();
  EXPECT_EQ(stats.driver_bytes, stats.block_bytes);
  EXPECT_EQ(stats.driver_allocations, stats.requests - stats.failures);
}

TEST(AllocatorStack, HeldIsLiveAndIdle) {
  Fixture f(lru(1 << 20));
  const Block live = f.stack->allocate(2 * kKiB, {});
  f.stack->release(f.stack->allocate(kKiB, {}));
  const AllocatorStats stats = f.stack->stats();
  EXPECT_EQ(stats.live.now, 2 * kKiB);
  EXPECT_EQ(stats.idle.now, kKiB);
  EXPECT_EQ(stats.moving.now, 0u);
  EXPECT_EQ(stats.held.now, 3 * kKiB);
  EXPECT_EQ(stats.held.now, f.driver->held());
  f.stack->release(live);
}

TEST(AllocatorStack, ABlockThatWaitsForRoomIsMoving) {
  Fixture f(lru(5 * kKiB));
  const Block a = f.stack->allocate(2 * kKiB, {}), b = f.stack->allocate(4 * kKiB, {});
  f.stack->release(a);
  std::size_t moving = 0, held = 0;
  f.driver->on_release = [&] {
    moving = f.stack->stats().moving.now;
    held = f.stack->stats().held.now;
  };
  f.stack->release(b);  // a has to go first
  EXPECT_EQ(moving, 6 * kKiB);
  EXPECT_EQ(held, 6 * kKiB);
  EXPECT_EQ(f.stack->stats().moving, (Gauge{.now = 0, .peak = 6 * kKiB}));
  f.driver->on_release = nullptr;
}

TEST(AllocatorStack, LiveAndIdleTogetherStayWithinTheMemoryLimit) {
  Fixture f({.cache_limit = 8 * kKiB, .memory_limit = 8 * kKiB});
  const Block a = f.stack->allocate(4 * kKiB, {});
  f.stack->release(a);
  const Block b = f.stack->allocate(8 * kKiB, {});  // a has to go
  EXPECT_THAT(f.driver->released(), ElementsAre(a.id));
  EXPECT_EQ(f.stack->stats().evictions_by[EvictionReason::memory], 1u);
  EXPECT_EQ(f.stack->stats().held.peak, 8 * kKiB);
  f.stack->release(b);
}

// What another thread is evicting is as good as free: a request waits for it instead of failing.
TEST(AllocatorStack, ARequestWaitsForEvictionsUnderWay) {
  Fixture f({.cache_limit = 8 * kKiB, .memory_limit = 8 * kKiB});
  f.stack->release(f.stack->allocate(8 * kKiB, {}));
  std::latch evicting{1};
  f.driver->on_release = [&] {
    evicting.count_down();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // time to be waited for
  };
  std::thread other([&] { f.stack->set_cache_limit(0); });
  evicting.wait();
  Block block;
  EXPECT_NO_THROW(block = f.stack->allocate(8 * kKiB, {}));
  other.join();
  f.driver->on_release = nullptr;
  f.stack->release(block);
}

TEST(AllocatorStack, ExactSizesHaveNoSlack) {
  Fixture f({.cache_limit = 1 << 20, .exact = true});
  f.stack->release(f.stack->allocate(1088, {}));
  const Block block = f.stack->allocate(1024, {});
  EXPECT_EQ(block.bytes, 1024u);
  f.stack->release(block);
}

TEST(AllocatorStack, OutOfMemorySaysWhatIsLive) {
  Fixture f({.cache_limit = kKiB, .memory_limit = 8 * kKiB, .max_block_bytes = 6 * kKiB});
  const Block a = f.stack->allocate(3000, {}), b = f.stack->allocate(3000, {}),
              c = f.stack->allocate(kKiB, {});
  f.stack->release(c);
  EXPECT_THAT([&] { (void)f.stack->allocate(4 * kKiB, {}); },
              ThrowsMessage<OutOfMemory>(
                  "out of memory: asked for 4.00 KiB, but the memory limit is 8.00 KiB; live 6.00 "
                  "KiB, idle 0 B, moving 0 B; limits: memory 8.00 KiB, one block 6.00 KiB; largest "
                  "live requests: 2 x 3.00 KiB"));
  f.stack->release(a);
  f.stack->release(b);
}

TEST(AllocatorStack, ARequestAboveTheLargestBlockEvictsNothing) {
  Fixture f({.cache_limit = 8 * kKiB, .max_block_bytes = 4 * kKiB});
  f.stack->release(f.stack->allocate(kKiB, {}));
  EXPECT_THAT([&] { (void)f.stack->allocate(5 * kKiB, {}); },
              ThrowsMessage<OutOfMemory>(HasSubstr("one block has at most 4.00 KiB")));
  EXPECT_EQ(f.stack->stats().evictions(), 0u);
  EXPECT_EQ(f.stack->stats().failures, 1u);
}

TEST(AllocatorStack, TheFinishHookIsTheLastResort) {
  int finished = 0;
  Fixture f(lru(kKiB), {.finish = [&] { ++finished; }});
  f.driver->fail_next(1);
  f.stack->release(f.stack->allocate(kKiB, {}));
  EXPECT_EQ(finished, 1);
}

TEST(AllocatorStack, TrimReturnsTheBytesItFreed) {
  Fixture f(lru(1 << 20));
  f.stack->release(f.stack->allocate(1000, {}));
  EXPECT_EQ(f.stack->trim(), 1024u);
  EXPECT_EQ(f.stack->trim(), 0u);
  EXPECT_EQ(f.driver->live_blocks(), 0u);
}

TEST(AllocatorStack, SettingTheCacheLimitDrains) {
  Fixture f(lru(1 << 20));
  f.stack->release(f.stack->allocate(1000, {}));
  f.stack->set_cache_limit(0);
  EXPECT_EQ(f.driver->live_blocks(), 0u);
  EXPECT_EQ(f.stack->stats().evictions_by[EvictionReason::capacity], 1u);
}

TEST(AllocatorStack, DirectHasNoCacheToSetOrTrim) {
  Fixture f(direct());
  EXPECT_EQ(f.stack->mode(), AllocatorMode::direct);
  EXPECT_NO_THROW(f.stack->set_cache_limit(0));
  EXPECT_THAT([&] { f.stack->set_cache_limit(1); },
              ThrowsMessage<ValueError>(HasSubstr("direct, which has no cache")));
  EXPECT_EQ(f.stack->trim(), 0u);
}

TEST(AllocatorStack, ResettingKeepsTheCurrentAmountsAsPeaks) {
  Fixture f(lru(1 << 20));
  const Block a = f.stack->allocate(kKiB, {}), b = f.stack->allocate(kKiB, {});
  f.stack->release(b);
  f.stack->reset_stats();
  AllocatorStats expected;
  expected.live = {kKiB, kKiB};
  expected.idle = {kKiB, kKiB};
  expected.held = {2 * kKiB, 2 * kKiB};
  expected.idle_blocks = 1;
  EXPECT_EQ(f.stack->stats(), expected);
  f.stack->release(a);
}

TEST(AllocatorStack, TheDriversTimeIsTaken) {
  Fixture f(direct());
  f.stack->release(f.stack->allocate(kKiB, {}));
  EXPECT_GT(f.stack->stats().create_nanoseconds, 0u);
  EXPECT_GT(f.stack->stats().release_nanoseconds, 0u);
}

TEST(AllocatorStack, AMissIsAnErrorWhereNoneIsExpected) {
  Fixture f(lru(1 << 20));
  f.stack->release(f.stack->allocate(4096, {}));
  {
    const AllocatorStack::NoMisses outer(*f.stack);
    const AllocatorStack::NoMisses inner(*f.stack);
    const Block hit = f.stack->allocate(4096, {});
    EXPECT_THAT([&] { (void)f.stack->allocate(4096, {}); },
                ThrowsMessage<UnexpectedAllocation>(
                    HasSubstr("the cache has no block for 4.00 KiB; reason: concurrent; live 4.00 "
                              "KiB, idle 0 B")));
    f.stack->release(hit);
  }
  EXPECT_THAT(f.driver->asked(), ElementsAre(4096u));
  const AllocatorStats stats = f.stack->stats();
  EXPECT_EQ(stats.failures, 1u);
  EXPECT_EQ(stats.hits() + stats.misses(), stats.requests);
  f.stack->release(f.stack->allocate(8192, {}));  // and afterwards all is as before
}

TEST(AllocatorStack, WithoutACacheEveryRequestIsUnexpectedWhereNoneIsExpected) {
  for (const StackOptions& options : {direct(), lru(0)}) {
    Fixture f(options);
    const AllocatorStack::NoMisses expected(*f.stack);
    EXPECT_THAT([&] { (void)f.stack->allocate(4096, {}); },
                ThrowsMessage<UnexpectedAllocation>(HasSubstr("reason: disabled")));
    EXPECT_THAT(f.driver->asked(), IsEmpty());
    EXPECT_EQ(f.stack->stats().misses_by[MissReason::disabled], 1u);
  }
}

}  // namespace
}  // namespace tarn::memory
