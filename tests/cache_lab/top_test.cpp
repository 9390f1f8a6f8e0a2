#include "cache_lab/top.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace examples {
namespace {

TEST(Top, ShowsWhatHasHappenedSinceTheLastLook) {
  tarn::memory::StatsSnapshot before, now;
  before.stats.requests = 100;
  before.stats.exact_hits = 10;
  now.stats.requests = 200;
  now.stats.exact_hits = 60;
  now.stats.live = {1 << 20, 2 << 20};
  now.stats.idle.now = 1 << 20;
  now.stats.idle_blocks = 3;
  now.stats.driver_allocations = 140;
  now.stats.driver_bytes = 5 << 20;
  now.cache_limit = 2 << 20;
  now.memory_limit = 3 << 20;
  now.classes[0] = {4096, 5, 6};
  EXPECT_EQ(describe(now, before),
            "live   ##########....................  1.00 MiB, at most 2.00 MiB, of 3.00 MiB\n"
            "idle   ###############...............  1.00 MiB in 3 blocks, of 2.00 MiB\n"
            "hits   ###############...............  50.0 % of the last 100, 30.0 % of all 200\n"
            "driver 140 calls for 5.00 MiB; 0 evicted\n"
            "    4.00 KiB x     5 live     6 idle\n");
}

TEST(Top, IsJsonForPrograms) {
  tarn::memory::StatsSnapshot now;
  now.stats.requests = 7;
  now.stats.idle.now = 4096;
  now.classes[0] = {4096, 0, 1};
  const auto look = json_of(now);
  EXPECT_EQ(look.at("requests"), 7);
  EXPECT_EQ(look.at("idle"), 4096);
  EXPECT_EQ(look.at("classes").size(), 1u);
  std::ostringstream out;
  EXPECT_EQ(top({"true"}, 0.05, out, Format::json), 0);
  EXPECT_EQ(out.str(), "") << "no device, no line";
}

TEST(Top, ReturnsTheProgramsCode) {
  std::ostringstream out;
  EXPECT_EQ(top({"sh", "-c", "exit 3"}, 0.05, out), 3);
  EXPECT_EQ(out.str(), "the program has opened no device\n");
  EXPECT_EQ(top({"/no/such/program"}, 0.05, out), 127);
}

}  // namespace
}  // namespace examples
