#include "tarn/shape.hpp"

#include <gmock/gmock.h>

#include <limits>
#include <sstream>

#include "tarn/dtype.hpp"
#include "tests/support/throws.hpp"

namespace tarn {
namespace {

constexpr std::int64_t kHuge = std::int64_t{1} << 62;

TEST(Dims, InsertsAndErasesAnywhere) {
  Dims dims{1, 2, 3};
  dims.insert(1, 7);
  EXPECT_EQ(dims, (Dims{1, 7, 2, 3}));
  dims.erase(0);
  EXPECT_EQ(dims, (Dims{7, 2, 3}));
  dims.push_back(9);
  EXPECT_EQ(dims, (Dims{7, 2, 3, 9}));
  EXPECT_EQ(dims.back(), 9);
}

TEST(Dims, HoldsEightNumbersAndNoMore) {
  Dims dims(kMaxRank, 1);
  EXPECT_ERROR(dims.push_back(1), ShapeError, "a tensor has at most 8 dimensions, not 9");
  EXPECT_ERROR((Dims{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}), ShapeError,
               "a tensor has at most 8 dimensions, not 10");
  EXPECT_ERROR(Dims(11, 0), ShapeError, "a tensor has at most 8 dimensions, not 11");
}

TEST(Dims, EqualityIgnoresWhatLiesBeyondTheRank) {
  Dims a{1, 2, 3};
  a.erase(2);
  EXPECT_EQ(a, (Dims{1, 2}));
  EXPECT_NE(a, (Dims{1, 2, 3}));
}

TEST(Shape, PrintsAsAPythonTuple) {
  EXPECT_EQ(to_string(Shape{2, 3}), "(2,3)");
  EXPECT_EQ(to_string(Shape{4}), "(4,)");
  EXPECT_EQ(to_string(Shape{}), "()");
  std::ostringstream out;
  out << Shape{1, 0};
  EXPECT_EQ(out.str(), "(1,0)");
}

TEST(Shape, CountsElements) {
  EXPECT_EQ((Shape{2, 3, 4}).elements(), 24);
  EXPECT_EQ(Shape{}.elements(), 1);
  EXPECT_EQ((Shape{5, 0}).elements(), 0);
}

TEST(Shape, ExtentsAreNotNegativeAndTheirProductFits) {
  EXPECT_NO_THROW(check_extents({kHuge, 1, 1}, "full"));
  EXPECT_ERROR(check_extents({2, -3}, "full"), ShapeError, "full: negative extent -3 in (2,-3)");
  EXPECT_ERROR(check_extents({kHuge, 2}, "full"), ShapeError,
               "full: the number of elements of (4611686018427387904,2) does not fit an int64");
  EXPECT_ERROR(check_extents({0, kHuge, kHuge}, "full"), ShapeError, "does not fit an int64");
}

TEST(Shape, AxesCountFromTheEndWhenNegative) {
  EXPECT_EQ(normalize_axis(1, 3, "sum"), 1);
  EXPECT_EQ(normalize_axis(-1, 3, "sum"), 2);
  EXPECT_EQ(normalize_axis(-3, 3, "sum"), 0);
  EXPECT_ERROR(normalize_axis(3, 3, "sum"), ShapeError,
               "sum: axis 3 is out of range for a tensor of 3 dimensions");
  EXPECT_ERROR(normalize_axis(-4, 3, "sum"), ShapeError, "sum: axis -4 is out of range");
  EXPECT_ERROR(normalize_axis(0, 0, "sum"), ShapeError, "a tensor of 0 dimensions");
}

TEST(Shape, BroadcastsAsNumPy) {
  EXPECT_EQ(broadcast_shapes({2, 3}, {2, 3}, "add"), (Shape{2, 3}));
  EXPECT_EQ(broadcast_shapes({2, 3}, {3}, "add"), (Shape{2, 3}));
  EXPECT_EQ(broadcast_shapes({}, {4}, "add"), (Shape{4}));
  EXPECT_EQ(broadcast_shapes({2, 1, 4}, {3, 1}, "add"), (Shape{2, 3, 4}));
  EXPECT_EQ(broadcast_shapes({1}, {0}, "add"), (Shape{0}));
  EXPECT_ERROR(broadcast_shapes({2, 3}, {4}, "add"), ShapeError,
               "add: shapes do not broadcast: (2,3) and (4,)");
  EXPECT_ERROR(broadcast_shapes({2}, {0}, "add"), ShapeError, "(2,) and (0,)");
}

TEST(DType, PromotesToTheLarger) {
  EXPECT_EQ(promote(DType::bool_, DType::int32), DType::int32);
  EXPECT_EQ(promote(DType::float32, DType::int32), DType::float32);
  EXPECT_EQ(promote(DType::bool_, DType::bool_), DType::bool_);
}

TEST(DType, PrintsNumPysName) {
  std::ostringstream out;
  out << DType::bool_ << ' ' << DType::int32 << ' ' << DType::float32;
  EXPECT_EQ(out.str(), "bool int32 float32");
}

}  // namespace
}  // namespace tarn
