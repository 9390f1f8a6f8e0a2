#include "ops/graph/traversal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
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
  node->set_result(
      std::make_shared<Result>(Result{nullptr, view ? *view : contiguous_view(shape)}));
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
NodePtr random(std::uint64_t seed, int axis = 0) {
  Attributes with;
  with.seed = seed;
  with.axis = axis;
  return make_leaf(Op::random, kFloat, {4}, with, nullptr);
}
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
  x->set_result(std::make_shared<Result>(Result{nullptr, contiguous_view({2})}));
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

// Each of these differs from all others in what a plan depends on.
std::vector<std::pair<std::string, std::function<Outputs()>>> structures() {
  const auto add = [](const Shape& a, const Shape& b) {
    return Outputs{node(Op::add, broadcast_shapes(a, b, ""), {data(a), data(b)})};
  };
  const View reversed{{-1}, 3}, second{{1}, 1};
  const auto x = [] { return data({4, 4}); };
  return {
      {"a+b", [=] { return add({4}, {4}); }},
      {"other extents", [=] { return add({5}, {5}); }},
      {"another rank",
       [=] {
         return add({1, 4}, {1, 4});
       }},
      {"broadcast", [=] { return add({1}, {4}); }},
      {"broadcast the other way", [=] { return add({4}, {1}); }},
      {"a-b",
       [] {
         return Outputs{node(Op::sub, {4}, {data({4}), data({4})})};
       }},
      {"a+a",
       [] {
         const NodePtr a = data({4});
         return Outputs{node(Op::add, {4}, {a, a})};
       }},
      {"a weight",
       [] {
         return Outputs{node(Op::add, {4}, {data({4}, true), data({4})})};
       }},
      {"the other a weight",
       [] {
         return Outputs{node(Op::add, {4}, {data({4}), data({4}, true)})};
       }},
      {"reversed",
       [=] {
         return Outputs{node(Op::add, {4}, {data({4}, false, &reversed), data({4})})};
       }},
      {"an offset",
       [=] {
         return Outputs{node(Op::add, {4}, {data({4}, false, &second), data({4})})};
       }},
      {"a constant",
       [] {
         return Outputs{node(Op::add, {4}, {data({4}), constant(1)})};
       }},
      {"a constant with axes",
       [] {
         return Outputs{node(Op::add, {4}, {data({4}), constant(1, {4})})};
       }},
      {"random", [] { return Outputs{random(1)}; }},
      {"another stream", [] { return Outputs{random(1, 1)}; }},
      {"a cast", [] { return Outputs{node(Op::cast, {4}, data({4}))}; }},
      {"... to integers",
       [] { return Outputs{make_node(Op::cast, DType::int32, {4}, data({4}))}; }},
      {"both outputs",
       [] {
         const NodePtr a = node(Op::exp, {4}, data({4}));
         return Outputs{a, node(Op::exp, {4}, a)};
       }},
      {"the last output",
       [] { return Outputs{node(Op::exp, {4}, node(Op::exp, {4}, data({4})))}; }},
      {"reshape",
       [=] {
         return Outputs{moved(Op::reshape, {2, 8}, x(), {})};
       }},
      {"... otherwise",
       [=] {
         return Outputs{moved(Op::reshape, {8, 2}, x(), {})};
       }},
      {"expand",
       [] {
         return Outputs{moved(Op::expand, {3, 4}, data({1, 4}), {})};
       }},
      {"... further",
       [] {
         return Outputs{moved(Op::expand, {5, 4}, data({1, 4}), {})};
       }},
      {"permute",
       [=] {
         return Outputs{moved(Op::permute, {4, 4}, x(), {1, 0})};
       }},
      {"... not at all",
       [=] {
         return Outputs{moved(Op::permute, {4, 4}, x(), {0, 1})};
       }},
      {"slice",
       [=] {
         return Outputs{moved(Op::slice, {2, 4}, x(), {0, 0}, {1, 1})};
       }},
      {"... from another",
       [=] {
         return Outputs{moved(Op::slice, {2, 4}, x(), {1, 0}, {1, 1})};
       }},
      {"... by steps",
       [=] {
         return Outputs{moved(Op::slice, {2, 4}, x(), {0, 0}, {2, 1})};
       }},
      {"... shorter",
       [=] {
         return Outputs{moved(Op::slice, {1, 4}, x(), {0, 0}, {1, 1})};
       }},
      {"pad",
       [=] {
         return Outputs{moved(Op::pad, {5, 4}, x(), {1, 0})};
       }},
      {"... after",
       [=] {
         return Outputs{moved(Op::pad, {5, 4}, x(), {0, 0})};
       }},
      {"... more",
       [=] {
         return Outputs{moved(Op::pad, {6, 4}, x(), {1, 0})};
       }},
      {"window",
       [=] {
         return Outputs{moved(Op::window, {4, 3, 2}, x(), {1}, {1})};
       }},
      {"... of three",
       [=] {
         return Outputs{moved(Op::window, {4, 2, 3}, x(), {1}, {1})};
       }},
      {"... by steps",
       [=] {
         return Outputs{moved(Op::window, {4, 3, 2}, x(), {2}, {1})};
       }},
      {"... dilated",
       [=] {
         return Outputs{moved(Op::window, {4, 3, 2}, x(), {1}, {2})};
       }},
      {"sum", [=] { return Outputs{sum({4}, x(), 1)}; }},
      {"... of columns", [=] { return Outputs{sum({4}, x(), 2)}; }},
      {"... of all", [=] { return Outputs{sum({}, x(), 3)}; }},
      {"... keeping the axis",
       [=] {
         return Outputs{sum({1, 4}, x(), 1)};
       }},
      {"max", [=] { return Outputs{sum({4}, x(), 1, Op::max)}; }},
      {"matmul",
       [] {
         return Outputs{product({0, 2}, {2, 1})};
       }},
      {"... transposed",
       [] {
         return Outputs{product({0, 2}, {1, 2})};
       }},
      {"... the other transposed",
       [] {
         return Outputs{product({2, 0}, {2, 1})};
       }},
      {"concatenate", [] { return Outputs{joined(0, 4)}; }},
      {"... columns", [] { return Outputs{joined(1, 4)}; }},
      {"... one more", [] { return Outputs{joined(0, 5)}; }},
      {"... two more", [] { return Outputs{joined(0, 6)}; }},
      {"contiguous",
       [=] {
         return Outputs{node(Op::contiguous, {4, 4}, x())};
       }},
  };
}

TEST(Key, IsEqualForEqualStructuresAlone) {
  const auto all = structures();
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(hash_of(all[i].second()), hash_of(all[i].second())) << all[i].first;
    for (std::size_t j = 0; j < all.size(); ++j) {
      EXPECT_EQ(key_of(all[i].second()) == key_of(all[j].second()), i == j)
          << i << ": " << all[i].first << ", " << j << ": " << all[j].first;
    }
  }
}

}  // namespace
}  // namespace tarn::graph
