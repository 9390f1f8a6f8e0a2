#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "host_device.hpp"
#include "throws.hpp"

namespace tarn {
namespace {

using graph::Op;
using test::count_nodes;
using test::values;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(NestedList, ShapeIsHowTheBracesAreNested) {
  EXPECT_EQ(tensor(3.f).shape(), Shape{});
  EXPECT_EQ(tensor({1.f, 2.f}).shape(), (Shape{2}));
  EXPECT_EQ(tensor({{1.f}, {2.f}}).shape(), (Shape{2, 1}));
  EXPECT_EQ(tensor({{1.f}}).shape(), (Shape{1, 1}));
  EXPECT_EQ(tensor({{{1, 2}, {3, 4}}}).shape(), (Shape{1, 2, 2}));
  EXPECT_EQ(tensor({}).shape(), (Shape{0}));
  EXPECT_THAT(values(tensor({{1, 2}, {3, 4}})), ElementsAre(1, 2, 3, 4));
}

TEST(NestedList, DTypeIsTheLargestOfItsNumbers) {
  EXPECT_EQ(tensor({1.f}).dtype(), DType::float32);
  EXPECT_EQ(tensor({1.0}).dtype(), DType::float32);
  EXPECT_EQ(tensor({1, 2}).dtype(), DType::int32);
  EXPECT_EQ(tensor({true, false}).dtype(), DType::bool_);
  EXPECT_EQ(tensor({true, 2}).dtype(), DType::int32);
  EXPECT_EQ(tensor({1, 2.5f}).dtype(), DType::float32);
  EXPECT_EQ(tensor({}).dtype(), DType::float32);
}

TEST(NestedList, TakesTheDTypeThatIsAskedFor) {
  const Tensor x = tensor({1.75, -1.75, 0.0}, {.dtype = DType::int32});
  EXPECT_EQ(x.dtype(), DType::int32);
  EXPECT_THAT(values(x), ElementsAre(1, -1, 0));
  EXPECT_THAT(values(tensor({1.75, 0.0}, {.dtype = DType::bool_})), ElementsAre(1, 0));
}

TEST(NestedList, ErrorsSayWhatWasGiven) {
  EXPECT_ERROR(tensor({{1, 2}, {3}}), ShapeError, "tensor: a ragged list: (2,) beside (1,)");
  EXPECT_ERROR(tensor({3000000000}), ValueError, "tensor: 3000000000.000000 does not fit an int32");
  EXPECT_ERROR(tensor({{{{{{{{{1}}}}}}}}}), ShapeError, "at most 8 dimensions, not 9");
}

TEST(Create, AConstantIsOneNode) {
  const Tensor x = full({2, 3}, 1.5);
  EXPECT_EQ(x.dtype(), DType::float32);
  EXPECT_EQ(x.shape(), (Shape{2, 3}));
  EXPECT_EQ(count_nodes(x), 1);
  EXPECT_EQ(full({2}, 7).dtype(), DType::int32);
  EXPECT_EQ(full({2}, true).dtype(), DType::bool_);
  EXPECT_EQ(zeros({2}).dtype(), DType::float32);
  EXPECT_THAT(values(zeros({2})), ElementsAre(0, 0));
  EXPECT_THAT(values(ones({2}, {.dtype = DType::int32})), ElementsAre(1, 1));
  EXPECT_THAT(values(full({0, 3}, 1)), IsEmpty());
  EXPECT_THAT(values(full({}, 4)), ElementsAre(4));
}

TEST(Create, ConstantsAreOfTheirDType) {
  EXPECT_THAT(values(full({1}, 0.1)), ElementsAre(static_cast<double>(0.1f)));
  EXPECT_THAT(values(full({1}, -2.9, {.dtype = DType::int32})), ElementsAre(-2));
  EXPECT_ERROR(full({1}, 1e10, {.dtype = DType::int32}), ValueError, "full: 10000000000.000000");
  EXPECT_ERROR(full({1}, std::nan(""), {.dtype = DType::int32}), ValueError,
               "full: nan does not fit an int32");
  EXPECT_ERROR(full({2, -1}, 0), ShapeError, "full: negative extent -1 in (2,-1)");
}

TEST(Create, ArangeCountsAsPythonsRange) {
  EXPECT_THAT(values(arange(4)), ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(arange(4).dtype(), DType::int32);
  EXPECT_EQ(count_nodes(arange(4)), 1);
  EXPECT_THAT(values(arange(2, 9, 3)), ElementsAre(2, 5, 8));
  EXPECT_THAT(values(arange(5, 0, -2)), ElementsAre(5, 3, 1));
  EXPECT_THAT(values(arange(5, 0)), IsEmpty());
  EXPECT_THAT(values(arange(0, 1, 0.25)), ElementsAre(0, 0.25, 0.5, 0.75));
  EXPECT_EQ(arange(0, 1, 0.25).dtype(), DType::float32);
  EXPECT_EQ(arange(0, 4, 1, {.dtype = DType::float32}).dtype(), DType::float32);
}

TEST(Create, ArangeHasAnEnd) {
  EXPECT_ERROR(arange(0, 3, 0), ValueError, "arange: no end from 0.000000 to 3.000000 by 0.000000");
  EXPECT_ERROR(arange(0, std::numeric_limits<double>::infinity()), ValueError, "arange: no end");
  EXPECT_ERROR(arange(0, 5e9), ShapeError, "arange: 5000000000 indices do not fit an int32");
}

TEST(Create, Eye) {
  EXPECT_THAT(values(eye(2)), ElementsAre(1, 0, 0, 1));
  EXPECT_THAT(values(eye(2, 3)), ElementsAre(1, 0, 0, 0, 1, 0));
  EXPECT_THAT(values(eye(3, 1)), ElementsAre(1, 0, 0));
  EXPECT_EQ(eye(2).dtype(), DType::float32);
  EXPECT_EQ(eye(2, 2, {.dtype = DType::bool_}).dtype(), DType::bool_);
  EXPECT_ERROR(eye(-1), ShapeError, "eye: negative extent -1");
}

TEST(Random, EqualSeedsGiveEqualNumbers) {
  EXPECT_EQ(values(rand({5}, {.seed = 7})), values(rand({5}, {.seed = 7})));
  EXPECT_NE(values(rand({5}, {.seed = 7})), values(rand({5}, {.seed = 8})));
  EXPECT_EQ(count_nodes(rand({5})), 1);
}

TEST(Random, TheSequenceOfSeedsBeginsAnew) {
  manual_seed(3);
  const std::vector<double> first = values(rand({4}));
  const std::vector<double> second = values(randn({4}));
  EXPECT_NE(first, values(rand({4})));
  manual_seed(3);
  EXPECT_EQ(first, values(rand({4})));
  EXPECT_EQ(second, values(randn({4})));
  manual_seed(4);
  EXPECT_NE(first, values(rand({4})));
}

TEST(Random, RandnIsStandardNormal) {
  const std::vector<double> x = values(randn({10000}, {.seed = 1}));
  double sum = 0;
  double squares = 0;
  for (const double v : x) {
    ASSERT_TRUE(std::isfinite(v));
    sum += v;
    squares += v * v;
  }
  EXPECT_NEAR(sum / 10000, 0, 0.05);  // five standard deviations
  EXPECT_NEAR(squares / 10000, 1, 0.08);
}

TEST(Random, ShapesAreChecked) {
  EXPECT_ERROR(rand({-2}), ShapeError, "rand: negative extent -2");
  EXPECT_ERROR(randn({-2}), ShapeError, "randn: negative extent -2");
}

TEST(Tensor, SaysItsShape) {
  const Tensor x = zeros({2, 3});
  EXPECT_EQ(x.rank(), 2);
  EXPECT_EQ(x.size(), 6);
  EXPECT_EQ(x.size(-1), 3);
  EXPECT_TRUE(x.device() == Device::default_device());
  EXPECT_TRUE(zeros({1}, {.device = test::other_device()}).device() == test::other_device());
  EXPECT_ERROR(x.size(2), ShapeError, "size: axis 2 is out of range for a tensor of 2 dimensions");
}

TEST(Tensor, VersionIsThatOfTheProject) { EXPECT_EQ(version(), TARN_VERSION); }

}  // namespace
}  // namespace tarn
