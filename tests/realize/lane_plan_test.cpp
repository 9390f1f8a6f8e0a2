#include "ops/realize/lane_plan.hpp"

#include <gtest/gtest.h>

#include <array>

namespace tarn::seam {
namespace {

constexpr std::size_t kWorkers = 2;
constexpr std::size_t kGroups = 64;

LanePlan plan_for(double estimate_us, LaneMode wanted = LaneMode::both) {
  return LanePlan({{estimate_us, kGroups}}, kWorkers, wanted);
}

// What a step takes in each lane; but as often as it says, and in the first run, 90 ms.
struct Takes {
  double alone_us, shared_us;
  int slow_every = 1000;
};

// Returns: after how many runs.
int run_until_settled(LanePlan& plan, const Takes& takes) {
  std::array<int, 2> runs{};  // in each lane
  while (plan.measuring(0)) {
    const bool shared = plan.pieces(0) > 1;
    const bool slow = runs[shared]++ % takes.slow_every == 0;
    plan.measured(0, slow ? 90'000 : shared ? takes.shared_us : takes.alone_us);
  }
  return runs[0] + runs[1];
}

TEST(LanePlan, StartsWhereTheEstimatesSay) {
  const LanePlan plan({{1000, kGroups}, {1, kGroups}, {1000, 1}}, kWorkers, LaneMode::both);
  EXPECT_GT(plan.pieces(0), 1u);
  EXPECT_EQ(plan.pieces(1), 1u);
  EXPECT_EQ(plan.pieces(2), 1u);
}

TEST(LanePlan, WhatIsSeenGoesBeforeTheEstimate) {
  LanePlan small = plan_for(1), large = plan_for(1000);
  EXPECT_LE(run_until_settled(small, {1000, 600}), 4);
  EXPECT_GT(small.pieces(0), 1u);
  EXPECT_LE(run_until_settled(large, {3, 5}), 4);
  EXPECT_EQ(large.pieces(0), 1u);
}

TEST(LanePlan, TheFirstLaunchAndSlowOnesAreNoMeasure) {
  LanePlan plan = plan_for(1);
  run_until_settled(plan, {2, 1000, 2});
  EXPECT_EQ(plan.pieces(0), 1u);
}

// What sharing costs is not known so well.
TEST(LanePlan, WhereEitherMayBeFasterBothAreTried) {
  LanePlan shared_faster = plan_for(1), alone_faster = plan_for(1), began_shared = plan_for(1000);
  EXPECT_LE(run_until_settled(shared_faster, {10, 8}), LanePlan::kMostRuns);
  EXPECT_GT(shared_faster.pieces(0), 1u);
  run_until_settled(alone_faster, {10, 12});
  EXPECT_EQ(alone_faster.pieces(0), 1u);
  run_until_settled(began_shared, {8, 10});
  EXPECT_EQ(began_shared.pieces(0), 1u);
}

TEST(LanePlan, SlowOnesInTheOtherLaneAreNoMeasure) {
  LanePlan plan = plan_for(1);
  run_until_settled(plan, {10, 8, 3});
  EXPECT_GT(plan.pieces(0), 1u);
}

// Of 20 us each, the first three are over before a helper that sleeps is awake.
TEST(LanePlan, AHelperMayComeLate) {
  LanePlan plan = plan_for(1);
  for (int run = 0; plan.measuring(0); ++run) {
    const bool shared = plan.pieces(0) > 1;
    if (!shared) run = 0;
    plan.measured(0, !shared ? 20 : run < 5 ? 23 : 12);
  }
  EXPECT_GT(plan.pieces(0), 1u);
}

TEST(LanePlan, WhatCannotBeCutIsTriedInOneLane) {
  LanePlan plan({{1, 1}}, kWorkers, LaneMode::both);
  run_until_settled(plan, {10, 5});
  EXPECT_EQ(plan.pieces(0), 1u);
}

TEST(LanePlan, ALaneThatIsWantedIsTakenWhateverAStepTakes) {
  LanePlan plan = plan_for(0.1, LaneMode::parallel);
  EXPECT_EQ(plan.pieces(0), kWorkers);
  run_until_settled(plan, {1, 1});
  EXPECT_EQ(plan.pieces(0), kWorkers);
}

}  // namespace
}  // namespace tarn::seam
