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

// What sharing costs is not known so well.
TEST(LanePlan, WhereEitherMayBeFasterBothAreTried) {
  LanePlan shared_faster = plan_for(1), alone_faster = plan_for(1), began_shared = plan_for(1000);
  measure(shared_faster, {10, 10, 10, 10, 8, 8, 8, 8});
  EXPECT_GT(shared_faster.pieces(0), 1u);
  measure(alone_faster, {10, 10, 10, 10, 12, 12, 12, 12});
  EXPECT_EQ(alone_faster.pieces(0), 1u);
  measure(began_shared, {10, 10, 10, 10, 8, 8, 8, 8});
  EXPECT_EQ(began_shared.pieces(0), 1u);
}

TEST(LanePlan, TheFirstLaunchInTheOtherLaneIsNoMeasure) {
  LanePlan plan = plan_for(1);
  measure(plan, {90'000, 10, 800, 10, 90'000, 800, 8, 800});
  EXPECT_GT(plan.pieces(0), 1u);
}

TEST(LanePlan, WhatCannotBeCutIsTriedInOneLane) {
  LanePlan plan({{1, 1}}, kWorkers, LaneMode::both);
  measure(plan, {10, 10, 10, 10});
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
