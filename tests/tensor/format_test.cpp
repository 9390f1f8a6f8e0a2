// Expected texts are those that NumPy 2.4 prints for the same arrays.
#include "ops/tensor/format.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <numeric>
#include <vector>

namespace tarn {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

std::string printed(const Shape& shape, const std::vector<float>& values) {
  return format_array<float>(shape, values);
}
std::string printed(const std::vector<float>& values) {
  return printed({static_cast<std::int64_t>(values.size())}, values);
}
std::string printed_ints(const Shape& shape, const std::vector<std::int32_t>& values) {
  return format_array<std::int32_t>(shape, values);
}
std::string printed_count(const Shape& shape) {
  std::vector<std::int32_t> values(static_cast<std::size_t>(shape.elements()));
  std::iota(values.begin(), values.end(), 0);
  return printed_ints(shape, values);
}
std::string printed_bools(const Shape& shape, std::initializer_list<bool> values) {
  return format_array<bool>(shape, std::span(values.begin(), values.size()));
}

TEST(Format, FloatsAlignAtTheirPoints) {
  EXPECT_EQ(printed({1.f, 2.f}), "[1. 2.]");
  EXPECT_EQ(printed({1.f, 2.5f, -10.25f}), "[  1.     2.5  -10.25]");
  EXPECT_EQ(printed({1.f / 3, 100.f}), "[  0.33333334 100.        ]");
  EXPECT_EQ(printed({2, 2}, {1, 2, 3, 4.5}), "[[1.  2. ]\n [3.  4.5]]");
  EXPECT_EQ(printed({0.f, -0.f}), "[ 0. -0.]");
}

TEST(Format, SmallLargeAndMixedFloatsHaveExponents) {
  EXPECT_EQ(printed({1e-5f, 1.f}), "[1.e-05 1.e+00]");
  EXPECT_EQ(printed({1e8f, 1.5e8f}), "[1.0e+08 1.5e+08]");
  EXPECT_EQ(printed({1.f, 1001.f}), "[1.000e+00 1.001e+03]");
  EXPECT_EQ(printed({1.f, 1000.f}), "[   1. 1000.]");
  EXPECT_EQ(printed({3.4e38f, -3.4e38f}), "[ 3.4e+38 -3.4e+38]");
}

TEST(Format, NaNAndInfinityFillTheirColumns) {
  EXPECT_EQ(printed({kNaN, 1.f}), "[nan  1.]");
  EXPECT_EQ(printed({kInf, -kInf, 1.25f}), "[ inf -inf 1.25]");
  EXPECT_EQ(printed({kNaN}), "[nan]");
  EXPECT_EQ(printed({-kInf}), "[-inf]");
}

TEST(Format, OneNumberAlone) {
  EXPECT_EQ(printed({}, {1.f}), "1.0");
  EXPECT_EQ(printed({}, {0.1f}), "0.1");
  EXPECT_EQ(printed({}, {1e-5f}), "1e-05");
  EXPECT_EQ(printed({}, {1e6f}), "1e+06");
  EXPECT_EQ(printed({}, {-0.f}), "-0.0");
  EXPECT_EQ(printed({}, {kNaN}), "nan");
  EXPECT_EQ(printed({}, {-kInf}), "-inf");
  EXPECT_EQ(printed_ints({}, {-7}), "-7");
  EXPECT_EQ(printed_bools({}, {true}), "True");
}

TEST(Format, IntegersAndBoolsAlignRight) {
  EXPECT_EQ(printed_ints({3}, {-1, 10, 100}), "[ -1  10 100]");
  EXPECT_EQ(printed_bools({2}, {true, false}), "[ True False]");
  EXPECT_EQ(printed_bools({2}, {true, true}), "[ True  True]");
}

TEST(Format, NothingIsEmptyBrackets) {
  EXPECT_EQ(printed({0, 3}, {}), "[]");
  EXPECT_EQ(printed_ints({0}, {}), "[]");
}

TEST(Format, BlocksAreApartByEmptyLines) {
  EXPECT_EQ(printed_count({2, 2, 2}), "[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]]");
}

TEST(Format, LongRowsWrap) {
  EXPECT_EQ(printed_count({30}),
            "[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n"
            " 24 25 26 27 28 29]");
}

TEST(Format, MoreThanAThousandElementsAreElided) {
  EXPECT_EQ(printed_count({1001}), "[   0    1    2 ...  998  999 1000]");
  EXPECT_EQ(printed_count({50, 40}),
            "[[   0    1    2 ...   37   38   39]\n"
            " [  40   41   42 ...   77   78   79]\n"
            " [  80   81   82 ...  117  118  119]\n"
            " ...\n"
            " [1880 1881 1882 ... 1917 1918 1919]\n"
            " [1920 1921 1922 ... 1957 1958 1959]\n"
            " [1960 1961 1962 ... 1997 1998 1999]]");
  EXPECT_EQ(printed_count({2, 600}),
            "[[   0    1    2 ...  597  598  599]\n [ 600  601  602 ... 1197 1198 1199]]");
}

TEST(Format, OnlyWhatIsPrintedDecidesTheWidth) {
  std::vector<float> values(2000, 1.f);
  values[1000] = 1e-20f;
  EXPECT_EQ(printed(values), "[1. 1. 1. ... 1. 1. 1.]");
}

}  // namespace
}  // namespace tarn
