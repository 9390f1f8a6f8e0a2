// Where kernels begin and end, held by the number of kernels that an expression becomes. No device.
#include "ops/plan/plan.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "ops/kernel/render.hpp"
#include "plans.hpp"

namespace tarn {
namespace {

using graph::Op;
using test::leaf;
using test::plan_of;
using test::weight;

std::size_t kernels(const Tensor& tensor) { return plan_of({tensor}).steps.size(); }

// Kernels once the packed copies of weights are there.
std::size_t warm_kernels(const Tensor& tensor) {
  const plan::Plan plan = plan_of({tensor});
  return static_cast<std::size_t>(std::ranges::count_if(
      plan.steps, [](const plan::Step& step) { return step.packs_weight < 0; }));
}

std::size_t distinct_texts(const plan::Plan& plan) {
  std::set<std::string> texts;
  for (const plan::Step& step : plan.steps) {
    texts.insert(kernel::render(step.kernel, plan::DeviceTraits{}).text);
  }
  return texts.size();
}

TEST(Plan, AChainOfElementwiseNodesIsOneKernel) {
  const Tensor x = leaf({5, 7});
  EXPECT_EQ(kernels((-(x * 1.5f + leaf({7})).relu()).exp()), 1u);
}

TEST(Plan, MovementsCostNoKernel) {
  const Tensor x = leaf({4, 6});
  EXPECT_EQ(kernels(x.T().reshape({2, 12}).flip().pad({1, 0}, {0, 2}) + 1.f), 1u);
}

TEST(Plan, AViewOfWhatIsThereIsNoKernel) {
  EXPECT_EQ(kernels(leaf({4, 6}).T()), 0u);
  EXPECT_EQ(kernels(leaf({4, 6}).T().contiguous()), 1u);
}

TEST(Plan, TheFirstProgramIsThreeKernels) {
  const Tensor x = leaf({2, 3});
  graph::Attributes seed;
  const Tensor w(graph::make_leaf(Op::random, DType::float32, {3, 4}, seed, nullptr));
  // the random numbers; the product with bias and relu; the softmax
  EXPECT_EQ(kernels(softmax(relu(matmul(x, w) + 1.f), -1)), 3u);
}

TEST(Plan, SoftmaxOverRowsThatFitIsOneKernel) {
  EXPECT_EQ(kernels(softmax(leaf({64, 1000}), -1)), 1u);
  EXPECT_EQ(kernels(softmax(leaf({8, 10, 12}), 1)), 1u);
  EXPECT_EQ(kernels(log_softmax(leaf({64, 1000}), -1)), 1u);
}

TEST(Plan, SoftmaxOverOneEnormousRowIsNot) { EXPECT_GT(kernels(softmax(leaf({1 << 20}), -1)), 1u); }

TEST(Plan, LayerNormIsOneKernel) {
  EXPECT_EQ(kernels(layer_norm(leaf({64, 384}), leaf({384}), leaf({384}))), 1u);
}

TEST(Plan, VarianceIsOneKernel) { EXPECT_EQ(kernels(leaf({64, 384}).var(1)), 1u); }

TEST(Plan, AnMlpLayerIsOneKernelOnceItsWeightIsPacked) {
  const Tensor x = leaf({64, 784});
  EXPECT_EQ(warm_kernels(relu(matmul(x, weight({512, 784}).T()) + leaf({512}))), 1u);
  EXPECT_EQ(warm_kernels(relu(matmul(leaf({1, 784}), weight({512, 784}).T()) + leaf({512}))), 1u);
}

TEST(Plan, BiasAndReluAfterAConvolutionCostNoKernel) {
  const Tensor x = leaf({2, 3, 16, 16});
  const Tensor w = weight({8, 3, 3, 3});
  EXPECT_EQ(kernels(relu(conv2d(x, w, leaf({8})))), kernels(conv2d(x, w)));
}

TEST(Plan, AResidualIsAddedInTheKernelOfTheProduct) {
  const Tensor x = leaf({64, 128});
  const Tensor y = x + matmul(x, weight({128, 128}));
  EXPECT_EQ(warm_kernels(y), 1u);
}

Tensor scores(const Tensor& q, const Tensor& k) { return matmul(q, k.transpose(-2, -1)) * 0.5f; }

TEST(Plan, AttentionIsOneKernelThatStoresNoScores) {
  const Tensor q = leaf({2, 4, 500, 32}), k = leaf({2, 4, 600, 32}), v = leaf({2, 4, 600, 48});
  const auto expect_one = [](const Tensor& tensor) {
    const plan::Plan plan = plan_of({tensor});
    EXPECT_EQ(plan.steps.size(), 1u) << to_string(plan);
    for (const plan::Slot& slot : plan.slots) EXPECT_LE(slot.elements, 2 * 4 * 600 * 48);
  };
  expect_one(matmul(softmax(scores(q, k)), v));
  expect_one(matmul(softmax(scores(q, k) + leaf({2, 1, 1, 600})), v));
  expect_one(relu(matmul(softmax(scores(q, k)), v) + leaf({48})));
  const auto heads = [](const Tensor& x) { return x.reshape({2, 64, 4, 8}).transpose(1, 2); };
  expect_one(matmul(softmax(scores(heads(leaf({2, 64, 32})), heads(leaf({2, 64, 32})))),
                    heads(leaf({2, 64, 32}))));
  expect_one(matmul(softmax(scores(leaf({64, 8}), leaf({64, 8}))), leaf({64, 8})));
}

TEST(Plan, AttentionOfWhichMoreIsAskedIsSeveralKernels) {
  const Tensor q = leaf({2, 100, 32}), k = leaf({2, 60, 32}), v = leaf({2, 60, 32});
  const Tensor s = scores(q, k), weights = softmax(s);
  const Tensor y = matmul(weights, v);
  EXPECT_EQ(plan_of({y}).steps.size(), 1u);
  EXPECT_GE(plan_of({y, s}).steps.size(), 3u) << "the scores are asked for";
  EXPECT_GE(plan_of({y, weights}).steps.size(), 3u) << "their softmax is";
  EXPECT_GE(plan_of({y, weights.sum(0)}).steps.size(), 4u) << "something else uses it";
  EXPECT_GE(kernels(matmul(softmax(s, -2), v)), 3u) << "not along the keys";
  EXPECT_GE(kernels(matmul(softmax(scores(leaf({2, 4, 32}), k)), v)), 3u) << "few queries";
  EXPECT_GE(kernels(matmul(softmax(scores(leaf({100, 300}), leaf({60, 300}))), leaf({60, 300}))),
            3u)
      << "wide heads";
}

TEST(Plan, AttentionOfAnotherBatchHasTheSameText) {
  const auto text = [](std::int64_t batch, std::int64_t length) {
    const Tensor x = leaf({batch, 4, length, 32});
    const plan::Plan plan = plan_of({matmul(softmax(scores(x, x)), x)});
    return kernel::render(plan.steps.back().kernel, plan::DeviceTraits{}).text;
  };
  EXPECT_EQ(text(2, 128), text(8, 200));
}

TEST(Plan, AReductionUsedTwiceIsComputedOnce) {
  const Tensor s = leaf({300, 40}).sum(1);
  const plan::Plan plan = plan_of({s.exp(), s.flip()});
  int reductions = 0;
  for (const plan::Step& step : plan.steps) reductions += step.kernel.passes;
  EXPECT_EQ(reductions, 1);
}

TEST(Plan, AProductUsedTwiceIsComputedOnce) {
  const Tensor x = leaf({64, 64});
  const Tensor y = matmul(x, weight({64, 64}));
  const Tensor a = matmul(y, weight({64, 64}));
  const Tensor b = matmul(y, weight({64, 64}));
  const plan::Plan plan = plan_of({a + b});
  int products = 0;
  for (const plan::Step& step : plan.steps) {
    products += step.kernel.contraction.form != plan::Contraction::Form::none;
  }
  EXPECT_EQ(products, 3);
}

TEST(Plan, ASumOfProductsIsAContractionHoweverItIsWritten) {
  const Tensor a = leaf({64, 32});
  const Tensor b = leaf({32, 96});
  const Tensor c =
      (a.unsqueeze(2).expand({64, 32, 96}) * b.unsqueeze(0).expand({64, 32, 96})).sum(1);
  const plan::Plan plan = plan_of({c});
  EXPECT_NE(plan.steps.back().kernel.contraction.form, plan::Contraction::Form::none);
}

plan::Contraction contraction_of(const Tensor& tensor) {
  return plan_of({tensor}).steps.back().kernel.contraction;
}

TEST(Plan, AConvolutionReadsItsImageInStrips) {
  using Form = plan::Contraction::Form;
  const plan::Contraction rows =
      contraction_of(conv2d(leaf({2, 8, 34, 34}), weight({16, 8, 3, 3})));
  EXPECT_EQ(rows.form, Form::strips);
  EXPECT_EQ(rows.joined, 1);
  const plan::Contraction joined =
      contraction_of(conv2d(leaf({2, 8, 14, 14}), weight({6, 8, 5, 5})));
  EXPECT_EQ(joined.form, Form::strips);
  EXPECT_EQ(joined.joined, 10);
  EXPECT_EQ(joined.pitch, 14);
  const plan::Contraction channels = contraction_of(
      conv2d(leaf({1, 32, 40, 40}), weight({32, 1, 3, 3}), std::nullopt, {.groups = 32}));
  EXPECT_EQ(channels.form, Form::strips);
  EXPECT_EQ(channels.tile_rows, 1);
}

TEST(Plan, AConvolutionPadsItsImageItself) {
  using Form = plan::Contraction::Form;
  const auto plan_with_padding = [](const Tensor& x, const Tensor& w,
                                    const Conv2dOptions& options) {
    return plan_of({relu(conv2d(x, w, std::nullopt, options))});
  };
  const plan::Plan rows =
      plan_with_padding(leaf({1, 8, 56, 56}), leaf({16, 8, 5, 5}), {.padding = 2});
  ASSERT_EQ(rows.steps.size(), 1u);
  EXPECT_EQ(rows.steps[0].kernel.contraction.form, Form::strips);
  const plan::Plan channels =
      plan_with_padding(leaf({1, 32, 56, 56}), leaf({32, 1, 3, 3}), {.padding = 1, .groups = 32});
  ASSERT_EQ(channels.steps.size(), 1u);
  EXPECT_EQ(channels.steps[0].kernel.contraction.form, Form::depthwise);
  // An image that no scratch memory holds is padded first.
  const plan::Plan deep =
      plan_with_padding(leaf({1, 4096, 14, 60}), leaf({16, 4096, 3, 3}), {.padding = 1});
  EXPECT_EQ(deep.steps[0].kernel.kept_elements(), 4096 * 16 * 62);
}

TEST(Plan, WinogradTakesWeightsThatAreKept) {
  using Form = plan::Contraction::Form;
  const auto contraction = [](const Tensor& w, const Shape& x, plan::DeviceTraits traits = {}) {
    return plan_of({conv2d(leaf(x), w, std::nullopt, {.padding = 1})}, {}, traits)
        .steps.back()
        .kernel.contraction;
  };
  const Tensor w = weight({64, 64, 3, 3});
  EXPECT_EQ(contraction(w, {1, 64, 56, 56}).form, Form::winograd);
  EXPECT_EQ(contraction(w, {1, 64, 56, 56}).outputs, 4);
  EXPECT_EQ(contraction(w, {1, 64, 7, 7}).outputs, 2);
  EXPECT_EQ(contraction(weight({256, 256, 3, 3}), {1, 256, 14, 14}).outputs, 4);
  EXPECT_EQ(contraction(weight({512, 512, 3, 3}), {1, 512, 7, 7}).outputs, 2)
      << "a vector of tiles of 2 × 2, where one of 4 × 4 would have 12 lanes of nothing";
  EXPECT_NE(contraction(weight({512, 512, 3, 3}), {1, 512, 4, 4}).form, Form::winograd)
      << "nearly twice as many weights, each for four tiles";
  EXPECT_NE(contraction(leaf({64, 64, 3, 3}), {1, 64, 56, 56}).form, Form::winograd);
  EXPECT_NE(contraction(weight({64, 64, 5, 5}), {1, 64, 56, 56}).form, Form::winograd);
  EXPECT_NE(contraction(w, {1, 64, 56, 56}, {.winograd = false}).form, Form::winograd);
  EXPECT_NE(contraction(w, {1, 64, 56, 56}, {.local_bytes = 32 << 10}).form, Form::winograd);
}

TEST(Plan, AProductReadsBothOperandsInPlaceOrCopiesStripsOrPacks) {
  using Form = plan::Contraction::Form;
  const auto contraction = [](std::int64_t m, std::int64_t k, std::int64_t n) {
    return contraction_of(matmul(leaf({m, k}), leaf({k, n})));
  };
  EXPECT_EQ(contraction(64, 64, 64).form, Form::strips);
  EXPECT_FALSE(contraction(64, 64, 64).copied);
  EXPECT_EQ(contraction(64, 128, 256).form, Form::strips);
  EXPECT_TRUE(contraction(64, 128, 256).copied);
  EXPECT_FALSE(contraction(63, 128, 256).copied) << "few rows";
  EXPECT_FALSE(contraction(64, 127, 256).copied) << "small strips";
  EXPECT_FALSE(contraction(64, 128, 192).copied) << "columns that are near";
  EXPECT_TRUE(contraction(96, 128, 270).copied) << "of any width";
  EXPECT_TRUE(contraction(1024, 2048, 1024).copied);
  EXPECT_EQ(contraction(1024, 4096, 1024).form, Form::panels)
      << "strips that local memory is small for";
  EXPECT_EQ(contraction_of(matmul(leaf({1, 512}), weight({256, 512}).T())).form, Form::panels);
}

TEST(Plan, ACheapMapIsComputedInEveryKernelThatUsesIt) {
  const Tensor y = leaf({1 << 18}) + 1.f;
  EXPECT_EQ(plan_of({y.sum(), y.max()}).steps.size(), 4u);  // two stages each
}

TEST(Plan, ACostlyMapIsStoredForSeveralKernels) {
  const Tensor y = leaf({64, 64}).exp();
  EXPECT_EQ(plan_of({y.sum(0), y.sum(1)}).steps.size(), 3u);
}

TEST(Plan, ALongChainIsCutIntoKernelsThatShareTheirText) {
  Tensor x = leaf({100});
  for (int i = 0; i < 10000; ++i) x = x + 1.f;
  const plan::Plan plan = plan_of({x});
  EXPECT_LT(plan.steps.size(), 1000u);
  EXPECT_GT(plan.steps.size(), 10u);
  EXPECT_LE(distinct_texts(plan), 3u);
}

TEST(Plan, ManyOperandsAreCut) {
  Tensor x = leaf({100});
  for (int i = 0; i < 100; ++i) x = x * leaf({100});
  for (const plan::Step& step : plan_of({x}).steps) {
    EXPECT_LE(step.kernel.inputs.size(), static_cast<std::size_t>(plan::Limits{}.operands));
  }
}

TEST(Plan, AnotherBatchSizeHasTheSameTexts) {
  std::set<std::string> texts;
  const auto collect = [&](std::int64_t batch) {
    const Tensor x = leaf({batch, 1, 28, 28});
    const Tensor h =
        max_pool2d(relu(conv2d(x, weight({6, 1, 5, 5}), leaf({6}), {.padding = 2})), 2);
    const Tensor y = softmax(matmul(h.reshape({batch, 1176}), weight({10, 1176}).T()) + leaf({10}));
    for (const plan::Step& step : plan_of({y}).steps) {
      texts.insert(kernel::render(step.kernel, plan::DeviceTraits{}).text);
    }
  };
  for (const std::int64_t batch : {1, 2, 8}) collect(batch);  // a row, a few, many
  const std::size_t known = texts.size();
  for (const std::int64_t batch : {3, 5, 8, 16, 31, 32, 33, 64, 100, 128, 200, 256}) collect(batch);
  EXPECT_EQ(texts.size(), known);
}

TEST(Plan, ConcatenationOfManyWritesEachPartOnce) {
  std::vector<Tensor> parts;
  std::int64_t elements = 0;
  for (int i = 1; i <= 20; ++i) {
    parts.push_back(leaf({i, 3}));
    elements += i * 3;
  }
  const plan::Plan plan = plan_of({concatenate(parts)});
  std::int64_t written = 0;
  for (const plan::Step& step : plan.steps) written += step.kernel.kept_elements();
  EXPECT_EQ(written, elements);
  EXPECT_EQ(kernels(concatenate({leaf({2, 3}), leaf({4, 3})})), 1u);
}

TEST(Plan, AGatherIsComputedInsideItsKernel) {
  const Tensor table = leaf({50, 8});
  const Tensor ids = leaf({4, 3}).cast(DType::int32);
  EXPECT_EQ(kernels(take(table, ids + 1) * 2.f + leaf({3, 8})), 1u);
  EXPECT_EQ(kernels(layer_norm(take(table.T(), ids, 1))), 1u);  // of a view
  EXPECT_EQ(kernels(take(table + 1.f, ids)), 2u);               // the table is stored first
  EXPECT_EQ(kernels(take(table.sum(1), ids)), 2u);
  EXPECT_EQ(kernels(take(table, leaf({4, 3}).argmax(1))), 2u);
  EXPECT_EQ(kernels(matmul(take(table, ids), leaf({8, 8}))), 2u);
  EXPECT_EQ(kernels(matmul(leaf({3, 5}), leaf({5, 8})) + take(table, ids)[0]), 1u);
}

TEST(Plan, AnIntermediateIsDroppedAtItsLastReader) {
  const Tensor x = leaf({64, 64});
  const plan::Plan plan = plan_of({matmul(matmul(x, weight({64, 64})), weight({64, 64})).sum(1)});
  std::set<int> dropped;
  for (const plan::Step& step : plan.steps) {
    for (const int slot : step.drops) EXPECT_TRUE(dropped.insert(slot).second);
  }
  for (int i = 0; i < static_cast<int>(plan.slots.size()); ++i) {
    const plan::Slot& slot = plan.slots[static_cast<std::size_t>(i)];
    EXPECT_EQ(dropped.contains(i), slot.leaf < 0 && !slot.kept);
  }
}

TEST(Plan, LongReductionsWithFewRowsAreSplit) {
  EXPECT_EQ(kernels(leaf({1 << 20}).sum()), 2u);
  EXPECT_EQ(kernels(leaf({4096, 1024}).sum(1)), 1u);
}

TEST(Plan, ASplitReductionCountsEachOperationOnce) {
  constexpr std::int64_t kElements = 1 << 20;
  const plan::Plan plan = plan_of({(leaf({kElements}) * 2.f).sum()});
  ASSERT_EQ(plan.steps.size(), 2u);
  const plan::KernelSpec& parts = plan.steps[0].kernel;
  EXPECT_EQ(parts.operations, 2 * kElements);  // a product and a sum
  EXPECT_EQ(parts.kept_elements() * parts.rounds(), kElements);
  EXPECT_EQ(plan.steps[1].kernel.operations, parts.kept_elements());
  EXPECT_EQ(plan::loops_text(parts), "[" + std::to_string(parts.kept_elements()) + " | " +
                                         std::to_string(kElements / parts.kept_elements()) + "]");
}

TEST(Plan, SmallerLimitsMakeSmallerKernels) {
  Tensor x = leaf({100});
  for (int i = 0; i < 60; ++i) x = x + 1.f;
  EXPECT_EQ(plan_of({x}).steps.size(), 2u);
  EXPECT_GT(plan_of({x}, {.operations = 12, .operands = 4}).steps.size(), 4u);
}

TEST(Plan, DeepSharingDoesNotExplode) {
  Tensor x = leaf({17});
  for (int i = 0; i < 200; ++i) x = x * x + x;
  const plan::Plan plan = plan_of({x});
  EXPECT_LT(plan.steps.size(), 200u);
}

TEST(Plan, ExplainNamesKernelsOperandsAndDrops) {
  const std::string text = to_string(plan_of({matmul(leaf({8, 8}) + 1.f, leaf({8, 8})).sum(1)}));
  EXPECT_NE(text.find("add(x0,c0)"), std::string::npos) << text;
  EXPECT_NE(text.find("drop tmp"), std::string::npos) << text;
}

// ---- Memory of what is computed on the way

struct Asked {
  std::size_t blocks = 0;
  std::size_t bytes = 0;
};

// What the plan's own slots ask for, run by run: a slot that was dropped is asked for again.
Asked asked(const plan::Plan& plan) {
  std::vector<bool> there(plan.slots.size());
  Asked sum;
  for (const plan::Step& step : plan.steps) {
    const auto at = static_cast<std::size_t>(step.kernel.output.buffer);
    const plan::Slot& slot = plan.slots[at];
    if (!there[at] && !slot.kept) {
      ++sum.blocks;
      sum.bytes += static_cast<std::size_t>(slot.elements) * size_of(slot.dtype);
    }
    there[at] = true;
    for (const plan::Operand& input : step.kernel.inputs) {
      const auto read = static_cast<std::size_t>(input.buffer);
      EXPECT_TRUE(plan.slots[read].leaf >= 0 || there[read]) << "read before it is written";
      EXPECT_NE(input.buffer, step.kernel.output.buffer) << "read and written by one step";
    }
    for (const int slot_dropped : step.drops) there[static_cast<std::size_t>(slot_dropped)] = false;
  }
  return sum;
}

plan::Plan shared_plan_of(const Tensor& tensor) {
  graph::Walker walker;
  const std::vector<graph::NodePtr> nodes{tensor.node()};
  return plan::make_plan(walker.walk(nodes), plan::DeviceTraits{}, {}, PlanMemory::share);
}

const std::vector<int>& lengths_of(const plan::Plan& plan) { return plan.launches; }
Tensor small_steps(int count, std::int64_t size = 8) {
  const Tensor w = leaf({size, size});
  Tensor x = leaf({size, size});
  for (int i = 0; i < count; ++i) x = tanh(matmul(x, w));
  return x;
}

TEST(PlanSequence, ManySmallStepsShareLaunches) {
  EXPECT_EQ(lengths_of(plan_of({small_steps(3)})), (std::vector{2, 1}));
  EXPECT_EQ(lengths_of(plan_of({small_steps(4)})), (std::vector{4}));
  EXPECT_EQ(lengths_of(plan_of({small_steps(158)})), (std::vector{64, 64, 16, 8, 4, 2}));
}

TEST(PlanSequence, AreSeenInThePlansText) {
  const std::string text = to_string(plan_of({small_steps(3)}));
  const std::size_t pair = text.find("2 steps in one launch:\nstep 0: ");
  ASSERT_NE(pair, std::string::npos) << text;
  EXPECT_EQ(text.find("in one launch", pair + 20), std::string::npos) << text;
}

// Pairs would be kernels of their own for every batch size at which a step becomes too large.
TEST(PlanSequence, InALargePlanTwoStepsAreNone) {
  Tensor x = matmul(leaf({256, 256}), leaf({256, 256})).sum(0, {.keepdim = true});
  for (int i = 0; i < 2; ++i) x = tanh(matmul(x, leaf({256, 256})));
  const std::vector<int> lengths = lengths_of(plan_of({x}));
  EXPECT_EQ(std::ranges::count(lengths, 1), std::ssize(lengths));
}

// Each step reads what the one before has written: two blocks take turns.
TEST(PlanSequence, AChainWithinALaunchTakesTwoBlocks) {
  const plan::Plan plan = plan_of({small_steps(64)});
  ASSERT_EQ(lengths_of(plan), (std::vector{64}));
  EXPECT_EQ(asked(plan).blocks, 2u);
}

TEST(PlanSequence, WhatALaterLaunchReadsKeepsItsBlock) {
  const Tensor early = tanh(matmul(leaf({8, 8}), leaf({8, 8})));
  Tensor x = early;
  for (int i = 0; i < 63; ++i) x = tanh(matmul(x, leaf({8, 8})));
  const plan::Plan plan = plan_of({matmul(x, early), matmul(early, x)});
  ASSERT_EQ(lengths_of(plan), (std::vector{64, 2}));
  const int first = plan.steps[0].kernel.output.buffer;
  for (std::size_t i = 1; i < plan.steps.size(); ++i) {
    EXPECT_NE(plan.steps[i].kernel.output.buffer, first) << "step " << i;
  }
}

TEST(PlanSequence, OtherSizesDoNotShareABlock) {
  Tensor x = leaf({8, 8});
  for (int i = 0; i < 4; ++i) {
    x = tanh(matmul(x, leaf({8, 12})));
    x = tanh(matmul(x, leaf({12, 8})));
  }
  const plan::Plan plan = plan_of({x});
  ASSERT_EQ(lengths_of(plan), (std::vector{8}));
  EXPECT_EQ(asked(plan).blocks, 2u);  // one of each size
  for (const plan::Step& step : plan.steps) {
    const plan::Operand& output = step.kernel.output;
    EXPECT_EQ(plan.slots[static_cast<std::size_t>(output.buffer)].elements,
              step.kernel.kept_elements());
  }
}

TEST(PlanSequence, PackingWeightsDoesNotCutIt) {
  Tensor x = leaf({1, 128});
  for (int i = 0; i < 4; ++i) x = relu(matmul(x, weight({128, 128}).T()));
  const plan::Plan plan = plan_of({x});
  ASSERT_EQ(plan.steps.size(), 8u);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(plan.steps[i].packs_weight >= 0, i < 4);
  EXPECT_EQ(lengths_of(plan), (std::vector{1, 1, 1, 1, 4}));
}

TEST(PlanSequence, AGpuRunsEveryStepByItself) {
  const plan::DeviceTraits gpu{.cpu = false, .lanes = 1, .compute_units = 40};
  EXPECT_EQ(lengths_of(plan_of({small_steps(4)}, {}, gpu)), (std::vector{1, 1, 1, 1}));
}

TEST(PlanSequence, TakesLargerStepsWhereRowsStayApart) {
  EXPECT_EQ(lengths_of(plan_of({small_steps(4, 64)})), (std::vector{4}));
  EXPECT_EQ(lengths_of(plan_of({small_steps(3, 64)})), (std::vector{1, 1, 1})) << "too few";
  Tensor x = leaf({64, 64});
  for (int i = 0; i < 4; ++i) x = tanh(matmul(leaf({64, 64}), x));
  EXPECT_EQ(lengths_of(plan_of({x})), (std::vector{1, 1, 1, 1})) << "of which each reads all rows";
}

TEST(PlanSequence, ALargeStepEndsIt) {
  EXPECT_EQ(lengths_of(plan_of({small_steps(4, 128)})), (std::vector{1, 1, 1, 1}));
  Tensor x = matmul(small_steps(4), leaf({8, 30000}));
  x = matmul(x, leaf({30000, 8}));
  for (int i = 0; i < 4; ++i) x = tanh(matmul(x, leaf({8, 8})));
  const std::vector<int> lengths = lengths_of(plan_of({x}));
  EXPECT_EQ(lengths.front(), 4);
  EXPECT_EQ(lengths.back(), 4);
  EXPECT_EQ(std::ranges::count(lengths, 1), std::ssize(lengths) - 2);
}

// A block that holds floats and then bools would need two types in one kernel.
TEST(PlanSequence, ABlockOfTwoTypesEndsIt) {
  Tensor x = leaf({8, 8});
  for (int i = 0; i < 4; ++i) x = softmax(x).max(1, {.keepdim = true}) + leaf({8, 8});
  const Tensor floats = small_steps(8);
  const Tensor mixed = (floats.sum(1) < 0.f).sum() + small_steps(8).sum(1).cast(DType::int32);
  for (const Tensor& tensor : {x, mixed}) {
    const plan::Plan plan = shared_plan_of(tensor);
    std::size_t first = 0;
    for (const int length : lengths_of(plan)) {
      std::map<int, DType> types;
      for (std::size_t i = first; i < first + static_cast<std::size_t>(length); ++i) {
        const plan::Operand& output = plan.steps[i].kernel.output;
        EXPECT_EQ(types.try_emplace(output.buffer, output.dtype).first->second, output.dtype);
      }
      first += static_cast<std::size_t>(length);
    }
    EXPECT_EQ(first, plan.steps.size());
  }
}

TEST(PlanMemory, AChainSharesTwoBlocks) {
  const Tensor x = small_steps(9, 128);  // too large to share launches
  EXPECT_EQ(asked(plan_of({x})).blocks, 8u);
  EXPECT_EQ(asked(shared_plan_of(x)).blocks, 2u);
}

TEST(PlanMemory, ASharedBlockIsAsLargeAsTheLargest) {
  Tensor x = leaf({4, 8});
  for (const std::int64_t width : {16, 32, 16, 8}) x = matmul(x, leaf({x.shape()[1], width}));
  const plan::Plan plan = shared_plan_of(x);
  EXPECT_EQ(asked(plan).blocks, 2u);
  EXPECT_EQ(asked(plan).bytes, (4u * 16 + 4 * 32) * 4);
}

TEST(PlanMemory, WhatIsStillNeededIsNotShared) {
  const Tensor w = leaf({8, 8});
  const Tensor a = matmul(leaf({8, 8}), w);
  const Tensor b = matmul(a, w);
  const Tensor c = matmul(b, w);
  const Tensor d = matmul(c, w) + a;  // a lives through b and c
  EXPECT_EQ(asked(shared_plan_of(d)).blocks, 3u);
}

}  // namespace
}  // namespace tarn
