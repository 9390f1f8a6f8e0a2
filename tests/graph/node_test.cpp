#include "ops/graph/node.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "ops/graph/node_pool.hpp"

namespace tarn::graph {
namespace {

NodePtr leaf() { return make_leaf(Op::constant, DType::float32, {2}, {}, nullptr); }
NodePtr negated(NodePtr x) { return make_node(Op::neg, DType::float32, {2}, std::move(x)); }

TEST(Sources, UpToThreeLieInTheNode) {
  const NodePtr a = leaf();
  const NodePtr b = leaf();
  const Sources two{a, b};
  EXPECT_EQ(two.size(), 2u);
  EXPECT_EQ(&two[1], b.get());
  const Sources many(std::vector<NodePtr>{a, b, a, b, a});
  EXPECT_EQ(many.size(), 5u);
  EXPECT_EQ(&many[4], a.get());
  EXPECT_EQ(Sources().size(), 0u);
}

TEST(Sources, HaveNoneOnceReleased) {
  const NodePtr a = leaf();
  for (const std::size_t count : {3u, 5u}) {
    Sources sources(std::vector<NodePtr>(count, a));
    std::vector<NodePtr> list;
    sources.release(list);
    EXPECT_EQ(sources.size(), 0u);
    EXPECT_EQ(list, std::vector<NodePtr>(count, a));
  }
  EXPECT_EQ(a.use_count(), 1);
}

TEST(Node, AChainOfAMillionDiesWithoutRecursion) {
  NodePtr x = leaf();
  const std::weak_ptr<const Node> first = x;
  for (int i = 0; i < 1000000; ++i) x = negated(std::move(x));
  x = nullptr;
  EXPECT_TRUE(first.expired());
}

TEST(Node, AChainDiesWithItsLastUser) {
  NodePtr middle = negated(leaf());
  const std::weak_ptr<const Node> watch = middle;
  NodePtr a = negated(middle);
  NodePtr b = negated(std::move(middle));
  a = nullptr;
  EXPECT_FALSE(watch.expired());
  b = nullptr;
  EXPECT_TRUE(watch.expired());
}

TEST(Node, WithAResultItLetsItsSourcesGo) {
  NodePtr x = leaf();
  const std::weak_ptr<const Node> first = x;
  for (int i = 0; i < 1000000; ++i) x = negated(std::move(x));
  EXPECT_FALSE(x->realized());
  x->set_result(std::make_shared<const Result>(nullptr, View{}));
  EXPECT_TRUE(x->realized());
  EXPECT_EQ(x->sources.size(), 0u);
  EXPECT_TRUE(first.expired());
}

TEST(Node, LivesOnTheDeviceOfItsSource) {
  const auto owner = std::make_shared<int>(0);
  const std::shared_ptr<DeviceState> device(owner, reinterpret_cast<DeviceState*>(owner.get()));
  const NodePtr x = negated(make_leaf(Op::constant, DType::float32, {2}, {}, device));
  EXPECT_EQ(x->device, device);
}

#if !defined(__SANITIZE_ADDRESS__)
// On threads of their own, which keep nothing yet.
TEST(NodePool, HandsOutWhatCameBackLast) {
  std::thread([] {
    void* const a = NodePool::take(64);
    void* const b = NodePool::take(64);
    NodePool::put(a, 64);
    NodePool::put(b, 64);
    EXPECT_EQ(NodePool::take(64), b);
    EXPECT_EQ(NodePool::take(64), a);
    NodePool::put(a, 64);
    NodePool::put(b, 64);
  }).join();
}

TEST(NodePool, APieceIsForItsOwnSizeOnly) {
  std::thread([] {
    void* const small = NodePool::take(64);
    NodePool::put(small, 64);
    void* const large = NodePool::take(256);
    EXPECT_NE(large, small);
    NodePool::put(large, 256);  // not kept beside the small one
    EXPECT_EQ(NodePool::take(64), small);
    NodePool::put(small, 64);
  }).join();
}
#endif

// Made by a thread that has ended, and the other way round; more of them than a thread keeps.
TEST(NodePool, NodesMayDieOnAnyThread) {
  std::vector<NodePtr> made;
  const auto make = [&] {
    for (std::size_t i = 0; i < NodePool::kMostKept + 100; ++i) made.push_back(leaf());
  };
  std::thread(make).join();
  made.clear();
  make();
  std::thread([&] { made.clear(); }).join();
  make();
  EXPECT_EQ(made.back()->op, Op::constant);
}

// What a thread's own objects hold may go after the pieces that it kept.
TEST(NodePool, ANodeMayOutliveTheThreadsPieces) {
  struct Holder {
    NodePtr node;
  };
  std::weak_ptr<const Node> watch;
  std::thread([&] {
    thread_local Holder holder;  // made before the thread keeps its first piece, so destroyed after
    holder.node = leaf();
    watch = holder.node;
    leaf().reset();
  }).join();
  EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace tarn::graph
