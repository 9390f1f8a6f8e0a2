// The part of a graph that a realization needs, as flat arrays in canonical order: sources before
// the nodes that use them, so that no pass over it recurses.
//
// It is also the graph's key: two graphs of equal structure are walked in the same order, and write
// the same words. Scalars (values of constants, seeds) and leaves (buffers) stand apart: they may
// differ.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ops/graph/node.hpp"

namespace tarn::graph {

struct Traversal {
  std::vector<const Node*> nodes;  // sources first
  std::vector<std::uint32_t>
      first_source;  // of node i: sources[first_source[i]] up to first_source[i + 1]
  std::vector<std::uint32_t> sources;
  std::vector<std::uint32_t> leaves;   // nodes that are there already
  std::vector<std::uint32_t> scalars;  // nodes with a value or a seed
  std::vector<std::uint32_t> outputs;  // the nodes asked for
  std::vector<std::uint64_t> key;
  std::uint64_t hash = 0;

  std::span<const std::uint32_t> sources_of(std::uint32_t i) const {
    return std::span(sources).subspan(first_source[i], first_source[i + 1] - first_source[i]);
  }
  std::uint32_t size() const { return static_cast<std::uint32_t>(nodes.size()); }
};

/// Walks graphs; keeps its memory from one walk to the next.
class Walker {
 public:
  /// Requires: the lock of the nodes' device. The result is valid until the next walk.
  const Traversal& walk(std::span<const NodePtr> outputs);

 private:
  struct Visit {
    const Node* node;
    std::span<const NodePtr> left;  // of its sources
  };
  void visit(const Node& root);
  void enter(const Node& node);
  void add(const Node& node, std::span<const NodePtr> sources);
  void write_leaf(const Node& node);
  void write_node(const Node& node, std::span<const std::uint32_t> sources);

  Traversal traversal_;
  std::vector<Visit> stack_;
  std::uint64_t walk_ = 0;  // of all walks of the process
};

}  // namespace tarn::graph
