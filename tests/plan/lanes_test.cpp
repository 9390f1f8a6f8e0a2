#include "ops/plan/lanes.hpp"

#include <gtest/gtest.h>

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

TEST(Lanes, WhatWorkersTookTogetherIsMoreForOne) {
  const StepWork step{.serial_us = 1000, .groups = 64};
  EXPECT_GT(serial_us(600, 2), 1000);
  EXPECT_LT(serial_us(600, 2), 1200);
  EXPECT_EQ(serial_us(1, 2), 0);  // all of it went into sharing
  EXPECT_TRUE(worth_sharing({serial_us(600, 2), step.groups}, 2));
}

}  // namespace
}  // namespace tarn::plan
