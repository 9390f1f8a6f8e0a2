#include "ops/realize/lane_plan.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <string>

#include "tarn/profile.hpp"
#include "tarn/tensor.hpp"

namespace tarn::seam {
namespace {

using testing::ElementsAre;
using enum Lane;

void run_and_measure(LanePlan& plan, std::size_t steps, double us) {
  for (std::size_t i = 0; i < steps; ++i) {
    if (plan.lane(i) == serial && plan.measuring(i)) plan.measured(i, us);
  }
}

TEST(LanePlan, StartsWhereTheEstimatesSay) {
  const LanePlan plan({{1000, 2}, {1, 2}, {1, 2}, {1, 2}, {1, 2}, {1, 2}}, std::vector(6, false));
  EXPECT_EQ(plan.lane(0), parallel);
  EXPECT_THAT(plan.lanes(), plan.wanted());
}

TEST(LanePlan, WhatIsSeenGoesBeforeTheEstimate) {
  LanePlan plan({{5, 2}}, {false});
  EXPECT_EQ(plan.lane(0), serial);
  double lost = 0;
  for (int run = 0; run < 4; ++run) {
    run_and_measure(plan, 1, 1000);
    lost = plan.note_run();
  }
  EXPECT_THAT(plan.wanted(), ElementsAre(parallel));
  EXPECT_EQ(plan.lane(0), serial);  // until somebody moves it
  EXPECT_GT(lost, 0);
  EXPECT_GT(plan.note_run(), lost);
  plan.move_to(plan.wanted());
  EXPECT_EQ(plan.lane(0), parallel);
  EXPECT_EQ(plan.note_run(), 0);
}

TEST(LanePlan, TheFirstLaunchAndSlowOnesAreNoMeasure) {
  LanePlan plan({{5, 2}}, {false});
  for (const double us : {90'000.0, 4.0, 800.0, 5.0}) {
    ASSERT_TRUE(plan.measuring(0));
    plan.measured(0, us);
    EXPECT_EQ(plan.note_run(), 0);
  }
  EXPECT_FALSE(plan.measuring(0));
  EXPECT_THAT(plan.wanted(), ElementsAre(serial));
}

TEST(LanePlan, WhereOneStaysForWantOfAKernelTheLossAddsUp) {
  LanePlan plan({{1000, 2}}, {false});
  plan.move_to({serial});
  EXPECT_THAT(plan.wanted(), ElementsAre(parallel));
  const double once = plan.note_run();
  EXPECT_GT(once, 100);
  EXPECT_DOUBLE_EQ(plan.note_run(), 2 * once);
  plan.stay();
  EXPECT_EQ(plan.note_run(), 0);
}

TEST(LanePlan, AStepThatRunsOnceDecidesForItself) {
  LanePlan plan({{1000, 2}, {2, 2}}, {true, false});
  EXPECT_THAT(plan.lanes(), ElementsAre(parallel, serial));
  run_and_measure(plan, 2, 2);
  EXPECT_EQ(plan.note_run(), 0);
}

TEST(LanePlan, AStepThatRunsOnceStaysWhereItWasPut) {
  LanePlan plan({{1000, 2}, {1000, 2}}, {true, false});
  plan.move_to({serial, serial});
  EXPECT_THAT(plan.wanted(), ElementsAre(serial, parallel));
}

TEST(LanePlan, TheTotalIsOfTheStepsThatRunEveryTime) {
  const LanePlan plan({{1000, 2}, {2, 1}}, {true, false});
  EXPECT_LT(plan.total_us({parallel, serial}), 10);
  EXPECT_EQ(plan.total_us({serial, serial}), plan.total_us({parallel, serial}));
  EXPECT_LT(plan.total_us({serial, serial}), plan.total_us({serial, parallel}));
}

// A small step before a large one: wanted on both lanes, and two programs take twice as long.
TEST(FirstLanes, WhatMustBeCompiledIsCompiledForOneLane) {
  const char* const folder = std::getenv("TARN_CACHE_DIR");
  const std::string before = folder ? folder : "";
  setenv("TARN_CACHE_DIR", "off", 1);  // nothing is on disk
  const Device device;
  folder ? setenv("TARN_CACHE_DIR", before.c_str(), 1) : unsetenv("TARN_CACHE_DIR");
  const auto filled = [&](std::int64_t rows, std::int64_t columns) {
    const std::vector<float> values(static_cast<std::size_t>(rows * columns), 0.5f);
    return tensor(values, {rows, columns}, {.dtype = {}, .device = device});
  };
  const Tensor small = matmul(filled(8, 8), filled(8, 8)).sum();
  const Tensor large = matmul(filled(512, 512), filled(512, 512)) * small;
  EXPECT_EQ(large.to_vector<float>().front(), 512 * 0.25f * 128);
  EXPECT_EQ(counters(device).programs_built, 1u);
}

}  // namespace
}  // namespace tarn::seam
