#include "ops/graph/traversal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tarn::graph {
namespace {

using ::testing::ElementsAre;
using Outputs = std::vector<NodePtr>;

constexpr DType kFloat = DType::float32;

// A leaf that is there; these need no bytes.
NodePtr data(const Shape& shape, bool weight = false, const View* view = nullptr) {
  Attributes with;
  with.weight = weight;
  NodePtr node = make_leaf(Op::data, kFloat, shape, with, nullptr);
  node->set_result(std::make_shared<Result>(nullptr, view ? *view : contiguous_view(shape)));
  return node;
}
NodePtr constant(double value, const Shape& shape = {}) {
  Attributes with;
  with.value = value;
  return make_leaf(Op::constant, kFloat, shape, with, nullptr);
}
NodePtr node(Op op, const Shape& shape, Sources sources, const Attributes& with = {}) {
  return make_node(op, kFloat, shape, std::move(sources), with);
}
NodePtr random(std::uint64_t seed, int axis = 0, const Shape& shape = {4}) {
  Attributes with;
  with.seed = seed;
  with.axis = axis;
  return make_leaf(Op::random, kFloat, shape, with, nullptr);
}
NodePtr iota(const Shape& shape) { return make_leaf(Op::iota, DType::int32, shape, {}, nullptr); }
NodePtr moved(Op op, const Shape& shape, const NodePtr& x, const Dims& a, const Dims& b = {}) {
  Attributes with;
  with.a = a;
  with.b = b;
  return node(op, shape, x, with);
}
NodePtr sum(const Shape& shape, const NodePtr& x, std::uint32_t axes, Op op = Op::sum) {
  Attributes with;
  with.axes = axes;
  return node(op, shape, x, with);
}
NodePtr product(const Labels& a, const Labels& b) {
  Attributes with;
  with.labels = {a, b};
  return node(Op::contract, {4, 4}, {data({4, 4}), data({4, 4})}, with);
}
NodePtr gathered(int axis) {
  Attributes with;
  with.axis = axis;
  return node(Op::gather, {4, 4}, {data({4, 4}), iota({4})}, with);
}
NodePtr joined(int axis, int count) {
  Attributes with;
  with.axis = axis;
  const NodePtr part = data({2, 2});
  return node(Op::concatenate, axis == 0 ? Shape{2 * count, 2} : Shape{2, 2 * count},
              Sources(std::vector<NodePtr>(static_cast<std::size_t>(count), part)), with);
}

std::vector<std::uint64_t> key_of(const Outputs& outputs) {
  Walker walker;
  return walker.walk(outputs).key;
}
std::uint64_t hash_of(const Outputs& outputs) {
  Walker walker;
  return walker.walk(outputs).hash;
}

TEST(Walker, SourcesComeFirstAndEachNodeOnce) {
  const NodePtr x = data({2}), two = constant(2);
  const NodePtr scaled = node(Op::mul, {2}, {x, two});
  const NodePtr last = node(Op::add, {2}, {scaled, node(Op::sub, {2}, {scaled, x})});
  Walker walker;
  const Outputs outputs{last, scaled};
  const Traversal& graph = walker.walk(outputs);
  EXPECT_THAT(graph.nodes,
              ElementsAre(x.get(), two.get(), scaled.get(), &last->sources[1], last.get()));
  EXPECT_THAT(graph.sources_of(2), ElementsAre(0, 1));
  EXPECT_THAT(graph.sources_of(3), ElementsAre(2, 0));
  EXPECT_THAT(graph.sources_of(4), ElementsAre(2, 3));
  EXPECT_THAT(graph.leaves, ElementsAre(0));
  EXPECT_THAT(graph.scalars, ElementsAre(1));
  EXPECT_THAT(graph.outputs, ElementsAre(4, 2));
}

TEST(Walker, AResultEndsTheWalk) {
  const NodePtr x = node(Op::exp, {2}, data({2}));
  const NodePtr y = node(Op::exp, {2}, x);
  x->set_result(std::make_shared<Result>(nullptr, contiguous_view({2})));
  Walker walker;
  EXPECT_THAT(walker.walk({&y, 1}).nodes, ElementsAre(x.get(), y.get()));
}

TEST(Walker, AChainOfAMillionIsWalkedWithoutRecursion) {
  NodePtr x = data({2});
  for (int i = 0; i < 1'000'000; ++i) x = node(Op::neg, {2}, std::move(x));
  Walker walker;
  EXPECT_EQ(walker.walk({&x, 1}).size(), 1'000'001u);
}

TEST(Key, ValuesAndSeedsAreNotInIt) {
  const NodePtr x = data({4});
  const auto noisy = [&](double value, std::uint64_t seed) {
    return Outputs{node(Op::add, {4}, {node(Op::mul, {4}, {x, constant(value)}), random(seed)})};
  };
  EXPECT_EQ(key_of(noisy(2, 3)), key_of(noisy(4, 5)));
  EXPECT_EQ(hash_of(noisy(2, 3)), hash_of(noisy(4, 5)));
  const auto around = [&](double value) {
    Attributes with;
    with.a = {1};
    with.value = value;
    return Outputs{node(Op::pad, {6}, x, with)};
  };
  EXPECT_EQ(key_of(around(0)), key_of(around(1)));
}

TEST(Key, AnElementwiseNodeOfTwoSourcesIsTwoWords) {
  const NodePtr x = data({4, 5, 6});
  const NodePtr once = node(Op::add, {4, 5, 6}, {x, x});
  const NodePtr twice = node(Op::add, {4, 5, 6}, {once, x});
  EXPECT_EQ(key_of({twice}).size(), key_of({once}).size() + 2);
}

TEST(Key, ALeafInOrderHasNoStridesInIt) {
  const View in_order = contiguous_view({4, 5}), turned{{1, 4}}, later{{5, 1}, 1};
  const auto words = [](const View& view) { return key_of({data({4, 5}, false, &view)}).size(); };
  EXPECT_EQ(words(turned), words(in_order) + 3);
  EXPECT_EQ(words(later), words(in_order) + 3);
}

struct Structure {
  std::string name;
  Outputs outputs;
};

// Each of these differs from all others in what a plan depends on.
std::vector<Structure> structures() {
  const View reversed{{-1}, 3}, second{{1}, 1};
  const NodePtr a = data({4}), b = data({4}), one = data({1}), row = data({1, 4});
  const NodePtr weight = data({4}, true), x = data({4, 4}), y = node(Op::exp, {4}, a);
  const auto add = [](const NodePtr& left, const NodePtr& right) {
    return node(Op::add, broadcast_shapes(left->shape, right->shape, ""), {left, right});
  };
  return {
      {"a+b", {add(a, b)}},
      {"a+a", {add(a, a)}},
      {"a-b", {node(Op::sub, {4}, {a, b})}},
      {"other extents", {add(data({5}), data({5}))}},
      {"another rank", {add(row, data({1, 4}))}},
      {"broadcast", {add(one, a)}},
      {"broadcast the other way", {add(a, one)}},
      {"a weight", {add(weight, b)}},
      {"the other a weight", {add(a, weight)}},
      {"reversed", {add(data({4}, false, &reversed), b)}},
      {"an offset", {add(data({4}, false, &second), b)}},
      {"a constant", {add(a, constant(1))}},
      {"a constant with axes", {add(a, constant(1, {4}))}},
      {"where", {node(Op::where, {4}, {a, b, b})}},
      {"where, otherwise", {node(Op::where, {4}, {a, a, b})}},
      {"full", {constant(1, {4})}},
      {"full, longer", {constant(1, {5})}},
      {"iota", {iota({4})}},
      {"iota, longer", {iota({5})}},
      {"random", {random(1)}},
      {"random, longer", {random(1, 0, {5})}},
      {"another stream", {random(1, 1)}},
      {"a cast", {node(Op::cast, {4}, a)}},
      {"a cast to integers", {make_node(Op::cast, DType::int32, {4}, a)}},
      {"two outputs", {y, node(Op::exp, {4}, y)}},
      {"the other order", {node(Op::exp, {4}, y), y}},
      {"the last alone", {node(Op::exp, {4}, y)}},
      {"reshape", {moved(Op::reshape, {2, 8}, x, {})}},
      {"reshape, otherwise", {moved(Op::reshape, {8, 2}, x, {})}},
      {"expand", {moved(Op::expand, {3, 4}, row, {})}},
      {"expand, further", {moved(Op::expand, {5, 4}, row, {})}},
      {"permute", {moved(Op::permute, {4, 4}, x, {1, 0})}},
      {"permute, not at all", {moved(Op::permute, {4, 4}, x, {0, 1})}},
      {"slice", {moved(Op::slice, {2, 4}, x, {0, 0}, {1, 1})}},
      {"slice, from another", {moved(Op::slice, {2, 4}, x, {1, 0}, {1, 1})}},
      {"slice, by steps", {moved(Op::slice, {2, 4}, x, {0, 0}, {2, 1})}},
      {"slice, shorter", {moved(Op::slice, {1, 4}, x, {0, 0}, {1, 1})}},
      {"pad", {moved(Op::pad, {5, 4}, x, {1, 0})}},
      {"pad, after", {moved(Op::pad, {5, 4}, x, {0, 0})}},
      {"pad, more", {moved(Op::pad, {6, 4}, x, {1, 0})}},
      {"window", {moved(Op::window, {4, 3, 2}, x, {1}, {1})}},
      {"window, of three", {moved(Op::window, {4, 2, 3}, x, {1}, {1})}},
      {"window, by steps", {moved(Op::window, {4, 3, 2}, x, {2}, {1})}},
      {"window, dilated", {moved(Op::window, {4, 3, 2}, x, {1}, {2})}},
      {"sum", {sum({4}, x, 1)}},
      {"sum, of columns", {sum({4}, x, 2)}},
      {"sum, of all", {sum({}, x, 3)}},
      {"sum, keeping the axis", {sum({1, 4}, x, 1)}},
      {"max", {sum({4}, x, 1, Op::max)}},
      {"matmul", {product({0, 2}, {2, 1})}},
      {"matmul, transposed", {product({0, 2}, {1, 2})}},
      {"matmul, the other transposed", {product({2, 0}, {2, 1})}},
      {"gather", {gathered(0)}},
      {"gather, along columns", {gathered(1)}},
      {"concatenate", {joined(0, 4)}},
      {"concatenate, columns", {joined(1, 4)}},
      {"concatenate, one more", {joined(0, 5)}},
      {"concatenate, two more", {joined(0, 6)}},
      {"contiguous", {node(Op::contiguous, {4, 4}, x)}},
  };
}

TEST(Key, IsEqualForEqualStructuresAlone) {
  const auto all = structures(), again = structures();
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(hash_of(all[i].outputs), hash_of(again[i].outputs)) << all[i].name;
    for (std::size_t j = 0; j < all.size(); ++j) {
      EXPECT_EQ(key_of(all[i].outputs) == key_of(again[j].outputs), i == j)
          << all[i].name << " and " << all[j].name;
    }
  }
}

}  // namespace
}  // namespace tarn::graph
