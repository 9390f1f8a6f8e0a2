#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tarn/tarn.hpp"
#include "throws.hpp"

namespace tarn {
namespace {

using nlohmann::json;

class ProfilerTest : public testing::Test {
 protected:
  ~ProfilerTest() override { std::filesystem::remove(path_); }

  json events() const { return json::parse(std::ifstream(path_)).at("traceEvents"); }
  json events_of(const Profiler& profiler) const {
    profiler.write_trace(path_);
    return events();
  }
  // Small steps and large ones, so that both lanes are used where there are two; little on a
  // simulator, which takes a microsecond for an instruction.
  void work(const Device& device) const {
    const bool simulated = device.info().kind == DeviceKind::simulator;
    const std::int64_t size = simulated ? 24 : 512;
    Tensor x = ones({size, size}, {.dtype = {}, .device = device});
    for (int i = 0; i < (simulated ? 2 : 20); ++i) {
      x = softmax(matmul(x, x), -1).realize();
      x.sum(0).realize();
      (x + 1.f).sum().realize();
    }
  }

  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() /
      ("tarn-profile-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)) + ".json");
  Device device_;
};

std::map<int, std::string> track_names(const json& events) {
  std::map<int, std::string> names;
  for (const json& event : events) {
    if (event.at("name") == "thread_name") names[event.at("tid")] = event.at("args").at("name");
  }
  return names;
}

/// The events on tracks of this name, in the order of the file.
std::vector<json> on_track(const json& events, const std::string& name) {
  const std::map<int, std::string> names = track_names(events);
  std::vector<json> found;
  for (const json& event : events) {
    const std::string phase = event.at("ph");
    if (phase != "X" && phase != "i") continue;
    if (names.at(event.at("tid")).starts_with(name)) found.push_back(event);
  }
  return found;
}

TEST_F(ProfilerTest, EveryLaunchAppearsOnce) {
  work(device_);
  const Counters before = counters(device_);
  Profiler profiler(device_);
  work(device_);
  profiler.stop();
  const std::uint64_t launches = (counters(device_) - before).launches;
  EXPECT_EQ(on_track(events_of(profiler), "kernels").size(), launches);
  std::uint64_t calls = 0;
  for (const KernelTime& time : profiler.kernels()) calls += time.calls;
  EXPECT_EQ(calls, launches);
}

TEST_F(ProfilerTest, MoreLaunchesThanAreKeptAtOnceAppearToo) {
  Profiler profiler(device_);
  const Tensor x = ones({16}, {.dtype = {}, .device = device_}).realize();
  for (int i = 0; i < 5000; ++i) (x + static_cast<float>(i)).realize();
  profiler.stop();
  EXPECT_GE(on_track(events_of(profiler), "kernels").size(), 5000U);
}

TEST_F(ProfilerTest, KernelsOfALaneFollowEachOtherWithinTheRecording) {
  work(device_);  // what compiles at a first launch has been compiled
  Profiler profiler(device_);
  work(device_);
  profiler.stop();
  const json events = events_of(profiler);
  for (const char* lane : {"kernels, parallel", "kernels, serial"}) {
    double end = 0;
    for (const json& event : on_track(events, lane)) {
      EXPECT_GE(event.at("ts").get<double>() + 1e-3, end) << event;
      end = event.at("ts").get<double>() + event.at("dur").get<double>();
    }
  }
}

// A wait ends after the kernels it waited for, by the host's clock: both are on one axis.
TEST_F(ProfilerTest, KernelsLieWithinTheHostsTime) {
  work(device_);
  Profiler profiler(device_);
  const std::int64_t size = device_.info().kind == DeviceKind::simulator ? 24 : 256;
  const auto x = ones({size, size}, {.dtype = {}, .device = device_});
  matmul(x, x).realize();
  device_.synchronize();
  x.sum().item<float>();
  profiler.stop();
  const json events = events_of(profiler);
  double first = 1e300, last = 0;
  for (const json& event : on_track(events, "host")) {
    first = std::min(first, event.at("ts").get<double>());
    last = std::max(last, event.at("ts").get<double>() + event.at("dur").get<double>());
  }
  for (const json& event : on_track(events, "kernels")) {
    EXPECT_GE(event.at("ts").get<double>(), first - 1);
    EXPECT_LE(event.at("ts").get<double>() + event.at("dur").get<double>(), last + 1);
  }
}

TEST_F(ProfilerTest, WhatTheAllocatorDidIsWhatItsCountersSay) {
  device_.reset_allocator_stats();
  Profiler profiler(device_);
  work(device_);
  device_.trim();
  work(device_);
  const AllocatorStats stats = device_.allocator_stats();
  profiler.stop();
  const json events = events_of(profiler);
  EXPECT_EQ(on_track(events, "hits").size(), stats.hits());
  EXPECT_EQ(on_track(events, "misses").size(), stats.misses());
  EXPECT_EQ(on_track(events, "evictions").size(), stats.evictions());
  EXPECT_EQ(on_track(events, "driver calls").size(),
            stats.driver_allocations + stats.driver_releases);
  EXPECT_GT(stats.evictions(), 0U);
  std::map<std::string, std::uint64_t> misses, evictions, last, peak;
  for (const json& event : on_track(events, "misses")) ++misses[event.at("name")];
  for (std::size_t i = 0; i < stats.misses_by.counts.size(); ++i) {
    const auto reason = static_cast<MissReason>(i);
    EXPECT_EQ(misses[to_string(reason)], stats.misses_by[reason]) << to_string(reason);
  }
  for (const json& event : on_track(events, "evictions")) ++evictions[event.at("name")];
  for (std::size_t i = 0; i < stats.evictions_by.counts.size(); ++i) {
    const auto reason = static_cast<EvictionReason>(i);
    EXPECT_EQ(evictions[to_string(reason)], stats.evictions_by[reason]) << to_string(reason);
  }
  for (const json& event : events) {
    if (event.at("ph") != "C") continue;
    last[event.at("name")] = event.at("args").at("bytes");
    peak[event.at("name")] = std::max(peak[event.at("name")], last[event.at("name")]);
  }
  EXPECT_LE(peak["live bytes"], stats.live.peak);
  EXPECT_GT(peak["live bytes"], stats.live.now) << "the tensors of the run are gone at its end";
  EXPECT_LE(peak["idle bytes"], stats.idle.peak);
  EXPECT_EQ(last["live bytes"], stats.live.now);
  EXPECT_EQ(last["idle bytes"], stats.idle.now);
}

TEST_F(ProfilerTest, OneAtATime) {
  Profiler profiler(device_);
  EXPECT_ERROR(Profiler(device_), ValueError, "is being profiled already");
  EXPECT_ERROR(profiler.kernels(), ValueError, "has to be stopped first");
  profiler.stop();
  profiler.stop();
  const Profiler next(device_);
}

TEST_F(ProfilerTest, AFileThatCannotBeWrittenIsNamed) {
  Profiler profiler(device_);
  profiler.stop();
  EXPECT_ERROR(profiler.write_trace("/no/such/folder/x.json"), ValueError,
               "/no/such/folder/x.json");
}

TEST_F(ProfilerTest, PrintsATableByKernel) {
  Profiler profiler(device_);
  work(device_);
  profiler.stop();
  std::ostringstream table;
  table << profiler;
  for (const KernelTime& time : profiler.kernels()) {
    EXPECT_NE(table.str().find(time.loops), std::string::npos) << table.str();
  }
}

TEST_F(ProfilerTest, ResultsAreTheSameToTheBit) {
  const auto compute = [&] {
    const Tensor x = rand({64, 64}, {.seed = 3, .device = device_});
    return softmax(matmul(x, x), -1).to_vector<float>();
  };
  const std::vector<float> plain = compute();
  const Profiler profiler(device_);
  EXPECT_EQ(compute(), plain);
}

TEST_F(ProfilerTest, TarnProfileWritesTheTraceWhenTheDeviceCloses) {
  setenv("TARN_PROFILE", path_.c_str(), 1);
  const Device device;
  unsetenv("TARN_PROFILE");
  work(device);
  const std::uint64_t launches = counters(device).launches;
  testing::internal::CaptureStderr();
  device.close();
  const std::string table = testing::internal::GetCapturedStderr();
  EXPECT_NE(table.find(path_.string()), std::string::npos) << table;
  EXPECT_EQ(on_track(events(), "kernels").size(), launches);
}

}  // namespace
}  // namespace tarn
