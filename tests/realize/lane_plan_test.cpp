#include "ops/realize/lane_plan.hpp"

#include <gtest/gtest.h>

namespace tarn::seam {
namespace {

constexpr std::size_t kWorkers = 2;
constexpr std::size_t kGroups = 64;

LanePlan plan_for(double estimate_us, LaneMode wanted = LaneMode::both) {
  return LanePlan({{estimate_us, kGroups}}, kWorkers, wanted);
}

void measure(LanePlan& plan, std::initializer_list<double> runs_us) {
  for (const double us : runs_us) {
    ASSERT_TRUE(plan.measuring(0));
    plan.measured(0, us);
  }
  EXPECT_FALSE(plan.measuring(0));
}

TEST(LanePlan, StartsWhereTheEstimatesSay) {
  const LanePlan plan({{1000, kGroups}, {1, kGroups}, {1000, 1}}, kWorkers, LaneMode::both);
  EXPECT_GT(plan.pieces(0), 1u);
  EXPECT_EQ(plan.pieces(1), 1u);
  EXPECT_EQ(plan.pieces(2), 1u);
}

TEST(LanePlan, WhatIsSeenGoesBeforeTheEstimate) {
  LanePlan small = plan_for(1), large = plan_for(1000);
  measure(small, {1000, 1000, 1000, 1000});
  EXPECT_GT(small.pieces(0), 1u);
  measure(large, {5, 5, 5, 5});
  EXPECT_EQ(large.pieces(0), 1u);
}

TEST(LanePlan, TheFirstLaunchAndSlowOnesAreNoMeasure) {
  LanePlan plan = plan_for(1);
  measure(plan, {90'000, 2, 800, 3});
  EXPECT_EQ(plan.pieces(0), 1u);
}

TEST(LanePlan, ALaneThatIsWantedIsTakenWhateverAStepTakes) {
  LanePlan plan = plan_for(0.1, LaneMode::parallel);
  EXPECT_EQ(plan.pieces(0), kWorkers);
  measure(plan, {1, 1, 1, 1});
  EXPECT_EQ(plan.pieces(0), kWorkers);
}

}  // namespace
}  // namespace tarn::seam
