#include <gmock/gmock.h>

#include "host_device.hpp"
#include "throws.hpp"

namespace tarn {
namespace {

using graph::Op;
using test::count_nodes;
using test::values;
using ::testing::ElementsAre;

const auto kNan = ::testing::IsNan();

TEST(Take, TakesRowsOfATable) {
  const Tensor table = tensor({{1.f, 2.f}, {3.f, 4.f}, {5.f, 6.f}});
  const Tensor rows = take(table, tensor({{2, 0}, {1, 2}}));
  EXPECT_EQ(rows.shape(), (Shape{2, 2, 2}));
  EXPECT_THAT(values(rows), ElementsAre(5, 6, 1, 2, 3, 4, 5, 6));
  EXPECT_EQ(count_nodes(rows, Op::gather), 1);
}

TEST(Take, TheAxesOfTheIndicesTakeThePlaceOfTheAxis) {
  const Tensor x = tensor({{1, 2, 3}, {4, 5, 6}});
  EXPECT_THAT(values(take(x, tensor({2, 0}), 1)), ElementsAre(3, 1, 6, 4));
  EXPECT_EQ(take(zeros({2, 3, 4}), tensor({{0}, {1}}), 1).shape(), (Shape{2, 2, 1, 4}));
  EXPECT_EQ(take(zeros({2, 3, 4}), tensor({0}), -1).shape(), (Shape{2, 3, 1}));
  EXPECT_EQ(take(x, tensor(1)).shape(), (Shape{3}));
  EXPECT_EQ(take(x, tensor(1)).dtype(), DType::int32);
}

TEST(Take, NegativeIndicesCountFromTheEnd) {
  EXPECT_THAT(values(take(tensor({1, 2, 3}), tensor({-1, -3, 0}))), ElementsAre(3, 1, 1));
}

TEST(Take, WhatIsOutOfRangeIsNanOrZero) {
  const Tensor wild = tensor({3, -4, 1});
  EXPECT_THAT(values(take(tensor({1.f, 2.f, 3.f}), wild)), ElementsAre(kNan, kNan, 2));
  EXPECT_THAT(values(take(tensor({1, 2, 3}), wild)), ElementsAre(0, 0, 2));
  EXPECT_THAT(values(take(tensor({true, true, true}), wild)), ElementsAre(0, 0, 1));
}

TEST(Take, OfNothingIsNothing) {
  EXPECT_EQ(take(zeros({3, 2}), zeros({0}, {.dtype = DType::int32})).shape(), (Shape{0, 2}));
  EXPECT_EQ(take(zeros({3, 0}), tensor({1})).shape(), (Shape{1, 0}));
}

TEST(Take, IndicesThatTheHostKnowsAreChecked) {
  const Tensor x = tensor({{1, 2}, {3, 4}, {5, 6}});
  EXPECT_THAT(values(take(x, std::vector<std::int32_t>{-1, 0})), ElementsAre(5, 6, 1, 2));
  EXPECT_ERROR(take(x, std::vector<std::int32_t>{0, 3}), ValueError,
               "take: index 3 is out of range for axis 0 of (3,2)");
  EXPECT_ERROR(take(x, std::vector<std::int32_t>{-3}, -1), ValueError,
               "take: index -3 is out of range for axis -1 of (3,2)");
}

TEST(Take, Errors) {
  const Tensor x = zeros({2, 3});
  EXPECT_ERROR(take(x, tensor({0.f})), DTypeError, "take: indices are float32, not int32");
  EXPECT_ERROR(take(x, tensor({0}), 2), ShapeError, "take: axis 2 is out of range");
  EXPECT_ERROR(take(zeros({}), tensor({0})), ShapeError, "take: axis 0 is out of range");
  EXPECT_ERROR(take(zeros({0, 3}), tensor({0})), ShapeError,
               "take: nothing to take along axis 0 of (0,3) at indices (1,)");
  const Tensor deep = zeros({1, 1, 1, 1, 1, 1, 1, 1}, {.dtype = DType::int32});
  EXPECT_ERROR(take(x, deep), ShapeError,
               "take: (2,3) at indices (1,1,1,1,1,1,1,1) has more than 8 axes");
  EXPECT_ERROR(take(x, zeros({1}, {.dtype = DType::int32, .device = test::other_device()})),
               DeviceError, "take: ");
}

}  // namespace
}  // namespace tarn
