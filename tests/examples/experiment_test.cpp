// The experiment's own parts: its statistics, its turns, and what it promises of its programs.
#include <gmock/gmock.h>

#include <map>

#include "experiment/changing_programs.hpp"
#include "experiment/comparison.hpp"
#include "experiment/time_split.hpp"
#include "programs.hpp"

namespace examples {
namespace {

using testing::ElementsAre;

TEST(Statistics, AQuantileIsAValue) {
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(quantile({5, 1, 4, 2, 3}, 0), 1);
  EXPECT_EQ(quantile({5, 1, 4, 2, 3}, 1), 5);
}

TEST(Statistics, TheIntervalHoldsTheMedianAndNarrowsWithTheSpread) {
  const Interval wide = bootstrap({0.8, 0.9, 1.0, 1.1, 1.3, 1.4, 1.5});
  EXPECT_EQ(wide.median, 1.1);
  EXPECT_LT(wide.low, 1.0);
  EXPECT_GT(wide.high, 1.2);
  EXPECT_TRUE(wide.shows_nothing());
  const Interval sharp = bootstrap({2, 2, 2, 2});
  EXPECT_EQ(sharp.low, 2);
  EXPECT_EQ(sharp.high, 2);
  EXPECT_FALSE(sharp.shows_nothing());
}

// Of a hundred experiments without a difference, about five claim one.
TEST(Statistics, TheIntervalIsRightAboutAsOftenAsItSays) {
  std::mt19937 dice(3);
  std::lognormal_distribution<double> noise(0, 0.1);  // its median is 1
  int wrong = 0;
  for (int i = 0; i < 200; ++i) {
    std::vector<double> ratios(20);
    std::ranges::generate(ratios, [&] { return noise(dice); });
    wrong += !bootstrap(ratios).shows_nothing();
  }
  EXPECT_LE(wrong, 24);
  EXPECT_GE(wrong, 2);
}

TEST(Statistics, EachBlockMirrorsARandomOrder) {
  std::mt19937 dice(1);
  std::map<std::size_t, int> first;
  for (int i = 0; i < 300; ++i) {
    const auto turns = block_of_turns(3, dice);
    EXPECT_EQ(turns, std::vector<std::size_t>(turns.rbegin(), turns.rend()));
    ++first[turns.front()];
  }
  for (const auto& [arm, times] : first) EXPECT_NEAR(times, 100, 35) << arm;
}

TEST(TimeSplit, ThePartsAreTheDifferenceOfTheArms) {
  const PassCosts direct{.driver_ms = 3, .page_faults = 1100, .requests = 2000};
  const PassCosts cached{.driver_ms = 1, .page_faults = 100, .requests = 2000};
  const UnitCosts unit{.fault_us = 0.5, .direct_layer_ns = 100, .cached_layer_ns = 150};
  const TimeSplit split = split_time(4, direct, cached, unit);
  EXPECT_DOUBLE_EQ(split.driver, 2);
  EXPECT_DOUBLE_EQ(split.first_touch, 0.5);
  EXPECT_DOUBLE_EQ(split.layer, -0.1) << "the cache costs more than it leaves out";
  EXPECT_DOUBLE_EQ(split.rest(), 4 - 2 - 0.5 + 0.1);
  EXPECT_EQ(split_time(4, direct, direct, {}).rest(), 4) << "nothing is known, nothing explained";
}

TEST(TimeSplit, FreshBlocksFaultAndReusedOnesDoNot) {
  const tarn::Device device;
  const tarn::Tensor x = tarn::rand({1 << 18}, {.seed = 1, .device = device}).realize();
  launch_into_own_blocks(device, x, 1);
  device.trim();
  malloc_trim(0);
  const Launches fresh = launch_into_own_blocks(device, x, 8);
  const Launches reused = launch_into_own_blocks(device, x, 8);
  EXPECT_EQ(fresh.microseconds.size(), 8u);
  EXPECT_GE(fresh.page_faults, 8 * 256.0) << "a MiB has 256 pages";
  EXPECT_LT(reused.page_faults, fresh.page_faults / 8);
}

// Extents are arguments of the kernels: 512 lengths of the cache need no more than a few of them.
TEST(Programs, AGrowingCacheBuildsFewKernels) {
  setenv("TARN_CACHE_DIR", "off", 1);
  const tarn::Device device({.lanes = tarn::LaneMode::parallel});
  const Pass pass = growing_cache(512).start(device);
  const std::uint64_t before = tarn::counters(device).kernels_built;
  pass(0).realize();
  // Kinds of layer: dense, attention, norm, and the cache itself.
  EXPECT_LE(tarn::counters(device).kernels_built - before, 4u * 8);
}

TEST(Programs, AGrowingCacheIsServedByACacheOfTwiceItsLivePeak) {
  std::size_t live = 0;
  {
    const tarn::Device device;
    const Pass pass = growing_cache(512).start(device);
    device.reset_allocator_stats();
    pass(0).realize();
    live = device.allocator_stats().live.peak;
  }
  const tarn::Device device({.cache_limit = 2 * live});
  const Pass pass = growing_cache(512).start(device);
  device.reset_allocator_stats();
  for (int i = 0; i < 2; ++i) pass(i).realize();
  const tarn::AllocatorStats stats = device.allocator_stats();
  EXPECT_GE(static_cast<double>(stats.hits()), 0.9 * static_cast<double>(stats.requests));
}

// None at all once a few passes have been seen, of every program whose shapes stay the same. Those
// of several threads meet in another order each time, and may need a block more.
TEST(Programs, InSteadyStateAFixedProgramLeavesTheDriverAlone) {
  for (const Program& program : programs(TARN_SOURCE_DIR "/examples/data")) {
    if (!program.fixed_size) continue;
    SCOPED_TRACE(program.name);
    const tarn::Device device({.allocator = tarn::AllocatorMode::lru, .lanes = lanes_of(program)});
    const Pass pass = program.start(device);
    std::optional<tarn::Tensor> last;  // held while the next is computed
    for (int i = 0; i < 6; ++i) last = pass(i).realize();
    device.reset_allocator_stats();
    for (int i = 0; i < 5; ++i) last = pass(i).realize();
    const tarn::AllocatorStats stats = device.allocator_stats();
    const std::uint64_t allowed = program.name == "four threads" ? stats.requests / 100 : 0;
    EXPECT_LE(stats.driver_allocations, allowed) << "of " << stats.requests << " requests";
  }
}

}  // namespace
}  // namespace examples
