// The committed traces of real programs, replayed with the settings that they were recorded with.
#include <gtest/gtest.h>

#include <filesystem>

#include "runtime/memory/replay.hpp"
#include "runtime/memory/trace_reader.hpp"

namespace tarn::memory {
namespace {

struct Golden {
  const char* name;
  std::uint64_t requests, exact_hits, slack_hits, driver_allocations, driver_bytes;
};

void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.name; }

const Golden kGolden[] = {
    {"changing_batch", 383, 212, 100, 71, 7693616},
    {"encoder", 553, 414, 0, 139, 87610368},
    {"growing_cache", 5129, 4751, 0, 378, 18739968},
    {"lenet", 286, 261, 0, 25, 3114320},
    {"mlp", 130, 116, 0, 14, 5903616},
    {"resnet18", 263, 183, 1, 79, 100950784},
    {"sawtooth", 1202, 1185, 0, 17, 1507328},
    {"taking_turns", 205, 142, 14, 49, 6873424},
};

class GoldenTrace : public testing::TestWithParam<Golden> {
 protected:
  const Trace trace =
      read_trace(std::filesystem::path(TARN_SOURCE_DIR) / "examples/cache_lab/traces" /
                 (std::string(GetParam().name) + ".trace"));
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

INSTANTIATE_TEST_SUITE_P(Programs, GoldenTrace, testing::ValuesIn(kGolden),
                         [](const auto& golden) { return golden.param.name; });

}  // namespace
}  // namespace tarn::memory
