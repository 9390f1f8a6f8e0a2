#include "ops/graph/threefry.hpp"

#include <gtest/gtest.h>

namespace tarn::graph {
namespace {

// The known answers that the authors publish with their implementation, Random123.
TEST(Threefry, GivesThePublishedAnswers) {
  EXPECT_EQ(threefry({0, 0}, {0, 0}), (Threefry2x32{0x6b200159u, 0x99ba4efeu}));
  EXPECT_EQ(threefry({0xffffffffu, 0xffffffffu}, {0xffffffffu, 0xffffffffu}),
            (Threefry2x32{0x1cb996fcu, 0xbb002be7u}));
  EXPECT_EQ(threefry({0x243f6a88u, 0x85a308d3u}, {0x13198a2eu, 0x03707344u}),
            (Threefry2x32{0xc4923a9cu, 0x483df7a0u}));
}

TEST(Threefry, UniformNumbersAreTheUpperBitsOfTheFirstWord) {
  constexpr float kExpected = static_cast<float>(0x6b2001u) / 16777216.f;
  static_assert(random_uniform(0, 0, 0) == kExpected, "also at compile time");
  EXPECT_EQ(random_uniform(0, 0, 0), kExpected);
}

TEST(Threefry, SeedIndexAndStreamAllMatter) {
  const float x = random_uniform(1, 2, 0);
  EXPECT_NE(x, random_uniform(1, 3, 0));
  EXPECT_NE(x, random_uniform(1, 2, 1));
  EXPECT_NE(x, random_uniform(1 | std::uint64_t{1} << 40, 2, 0));
}

TEST(Threefry, UniformNumbersAverageOneHalf) {
  double sum = 0;
  for (std::uint32_t i = 0; i < 10000; ++i) {
    const float x = random_uniform(7, i, 0);
    ASSERT_GE(x, 0);
    ASSERT_LT(x, 1);
    sum += static_cast<double>(x);
  }
  EXPECT_NEAR(sum / 10000, 0.5, 0.015);  // five standard deviations
}

}  // namespace
}  // namespace tarn::graph
