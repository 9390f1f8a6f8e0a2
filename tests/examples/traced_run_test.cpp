// What a program on a device does is what its trace says, and a replay counts the same.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <tarn/tarn.hpp>

#include "cache_lab/advisor.hpp"
#include "runtime/memory/replay.hpp"
#include "runtime/memory/trace_reader.hpp"
#include "runtime/opencl/stats_page.hpp"

namespace tarn {
namespace {

using memory::ReplayDriver;
using memory::Trace;

struct Recording {
  AllocatorStats stats;
  Trace trace;
};

// Passes of changing sizes, so that blocks are reused, made and evicted.
Recording run(const DeviceOptions& options) {
  const auto path =
      std::filesystem::temp_directory_path() / ("tarn_traced_run_" + std::to_string(getpid()));
  Recording seen;
  std::filesystem::path written = path;
  static int opened = 0;
  if (++opened > 1) written += "." + std::to_string(opened);
  setenv("TARN_TRACE", path.c_str(), 1);
  const Device device(options);
  unsetenv("TARN_TRACE");
  for (const std::int64_t rows : {64, 17, 48, 5, 64, 33, 60, 64}) {
    const Tensor x = rand({rows, 128}, {.seed = 1, .device = device});
    const Tensor w = rand({128, 256}, {.seed = 2, .device = device});
    static_cast<void>(sum(relu(matmul(x, w))).realize());
  }
  seen.stats = device.allocator_stats();
  seen.stats.create_nanoseconds = seen.stats.release_nanoseconds = 0;
  device.close();
  seen.trace = memory::read_trace(written);
  std::filesystem::remove(written);
  return seen;
}

TEST(TracedRun, AReplayCountsTheSame) {
  for (const std::size_t limit : {std::size_t{0}, std::size_t{100} << 10, std::size_t{64} << 20}) {
    const Recording seen = run({.cache_limit = limit});
    EXPECT_TRUE(seen.trace.complete);
    EXPECT_GT(seen.stats.requests, 0u);
    const memory::StackOptions options = memory::recorded_options(seen.trace);
    EXPECT_EQ(replay(seen.trace, options, ReplayDriver::as_recorded), seen.stats);
  }
}

TEST(TracedRun, AReplayPredictsAnotherLimit) {
  const Recording recorded = run({.cache_limit = std::size_t{64} << 20});
  memory::StackOptions options = memory::recorded_options(recorded.trace);
  options.cache_limit = std::size_t{100} << 10;
  const AllocatorStats predicted = replay(recorded.trace, options, ReplayDriver::unlimited);
  EXPECT_GT(predicted.evictions(), 0u);
  EXPECT_EQ(predicted, run({.cache_limit = options.cache_limit}).stats);
}

// The experiment behind the advice: run the program at the advised capacity, and count.
TEST(TracedRun, TheAdvisedCapacityDoesAsAdvised) {
  const Recording recorded = run({.cache_limit = std::size_t{64} << 20});
  const examples::Advice advice = examples::advise(recorded.trace, 0.5);
  const examples::Capacity& advised = advice.capacities[advice.knee];
  EXPECT_GT(advised.bytes, 0u);
  EXPECT_LT(advised.bytes, recorded.stats.idle.peak) << "else this would test little";
  EXPECT_EQ(advised.stats, run({.cache_limit = advised.bytes}).stats);
}

// What another process sees of a run is what the program itself would see.
TEST(PublishedRun, ThePageHasTheCountsOfTheDevice) {
  const auto path =
      std::filesystem::temp_directory_path() / ("tarn_published_run_" + std::to_string(getpid()));
  setenv("TARN_STATS", path.c_str(), 1);
  const Device device;
  unsetenv("TARN_STATS");
  static_cast<void>(sum(rand({100, 100}, {.seed = 1, .device = device})).realize());
  const AllocatorStats stats = device.allocator_stats();
  device.close();
  const auto seen = opencl::StatsReader(path).read();
  std::filesystem::remove(path);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->stats.requests, stats.requests);
  EXPECT_EQ(seen->stats.held.peak, stats.held.peak);
  EXPECT_GT(seen->stats.requests, 0u);
}

TEST(TracedRun, EachStepIsNamedByItsKernel) {
  const Trace trace = run({}).trace;
  const auto steps = std::count_if(trace.events.begin(), trace.events.end(), [](const auto& event) {
    return event.kind == memory::TraceKind::step;
  });
  EXPECT_GE(steps, 8);
  EXPECT_FALSE(trace.labels.empty());
}

}  // namespace
}  // namespace tarn
