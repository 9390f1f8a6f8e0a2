// Reductions that a device whose loops end early does in parts. No device.
#include "ops/plan/split.hpp"

#include <gtest/gtest.h>

#include "plans.hpp"
#include "tarn/error.hpp"
#include "throws.hpp"

namespace tarn {
namespace {

using test::leaf;
using test::plan_of;

constexpr plan::DeviceTraits kLongLoops{.cpu = false, .lanes = 1, .local_is_near = false};
constexpr plan::DeviceTraits kShortLoops{
    .cpu = false, .lanes = 1, .local_is_near = false, .loop_rounds = 65'000};

std::size_t steps(const Tensor& tensor, const plan::DeviceTraits& traits) {
  const plan::Plan plan = plan_of({tensor}, {}, traits);
  for (const plan::Step& step : plan.steps) {
    EXPECT_LE(plan::loop_rounds(step.kernel), traits.loop_rounds) << step.kernel.comment;
  }
  return plan.steps.size();
}

TEST(Split, ManyRowsAreCutWhereTheyAreLongerThanTheDevicesLoops) {
  EXPECT_EQ(steps(leaf({1000, 65'000}).sum(1), kLongLoops), 1u);
  EXPECT_EQ(steps(leaf({1000, 65'000}).sum(1), kShortLoops), 1u);
  EXPECT_EQ(steps(leaf({1000, 65'001}).sum(1), kLongLoops), 1u);
  EXPECT_EQ(steps(leaf({1000, 65'001}).sum(1), kShortLoops), 2u);
}

TEST(Split, ColumnsAndSeveralLoopsAreCutToo) {
  EXPECT_EQ(steps(leaf({70'000, 3000}).max(0), kShortLoops), 2u);
  EXPECT_EQ(steps(leaf({300, 3000, 300}).sum({0, 2}), kShortLoops), 2u);
  EXPECT_EQ(steps(matmul(leaf({500, 70'000}), leaf({70'000, 500})), kShortLoops), 2u);
}

TEST(Split, AConstantIsSummedInPartsAsWell) {
  const Tensor constant = full({1000, 70'000}, 2.f);
  EXPECT_EQ(steps(constant.sum(1), kLongLoops), 1u);
  EXPECT_EQ(steps(constant.sum(1), kShortLoops), 2u);
  EXPECT_EQ(steps(constant.sum(1) * 2.f, kShortLoops), 2u) << "which uses the constant again";
}

TEST(Split, LongRowsOfASoftmaxAreSeparateKernels) {
  EXPECT_EQ(steps(softmax(leaf({1000, 20'000}), 1), kLongLoops), 1u);
  EXPECT_GT(steps(softmax(leaf({1000, 20'000}), 1), kShortLoops), 1u);
  EXPECT_GT(steps(softmax(leaf({1000, 200'000}), 1), kShortLoops), 1u);
}

TEST(Split, WhatCannotBeCutIsAnErrorWithBothNumbers) {
  EXPECT_NO_THROW(plan_of({leaf({4, 65'000}).argmax(1)}, {}, kShortLoops));
  EXPECT_ERROR(plan_of({leaf({4, 65'001}).argmax(1)}, {}, kShortLoops), DeviceError,
               "realize: argmax(x0) takes 65001 rounds of a loop for each element, of which this "
               "device gives up after 65000, and cannot be cut in parts");
}

}  // namespace
}  // namespace tarn
