// The committed traces of real programs, replayed with the settings that they were recorded with.
#include <gtest/gtest.h>

#include <array>
#include <string_view>

#include "cache_lab/advisor.hpp"
#include "cache_lab/rival.hpp"
#include "golden_trace.hpp"
#include "runtime/memory/replay.hpp"

namespace tarn::memory {
namespace {

using test::read_golden;

struct Golden {
  const char* name;
  std::uint64_t requests, exact_hits, slack_hits, driver_allocations, driver_bytes;
  std::array<std::uint64_t, 6> misses;  // in the order of MissReason
};

void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.name; }

const Golden kGolden[] = {
    {"changing_batch", 382, 191, 145, 46, 6300032, {0, 0, 29, 0, 15, 2}},
    {"encoder", 553, 414, 0, 139, 87610368, {0, 0, 6, 0, 23, 110}},
    {"growing_cache", 5137, 4769, 256, 112, 6919424, {0, 0, 17, 0, 60, 35}},
    {"lenet", 285, 232, 30, 23, 2959744, {0, 0, 18, 0, 3, 2}},
    {"mlp", 130, 116, 0, 14, 5908736, {0, 0, 9, 0, 1, 4}},
    {"resnet18", 264, 156, 30, 78, 102462208, {0, 0, 27, 0, 22, 29}},
    {"sawtooth", 962, 945, 0, 17, 1507328, {0, 0, 2, 0, 0, 15}},
    {"taking_turns", 204, 120, 45, 39, 6504576, {0, 0, 25, 0, 9, 5}},
};

class GoldenTrace : public testing::TestWithParam<Golden> {
 protected:
  const Trace trace = read_golden(GetParam().name);
};

TEST_P(GoldenTrace, ReplaysToItsCounts) {
  EXPECT_TRUE(trace.complete);
  const AllocatorStats stats = replay(trace, recorded_options(trace), ReplayDriver::as_recorded);
  const Golden& golden = GetParam();
  EXPECT_EQ(stats.requests, golden.requests);
  EXPECT_EQ(stats.exact_hits, golden.exact_hits);
  EXPECT_EQ(stats.slack_hits, golden.slack_hits);
  EXPECT_EQ(stats.driver_allocations, golden.driver_allocations);
  EXPECT_EQ(stats.driver_bytes, golden.driver_bytes);
  EXPECT_EQ(stats.misses_by.counts, golden.misses);
  EXPECT_EQ(stats.failures, 0u);
}

// The driver's own events are not replayed: what the recorded run asked of it must come out again.
TEST_P(GoldenTrace, AsksOfTheDriverWhatTheProgramAsked) {
  std::uint64_t allocations = 0, bytes = 0, releases = 0;
  for (const TraceEvent& event : trace.events) {
    if (event.kind == TraceKind::driver_release) ++releases;
    if (event.kind != TraceKind::driver_allocation) continue;
    ++allocations;
    bytes += event.bytes;
  }
  const AllocatorStats stats = replay(trace, recorded_options(trace), ReplayDriver::as_recorded);
  EXPECT_EQ(stats.driver_allocations, allocations);
  EXPECT_EQ(stats.driver_bytes, bytes);
  EXPECT_EQ(stats.driver_releases, releases);
}

TEST_P(GoldenTrace, WithoutACacheEveryRequestGoesToTheDriver) {
  StackOptions options = recorded_options(trace);
  options.mode = AllocatorMode::direct;
  const AllocatorStats stats = replay(trace, options, ReplayDriver::unlimited);
  EXPECT_EQ(stats.driver_allocations, GetParam().requests);
  EXPECT_EQ(stats.hits(), 0u);
}

// Whoever hands out whole blocks needs as many of the driver, and holds as much, to 2 %. Split
// segments need fewer calls, and hold more wherever the programs are not small.
TEST_P(GoldenTrace, NoRivalOfWholeBlocksNeedsFewer) {
  constexpr std::size_t kMiB = std::size_t{1} << 20;
  for (const std::size_t limit : {16 * kMiB, 64 * kMiB, 256 * kMiB, ~std::size_t{0}}) {
    const examples::Score ours = score(trace, examples::rivals().front(), limit);
    for (const examples::Rival& rival : examples::rivals()) {
      if (std::string_view(rival.name) == "split segments") continue;
      const examples::Score theirs = score(trace, rival, limit);
      EXPECT_LE(ours.driver_allocations, theirs.driver_allocations) << rival.name << ", " << limit;
      EXPECT_LE(ours.peak_held, theirs.peak_held * 102 / 100) << rival.name << ", " << limit;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, GoldenTrace, testing::ValuesIn(kGolden),
                         [](const auto& golden) { return golden.param.name; });

TEST(GoldenTraces, AGrowingCacheHitsAtTwiceItsLivePeak) {
  const examples::Advice advice = examples::advise(read_golden("growing_cache"));
  const AllocatorStats& stats = advice.twice_live.stats;
  EXPECT_GE(stats.hits() * 10, stats.requests * 9);
  EXPECT_LE(stats.idle.peak, advice.twice_live.bytes);
}

TEST(GoldenTraces, ProgramsOfFixedSizesNeedNoDriverOnceWarm) {
  for (const char* name : {"encoder", "lenet", "mlp", "resnet18", "sawtooth"}) {
    const AllocatorStats warm = examples::advise(read_golden(name)).steady;
    EXPECT_GT(warm.requests, 50u) << name;
    EXPECT_LE(warm.driver_allocations * 100, warm.requests) << name;
  }
}

}  // namespace
}  // namespace tarn::memory
