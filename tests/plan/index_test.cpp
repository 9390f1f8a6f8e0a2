#include "ops/plan/index.hpp"

#include <gtest/gtest.h>

#include <random>

namespace tarn::plan {
namespace {

// The value of an index for given iterations of the loops.
std::int64_t evaluate(const IndexSpace& space, const Affine& a,
                      const std::vector<std::int64_t>& loops) {
  std::int64_t sum = a.constant;
  for (const Term& term : a.terms) {
    const Atom& atom = space[term.atom];
    std::int64_t value = 0;
    if (atom.kind == Atom::Kind::loop) {
      value = loops[static_cast<std::size_t>(term.atom)];
    } else {
      const std::int64_t of = evaluate(space, atom.of, loops);
      value = atom.kind == Atom::Kind::quotient ? of / atom.divisor : of % atom.divisor;
    }
    sum += term.factor * value;
  }
  return sum;
}

TEST(Affine, AddsTermByTerm) {
  const Affine a{1, {{0, 2}, {2, 3}}};
  const Affine b{4, {{0, -2}, {1, 5}}};
  EXPECT_EQ(a + b, (Affine{5, {{1, 5}, {2, 3}}}));
  EXPECT_EQ(a * 2, (Affine{2, {{0, 4}, {2, 6}}}));
  EXPECT_EQ(a * 0, Affine{});
}

TEST(IndexSpace, KnowsTheRangeOfAnIndex) {
  IndexSpace space;
  const int i = space.add_loop(4);
  const auto range = space.range(space.atom(i) * -3 + 10);
  EXPECT_EQ(range.low, 1);
  EXPECT_EQ(range.high, 10);
}

TEST(IndexSpace, DividesWhatItKnowsToFit) {
  IndexSpace space;
  const int i = space.add_loop(4);
  const int j = space.add_loop(6);
  const Affine linear = space.atom(i) * 6 + space.atom(j);
  EXPECT_EQ(space.divide(linear, 6), space.atom(i));
  EXPECT_EQ(space.remainder(linear, 6), space.atom(j));
}

TEST(IndexSpace, AsksToSplitALoop) {
  IndexSpace space;
  const int i = space.add_loop(24);
  try {
    space.divide(space.atom(i), 6);
    FAIL() << "it should have asked";
  } catch (const SplitLoop& wish) {
    EXPECT_EQ(wish.loop, i);
    EXPECT_EQ(wish.inner, 6);
  }
}

TEST(IndexSpace, PutsAQuotientAndItsRemainderTogetherAgain) {
  IndexSpace space;
  const int i = space.add_loop(7);
  const Affine quotient = space.divide(space.atom(i), 3);
  const Affine rest = space.remainder(space.atom(i), 3);
  EXPECT_EQ(space.recombined(quotient * 3 + rest), space.atom(i));
  EXPECT_EQ(space.recombined(quotient * 6 + rest * 2 + 1), space.atom(i) * 2 + 1);
}

TEST(IndexSpace, GuardsThatAlwaysHoldAreKnown) {
  IndexSpace space;
  const int i = space.add_loop(4);
  EXPECT_TRUE(space.always({space.atom(i) + 2, 6}));
  EXPECT_FALSE(space.always({space.atom(i) + 3, 6}));
  EXPECT_FALSE(space.always({space.atom(i) + -1, 6}));
}

// Reshapes between random shapes: the linear index is the same on both sides, element by element.
TEST(IndexSpace, ReshapeKeepsTheLinearIndex) {
  std::mt19937 random(1);
  const std::vector<Shape> shapes = {{24},      {2, 12},    {4, 6},     {3, 8}, {2, 3, 4},
                                     {4, 3, 2}, {1, 24, 1}, {2, 1, 12}, {6, 4}, {8, 3}};
  for (const Shape& to : shapes) {
    for (const Shape& from : shapes) {
      IndexSpace space;
      std::vector<Affine> index;
      for (const std::int64_t extent : to) {
        index.push_back(extent == 1 ? Affine{} : space.atom(space.add_loop(extent)));
      }
      const int loops = space.size();
      std::vector<Affine> result;
      try {
        result = space.reshape(index, to, from);
      } catch (const SplitLoop& wish) {
        EXPECT_EQ(space[wish.loop].extent % wish.inner, 0);
        continue;
      }
      std::vector<std::int64_t> iteration(static_cast<std::size_t>(loops));
      for (int trial = 0; trial < 20; ++trial) {
        for (int loop = 0; loop < loops; ++loop) {
          iteration[static_cast<std::size_t>(loop)] =
              static_cast<std::int64_t>(random()) % space[loop].extent;
        }
        const auto linear = [&](const std::vector<Affine>& axes, const Shape& shape) {
          std::int64_t sum = 0;
          for (int axis = 0; axis < shape.rank(); ++axis) {
            sum = sum * shape[axis] +
                  evaluate(space, axes[static_cast<std::size_t>(axis)], iteration);
          }
          return sum;
        };
        EXPECT_EQ(linear(index, to), linear(result, from)) << to << " from " << from;
      }
    }
  }
}

}  // namespace
}  // namespace tarn::plan
