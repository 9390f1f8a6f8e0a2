#include "ops/plan/lower.hpp"

#include <algorithm>
#include <cassert>
#include <optional>

#include "ops/plan/loops.hpp"

namespace tarn::plan {
namespace {

using graph::Kind;
using graph::Node;
using graph::Op;

/// Thrown where two reductions of one kernel do not run along the same rows.
struct OtherRows {};

/// For each axis that lowering makes, in order: the extents of its loops, outermost first. One
/// each, until a reshape asks for more.
using AxisLoops = std::vector<std::vector<std::int64_t>>;

/// Where, in the loops, each axis of a node is read, and within which guards.
struct Map {
  std::vector<Affine> index;
  int guards = -1;
  friend bool operator==(const Map&, const Map&) = default;
};

// Lowering recurses along the nodes of one kernel, of which there are at most Limits::operations.
class Lowering {
 public:
  Lowering(const graph::Traversal& graph, const std::vector<Placement>& placements,
           const Group& group, AxisLoops& axes)
      : graph_(graph), placements_(placements), group_(group), axes_(axes) {}

  KernelSpec run() {
    const int stored = group_.root;
    const int computed = group_.part < 0 ? stored : source(stored, group_.part);
    const Shape& shape = node(computed).shape;
    Map map;
    for (int axis = 0; axis < shape.rank(); ++axis) {
      map.index.push_back(add_axis(shape[axis], (group_.row_axes >> axis & 1) != 0));
    }
    if (group_.row_axes != 0) rows_ = Rows{shape, group_.row_axes, map.index};
    const int root = intern(std::move(map));
    spec_.store.value = group_.part < 0 ? compute(stored, root) : value_of(computed, root);
    spec_.store.address = store_address(root);
    spec_.output = {stored, node(stored).dtype};
    for (Value& value : spec_.values) value.address = spec_.space.recombined(value.address);
    return std::move(spec_);
  }

  /// The axis and the loop of it that a loop is.
  std::pair<std::size_t, std::size_t> origin(int loop) const {
    return origins_[static_cast<std::size_t>(loop)];
  }

 private:
  const Node& node(int i) const { return *graph_.nodes[static_cast<std::size_t>(i)]; }
  int source(int i, int which = 0) const {
    return static_cast<int>(
        graph_.sources_of(static_cast<std::uint32_t>(i))[static_cast<std::size_t>(which)]);
  }
  const Map& map(int i) const { return maps_[static_cast<std::size_t>(i)]; }

  // ---- Loops, maps, guards
  // --------------------------------------------------------------------------

  Affine add_axis(std::int64_t extent, bool reduced) {
    const std::size_t axis = next_axis_++;
    if (axis == axes_.size()) axes_.push_back({extent});
    Affine index;
    for (std::size_t part = 0; part < axes_[axis].size(); ++part) {
      const std::int64_t iterations = axes_[axis][part];
      index = index * iterations;
      if (iterations == 1) continue;
      const int loop = spec_.space.add_loop(iterations);
      origins_.resize(static_cast<std::size_t>(loop) + 1);
      origins_.back() = {axis, part};
      (reduced ? spec_.reduced : spec_.kept).push_back(loop);
      index = index + spec_.space.atom(loop);
    }
    return index;
  }

  int intern(Map map) {
    const auto known = std::ranges::find(maps_, map);
    if (known != maps_.end()) return static_cast<int>(known - maps_.begin());
    maps_.push_back(std::move(map));
    return static_cast<int>(maps_.size()) - 1;
  }

  int intern(std::vector<Guard> guards) {
    std::erase_if(guards, [&](const Guard& guard) { return spec_.space.always(guard); });
    if (guards.empty()) return -1;
    const auto known = std::ranges::find(spec_.guards, guards);
    if (known != spec_.guards.end()) return static_cast<int>(known - spec_.guards.begin());
    spec_.guards.push_back(std::move(guards));
    return static_cast<int>(spec_.guards.size()) - 1;
  }

  // Those of `outer` and these.
  int both(int outer, const std::vector<Guard>& guards) {
    std::vector<Guard> all =
        outer < 0 ? std::vector<Guard>() : spec_.guards[static_cast<std::size_t>(outer)];
    for (const Guard& guard : guards) {
      if (std::ranges::find(all, guard) == all.end()) all.push_back(guard);
    }
    return intern(std::move(all));
  }

  Affine address(const std::vector<Affine>& index, const graph::View& view,
                 const Shape& shape) const {
    Affine sum{view.offset, {}};
    for (int axis = 0; axis < shape.rank(); ++axis) {
      if (shape[axis] > 1) sum = sum + index[static_cast<std::size_t>(axis)] * view.strides[axis];
    }
    return spec_.space.recombined(sum);
  }
  Affine position(const std::vector<Affine>& index, const Shape& shape) const {
    return address(index, graph::contiguous_view(shape), shape);
  }

  Affine store_address(int root) const {
    const Shape& whole = node(group_.root).shape;
    graph::View view = graph::contiguous_view(whole);
    if (group_.part < 0) return address(map(root).index, view, whole);
    const int axis = node(group_.root).attributes.axis;
    for (int part = 0; part < group_.part; ++part) {
      view.offset += node(source(group_.root, part)).shape[axis] * view.strides[axis];
    }
    return address(map(root).index, view, node(source(group_.root, group_.part)).shape);
  }

  // ---- Values
  // ---------------------------------------------------------------------------------------

  int add(Value value) {
    spec_.values.push_back(std::move(value));
    return static_cast<int>(spec_.values.size()) - 1;
  }

  int value_of(int i, int at) {
    if (is_based(placements_, i)) return load(i, at);
    for (const Known& known : known_) {
      if (known.node == i && known.map == at) return known.value;
    }
    const int value = compute(i, at);
    known_.push_back({i, at, value});
    return value;
  }

  int load(int i, int at) {
    const Placement& placement = placements_[static_cast<std::size_t>(i)];
    Value value{.kind = Value::Kind::load, .dtype = node(i).dtype};
    value.operand = operand({placement.base, node(i).dtype});
    value.guards = map(at).guards;
    value.address = address(map(at).index, placement.view, node(i).shape);
    for (int v = 0; v < static_cast<int>(spec_.values.size()); ++v) {
      const Value& other = spec_.values[static_cast<std::size_t>(v)];
      if (other.kind == Value::Kind::load && other.operand == value.operand &&
          other.guards == value.guards && other.address == value.address) {
        return v;
      }
    }
    return add(std::move(value));
  }

  int operand(const Operand& input) {
    const auto known = std::ranges::find(spec_.inputs, input);
    if (known != spec_.inputs.end()) return static_cast<int>(known - spec_.inputs.begin());
    spec_.inputs.push_back(input);
    return static_cast<int>(spec_.inputs.size()) - 1;
  }

  int scalar(int i, bool seed) {
    const auto at = std::ranges::lower_bound(graph_.scalars, static_cast<std::uint32_t>(i));
    const ScalarArgument argument{static_cast<int>(at - graph_.scalars.begin()), node(i).dtype,
                                  seed};
    for (std::size_t s = 0; s < spec_.scalars.size(); ++s) {
      if (spec_.scalars[s].number == argument.number) return static_cast<int>(s);
    }
    spec_.scalars.push_back(argument);
    return static_cast<int>(spec_.scalars.size()) - 1;
  }

  int compute(int i, int at) {
    const Node& n = node(i);
    switch (graph::kind(n.op)) {
      case Kind::leaf:
        return compute_leaf(i, at);
      case Kind::movement:
        return compute_movement(i, at);
      case Kind::reduce:
        return compute_reduce(i, at);
      case Kind::contract:
        return compute_contract(i, at);
      case Kind::concatenate:
        return compute_concatenate(i, at);
      case Kind::gather:
        return compute_gather(i, at);
      case Kind::copy:
        return value_of(source(i), at);
      case Kind::elementwise:
        break;
    }
    Value value{.kind = Value::Kind::apply, .dtype = n.dtype, .op = n.op};
    const int count = static_cast<int>(graph_.sources_of(static_cast<std::uint32_t>(i)).size());
    for (int s = 0; s < count; ++s) {
      const int from = source(i, s);
      value.args[static_cast<std::size_t>(s)] =
          value_of(from, broadcast(node(from).shape, n.shape, at));
    }
    return add(std::move(value));
  }

  int compute_leaf(int i, int at) {
    const Node& n = node(i);
    Value value{.kind = Value::Kind::scalar, .dtype = n.dtype};
    if (n.op != Op::iota) value.scalar = scalar(i, n.op == Op::random);
    if (n.op == Op::constant) return add(std::move(value));
    value.kind = n.op == Op::iota ? Value::Kind::index : Value::Kind::random;
    value.stream = n.attributes.axis;
    value.address = position(map(at).index, n.shape);
    return add(std::move(value));
  }

  // Where elements of `from`, which broadcasts to `to`, are read for those of `to` at a map.
  int broadcast(const Shape& from, const Shape& to, int at) {
    if (from == to) return at;
    const auto& index = map(at).index;
    Map read{{index.end() - from.rank(), index.end()}, map(at).guards};
    for (int axis = 0; axis < from.rank(); ++axis) {
      if (from[axis] == 1) read.index[static_cast<std::size_t>(axis)] = Affine();
    }
    return intern(std::move(read));
  }

  int compute_movement(int i, int at) {
    const Node& n = node(i);
    const int s = source(i);
    const Shape& from = node(s).shape;
    if (n.op == Op::expand) return value_of(s, broadcast(from, n.shape, at));
    const std::vector<Affine>& index = map(at).index;
    std::vector<Affine> moved(static_cast<std::size_t>(from.rank()));
    std::vector<Guard> guards;
    if (n.op == Op::reshape) {
      moved = spec_.space.reshape(index, n.shape, from);
    } else {
      for (int axis = 0; axis < from.rank(); ++axis) {
        moved[static_cast<std::size_t>(axis)] = moved_axis(n, axis, from, index, guards);
      }
    }
    const int outer = map(at).guards;
    const int inner = intern(Map{std::move(moved), both(outer, guards)});
    const int value = value_of(s, inner);
    return n.op == Op::pad ? choose(guards, value, fill(i)) : value;
  }

  // The index along one axis of a movement's source. A pad adds its guard.
  Affine moved_axis(const Node& n, int axis, const Shape& from, const std::vector<Affine>& index,
                    std::vector<Guard>& guards) const {
    const auto at = static_cast<std::size_t>(axis);
    const auto& [a, b] = std::tie(n.attributes.a, n.attributes.b);
    switch (n.op) {
      case Op::permute: {
        const auto to = std::ranges::find(a, axis) - a.begin();
        return index[static_cast<std::size_t>(to)];
      }
      case Op::slice:
        return index[at] * b[axis] + a[axis];
      case Op::window: {
        const int first = from.rank() - a.rank();
        if (axis < first) return index[at];
        const int w = axis - first;
        return index[at] * a[w] + index[at + static_cast<std::size_t>(a.rank())] * b[w];
      }
      case Op::pad:
        if (n.shape[axis] == from[axis]) return index[at];
        guards.push_back({index[at] + -a[axis], from[axis]});
        return guards.back().index;
      default:
        assert(false);
        return {};
    }
  }

  int fill(int i) {
    return add({.kind = Value::Kind::scalar, .dtype = node(i).dtype, .scalar = scalar(i, false)});
  }

  // `inside` within the guards, else `outside`.
  int choose(const std::vector<Guard>& guards, int inside, int outside) {
    const int set = intern(guards);
    if (set < 0) return inside;
    Value value{.kind = Value::Kind::inside,
                .dtype = spec_.values[static_cast<std::size_t>(inside)].dtype};
    value.args = {inside, outside, -1};
    value.guards = set;
    return add(std::move(value));
  }

  int compute_concatenate(int i, int at) {
    const auto axis = static_cast<std::size_t>(node(i).attributes.axis);
    const Map whole = map(at);
    const int count = static_cast<int>(graph_.sources_of(static_cast<std::uint32_t>(i)).size());
    std::int64_t first = node(i).shape[static_cast<int>(axis)];
    int value = -1;
    for (int s = count - 1; s >= 0; --s) {
      const std::int64_t extent = node(source(i, s)).shape[static_cast<int>(axis)];
      first -= extent;
      if (extent == 0) continue;
      const Guard guard{whole.index[axis] + -first, extent};
      Map part = whole;
      part.index[axis] = extent == 1 ? Affine() : guard.index;
      part.guards = both(whole.guards, {guard});
      const int piece = value_of(source(i, s), intern(std::move(part)));
      value = value < 0 ? piece : choose({guard}, piece, value);
    }
    return value;
  }

  int compute_gather(int i, int at) {
    const int from = source(i);
    const Placement& placement = placements_[static_cast<std::size_t>(from)];
    if (!is_based(placements_, from)) throw OtherRows{};  // it is read all over, not along rows
    const int axis = node(i).attributes.axis;
    const auto first = map(at).index.begin() + axis;
    const auto last = first + node(source(i, 1)).shape.rank();
    std::vector<Affine> rest(map(at).index.begin(), first);
    rest.emplace_back();
    rest.insert(rest.end(), last, map(at).index.end());
    Value value{.kind = Value::Kind::gather, .dtype = node(i).dtype};
    value.operand = operand({placement.base, node(i).dtype});
    value.guards = map(at).guards;
    value.address = address(rest, placement.view, node(from).shape);
    value.step = placement.view.strides[axis];
    value.extent = node(from).shape[axis];
    value.args[0] = value_of(source(i, 1), intern(Map{{first, last}, value.guards}));
    return add(std::move(value));
  }

  // ---- Reductions
  // -------------------------------------------------------------------------------------

  struct Rows {
    Shape shape;         // of what is reduced
    std::uint32_t axes;  // which of its axes
    std::vector<Affine> index;
    friend bool operator==(const Rows&, const Rows&) = default;
  };

  int compute_reduce(int i, int at) {
    const Node& n = node(i);
    const Shape& from = node(source(i)).shape;
    if (map(at).guards >= 0 || (rows_ && rows_->shape != from)) throw OtherRows{};
    Rows rows{from, n.attributes.axes, {}};
    const bool keeps = n.shape.rank() == from.rank();  // reduced axes too, with extents of 1
    for (int axis = 0, kept = 0; axis < from.rank(); ++axis) {
      const bool reduced = (rows.axes >> axis & 1) != 0;
      if (reduced) {
        rows.index.push_back(rows_ ? rows_->index[static_cast<std::size_t>(axis)]
                                   : add_axis(from[axis], true));
      } else {
        rows.index.push_back(map(at).index[static_cast<std::size_t>(kept)]);
      }
      if (keeps || !reduced) ++kept;
    }
    if (!rows_) rows_ = rows;
    if (*rows_ != rows) throw OtherRows{};
    return add_reduce(n.op, n.dtype, value_of(source(i), intern(Map{rows.index, -1})),
                      argument_position(rows));
  }

  int add_reduce(Op op, DType dtype, int of, Affine position) {
    Value value{.kind = Value::Kind::reduce, .dtype = dtype, .op = op, .args = {of, -1, -1}};
    if (op == Op::argmax) value.address = std::move(position);
    return add(std::move(value));
  }

  // The index of an element within its row, in row-major order.
  static Affine argument_position(const Rows& rows) {
    Affine position;
    for (int axis = 0; axis < rows.shape.rank(); ++axis) {
      if ((rows.axes >> axis & 1) == 0) continue;
      position = position * rows.shape[axis] + rows.index[static_cast<std::size_t>(axis)];
    }
    return position;
  }

  int compute_contract(int i, int at) {
    const Node& n = node(i);
    if (rows_) throw OtherRows{};
    std::vector<std::optional<Affine>> label_index(graph::kMaxLabels);
    for (int axis = 0; axis < n.shape.rank(); ++axis) {
      label_index[static_cast<std::size_t>(axis)] = map(at).index[static_cast<std::size_t>(axis)];
    }
    std::array<int, 2> loads{};
    for (int s = 0; s < 2; ++s) {
      const Shape& from = node(source(i, s)).shape;
      Map read;
      for (int axis = 0; axis < from.rank(); ++axis) {
        const auto label = static_cast<std::size_t>(
            n.attributes.labels[static_cast<std::size_t>(s)][static_cast<std::size_t>(axis)]);
        if (!label_index[label]) label_index[label] = add_axis(from[axis], true);
        read.index.push_back(from[axis] == 1 ? Affine() : *label_index[label]);
      }
      loads[static_cast<std::size_t>(s)] = value_of(source(i, s), intern(std::move(read)));
    }
    rows_ = Rows{};
    const int product = add({.kind = Value::Kind::apply,
                             .dtype = n.dtype,
                             .op = Op::mul,
                             .args = {loads[0], loads[1], -1}});
    return add_reduce(Op::sum, n.dtype, product, {});
  }

  struct Known {
    int node, map, value;
  };

  const graph::Traversal& graph_;
  const std::vector<Placement>& placements_;
  const Group& group_;
  AxisLoops& axes_;
  KernelSpec spec_;
  std::size_t next_axis_ = 0;
  std::vector<std::pair<std::size_t, std::size_t>> origins_;
  std::vector<Map> maps_;
  std::vector<Known> known_;
  std::optional<Rows> rows_;
};

KernelSpec lower_with_loops_split(const graph::Traversal& graph,
                                  const std::vector<Placement>& placements, const Group& group) {
  AxisLoops axes;
  for (;;) {
    Lowering lowering(graph, placements, group, axes);
    try {
      return lowering.run();
    } catch (const SplitLoop& wish) {  // begin again, with one loop more
      const auto [axis, part] = lowering.origin(wish.loop);
      std::int64_t& outer = axes[axis][part];
      outer /= wish.inner;
      axes[axis].insert(axes[axis].begin() + static_cast<std::ptrdiff_t>(part) + 1, wish.inner);
    }
  }
}

}  // namespace

KernelSpec lower(const graph::Traversal& graph, const std::vector<Placement>& placements,
                 const Group& group) {
  KernelSpec spec = lower_with_loops_split(graph, placements, group);
  collapse_loops(spec);
  assign_passes(spec);
  describe(spec);
  return spec;
}

bool can_lower(const graph::Traversal& graph, const std::vector<Placement>& placements,
               const Group& group) {
  try {
    lower_with_loops_split(graph, placements, group);
    return true;
  } catch (const OtherRows&) {
    return false;
  }
}

}  // namespace tarn::plan
