#include "ops/graph/traversal.hpp"

#include <array>
#include <atomic>
#include <bit>

namespace tarn::graph {
namespace {

// One number for each walk, so that walkers may meet each other's nodes.
std::uint64_t next_walk() {
  static std::atomic<std::uint64_t> walks = 0;
  return walks.fetch_add(1, std::memory_order_relaxed) + 1;
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  return std::rotl((hash ^ word) * 0x9E3779B97F4A7C15ull, 29);
}

// In four chains side by side: one alone would wait for each multiplication.
std::uint64_t hash_of(std::span<const std::uint64_t> words) {
  std::array<std::uint64_t, 4> chains{words.size(), 1, 2, 3};
  for (std::size_t i = 0; i < words.size(); ++i) chains[i % 4] = mix(chains[i % 4], words[i]);
  std::uint64_t hash = 0;
  for (const std::uint64_t chain : chains) hash = mix(hash, chain);
  return hash;
}

void append(std::vector<std::uint64_t>& key, const Dims& dims) {
  for (const std::int64_t d : dims) key.push_back(static_cast<std::uint64_t>(d));
}

void append_labels(std::vector<std::uint64_t>& key, const Labels& labels) {
  static_assert(sizeof(Labels) == sizeof(std::uint64_t));
  key.push_back(std::bit_cast<std::uint64_t>(labels));
}

// What of the attributes changes the plan; values and seeds do not.
void append_attributes(std::vector<std::uint64_t>& key, const Node& node) {
  const Attributes& with = node.attributes;
  switch (node.op) {
    case Op::permute:
    case Op::pad:
      append(key, with.a);
      break;
    case Op::slice:
      append(key, with.a);
      append(key, with.b);
      break;
    case Op::window:
      key.push_back(static_cast<std::uint64_t>(with.a.rank()));
      append(key, with.a);
      append(key, with.b);
      break;
    case Op::contract:
      append_labels(key, with.labels[0]);
      append_labels(key, with.labels[1]);
      break;
    case Op::random:
    case Op::concatenate:
    case Op::gather:
      key.push_back(static_cast<std::uint64_t>(with.axis));
      break;
    default:
      if (is_reduce(node.op)) key.push_back(with.axes);
  }
}

}  // namespace

const Traversal& Walker::walk(std::span<const NodePtr> outputs) {
  Traversal& t = traversal_;
  for (auto* list : {&t.first_source, &t.sources, &t.leaves, &t.scalars, &t.outputs}) list->clear();
  t.nodes.clear();
  t.key.clear();
  walk_ = next_walk();
  for (const NodePtr& output : outputs) {
    visit(output.get());
    t.outputs.push_back(output->number);
    t.key.push_back(~std::uint64_t{output->number});
  }
  t.first_source.push_back(static_cast<std::uint32_t>(t.sources.size()));
  t.hash = hash_of(t.key);
  return t;
}

// Depth first, with a stack of our own.
void Walker::visit(const Node* root) {
  if (met(*root)) return;
  stack_.push_back({root, 0});
  while (!stack_.empty()) {
    Visit& top = stack_.back();
    const auto sources =
        top.node->realized() ? std::span<const NodePtr>() : top.node->sources.all();
    if (top.next < sources.size()) {
      const Node* source = sources[top.next++].get();
      if (!met(*source)) stack_.push_back({source, 0});
      continue;
    }
    const Node* done = top.node;
    stack_.pop_back();
    if (!met(*done)) add(*done);
  }
}

void Walker::add(const Node& node) {
  Traversal& t = traversal_;
  const std::uint32_t number = t.size();
  t.nodes.push_back(&node);
  t.first_source.push_back(static_cast<std::uint32_t>(t.sources.size()));
  if (node.realized()) {
    t.leaves.push_back(number);
  } else {
    for (const NodePtr& source : node.sources.all()) t.sources.push_back(source->number);
    if (node.op == Op::constant || node.op == Op::random || node.op == Op::pad) {
      t.scalars.push_back(number);
    }
  }
  write_key(node, number);
  node.walk = walk_;
  node.number = number;
}

void Walker::write_key(const Node& node, std::uint32_t number) {
  Traversal& t = traversal_;
  const bool leaf = node.realized();
  const auto sources = std::span(t.sources).subspan(t.first_source[number]);
  t.key.push_back(std::uint64_t{static_cast<std::uint8_t>(node.op)} << 32 |
                  std::uint64_t{static_cast<std::uint8_t>(node.dtype)} << 24 |
                  static_cast<std::uint64_t>(node.shape.rank()) << 16 | sources.size() << 40 |
                  std::uint64_t{leaf} << 1 | std::uint64_t{node.attributes.weight});
  append(t.key, node.shape);
  if (leaf) {
    append(t.key, node.result->view.strides);
    t.key.push_back(static_cast<std::uint64_t>(node.result->view.offset));
    return;
  }
  for (const std::uint32_t source : sources) t.key.push_back(source);
  append_attributes(t.key, node);
}

}  // namespace tarn::graph
