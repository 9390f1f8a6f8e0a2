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

// What begins with a word of a key, in its lowest byte.
enum class Word : std::uint8_t { node, leaf, output };

std::uint64_t word_of(const Node& node, Word kind) {
  return static_cast<std::uint64_t>(kind) | std::uint64_t{static_cast<std::uint8_t>(node.op)} << 8 |
         std::uint64_t{static_cast<std::uint8_t>(node.dtype)} << 16 |
         static_cast<std::uint64_t>(node.shape.rank()) << 24;
}

void append(std::vector<std::uint64_t>& key, const Dims& dims) {
  for (const std::int64_t d : dims) key.push_back(static_cast<std::uint64_t>(d));
}

void append_labels(std::vector<std::uint64_t>& key, const Labels& labels) {
  static_assert(sizeof(Labels) == sizeof(std::uint64_t));
  key.push_back(std::bit_cast<std::uint64_t>(labels));
}

// Two a word.
void append(std::vector<std::uint64_t>& key, std::span<const std::uint32_t> numbers) {
  for (std::size_t i = 0; i < numbers.size(); i += 2) {
    const std::uint64_t second = i + 1 < numbers.size() ? numbers[i + 1] : 0;
    key.push_back(second << 32 | numbers[i]);
  }
}

// What changes the plan beside the operator and the sources: the attributes, but no values and
// seeds, and the extents where they do not follow from those of the sources.
void append_details(std::vector<std::uint64_t>& key, const Node& node) {
  const Attributes& with = node.attributes;
  switch (node.op) {
    case Op::data:
    case Op::constant:
    case Op::iota:
    case Op::reshape:
    case Op::expand:
      append(key, node.shape);
      break;
    case Op::random:
      append(key, node.shape);
      key.push_back(static_cast<std::uint64_t>(with.axis));
      break;
    case Op::permute:
      append(key, with.a);
      break;
    case Op::pad:
      append(key, node.shape);
      append(key, with.a);
      break;
    case Op::slice:
      append(key, node.shape);
      append(key, with.a);
      append(key, with.b);
      break;
    case Op::window:
      append(key, node.shape);
      key.push_back(static_cast<std::uint64_t>(with.a.rank()));
      append(key, with.a);
      append(key, with.b);
      break;
    case Op::contract:
      append_labels(key, with.labels[0]);
      append_labels(key, with.labels[1]);
      break;
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
  stack_.clear();  // of a walk that found no memory
  walk_ = next_walk();
  for (const NodePtr& output : outputs) {
    visit(*output);
    t.outputs.push_back(output->number);
    t.key.push_back(std::uint64_t{output->number} << 32 | static_cast<std::uint64_t>(Word::output));
  }
  t.first_source.push_back(static_cast<std::uint32_t>(t.sources.size()));
  t.hash = hash_of(t.key);
  return t;
}

// Depth first, with a stack of our own.
void Walker::visit(const Node& root) {
  enter(root);
  while (!stack_.empty()) {
    Visit& top = stack_.back();
    if (top.left.empty()) {
      const Node& done = *top.node;
      stack_.pop_back();
      add(done, done.sources.all());
      continue;
    }
    const Node& source = *top.left.front();
    top.left = top.left.subspan(1);
    enter(source);
  }
}

void Walker::enter(const Node& node) {
  if (node.walk == walk_) return;
  if (node.realized() || node.sources.size() == 0) return add(node, {});
  stack_.push_back({&node, node.sources.all()});
}

void Walker::add(const Node& node, std::span<const NodePtr> sources) {
  Traversal& t = traversal_;
  const std::uint32_t number = t.size();
  t.nodes.push_back(&node);
  t.first_source.push_back(static_cast<std::uint32_t>(t.sources.size()));
  for (const NodePtr& source : sources) t.sources.push_back(source->number);
  if (node.realized()) {
    t.leaves.push_back(number);
    write_leaf(node);
  } else {
    if (node.op == Op::constant || node.op == Op::random || node.op == Op::pad) {
      t.scalars.push_back(number);
    }
    write_node(node, std::span(t.sources).subspan(t.first_source[number]));
  }
  node.walk = walk_;
  node.number = number;
}

// The first word of each says how many follow, so that no key can be read in two ways.
void Walker::write_leaf(const Node& node) {
  std::vector<std::uint64_t>& key = traversal_.key;
  key.push_back(word_of(node, Word::leaf) | std::uint64_t{node.attributes.weight} << 32 |
                std::uint64_t{node.in_order} << 33);
  append(key, node.shape);
  if (node.in_order) return;
  append(key, node.result->view.strides);
  key.push_back(static_cast<std::uint64_t>(node.result->view.offset));
}

// The extents of an elementwise node are those to which its sources broadcast.
void Walker::write_node(const Node& node, std::span<const std::uint32_t> sources) {
  std::vector<std::uint64_t>& key = traversal_.key;
  key.push_back(word_of(node, Word::node) | std::uint64_t{sources.size()} << 32);
  append(key, sources);
  if (!is_elementwise(node.op)) append_details(key, node);
}

}  // namespace tarn::graph
