#include "ops/graph/view.hpp"

#include <gtest/gtest.h>

#include <random>

#include "ops/graph/node.hpp"
#include "tests/support/host_evaluator.hpp"

namespace tarn::graph {
namespace {

NodePtr iota(const Shape& shape) { return make_leaf(Op::iota, DType::int32, shape, {}, nullptr); }

NodePtr moved(Op op, const NodePtr& x, const Shape& to, const Dims& a = {}, const Dims& b = {}) {
  Attributes with;
  with.a = a;
  with.b = b;
  return make_node(op, x->dtype, to, x, with);
}
NodePtr reshape(const NodePtr& x, const Shape& to) { return moved(Op::reshape, x, to); }
NodePtr permute(const NodePtr& x, const Dims& axes) {
  Shape to;
  for (const std::int64_t axis : axes) to.push_back(x->shape[static_cast<int>(axis)]);
  return moved(Op::permute, x, to, axes);
}

// The view of a chain of movements that ends in a contiguous leaf.
std::optional<View> view_of(const Node& node) {
  if (node.sources.size() == 0) return contiguous_view(node.shape);
  const auto view = view_of(node.sources[0]);
  return view ? apply(node, *view) : std::nullopt;
}

// The elements of an iota that a view of this shape shows.
std::vector<double> shown(const View& view, const Shape& shape) {
  std::vector<double> values;
  Dims index(shape.rank(), 0);
  for (std::int64_t n = 0; n < shape.elements(); ++n) {
    std::int64_t address = view.offset;
    for (int i = 0; i < shape.rank(); ++i) address += index[i] * view.strides[i];
    values.push_back(static_cast<double>(address));
    for (int i = shape.rank() - 1; i >= 0 && ++index[i] == shape[i]; --i) index[i] = 0;
  }
  return values;
}

TEST(View, ContiguousIsRowMajor) {
  EXPECT_EQ(contiguous_view({2, 3, 4}).strides, (Dims{12, 4, 1}));
  EXPECT_EQ(contiguous_view({}).strides, Dims());
  EXPECT_TRUE(is_contiguous(contiguous_view({2, 3, 4}), {2, 3, 4}));
}

TEST(View, AxesOfExtentOneHaveNoSayInContiguity) {
  EXPECT_TRUE(is_contiguous({{4, 99, 1}, 7}, {3, 1, 4}));
  EXPECT_FALSE(is_contiguous({{4, 99, 1}, 7}, {3, 2, 4}));
  EXPECT_TRUE(is_contiguous({{5, 5}, 0}, {0, 3}));
  EXPECT_FALSE(is_contiguous({{-1}, 3}, {4}));
  EXPECT_FALSE(is_contiguous({{0}, 0}, {4}));
}

TEST(View, PermuteReordersStrides) {
  EXPECT_EQ(view_of(*permute(iota({2, 3}), {1, 0})), (View{{1, 3}, 0}));
}

TEST(View, ExpandRepeatsWithAStrideOfZero) {
  EXPECT_EQ(view_of(*moved(Op::expand, iota({2, 1}), {2, 5})), (View{{1, 0}, 0}));
  EXPECT_EQ(view_of(*moved(Op::expand, iota({1, 3}), {4, 2, 3})), (View{{0, 0, 1}, 0}));
}

TEST(View, SliceMovesTheOffset) {
  // x[1:, ::-2] of (3, 4): the first element is x[1, 3]
  EXPECT_EQ(view_of(*moved(Op::slice, iota({3, 4}), {2, 2}, {1, 3}, {1, -2})), (View{{4, -2}, 7}));
}

TEST(View, WindowsOverlapInMemory) {
  // 10 elements in windows of 3 with a step of 2 and a dilation of 3: the second is 2, 5, 8
  const NodePtr windows = moved(Op::window, iota({10}), {2, 3}, {2}, {3});
  EXPECT_EQ(view_of(*windows), (View{{2, 3}, 0}));
  EXPECT_EQ(shown(*view_of(*windows), {2, 3}), (std::vector<double>{0, 3, 6, 2, 5, 8}));
}

TEST(View, ReshapeOfAContiguousViewIsContiguous) {
  EXPECT_EQ(reshape_view(contiguous_view({4, 6}), {4, 6}, {2, 2, 1, 3, 2}),
            contiguous_view({2, 2, 1, 3, 2}));
  EXPECT_EQ(reshape_view({{6, 1}, 5}, {4, 6}, {24}), (View{{1}, 5}));
}

TEST(View, ReshapeAfterPermuteNeedsACopy) {
  EXPECT_EQ(view_of(*reshape(permute(iota({2, 3}), {1, 0}), {6})), std::nullopt);
}

TEST(View, ReshapeSplitsAnAxisOfAPermutedView) {
  EXPECT_EQ(view_of(*reshape(permute(iota({4, 3}), {1, 0}), {3, 2, 2})), (View{{1, 6, 3}, 0}));
}

TEST(View, ReshapeJoinsRepeatedAxes) {
  EXPECT_EQ(reshape_view({{0, 0}, 3}, {4, 5}, {20}), (View{{0}, 3}));
  EXPECT_EQ(reshape_view({{0, 1}, 0}, {4, 5}, {20}), std::nullopt);
}

TEST(View, ReshapeOfNothingOrOfAScalar) {
  EXPECT_EQ(reshape_view({{7, 9}, 0}, {0, 3}, {3, 0}), contiguous_view({3, 0}));
  EXPECT_EQ(reshape_view({{}, 4}, {}, {1, 1}), (View{{1, 1}, 4}));
  EXPECT_EQ(reshape_view({{9}, 4}, {1}, {}), (View{{}, 4}));
}

TEST(View, PaddingIsNoView) {
  EXPECT_EQ(apply(*moved(Op::pad, iota({3}), {5}, {1}), contiguous_view({3})), std::nullopt);
}

// ---- Random chains against the values themselves ------------------------------------------------

class RandomMovements {
 public:
  explicit RandomMovements(unsigned seed) : engine_(seed) {}

  NodePtr chain() {
    NodePtr x = iota({pick(1, 4), pick(1, 4), 2 * pick(1, 3)});
    const std::int64_t length = pick(1, 6);
    for (std::int64_t i = 0; i < length; ++i) x = moved_once(x);
    return x;
  }

 private:
  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution(low, high)(engine_);
  }

  NodePtr moved_once(const NodePtr& x) {
    const int rank = x->shape.rank();
    switch (pick(0, 4)) {
      case 0: {
        Dims axes;
        for (int i = 0; i < rank; ++i) axes.push_back(i);
        std::shuffle(axes.begin(), axes.end(), engine_);
        return permute(x, axes);
      }
      case 1: {
        Shape to = x->shape;
        for (std::int64_t& extent : to) extent = extent == 1 ? pick(1, 3) : extent;
        if (rank < kMaxRank && pick(0, 1) == 0) to.insert(0, pick(1, 3));
        return moved(Op::expand, x, to);
      }
      case 2:
        return random_slice(x);
      case 3:
        return random_reshape(x);
      default:
        return random_window(x);
    }
  }

  NodePtr random_slice(const NodePtr& x) {
    Dims first;
    Dims step;
    Shape to;
    for (const std::int64_t extent : x->shape) {
      const std::int64_t count = pick(1, extent);
      const std::int64_t pace = count == 1 ? 1 : pick(1, (extent - 1) / (count - 1));
      const std::int64_t reach = pace * (count - 1);
      const bool backward = pick(0, 1) == 1;
      first.push_back(backward ? pick(reach, extent - 1) : pick(0, extent - 1 - reach));
      step.push_back(backward ? -pace : pace);
      to.push_back(count);
    }
    return moved(Op::slice, x, to, first, step);
  }

  // Splits the elements into other axes by moving prime factors about.
  NodePtr random_reshape(const NodePtr& x) {
    Shape to;
    std::int64_t left = x->shape.elements();
    while (left > 1 && to.rank() < 4) {
      std::int64_t extent = pick(1, left);
      while (left % extent != 0) --extent;
      to.push_back(extent);
      left /= extent;
    }
    to.push_back(left);
    return reshape(x, to);
  }

  NodePtr random_window(const NodePtr& x) {
    const int rank = x->shape.rank();
    if (rank == 0 || rank > 6) return x;
    const std::int64_t extent = x->shape.back();
    const std::int64_t size = pick(1, extent);
    const std::int64_t dilation = size == 1 ? pick(1, 3) : pick(1, (extent - 1) / (size - 1));
    const std::int64_t step = pick(1, 3);
    Shape to = x->shape;
    to[rank - 1] = (extent - 1 - dilation * (size - 1)) / step + 1;
    to.push_back(size);
    return moved(Op::window, x, to, {step}, {dilation});
  }

  std::mt19937 engine_;
};

TEST(View, RandomChainsOfMovementsShowTheRightElements) {
  int views = 0;
  for (unsigned seed = 0; seed < 3000; ++seed) {
    const NodePtr x = RandomMovements(seed).chain();
    const auto view = view_of(*x);
    if (!view) continue;  // a reshape across axes that do not lie one after another
    ++views;
    ASSERT_EQ(shown(*view, x->shape), test::evaluate(*x).values) << "seed " << seed;
  }
  EXPECT_GT(views, 1500);
}

// A reshape has a view exactly where the elements of every new axis are equally far apart.
TEST(View, ReshapeFindsAViewWhereverThereIsOne) {
  int refused = 0;
  for (unsigned seed = 0; seed < 3000; ++seed) {
    const NodePtr x = RandomMovements(seed).chain();
    if (x->op != Op::reshape || view_of(*x) || !view_of(x->sources[0])) continue;
    ++refused;
    const std::vector<double> values = test::evaluate(*x).values;
    View guess{Dims(x->shape.rank(), 0), static_cast<std::int64_t>(values[0])};
    std::int64_t step = 1;
    for (int i = x->shape.rank() - 1; i >= 0; --i) {
      const auto next = static_cast<std::size_t>(step);
      if (x->shape[i] > 1) guess.strides[i] = static_cast<std::int64_t>(values[next] - values[0]);
      step *= x->shape[i];
    }
    ASSERT_NE(shown(guess, x->shape), values) << "seed " << seed;
  }
  EXPECT_GT(refused, 50);
}

}  // namespace
}  // namespace tarn::graph
