// What a tuner has to choose from: short lists, the usual choice first. No device.
#include "ops/plan/alternatives.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "plans.hpp"

namespace tarn {
namespace {

using test::leaf;
using test::weight;

plan::Plan plan_of(const Tensor& tensor, const plan::Chooser& choose = {}) {
  return test::plan_of({tensor}, {}, {}, choose);
}

// The names of the ways to choose from, of a tensor with one contraction.
std::vector<std::string> ways(const Tensor& tensor) {
  std::vector<std::string> names;
  plan_of(tensor, [&](std::span<const plan::Trial> trials) {
    for (const plan::Trial& trial : trials) names.push_back(trial.name);
    return std::size_t{0};
  });
  return names;
}

std::vector<Tensor> products() {
  return {matmul(leaf({64, 64}), leaf({64, 64})), matmul(leaf({1, 512}), weight({512, 512})),
          matmul(leaf({512, 512}), leaf({512, 512})),
          conv2d(leaf({1, 16, 28, 28}), leaf({16, 16, 5, 5}), std::nullopt, {.padding = 2}),
          conv2d(leaf({1, 64, 28, 28}), weight({64, 64, 3, 3}), std::nullopt, {.padding = 1})};
}

TEST(Alternatives, AreFewAndDiffer) {
  for (const Tensor& product : products()) {
    const std::vector<std::string> names = ways(product);
    EXPECT_GE(names.size(), 2u);
    EXPECT_LE(names.size(), plan::kMaxAlternatives);
    EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size());
    EXPECT_EQ(std::ranges::count(names, ""), 0);
  }
}

TEST(Alternatives, BeginWithWhatIsTakenWithoutAChoice) {
  for (const Tensor& product : products()) {
    const auto first = [](std::span<const plan::Trial>) { return std::size_t{0}; };
    EXPECT_EQ(to_string(plan_of(product)), to_string(plan_of(product, first)));
  }
}

TEST(Alternatives, OfASmallProductThereIsNoChoice) {
  EXPECT_TRUE(ways(matmul(leaf({32, 32}), leaf({32, 32}))).empty());
}

TEST(Alternatives, OfConvolutionsByWeightsAreWinogradsAndDirectOnes) {
  const auto names = ways(products().back());
  const auto some_with = [&](const char* text) {
    return std::ranges::any_of(names, [&](const std::string& n) { return n.find(text) != n.npos; });
  };
  EXPECT_TRUE(some_with("winograd 4"));
  EXPECT_TRUE(some_with("in strips of"));
}

TEST(Alternatives, WhatIsChosenIsPlanned) {
  const Tensor product = matmul(leaf({512, 512}), leaf({512, 512}));
  const auto names = ways(product);
  const auto strips = std::ranges::find_if(
      names, [](const std::string& name) { return name.find("strips") != name.npos; });
  ASSERT_NE(strips, names.end());
  const plan::Plan plan = plan_of(product, [&](std::span<const plan::Trial>) {
    return static_cast<std::size_t>(strips - names.begin());
  });
  ASSERT_EQ(plan.steps.size(), 1u);  // nothing is packed
  EXPECT_EQ(plan.steps[0].kernel.contraction.form, plan::Contraction::Form::strips);
}

// A trial is the kernel alone: what it reads are leaves, and what it packs of a weight is kept.
TEST(Alternatives, ATrialReadsItsOperandsAsLeaves) {
  const Tensor product = matmul(relu(leaf({64, 512}).sum(0).expand({64, 512})), weight({512, 512}));
  int seen = 0;
  plan_of(product, [&](std::span<const plan::Trial> trials) {
    for (const plan::Trial& trial : trials) {
      ++seen;
      EXPECT_EQ(trial.plan.slots[0].leaf, 0);
      EXPECT_EQ(trial.plan.slots[1].leaf, 1);
      EXPECT_EQ(trial.plan.slots[2].leaf, -1);
      if (trial.plan.steps.size() == 1) continue;
      const plan::Step& pack = trial.plan.steps[0];
      EXPECT_EQ(pack.packs_weight, pack.kernel.inputs[0].buffer == 1 ? 1 : -1);
    }
    return std::size_t{0};
  });
  EXPECT_GE(seen, 2);
}

}  // namespace
}  // namespace tarn
