// A node of the graph: one operator, its sources and what it needs to know. Immutable, but for its
// result: empty, then set once, after which the node is a leaf and has let its sources go.
//
// The graph knows no device, and of a buffer only which block it has: it holds both as what they
// are called in include/tarn.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ops/graph/op.hpp"
#include "ops/graph/view.hpp"
#include "tarn/dtype.hpp"
#include "tarn/shape.hpp"

namespace tarn {
class Buffer;
class DeviceState;
struct Node;
}  // namespace tarn

namespace tarn::graph {

using NodePtr = std::shared_ptr<const Node>;

/// The sources of a node: up to three lie in the node itself.
class Sources {
 public:
  Sources() = default;
  Sources(NodePtr a) : few_{std::move(a)}, count_(1) {}  // NOLINT: a node is a list of one
  Sources(NodePtr a, NodePtr b) : few_{std::move(a), std::move(b)}, count_(2) {}
  Sources(NodePtr a, NodePtr b, NodePtr c)
      : few_{std::move(a), std::move(b), std::move(c)}, count_(3) {}
  explicit Sources(std::vector<NodePtr> nodes);

  std::size_t size() const { return all().size(); }
  std::span<const NodePtr> all() const {
    return many_ ? std::span<const NodePtr>(*many_) : std::span(few_.data(), count_);
  }
  const Node& operator[](std::size_t i) const { return *all()[i]; }
  /// Reads what letting them go touches.
  void fetch() const { static_cast<void>(*const_cast<const volatile std::size_t*>(&count_)); }
  /// Moves the sources to the end of `to`, and has none afterwards.
  void release(std::vector<NodePtr>& to);

 private:
  std::array<NodePtr, 3> few_;
  std::size_t count_ = 0;
  std::unique_ptr<std::vector<NodePtr>> many_;
};

/// The axes of a contraction's source by label: label i below the rank of the result is axis i of
/// the result, the labels from the rank on are summed over. matmul (m,k) x (k,n) is {0,2} x {2,1}.
using Labels = std::array<std::int8_t, kMaxRank>;
inline constexpr int kMaxLabels = 2 * kMaxRank;

/// What an operator needs beside its sources; which fields, `Op` says. In the order of use, too.
struct Attributes {
  bool weight = false;  // data: a tensor of weights (Tensor::as_weight)
  int axis = 0;
  std::uint32_t axes = 0;
  double value = 0;
  std::uint64_t seed = 0;
  std::array<Labels, 2> labels{};
  Dims a, b;
};

/// A buffer, or none, and the id of its block, so that nobody reads the buffer itself to know which
/// it is: kernels leave little else than their data in a processor's caches.
struct Stored {
  const std::shared_ptr<Buffer> buffer;
  const std::uint64_t id;

  explicit Stored(std::shared_ptr<Buffer> stored);
};

/// Where a node's elements are.
struct Result : Stored {
  // Copies of a weight in an order that suits a kernel, by a name that is one address for each
  // text. Guarded by the device's lock.
  struct Packed : Stored {
    const std::string* name;
  };
  mutable std::vector<Packed> packed;
  const View view;

  /// Without a buffer where there are no elements.
  Result(std::shared_ptr<Buffer> stored, const View& at) : Stored(std::move(stored)), view(at) {}
};

}  // namespace tarn::graph

namespace tarn {

// In the order of use: what letting a node go touches is in the first two of a processor's lines of
// 64 bytes, together with what shared pointers count.
struct Node {
  // Changed by realizing alone, under the device's lock: the last walk that met the node, and where
  // it stands in it.
  mutable std::uint64_t walk = 0;
  mutable std::uint32_t number = 0;
  graph::Op op;
  DType dtype;
  mutable bool in_order = false;  // result->view is contiguous_view(shape): no need to look there
  mutable std::shared_ptr<const graph::Result> result;  // by realizing alone, too
  std::shared_ptr<DeviceState> device;
  mutable graph::Sources sources;  // by realizing alone, too
  Shape shape;
  graph::Attributes attributes;

  Node(graph::Op o, DType d, const Shape& s, graph::Sources from, const graph::Attributes& with,
       std::shared_ptr<DeviceState> on)
      : op(o),
        dtype(d),
        device(std::move(on)),
        sources(std::move(from)),
        shape(s),
        attributes(with) {}
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  /// Lets its sources go one after another, however long the chain: no recursion.
  ~Node();

  bool realized() const { return result != nullptr; }
  /// Makes the node a leaf. Requires: the device's lock.
  void set_result(std::shared_ptr<const graph::Result> value) const;

  /// Reads what letting the node go touches, ahead of it: kernels leave little else in the caches
  /// than their data. Not by prefetches: processors drop these where the page is not at hand
  /// either.
  void fetch() const {
    static_cast<void>(*const_cast<const volatile std::uint64_t*>(&walk));
    sources.fetch();
  }
};

}  // namespace tarn

namespace tarn::graph {

/// A node on the device of its first source.
NodePtr make_node(Op op, DType dtype, const Shape& shape, Sources sources,
                  const Attributes& attributes = {});
/// A leaf on a device.
NodePtr make_leaf(Op op, DType dtype, const Shape& shape, const Attributes& attributes,
                  std::shared_ptr<DeviceState> device);

}  // namespace tarn::graph
