#include "runtime/profile/recorder.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "runtime/profile/chrome_trace.hpp"
#include "runtime/profile/kernel_table.hpp"

namespace tarn::profile {
namespace {

const Kernel kAdd{
    .name = "add", .expression = "x0 + \"x1\"\n", .loops = "[8]", .bytes = 96, .operations = 8};

nlohmann::json trace_of(const Recording& recording) {
  std::ostringstream out;
  write_chrome_trace(out, recording);
  return nlohmann::json::parse(out.str());
}

TEST(Recorder, PutsEachLanesClockOnTheHosts) {
  Recorder recorder;
  recorder.start();
  const std::size_t add = recorder.number_of(kAdd);
  const std::uint64_t host = now();
  // The parallel lane's clock began 1,000,000 ns after the host's; of its two launches the first
  // was queued 50 ns after it was submitted, the second at once. The serial lane's clock is ahead.
  const std::uint64_t late = host - 1'000'000;
  recorder.launched({add, Lane::parallel, host, late + 50, late + 60, late + 70});
  recorder.launched({add, Lane::parallel, host + 100, late + 100, late + 110, late + 130});
  recorder.launched({add, Lane::serial, host + 200, host + 900, host + 905, host + 907});
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.launches.size(), 3U);
  EXPECT_EQ(recording.launches[0].start, host + 60);
  EXPECT_EQ(recording.launches[0].end, host + 70);
  EXPECT_EQ(recording.launches[1].start, host + 110);
  EXPECT_EQ(recording.launches[2].start, host + 205);
}

TEST(Recorder, RecordsNothingWhileItIsOff) {
  Recorder recorder;
  { const ScopedSpan span(&recorder, Track::host, "before"); }
  recorder.instant(Track::hits, "before", 4);
  recorder.start();
  { const ScopedSpan span(&recorder, Track::host, "while"); }
  EXPECT_EQ(recorder.stop().spans.size(), 1U);
  { const ScopedSpan span(&recorder, Track::host, "after"); }
  recorder.start();
  const Recording recording = recorder.stop();
  EXPECT_TRUE(recording.spans.empty());
  EXPECT_TRUE(recording.instants.empty());
}

TEST(Recorder, KernelsAreTheSameWhereNameAndLoopsAre) {
  Recorder recorder;
  recorder.start();
  Kernel larger = kAdd;
  larger.loops = "[16]";
  EXPECT_EQ(recorder.number_of(kAdd), 0U);
  EXPECT_EQ(recorder.number_of(larger), 1U);
  EXPECT_EQ(recorder.number_of(kAdd), 0U);
}

TEST(ChromeTrace, IsJsonWhateverTheTextsAre) {
  Recording recording{.start = 1000,
                      .end = 9000,
                      .kernels = {kAdd},
                      .launches = {},
                      .spans = {},
                      .instants = {},
                      .samples = {}};
  recording.launches = {{0, Lane::serial, 2500, 4001}};
  recording.spans = {{Track::host, 1, 1000, 5000, "a \\ b\t"}};
  recording.instants = {{Track::misses, 3000, "first", 64}};
  recording.samples = {{3000, 64, 128}};
  const nlohmann::json events = trace_of(recording).at("traceEvents");
  const auto named = [&](const std::string& name) {
    for (const auto& event : events) {
      if (event.at("name") == name) return event;
    }
    return nlohmann::json();
  };
  const nlohmann::json launch = named("add");
  EXPECT_EQ(launch.at("ts"), 1.5);  // microseconds since the start
  EXPECT_EQ(launch.at("dur"), 1.501);
  EXPECT_EQ(launch.at("args").at("expression"), kAdd.expression);
  EXPECT_EQ(named("a \\ b\t").at("dur"), 4.0);
  EXPECT_EQ(named("first").at("args").at("bytes"), 64);
  EXPECT_EQ(named("live bytes").at("args").at("bytes"), 64);
  EXPECT_EQ(named("idle bytes").at("args").at("bytes"), 128);
}

TEST(KernelTable, SumsUpCallsAndGivesRates) {
  Recording recording;
  recording.kernels = {
      kAdd, {.name = "mul", .expression = "", .loops = "[4]", .bytes = 0, .operations = 0}};
  recording.launches = {
      {0, Lane::serial, 0, 10}, {1, Lane::serial, 10, 100}, {0, Lane::serial, 100, 106}};
  const std::vector<KernelTime> times = kernel_times(recording);
  ASSERT_EQ(times.size(), 2U);
  EXPECT_EQ(times[0].name, "mul");
  EXPECT_EQ(times[1].calls, 2U);
  EXPECT_EQ(times[1].nanoseconds, 16U);
  EXPECT_EQ(times[1].gigabytes_per_second(), 12.0);  // 192 bytes in 16 ns
  EXPECT_EQ(times[1].gigaflops(), 1.0);
  std::ostringstream table;
  print_kernel_table(table, times, {.gigabytes_per_second = 24, .gigaflops = 4});
  EXPECT_NE(table.str().find("12.0        50     1.0        25"), std::string::npos) << table.str();
}

}  // namespace
}  // namespace tarn::profile
