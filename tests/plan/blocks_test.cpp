// Which contractions a device of many threads computes in tiles, and in which. No device.
#include "ops/plan/blocks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>

#include "plans.hpp"

namespace tarn {
namespace {

using Form = plan::Contraction::Form;
using test::leaf;

constexpr plan::DeviceTraits kGpu{.cpu = false, .lanes = 1, .compute_units = 40};

plan::Plan plan_of(const Tensor& tensor, const plan::DeviceTraits& traits = kGpu) {
  return test::plan_of({tensor}, {}, traits);
}

// Of the only kernel.
plan::KernelSpec kernel_of(const Tensor& tensor, const plan::DeviceTraits& traits = kGpu) {
  plan::Plan plan = plan_of(tensor, traits);
  EXPECT_EQ(plan.steps.size(), 1u) << to_string(plan);
  return std::move(plan.steps.back().kernel);
}
Form form_of(const Tensor& tensor, const plan::DeviceTraits& traits = kGpu) {
  return kernel_of(tensor, traits).contraction.form;
}

bool has_blocks(const Tensor& tensor, const plan::DeviceTraits& traits = kGpu) {
  return std::ranges::any_of(plan_of(tensor, traits).steps, [](const plan::Step& step) {
    return step.kernel.contraction.form == Form::blocks;
  });
}

Tensor product(std::int64_t m, std::int64_t k, std::int64_t n) {
  return matmul(leaf({m, k}), leaf({k, n}));
}

TEST(PlanBlocks, AGpuTakesThemForProductsHoweverTheirOperandsLie) {
  EXPECT_EQ(form_of(product(300, 200, 100)), Form::blocks);
  EXPECT_EQ(form_of(matmul(leaf({300, 200}), leaf({100, 200}).T())), Form::blocks);
  EXPECT_EQ(form_of(matmul(leaf({200, 300}).T(), leaf({100, 200}).T())), Form::blocks);
  EXPECT_EQ(form_of(matmul(leaf({12, 64, 40}), leaf({12, 40, 64}))), Form::blocks);
  EXPECT_EQ(form_of(matmul(leaf({12, 64, 40}), leaf({40, 64}))), Form::blocks);
}

// llvmpipe: its local memory is as far as all other, and it pays for each barrier.
TEST(PlanBlocks, NotWhereACpuStandsInForAGpu) {
  constexpr plan::DeviceTraits kStandIn{
      .cpu = false, .lanes = 1, .compute_units = 2, .local_is_near = false};
  EXPECT_FALSE(has_blocks(product(300, 200, 100), kStandIn));
}

TEST(PlanBlocks, WhatFollowsAProductCostsNoKernel) {
  EXPECT_EQ(form_of(relu(product(300, 200, 100) + leaf({100})) + leaf({300, 100})), Form::blocks);
}

TEST(PlanBlocks, ConvolutionsReadTheirWindowsAndPadding) {
  const Tensor image = leaf({4, 16, 28, 28}), weight = leaf({32, 16, 3, 3});
  EXPECT_EQ(form_of(conv2d(image, weight, std::nullopt, {.stride = 2})), Form::blocks);
  const plan::KernelSpec padded = kernel_of(conv2d(image, weight, std::nullopt, {.padding = 1}));
  EXPECT_EQ(padded.contraction.form, Form::blocks);
  EXPECT_GE(padded.contraction.fill, 0);
}

TEST(PlanBlocks, SmallOrNarrowProductsHaveNone) {
  EXPECT_TRUE(has_blocks(product(16, 32, 16)));
  EXPECT_FALSE(has_blocks(product(16, 31, 16)));
  EXPECT_FALSE(has_blocks(product(7, 1000, 1000)));
  EXPECT_FALSE(has_blocks(product(1000, 1000, 15)));
  EXPECT_FALSE(has_blocks(product(1000, 15, 1000)));
  const Tensor by_channel =
      conv2d(leaf({4, 16, 28, 28}), leaf({16, 1, 3, 3}), std::nullopt, {.groups = 16});
  EXPECT_FALSE(has_blocks(by_channel));
}

TEST(PlanBlocks, ALongSumForFewResultsIsStillCutInParts) {
  const plan::Plan plan = plan_of(product(64, 1 << 16, 64));
  ASSERT_EQ(plan.steps.size(), 2u);
  EXPECT_GE(plan.steps[0].kernel.split_loop, 0);
}

TEST(PlanBlocks, SumsThatTakeTooManyRoundsHaveNone) {
  plan::DeviceTraits short_loops = kGpu;
  short_loops.loop_rounds = 65'000;
  EXPECT_TRUE(has_blocks(product(1024, 37'136, 1024), short_loops));
  EXPECT_FALSE(has_blocks(product(1024, 37'137, 1024), short_loops));
  EXPECT_TRUE(has_blocks(product(1024, 37'137, 1024)));
}

TEST(PlanBlocks, OtherReductionsHaveNone) {
  EXPECT_FALSE(has_blocks((leaf({100, 1, 64}) + leaf({1, 100, 64})).sum(2)));
  EXPECT_FALSE(has_blocks((leaf({100, 1, 64}) * leaf({1, 100, 64})).max(2)));
}

TEST(PlanBlocks, LargeResultsHaveLargeTiles) {
  const auto tile = [](const Tensor& tensor) {
    const plan::Contraction c = kernel_of(tensor).contraction;
    return std::pair(c.tile_rows, c.tile_vectors);
  };
  EXPECT_EQ(tile(product(512, 64, 64)), std::pair(4, 4));
  EXPECT_EQ(tile(product(511, 64, 64)), std::pair(2, 4));
  EXPECT_EQ(tile(product(64, 64, 32)), std::pair(2, 2));
}

TEST(PlanBlocks, TheColumnsAreThoseThatLieInOrderInTheResult) {
  for (const Tensor& each : {product(100, 64, 200), product(200, 64, 100)}) {
    const plan::KernelSpec kernel = kernel_of(each);
    EXPECT_EQ(kernel.store.address.factor(kernel.contraction.n.back()), 1);
  }
}

TEST(PlanBlocks, NoneWithoutLocalMemoryForThem) {
  plan::DeviceTraits traits = kGpu;
  traits.local_bytes = 16 * (64 + 64 + 4) * 4;  // of both blocks
  EXPECT_EQ(form_of(product(1024, 64, 1024), traits), Form::blocks);
  --traits.local_bytes;
  EXPECT_EQ(form_of(product(1024, 64, 1024), traits), Form::none);
}

TEST(PlanBlocks, NoneOnACpu) {
  for (const Tensor& each : {product(1024, 1024, 1024), product(64, 64, 64)}) {
    EXPECT_TRUE(has_blocks(each));
    EXPECT_FALSE(has_blocks(each, {}));
    EXPECT_FALSE(has_blocks(each, {.lanes = 1}));
  }
}

TEST(PlanBlocks, ATunerHasTheirTilesToChooseFrom) {
  const std::vector<graph::NodePtr> nodes{product(256, 256, 256).node()};
  graph::Walker walker;
  std::size_t ways = 0;
  const plan::Plan plan = plan::make_plan(walker.walk(nodes), kGpu, {}, PlanMemory::drop,
                                          [&](std::span<const plan::Trial> trials) {
                                            ways = trials.size();
                                            return ways - 1;
                                          });
  EXPECT_EQ(ways, 4u);
  EXPECT_EQ(plan.steps.back().kernel.contraction.tile_vectors, 2);
}

TEST(PlanBlocks, ThePlanSaysSo) {
  EXPECT_NE(to_string(plan_of(product(64, 64, 64))).find("tiled in blocks"), std::string::npos);
}

}  // namespace
}  // namespace tarn
