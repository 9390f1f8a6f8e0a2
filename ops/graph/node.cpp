#include "ops/graph/node.hpp"

#include <iterator>
#include <utility>

#include "ops/graph/node_pool.hpp"
#include "tarn/buffer.hpp"

namespace tarn::graph {

Stored::Stored(std::shared_ptr<Buffer> stored)
    : buffer(std::move(stored)), id(buffer ? buffer->id() : Block{}.id) {}

Sources::Sources(std::vector<NodePtr> nodes) {
  if (nodes.size() > few_.size()) {
    many_ = std::make_unique<std::vector<NodePtr>>(std::move(nodes));
    return;
  }
  std::move(nodes.begin(), nodes.end(), few_.begin());
  count_ = nodes.size();
}

void Sources::release(std::vector<NodePtr>& to) {
  std::move(few_.begin(), few_.begin() + static_cast<std::ptrdiff_t>(count_),
            std::back_inserter(to));
  count_ = 0;
  if (!many_) return;
  std::move(many_->begin(), many_->end(), std::back_inserter(to));
  many_.reset();
}

namespace {

template <class... Arguments>
NodePtr new_node(Arguments&&... arguments) {
  return std::allocate_shared<const Node>(NodeAllocator<Node>(),
                                          std::forward<Arguments>(arguments)...);
}

}  // namespace

NodePtr make_node(Op op, DType dtype, const Shape& shape, Sources sources,
                  const Attributes& attributes) {
  auto device = sources[0].device;
  return new_node(op, dtype, shape, std::move(sources), attributes, std::move(device));
}

NodePtr make_leaf(Op op, DType dtype, const Shape& shape, const Attributes& attributes,
                  std::shared_ptr<DeviceState> device) {
  return new_node(op, dtype, shape, Sources(), attributes, std::move(device));
}

}  // namespace tarn::graph

namespace tarn {

// The first node of a chain to die keeps a list of those that may have to follow; while it works
// the list off, the nodes that die only add their sources to it. The list lives on the stack of
// that first destructor, so that nodes may also die after the thread's own objects have gone
// (global tensors).
Node::~Node() {
  thread_local std::vector<graph::NodePtr>* dying = nullptr;
  if (sources.size() == 0) return;
  if (dying) {
    sources.release(*dying);
    return;
  }
  std::vector<graph::NodePtr> list;
  dying = &list;
  sources.release(list);
  while (!list.empty()) {
    const graph::NodePtr node = std::move(list.back());
    list.pop_back();
  }
  dying = nullptr;
}

void Node::set_result(std::shared_ptr<const graph::Result> value) const {
  in_order = value->view == graph::contiguous_view(shape);
  result = std::move(value);
  sources = {};
}

}  // namespace tarn
