#include "runtime/memory/lru_allocator.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <latch>
#include <thread>

#include "fake_driver.hpp"
#include "heap_calls.hpp"
#include "runtime/memory/size_class.hpp"

namespace tarn::memory {
namespace {

using test::FakeDriver;
using test::heap_use;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::size_t kKiB = 1024;

class LruAllocatorTest : public ::testing::Test {
 protected:
  Block allocate(std::size_t bytes) { return cache.allocate(bytes, {}); }
  void release(const Block& block) { cache.release(block); }
  std::uint64_t misses(MissReason reason) const { return cache.stats().misses_by[reason]; }
  std::uint64_t evictions(EvictionReason reason) const {
    return cache.stats().evictions_by[reason];
  }

  FakeDriver driver;
  LruAllocator cache{driver, {.cache_limit = 16 * kKiB, .max_idle_blocks = 4}};
};

TEST_F(LruAllocatorTest, ReusesAReleasedBlock) {
  const Block first = allocate(kKiB);
  release(first);
  EXPECT_THAT(driver.released(), IsEmpty());
  EXPECT_EQ(allocate(kKiB).id, first.id);
  EXPECT_EQ(driver.made(), 1u);
  EXPECT_EQ(cache.stats().exact_hits, 1u);
}

TEST_F(LruAllocatorTest, ReusesTheYoungestOfAClass) {
  const Block a = allocate(kKiB), b = allocate(kKiB), c = allocate(kKiB);
  release(b);
  release(c);
  release(a);
  EXPECT_EQ(allocate(kKiB).id, a.id);
  EXPECT_EQ(allocate(kKiB).id, c.id);
  EXPECT_EQ(allocate(kKiB).id, b.id);
}

TEST_F(LruAllocatorTest, EvictsTheOldestOfAllWhenBytesRunOver) {
  const Block a = allocate(8 * kKiB), b = allocate(4 * kKiB), c = allocate(8 * kKiB);
  release(a);
  release(b);
  release(c);  // 20 KiB: a has to go
  EXPECT_THAT(driver.released(), ElementsAre(a.id));
  EXPECT_EQ(cache.stats().idle.now, 12 * kKiB);
  EXPECT_EQ(evictions(EvictionReason::bytes), 1u);
}

TEST_F(LruAllocatorTest, EvictsTheOldestOfAllWhenBlocksRunOver) {
  std::vector<Block> blocks;
  for (int i = 0; i < 6; ++i) blocks.push_back(allocate(kKiB));
  for (const Block& block : blocks) release(block);
  EXPECT_THAT(driver.released(), ElementsAre(blocks[0].id, blocks[1].id));
  EXPECT_EQ(cache.stats().idle_blocks, 4u);
  EXPECT_EQ(evictions(EvictionReason::blocks), 2u);
}

TEST_F(LruAllocatorTest, ReuseMakesABlockYoungAgain) {
  const Block a = allocate(8 * kKiB), b = allocate(4 * kKiB), c = allocate(8 * kKiB);
  release(a);
  release(b);
  release(allocate(8 * kKiB));  // a again
  release(c);
  EXPECT_THAT(driver.released(), ElementsAre(b.id));
}

TEST_F(LruAllocatorTest, AClassWhoseBlocksWereEvictedIsEmpty) {
  const Block a = allocate(kKiB), b = allocate(kKiB);
  release(a);
  release(b);
  cache.evict(1, EvictionReason::trim);
  EXPECT_EQ(allocate(kKiB).id, b.id);
  EXPECT_NE(allocate(kKiB).id, a.id);
}

TEST_F(LruAllocatorTest, TakesASlightlyLargerBlockWithinTheSlack) {
  const Block larger = allocate(2 * kKiB);
  release(larger);
  const Block block = allocate(kKiB);
  EXPECT_EQ(block.id, larger.id);
  EXPECT_EQ(block.bytes, 2 * kKiB);
  EXPECT_EQ(block.requested, kKiB);
  EXPECT_EQ(cache.stats().slack_hits, 1u);
}

// Whether a request is answered by the only idle block of a cache, which is larger.
bool takes(std::size_t request, std::size_t idle) {
  FakeDriver driver;
  LruAllocator cache(driver, {.cache_limit = 16 << 20});
  cache.release(cache.allocate(idle, {}));
  const Block block = cache.allocate(request, {});
  cache.release(block);
  return block.bytes == idle;
}

TEST(LruAllocator, ASmallRequestTakesABlockOfTwiceItsSize) {
  EXPECT_TRUE(takes(kKiB, 2 * kKiB));
  EXPECT_FALSE(takes(kKiB, 3 * kKiB));
  EXPECT_TRUE(takes(64 * kKiB, 128 * kKiB));
  EXPECT_FALSE(takes(64 * kKiB, 136 * kKiB));
}

TEST(LruAllocator, AMiddlingRequestTakesABlock64KiBLarger) {
  EXPECT_TRUE(takes(128 * kKiB, 192 * kKiB));
  EXPECT_FALSE(takes(128 * kKiB, 200 * kKiB));
}

TEST(LruAllocator, ALargeRequestTakesABlockAQuarterLarger) {
  EXPECT_TRUE(takes(1024 * kKiB, 1280 * kKiB));
  EXPECT_FALSE(takes(1024 * kKiB, 1344 * kKiB));
}

TEST_F(LruAllocatorTest, LeavesABlockBeyondTheSlackAlone) {
  release(allocate(3 * kKiB));
  EXPECT_EQ(allocate(kKiB).bytes, kKiB);
  EXPECT_EQ(cache.stats().hits(), 0u);
}

TEST_F(LruAllocatorTest, PrefersItsOwnClassAndThenTheNext) {
  const Block own = allocate(kKiB), next = allocate(kKiB + 512), last = allocate(2 * kKiB);
  release(own);
  release(next);
  release(last);
  EXPECT_EQ(allocate(kKiB).id, own.id);
  EXPECT_EQ(allocate(kKiB).id, next.id);
  EXPECT_EQ(allocate(kKiB).id, last.id);
}

TEST_F(LruAllocatorTest, NeverAnswersWithASmallerBlock) {
  release(allocate(kKiB));
  EXPECT_EQ(allocate(kKiB + 512).bytes, kKiB + 512);
}

TEST_F(LruAllocatorTest, WithoutSlackOnlyTheOwnClassWillDo) {
  LruAllocator exact(driver, {.cache_limit = 16 * kKiB, .slack = {0, 0}});
  exact.release(exact.allocate(kKiB + 512, {}));
  const Block block = exact.allocate(kKiB, {});
  EXPECT_EQ(block.bytes, kKiB);
  exact.release(block);
}

TEST_F(LruAllocatorTest, BlocksOfDifferentOptionsDoNotStandInForEachOther) {
  const Block plain = allocate(kKiB);
  release(plain);
  const Block visible = cache.allocate(kKiB, {.host_visible = true});
  EXPECT_NE(visible.id, plain.id);
  EXPECT_TRUE(visible.options.host_visible);
  release(visible);
  EXPECT_EQ(allocate(kKiB).id, plain.id);
}

TEST_F(LruAllocatorTest, ABlockLargerThanTheLimitGoesStraightBack) {
  const Block kept = allocate(kKiB), large = allocate(17 * kKiB);
  release(kept);
  release(large);
  EXPECT_THAT(driver.released(), ElementsAre(large.id));
  EXPECT_EQ(misses(MissReason::oversize), 1u);
  EXPECT_EQ(cache.stats().evictions(), 0u);
}

TEST_F(LruAllocatorTest, ABlockAsLargeAsTheLimitIsKept) {
  const Block block = allocate(16 * kKiB);
  release(block);
  EXPECT_EQ(allocate(16 * kKiB).id, block.id);
}

TEST_F(LruAllocatorTest, LoweringTheLimitEvictsTheOldest) {
  const Block a = allocate(8 * kKiB), b = allocate(8 * kKiB);
  release(a);
  release(b);
  cache.set_cache_limit(8 * kKiB);
  EXPECT_THAT(driver.released(), ElementsAre(a.id));
  EXPECT_EQ(evictions(EvictionReason::capacity), 1u);
}

TEST_F(LruAllocatorTest, LimitZeroDrainsAndTurnsOff) {
  const Block a = allocate(kKiB);
  release(a);
  cache.set_cache_limit(0);
  EXPECT_EQ(driver.live_blocks(), 0u);
  const Block b = allocate(kKiB);
  EXPECT_EQ(misses(MissReason::disabled), 1u);
  release(b);
  EXPECT_THAT(driver.released(), ElementsAre(a.id, b.id));
  EXPECT_EQ(cache.stats().evictions(), 1u);  // a; b had never been idle
}

TEST_F(LruAllocatorTest, EvictFreesAtLeastWhatIsAskedOldestFirst) {
  const Block a = allocate(kKiB), b = allocate(2 * kKiB), c = allocate(4 * kKiB);
  release(a);
  release(b);
  release(c);
  EXPECT_EQ(cache.evict(kKiB + 1, EvictionReason::memory), 3 * kKiB);
  EXPECT_THAT(driver.released(), ElementsAre(a.id, b.id));
  EXPECT_EQ(cache.evict(~std::size_t{0}, EvictionReason::trim), 4 * kKiB);
  EXPECT_EQ(cache.evict(1, EvictionReason::trim), 0u);
  EXPECT_EQ(evictions(EvictionReason::memory), 2u);
  EXPECT_EQ(evictions(EvictionReason::trim), 1u);
}

TEST_F(LruAllocatorTest, AFirstRequestOfAClassMissesAsFirst) {
  allocate(kKiB);
  EXPECT_EQ(misses(MissReason::first), 1u);
  allocate(2 * kKiB);
  EXPECT_EQ(misses(MissReason::first), 2u);
}

TEST_F(LruAllocatorTest, ARequestWhileAllBlocksOfTheClassAreLiveMissesAsConcurrent) {
  allocate(kKiB);
  allocate(kKiB);
  EXPECT_EQ(misses(MissReason::concurrent), 1u);
}

TEST_F(LruAllocatorTest, ARequestThatOtherClassesCouldAnswerMissesAsClass) {
  allocate(kKiB);
  release(allocate(4 * kKiB));
  allocate(kKiB);
  EXPECT_EQ(misses(MissReason::size_class), 1u);
}

TEST_F(LruAllocatorTest, ARequestForAnEvictedBlockMissesAsEvictedOnce) {
  release(allocate(4 * kKiB));
  release(allocate(16 * kKiB));  // evicts the 4 KiB
  allocate(4 * kKiB);
  EXPECT_EQ(misses(MissReason::evicted), 1u);
  EXPECT_EQ(cache.stats().regretted_by[EvictionReason::bytes], 1u);
  allocate(4 * kKiB);  // one eviction explains one miss
  EXPECT_EQ(misses(MissReason::evicted), 1u);
  EXPECT_EQ(misses(MissReason::size_class), 1u);
}

TEST_F(LruAllocatorTest, ManyGhostsAreRememberedYoungestFirst) {
  LruAllocator large(driver, {.cache_limit = 1 << 30, .max_idle_blocks = 10000});
  const auto use = [&](int count) {
    std::vector<Block> blocks;
    for (int i = 0; i < count; ++i) blocks.push_back(large.allocate(kKiB, {}));
    for (const Block& block : blocks) large.release(block);
  };
  use(6000);
  large.evict(~std::size_t{0}, EvictionReason::trim);
  large.reset_stats();
  use(6000);
  const AllocatorStats stats = large.stats();
  EXPECT_EQ(stats.regretted_by[EvictionReason::trim], 4096u);  // as many as are remembered
  EXPECT_EQ(stats.misses_by[MissReason::concurrent], 6000u - 4096u);
}

TEST_F(LruAllocatorTest, AMissIsCountedEvenIfTheDriverFails) {
  driver.fail_next(1);
  EXPECT_THROW(allocate(kKiB), OutOfMemory);
  EXPECT_EQ(cache.stats().misses(), 1u);
}

TEST_F(LruAllocatorTest, TheDriverIsCalledOutsideTheLock) {
  int calls = 0;
  driver.on_allocate = driver.on_release = [&] {
    ++calls;
    (void)cache.stats();  // would wait forever for a lock that is held
  };
  const Block a = allocate(8 * kKiB), b = allocate(16 * kKiB);
  release(a);
  release(b);                // evicts a
  cache.set_cache_limit(0);  // evicts b
  EXPECT_EQ(calls, 4);
}

TEST_F(LruAllocatorTest, ReclaimEvictsForWantOfMemory) {
  release(allocate(8 * kKiB));
  EXPECT_EQ(cache.reclaim(1), 8 * kKiB);
  EXPECT_EQ(evictions(EvictionReason::memory), 1u);
  EXPECT_EQ(cache.reclaim(1), 0u);
}

TEST_F(LruAllocatorTest, ReclaimReturnsWhenEvictionsOfOtherThreadsAreDone) {
  release(allocate(8 * kKiB));
  std::latch evicting{1};
  driver.on_release = [&] {
    evicting.count_down();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // time to be waited for
  };
  std::thread other([&] { cache.set_cache_limit(0); });
  evicting.wait();
  (void)cache.reclaim(1);
  EXPECT_EQ(driver.live_blocks(), 0u);
  other.join();
}

TEST_F(LruAllocatorTest, DestructionGivesEverythingBack) {
  {
    LruAllocator temporary(driver, {.cache_limit = kKiB});
    temporary.release(temporary.allocate(kKiB, {}));
    EXPECT_EQ(driver.live_blocks(), 1u);
  }
  EXPECT_EQ(driver.live_blocks(), 0u);
}

TEST_F(LruAllocatorTest, AHitAndItsReleaseDoNotCallTheHeap) {
  release(allocate(kKiB));
  const auto before = heap_use().calls;
  for (int i = 0; i < 1000; ++i) release(allocate(kKiB));
  EXPECT_EQ(heap_use().calls, before);
}

// Takes and releases blocks of so many KiB in turns. Returns: of each turn, the requests that hit.
std::vector<std::uint64_t> hits_of_turns(LruAllocator& cache, std::vector<std::size_t> sizes,
                                         int turns) {
  std::vector<std::uint64_t> hits;
  for (int turn = 0; turn < turns; ++turn) {
    const std::uint64_t before = cache.stats().hits();
    for (const std::size_t kib : sizes) cache.release(cache.allocate(kib * kKiB, {}));
    hits.push_back(cache.stats().hits() - before);
  }
  return hits;
}

std::uint64_t hits_of_small_and_large(LruOptions options) {
  FakeDriver driver;
  LruAllocator cache(driver, std::move(options));
  std::uint64_t hits = 0;
  for (const std::uint64_t of_turn : hits_of_turns(cache, {64, 1024}, 10)) hits += of_turn;
  return hits;
}

// Blocks have sizes, so plain LRU may hit less with more room: one that just fits drives out all
// others and is driven out by them in turn, where before it went straight back and left them alone.
TEST(LruAllocator, ALimitThatAdmitsALargerBlockMayHitLessInPlainLru) {
  const auto hits = [](std::size_t limit) {
    return hits_of_small_and_large({.cache_limit = limit, .admit_all = true});
  };
  EXPECT_EQ(hits(64 * kKiB), 9u) << "the large block is above the limit: only the small";
  EXPECT_EQ(hits(1023 * kKiB), 9u);
  EXPECT_EQ(hits(1024 * kKiB), 0u) << "either fits, but not both";
  EXPECT_EQ(hits(1087 * kKiB), 0u);
  EXPECT_EQ(hits(1088 * kKiB), 18u) << "both";
}

TEST(LruAllocator, ABlockThatWasKeptInVainTwiceGivesWay) {
  const auto hits = [](std::size_t limit) {
    return hits_of_small_and_large({.cache_limit = limit});
  };
  EXPECT_EQ(hits(1023 * kKiB), 9u);
  EXPECT_EQ(hits(1024 * kKiB), 6u) << "three turns to learn; the ninth tries again";
  EXPECT_EQ(hits(1087 * kKiB), 6u);
  EXPECT_EQ(hits(1088 * kKiB), 18u) << "both";
}

// A circle of four in room for three: LRU always evicts the one that is wanted next.
TEST(LruAllocator, PartOfACircleIsKeptWhereNotAllOfItFits) {
  FakeDriver driver;
  LruAllocator plain(driver, {.cache_limit = 3000 * kKiB, .slack = {0, 0}, .admit_all = true});
  EXPECT_THAT(hits_of_turns(plain, {1024, 512, 768, 896}, 6), ElementsAre(0, 0, 0, 0, 0, 0));
  LruAllocator cache(driver, {.cache_limit = 3000 * kKiB, .slack = {0, 0}});
  EXPECT_THAT(hits_of_turns(cache, {1024, 512, 768, 896}, 6), ElementsAre(0, 0, 3, 3, 3, 3))
      << "no cache could do better";
}

TEST(LruAllocator, ARefusedBlockIsEvictedAndMissedAsSuch) {
  FakeDriver driver;
  LruAllocator cache(driver, {.cache_limit = 1024 * kKiB});
  hits_of_turns(cache, {64, 1024}, 4);
  const AllocatorStats before = cache.stats();
  const Block large = cache.allocate(1024 * kKiB, {});
  cache.release(large);
  const AllocatorStats after = cache.stats();
  EXPECT_EQ(driver.released().back(), large.id);
  EXPECT_EQ(after.misses_by[MissReason::evicted], before.misses_by[MissReason::evicted] + 1);
  EXPECT_EQ(after.evictions_by[EvictionReason::bytes],
            before.evictions_by[EvictionReason::bytes] + 1);
  EXPECT_EQ(after.idle.now, 64 * kKiB) << "the small block is still there";
  EXPECT_EQ(after.moving.now, 0u);
}

TEST(LruAllocator, ABlockIsRefusedOnlyWhereItWouldEvict) {
  FakeDriver driver;
  LruAllocator cache(driver, {.cache_limit = 1024 * kKiB});
  hits_of_turns(cache, {64, 1024}, 4);
  cache.set_cache_limit(1088 * kKiB);
  EXPECT_THAT(hits_of_turns(cache, {64, 1024}, 2), ElementsAre(1, 2)) << "there is room for both";
}

TEST(LruAllocator, ASmallBlockIsNeverRefused) {
  FakeDriver driver;
  LruAllocator cache(driver, {.cache_limit = 1024 * kKiB, .slack = {0, 0}});
  const std::vector<std::size_t> circle = {256, 224, 192, 160, 128, 112, 96};  // of 1,168 KiB
  EXPECT_THAT(hits_of_turns(cache, circle, 5), ElementsAre(0, 0, 0, 0, 0));
}

// What was in vain in a program's first half may be all that the second half wants.
TEST(LruAllocator, ARefusedClassIsTriedAgain) {
  FakeDriver driver;
  LruAllocator cache(driver, {.cache_limit = 1024 * kKiB});
  hits_of_turns(cache, {64, 1024}, 4);
  const std::vector<std::uint64_t> hits = hits_of_turns(cache, {1024}, 10);
  EXPECT_EQ(hits.front(), 0u);
  EXPECT_EQ(hits.back(), 1u);
}

// Driver blocks that cost nothing on the heap, to see what the cache costs.
class Nothing final : public Allocator {
 public:
  Block allocate(std::size_t bytes, BufferOptions options) override {
    return {nullptr, bytes, bytes, options, ++last_id_};
  }
  void release(Block) noexcept override {}
  AllocatorStats stats() const override { return {}; }

 private:
  std::uint64_t last_id_ = 0;
};

TEST(LruAllocator, AnIdleBlockCostsAtMost128Bytes) {
  Nothing nothing;
  LruAllocator cache(nothing, {.cache_limit = 1 << 30, .max_idle_blocks = 4096});
  std::vector<Block> blocks;
  for (int i = 0; i < 4096; ++i) blocks.push_back(cache.allocate(kKiB, {}));
  const std::size_t before = heap_use().bytes;
  // Below a hundred, the smallest chunk weighs more than each block.
  for (std::size_t idle = 1; idle <= blocks.size(); ++idle) {
    cache.release(blocks[idle - 1]);
    ASSERT_LE(heap_use().bytes - before, std::max<std::size_t>(idle, 100) * 128) << idle;
  }
  EXPECT_EQ(cache.stats().idle_blocks, 4096u);
}

// Every class up to a TiB has been asked for, of both kinds, as many evicted blocks are remembered
// as may be, and as many are idle.
TEST(LruAllocator, AFullCacheCostsAtMost128BytesAnIdleBlock) {
  constexpr std::size_t kIdle = 4096, kClasses = class_index(std::size_t{1} << 40) + 1;
  const std::size_t before = heap_use().bytes;
  Nothing nothing;
  LruAllocator cache(nothing, {.cache_limit = ~std::size_t{0}, .max_idle_blocks = kIdle});
  std::vector<Block> blocks;
  blocks.reserve(3 * kIdle);
  const std::size_t own = heap_use().bytes - before;
  for (std::size_t i = 0; i < kClasses; ++i) {
    for (const bool visible : {false, true}) {
      static_cast<void>(cache.allocate(class_bytes(i), {.host_visible = visible}));
    }
  }
  EXPECT_EQ(cache.stats().misses_by[MissReason::first], 2 * kClasses);
  for (std::size_t i = 0; i < 3 * kIdle; ++i) {
    blocks.push_back(cache.allocate(class_bytes(i % 300), {.host_visible = i % 2 == 0}));
  }
  for (const Block& block : blocks) cache.release(block);
  EXPECT_EQ(cache.stats().idle_blocks, kIdle);
  EXPECT_EQ(cache.stats().evictions_by[EvictionReason::blocks], 2 * kIdle);
  EXPECT_LE(heap_use().bytes - before - own, kIdle * 128);
}

TEST(LruAllocator, RemembersTheLast4096Evictions) {
  Nothing nothing;
  LruAllocator cache(nothing, {.cache_limit = 1 << 30, .max_idle_blocks = 1, .slack = {0, 0}});
  const auto evicted_and_wanted_again = [&](int evictions_between) {
    cache.release(cache.allocate(256 * kKiB, {}));
    std::vector<Block> others;
    for (int i = 0; i <= evictions_between; ++i) others.push_back(cache.allocate(kKiB, {}));
    for (const Block& other : others) cache.release(other);
    const std::uint64_t before = cache.stats().misses_by[MissReason::evicted];
    static_cast<void>(cache.allocate(256 * kKiB, {}));
    return cache.stats().misses_by[MissReason::evicted] == before + 1;
  };
  EXPECT_TRUE(evicted_and_wanted_again(4095));
  EXPECT_FALSE(evicted_and_wanted_again(4096));
}

TEST(LruAllocator, DoesNotGrowWithTheNumberOfSizesSeen) {
  Nothing nothing;
  LruAllocator exact(nothing, {.cache_limit = 100 * kKiB, .slack = {0, 0}});
  for (std::size_t bytes = 1; bytes <= 40000; ++bytes) exact.release(exact.allocate(bytes, {}));
  const std::size_t before = heap_use().bytes;
  for (std::size_t bytes = 40001; bytes <= 80000; ++bytes) exact.release(exact.allocate(bytes, {}));
  EXPECT_EQ(heap_use().bytes, before);
}

}  // namespace
}  // namespace tarn::memory
