// Which steps of a launch keep their rows apart: whether work items may each run some rows through
// all of them. No device.
#include "ops/plan/sequence.hpp"

#include <gtest/gtest.h>

#include "plans.hpp"

namespace tarn {
namespace {

using test::leaf;
using test::plan_of;
using test::weight;

bool apart(const plan::Plan& plan) {
  std::vector<const plan::KernelSpec*> steps;
  for (const plan::Step& step : plan.steps) {
    if (step.packs_weight < 0) steps.push_back(&step.kernel);
  }
  return plan::rows_stay_apart(steps);
}
bool apart(const std::vector<Tensor>& tensors) { return apart(plan_of(tensors)); }

constexpr std::int64_t kRows = 24, kColumns = 32;
Tensor start() { return leaf({kRows, kColumns}); }
Tensor square() { return leaf({kColumns, kColumns}); }

TEST(RowsStayApart, OfProductsWithWhatIsThere) {
  const Tensor w = square(), bias = leaf({kColumns});
  Tensor x = start();
  for (int i = 0; i < 4; ++i) x = tanh(matmul(x, w) + bias);
  EXPECT_TRUE(apart({x}));
}

TEST(RowsStayApart, WhereAnEarlierStepIsAdded) {
  Tensor x = relu(matmul(start(), square()));
  for (int i = 0; i < 4; ++i) x = relu(matmul(x, square()) + x);
  EXPECT_TRUE(apart({x}));
}

TEST(RowsStayApart, OfPackedWeights) {
  Tensor x = start();
  for (int i = 0; i < 4; ++i) x = relu(matmul(x, weight({kColumns, kColumns}).T()));
  EXPECT_TRUE(apart({x}));
}

TEST(RowsStayApart, AlsoOfOtherWidths) {
  const Tensor wide = matmul(start(), leaf({kColumns, 2 * kColumns}));
  EXPECT_TRUE(apart({matmul(wide, leaf({2 * kColumns, kColumns}))}));
}

// Whether a block of rows is one task or several, they are those of one item.
TEST(RowsStayApart, UnlessTasksAreCutByColumns) {
  const auto steps = [](std::int64_t width) {
    const Tensor w = leaf({width, width});
    return matmul(matmul(leaf({64, width}), w), w);
  };
  EXPECT_TRUE(apart({steps(128)}));
  EXPECT_FALSE(apart({steps(512)})) << "where not all is near";
}

TEST(RowsStayApart, NotWhereAProductReadsAllRows) {
  const Tensor x = matmul(square(), square());
  EXPECT_FALSE(apart({matmul(leaf({kColumns, kColumns}), x)})) << "as columns";
  EXPECT_FALSE(apart({matmul(x.T(), square())})) << "the other way round";
  EXPECT_FALSE(apart({matmul(x, x)}));
}

TEST(RowsStayApart, NotWhereAnotherRowIsAdded) {
  const Tensor x = matmul(start(), square());
  EXPECT_FALSE(apart({matmul(x, square()) + x.flip(0)}));
  EXPECT_FALSE(apart({matmul(x, square()) + x[0]}));
}

TEST(RowsStayApart, NotOfOtherNumbersOfRows) {
  EXPECT_FALSE(apart({matmul(start(), square()), matmul(square(), square())}));
}

TEST(RowsStayApart, NotOfWhatIsNoProduct) {
  const Tensor x = matmul(start(), square());
  EXPECT_FALSE(apart({softmax(x)}));
  EXPECT_FALSE(apart({softmax(matmul(x, square()), 0)}));
}

// Row 1 of the narrow one would lie in row 0 of the wide one, which others may still read.
TEST(RowsStayApart, NotWhereABufferHoldsRowsOfTwoWidths) {
  const Tensor narrow = matmul(start(), square());
  const Tensor wide = matmul(narrow, leaf({kColumns, 2 * kColumns}));
  plan::Plan plan = plan_of({matmul(wide, leaf({2 * kColumns, kColumns}))});
  ASSERT_EQ(plan.steps.size(), 3u);
  ASSERT_TRUE(apart(plan));
  plan.steps[2].kernel.output.buffer = plan.steps[1].kernel.output.buffer;
  EXPECT_FALSE(apart(plan));
}

}  // namespace
}  // namespace tarn
