#include "ops/plan/lanes.hpp"

#include <gmock/gmock.h>

#include <random>

namespace tarn::plan {
namespace {

using testing::Each;
using testing::ElementsAre;
using enum Lane;

TEST(Lanes, SmallStepsStayOnTheSerialLane) {
  const std::vector<StepWork> steps(10, {.serial_us = 5, .threads = 2});
  EXPECT_THAT(choose_lanes(steps).lanes, Each(serial));
}

TEST(Lanes, LargeStepsAreSpread) {
  const std::vector<StepWork> steps(3, {.serial_us = 1000, .threads = 2});
  EXPECT_THAT(choose_lanes(steps).lanes, Each(parallel));
}

TEST(Lanes, WhatCannotBeSpreadIsNot) {
  const StepWork step{.serial_us = 1000, .threads = 1};
  EXPECT_THAT(choose_lanes({&step, 1}).lanes, ElementsAre(serial));
}

TEST(Lanes, OneSmallStepBetweenLargeOnesIsNotWorthTwoSwitches) {
  const std::vector<StepWork> steps{{1000, 2}, {5, 2}, {1000, 2}};
  EXPECT_THAT(choose_lanes(steps).lanes, Each(parallel));
}

TEST(Lanes, ManySmallStepsAfterALargeOneAre) {
  std::vector<StepWork> steps(30, {.serial_us = 2, .threads = 1});
  steps[0] = {.serial_us = 1000, .threads = 2};
  const LaneChoice choice = choose_lanes(steps);
  EXPECT_EQ(choice.lanes[0], parallel);
  EXPECT_THAT(std::span(choice.lanes).subspan(1), Each(serial));
}

TEST(Lanes, NothingToRunTakesNoTime) {
  EXPECT_THAT(choose_lanes({}).lanes, testing::IsEmpty());
  EXPECT_EQ(choose_lanes({}).total_us, 0);
}

// Against all ways there are.
TEST(Lanes, NoOtherWayIsCheaper) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<StepWork> steps(1 + random() % 8);
    for (StepWork& step : steps) {
      step = {.serial_us = static_cast<double>(random() % 100),
              .threads = 1 + static_cast<int>(random() % 2)};
    }
    const LaneChoice choice = choose_lanes(steps);
    EXPECT_DOUBLE_EQ(total_us(steps, choice.lanes), choice.total_us);
    for (unsigned way = 0; way < 1u << steps.size(); ++way) {
      std::vector<Lane> lanes;
      for (std::size_t i = 0; i < steps.size(); ++i) {
        lanes.push_back(way >> i & 1 ? parallel : serial);
      }
      EXPECT_GE(total_us(steps, lanes), choice.total_us - 1e-9);
    }
  }
}

}  // namespace
}  // namespace tarn::plan
