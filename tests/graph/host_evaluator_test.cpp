// The second opinion must itself be right: numbers that can be checked in the head.
#include "tests/support/host_evaluator.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace tarn::test {
namespace {

using graph::Attributes;
using graph::make_leaf;
using graph::make_node;
using graph::NodePtr;
using graph::Op;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::NanSensitiveDoubleEq;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

NodePtr iota(const Shape& shape) { return make_leaf(Op::iota, DType::int32, shape, {}, nullptr); }
NodePtr constant(double value, DType dtype, const Shape& shape) {
  Attributes with;
  with.value = value;
  return make_leaf(Op::constant, dtype, shape, with, nullptr);
}
NodePtr cast(const NodePtr& x, DType dtype) { return make_node(Op::cast, dtype, x->shape, x); }
NodePtr reduce(Op op, const NodePtr& x, const Shape& to, std::uint32_t axes) {
  Attributes with;
  with.axes = axes;
  return make_node(op, op == Op::argmax ? DType::int32 : x->dtype, to, x, with);
}

// A leaf whose values are given.
struct Data {
  NodePtr node;
  LeafValues values;
  Data(DType dtype, const Shape& shape, const std::vector<double>& list)
      : node(make_leaf(Op::data, dtype, shape, {}, nullptr)), values([=](const Node&) {
          return HostArray{shape, dtype, list};
        }) {}
};

TEST(HostEvaluator, Leaves) {
  EXPECT_THAT(evaluate(*iota({2, 2})).values, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(evaluate(*constant(2.5, DType::float32, {2})).values, ElementsAre(2.5, 2.5));
  EXPECT_THAT(evaluate(*constant(7, DType::int32, {})).values, ElementsAre(7));
  const Data data(DType::float32, {2}, {4, 5});
  EXPECT_THAT(evaluate(*data.node, data.values).values, ElementsAre(4, 5));
  EXPECT_THROW(evaluate(*data.node), std::logic_error);
}

TEST(HostEvaluator, RandomNumbersDependOnSeedIndexAndStream) {
  Attributes with;  // key and counter are 0: the published answer begins with 6b2001
  const NodePtr x = make_leaf(Op::random, DType::float32, {3}, with, nullptr);
  EXPECT_EQ(evaluate(*x).values[0], 0x6b2001 / 16777216.0);
  with.axis = 1;
  const NodePtr y = make_leaf(Op::random, DType::float32, {3}, with, nullptr);
  EXPECT_NE(evaluate(*x).values[1], evaluate(*y).values[1]);
}

TEST(HostEvaluator, ElementwiseByDtype) {
  const NodePtr i = iota({3});
  EXPECT_THAT(evaluate(*make_node(Op::add, DType::int32, {3}, {i, i})).values,
              ElementsAre(0, 2, 4));
  const NodePtr half = constant(0.5, DType::float32, {3});
  EXPECT_THAT(
      evaluate(*make_node(Op::mul, DType::float32, {3}, {cast(i, DType::float32), half})).values,
      ElementsAre(0, 0.5, 1));
  EXPECT_THAT(
      evaluate(*make_node(Op::less, DType::bool_, {3}, {i, constant(1, DType::int32, {3})})).values,
      ElementsAre(1, 0, 0));
}

TEST(HostEvaluator, BoolsAddToTrue) {
  const NodePtr yes = constant(1, DType::bool_, {1});
  EXPECT_THAT(evaluate(*make_node(Op::add, DType::bool_, {1}, {yes, yes})).values, ElementsAre(1));
  EXPECT_THAT(evaluate(*make_node(Op::logical_not, DType::bool_, {1}, yes)).values, ElementsAre(0));
}

TEST(HostEvaluator, WhereTakesItsDtypeFromTheSides) {
  const NodePtr condition = cast(iota({2}), DType::bool_);
  const NodePtr x =
      make_node(Op::where, DType::float32, {2},
                {condition, constant(1.5, DType::float32, {2}), constant(-1, DType::float32, {2})});
  EXPECT_THAT(evaluate(*x).values, ElementsAre(-1, 1.5));
}

TEST(HostEvaluator, CastsSaturateAndTruncate) {
  const Data data(DType::float32, {6}, {-1.9, 2.9, 1e20, -1e20, kNaN, 0});
  EXPECT_THAT(evaluate(*cast(data.node, DType::int32), data.values).values,
              ElementsAre(-1, 2, 2147483647, -2147483648.0, 0, 0));
  EXPECT_THAT(evaluate(*cast(data.node, DType::bool_), data.values).values,
              ElementsAre(1, 1, 1, 1, 1, 0));
}

TEST(HostEvaluator, FloatsAreRoundedAfterEachNode) {
  const NodePtr big = constant(16777216, DType::float32, {1});
  const NodePtr one = constant(1, DType::float32, {1});
  EXPECT_THAT(evaluate(*make_node(Op::add, DType::float32, {1}, {big, one})).values,
              ElementsAre(16777216));
}

TEST(HostEvaluator, Movements) {
  const NodePtr x = iota({2, 3});
  Attributes with;
  with.a = {1, 0};
  EXPECT_THAT(evaluate(*make_node(Op::permute, DType::int32, {3, 2}, x, with)).values,
              ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(evaluate(*make_node(Op::reshape, DType::int32, {3, 2}, x)).values,
              ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(evaluate(*make_node(Op::expand, DType::int32, {2, 2}, iota({2, 1}))).values,
              ElementsAre(0, 0, 1, 1));
  with.a = {1, 2};
  with.b = {1, -1};
  EXPECT_THAT(evaluate(*make_node(Op::slice, DType::int32, {1, 3}, x, with)).values,
              ElementsAre(5, 4, 3));
  with.a = {0, 1};
  with.value = 9;
  EXPECT_THAT(evaluate(*make_node(Op::pad, DType::int32, {2, 5}, x, with)).values,
              ElementsAre(9, 0, 1, 2, 9, 9, 3, 4, 5, 9));
}

TEST(HostEvaluator, Windows) {
  Attributes with;  // of 2 elements 2 apart, starting at every element, along the last axis
  with.a = {1};
  with.b = {2};
  EXPECT_THAT(evaluate(*make_node(Op::window, DType::int32, {2, 2, 2}, iota({2, 4}), with)).values,
              ElementsAre(0, 2, 1, 3, 4, 6, 5, 7));
}

TEST(HostEvaluator, Reductions) {
  const NodePtr x = iota({2, 3});
  EXPECT_THAT(evaluate(*reduce(Op::sum, x, {2}, 2)).values, ElementsAre(3, 12));
  EXPECT_THAT(evaluate(*reduce(Op::sum, x, {3}, 1)).values, ElementsAre(3, 5, 7));
  EXPECT_THAT(evaluate(*reduce(Op::max, x, {}, 3)).values, ElementsAre(5));
  EXPECT_THAT(evaluate(*reduce(Op::min, x, {}, 3)).values, ElementsAre(0));
  EXPECT_THAT(evaluate(*reduce(Op::prod, x, {2}, 2)).values, ElementsAre(0, 60));
  EXPECT_THAT(evaluate(*reduce(Op::argmax, x, {2}, 2)).values, ElementsAre(2, 2));
  EXPECT_THAT(evaluate(*reduce(Op::sum, constant(1 << 30, DType::int32, {4}), {}, 1)).values,
              ElementsAre(0));
  EXPECT_THAT(evaluate(*reduce(Op::sum, constant(0.5, DType::float32, {3}), {}, 1)).values,
              ElementsAre(1.5));
}

TEST(HostEvaluator, NaNIsTheLargestAndTheSmallest) {
  const Data data(DType::float32, {4}, {1, kNaN, 5, kNaN});
  for (const Op op : {Op::max, Op::min, Op::sum}) {
    EXPECT_THAT(evaluate(*reduce(op, data.node, {}, 1), data.values).values,
                ElementsAre(NanSensitiveDoubleEq(kNaN)));
  }
  EXPECT_THAT(evaluate(*reduce(Op::argmax, data.node, {}, 1), data.values).values, ElementsAre(1));
}

TEST(HostEvaluator, ArgmaxTakesTheFirstOfEquals) {
  const Data data(DType::float32, {4}, {1, 5, 5, 2});
  EXPECT_THAT(evaluate(*reduce(Op::argmax, data.node, {}, 1), data.values).values, ElementsAre(1));
}

TEST(HostEvaluator, ContractionIsASumOfProducts) {
  Attributes with;
  with.labels = {graph::Labels{0, 2}, graph::Labels{2, 1}};  // (2,3) x (3,2)
  const NodePtr a = iota({2, 3});
  const NodePtr b = iota({3, 2});
  EXPECT_THAT(evaluate(*make_node(Op::contract, DType::int32, {2, 2}, {a, b}, with)).values,
              ElementsAre(10, 13, 28, 40));
  with.labels = {graph::Labels{0}, graph::Labels{1}};  // an outer product: nothing is summed
  EXPECT_THAT(
      evaluate(*make_node(Op::contract, DType::int32, {2, 3}, {iota({2}), iota({3})}, with)).values,
      ElementsAre(0, 0, 0, 0, 1, 2));
}

TEST(HostEvaluator, ConcatenatesAlongAnAxis) {
  Attributes with;
  with.axis = 1;
  const NodePtr joined =
      make_node(Op::concatenate, DType::int32, {2, 3}, {iota({2, 1}), iota({2, 2})}, with);
  EXPECT_THAT(evaluate(*joined).values, ElementsAre(0, 0, 1, 1, 2, 3));
}

TEST(HostEvaluator, WalksALongChainWithoutRecursion) {
  NodePtr x = iota({1});
  const NodePtr one = constant(1, DType::int32, {1});
  for (int i = 0; i < 200000; ++i) x = make_node(Op::add, DType::int32, {1}, {x, one});
  EXPECT_THAT(evaluate(*x).values, ElementsAre(200000));
}

TEST(HostEvaluator, EvaluatesSeveralNodesTogether) {
  const NodePtr x = iota({2});
  const std::vector<NodePtr> nodes{x, make_node(Op::neg, DType::int32, {2}, x)};
  const std::vector<HostArray> results = evaluate(nodes);
  EXPECT_THAT(results[0].values, ElementsAre(0, 1));
  EXPECT_THAT(results[1].values, ElementsAre(0, -1));
}

}  // namespace
}  // namespace tarn::test
