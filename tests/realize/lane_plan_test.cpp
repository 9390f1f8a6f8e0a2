#include "ops/realize/lane_plan.hpp"

#include <gmock/gmock.h>

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

}  // namespace
}  // namespace tarn::seam
