#include "ops/plan/lanes.hpp"

#include <gtest/gtest.h>

#include "ops/plan/rounding.hpp"

namespace tarn::plan {
namespace {

TEST(Lanes, SmallStepsAreNotWorthSharing) {
  EXPECT_FALSE(worth_sharing({.serial_us = 3, .groups = 64}, 2));
  EXPECT_FALSE(worth_sharing({.serial_us = 3, .groups = 64}, 64));
  EXPECT_TRUE(worth_sharing({.serial_us = 100, .groups = 64}, 2));
}

TEST(Lanes, OneGroupCannotBeShared) {
  EXPECT_FALSE(worth_sharing({.serial_us = 1000, .groups = 1}, 2));
  EXPECT_EQ(pieces({.serial_us = 1000, .groups = 1}, 2), 1u);
}

TEST(Lanes, NothingIsSharedAmongOne) {
  EXPECT_FALSE(worth_sharing({.serial_us = 1e6, .groups = 64}, 1));
}

TEST(Lanes, EachWorkerHasAPieceAndMoreOfALongStep) {
  EXPECT_EQ(pieces({.serial_us = 30, .groups = 64}, 2), 2u);
  EXPECT_GT(pieces({.serial_us = 300, .groups = 64}, 2), 2u);
  EXPECT_LE(pieces({.serial_us = 1e9, .groups = 1000}, 2), 32u);
  EXPECT_EQ(pieces({.serial_us = 1e9, .groups = 3}, 2), 3u);
}

// The busiest worker's groups, as a stream cuts and a team takes them.
std::size_t busiest(std::size_t groups, std::size_t pieces, std::size_t workers) {
  const std::size_t width = divide_up(groups, pieces);
  return divide_up(divide_up(groups, width), workers) * width;
}

TEST(Lanes, WorkersHaveEquallyMuchToDo) {
  for (double us = 10; us < 1e4; us *= 1.1) {
    EXPECT_EQ(busiest(64, pieces({.serial_us = us, .groups = 64}, 2), 2), 32u) << us;
    EXPECT_EQ(busiest(48, pieces({.serial_us = us, .groups = 48}, 4), 4), 12u) << us;
    for (std::size_t groups = 2; groups <= 64; ++groups) {
      const std::size_t most = busiest(groups, pieces({.serial_us = us, .groups = groups}, 2), 2);
      EXPECT_LE(most, divide_up(groups, std::size_t{2}) + 1)
          << groups << " groups of " << us << " us";
    }
  }
}

TEST(Lanes, WhatWorkersTookTogetherIsMoreForOne) {
  const StepWork step{.serial_us = 1000, .groups = 64};
  EXPECT_GT(serial_us(600, 2), 1000);
  EXPECT_LT(serial_us(600, 2), 1200);
  EXPECT_EQ(serial_us(1, 2), 0);  // all of it went into sharing
  EXPECT_TRUE(worth_sharing({serial_us(600, 2), step.groups}, 2));
}

}  // namespace
}  // namespace tarn::plan
