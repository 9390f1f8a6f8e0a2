#include "ops/plan/schedule.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "ops/plan/contract.hpp"
#include "ops/plan/lower.hpp"

namespace tarn::plan {
namespace {

using graph::Kind;
using graph::Node;
using graph::Op;
using graph::Traversal;

constexpr std::int64_t kManyPasses = 8;  // over one row: a kernel rarely has as many

/// What would be computed inside the kernel that uses a node.
struct Cone {
  int operations = 0;  // nodes, counted again for every use
  int loads = 0;
  int heavy = -1;  // the reduction or contraction in it
  bool costly = false;
};

class Scheduler {
 public:
  Scheduler(const Traversal& graph, const DeviceTraits& traits, Limits limits)
      : graph_(graph),
        sources_(graph.sources.begin(), graph.sources.end()),
        traits_(traits),
        limits_(limits) {
    out_.placements.resize(graph.size());
    cones_.resize(graph.size());
  }

  Schedule run() {
    count_consumers();
    for (std::uint32_t i = 0; i < graph_.size(); ++i) place(static_cast<int>(i));
    for (const std::uint32_t output : graph_.outputs)
      if (inlined(static_cast<int>(output))) store(static_cast<int>(output));  // F1
    marks_.assign(graph_.size(), 0);
    row_axes_.assign(graph_.size(), 0);
    store_what_several_kernels_compute([this](int i) { return cone(i).heavy >= 0; });  // F4
    refresh_views();
    fuse_rows();  // before F9: what one row kernel computes in several passes is not stored
    store_what_several_kernels_compute([this](int i) { return dearer_than_memory(i); });
    refresh_views();
    make_groups();
    return std::move(out_);
  }

 private:
  // ---- The graph
  // ----------------------------------------------------------------------------------

  const Node& node(int i) const { return *graph_.nodes[static_cast<std::size_t>(i)]; }
  std::span<const int> sources(int i) const {
    const auto at = static_cast<std::size_t>(i);
    return std::span(sources_).subspan(graph_.first_source[at],
                                       graph_.first_source[at + 1] - graph_.first_source[at]);
  }
  int source(int i) const { return sources(i)[0]; }
  Placement& placement(int i) { return out_.placements[static_cast<std::size_t>(i)]; }
  Cone& cone(int i) { return cones_[static_cast<std::size_t>(i)]; }
  int consumers(int i) const { return consumers_[static_cast<std::size_t>(i)]; }
  bool based(int i) { return is_based(out_.placements, i); }
  bool inlined(int i) { return !based(i); }
  bool is_heavy(int i) const { return graph::is_reduce(node(i).op) || node(i).op == Op::contract; }
  bool written_in_parts(int i) {
    return node(i).op == Op::concatenate && static_cast<int>(sources(i).size()) > kMaxSelected;
  }

  void count_consumers() {
    consumers_.assign(graph_.size(), 0);
    for (int i = 0; i < static_cast<int>(graph_.size()); ++i) {
      for (const int s : sources(i)) {
        ++consumers_[static_cast<std::size_t>(s)];
      }
    }
    for (const std::uint32_t output : graph_.outputs) ++consumers_[output];
  }

  // ---- One node after another: F2 to F8
  // -------------------------------------------------------------

  void place(int i) {
    const Node& n = node(i);
    if (n.realized() || n.shape.elements() == 0) {
      placement(i) = {true, i, n.realized() ? n.result->view : graph::contiguous_view(n.shape)};
      cone(i) = {.loads = 1};
      return;
    }
    switch (graph::kind(n.op)) {
      case Kind::movement:
        return place_movement(i);
      case Kind::reduce:
        return place_reduce(i);
      case Kind::contract:
        return place_contract(i);
      case Kind::concatenate:
        if (written_in_parts(i)) return store(i);  // F11
        for (const int s : sources(i)) store_heavy(s);
        return place_map(i);
      case Kind::gather:
        return place_gather(i);
      case Kind::elementwise:
        for (const int s : sources(i)) {
          if (repeats(i, s)) store_if_dear(s, true);
        }
        return place_map(i);
      default:
        return place_map(i);
    }
  }

  bool see_through_view(int i) {  // F3
    const int s = source(i);
    if (!based(s)) return false;
    const auto view = graph::apply(node(i), placement(s).view);
    if (!view) return false;
    placement(i) = {false, placement(s).base, *view};
    cone(i) = {.loads = 1};
    return true;
  }

  void place_movement(int i) {
    const Op op = node(i).op;
    if (op != Op::reshape) store_if_dear(source(i), op == Op::expand || op == Op::window);
    if (see_through_view(i)) return;
    cut_to_size(i);
    cone(i) = cone(source(i));
    ++cone(i).operations;
  }

  // F6: before it is read in another order, or several times.
  void store_if_dear(int s, bool repeated) {
    if (inlined(s) && (cone(s).heavy >= 0 || (repeated && cone(s).costly))) store(s);
  }

  bool repeats(int i, int s) const { return node(i).shape.elements() > node(s).shape.elements(); }

  void place_map(int i) {
    store_all_heavy_but_one(i);
    cut_to_size(i);
    Cone sum{.operations = 1, .costly = graph::info(node(i).op).costly};
    for (const int s : sources(i)) {
      sum.operations += cone(s).operations;
      sum.loads += cone(s).loads;
      sum.costly |= cone(s).costly;
      if (cone(s).heavy >= 0) sum.heavy = cone(s).heavy;
    }
    cone(i) = sum;
  }

  void place_gather(int i) {  // F12
    const int indices = sources(i)[1];
    store_below_views(source(i));
    store_if_dear(indices, repeats(i, indices));
    place_map(i);
  }

  void place_reduce(int i) {
    store_heavy(source(i));
    cut_to_size(i);
    cone(i) = cone(source(i));
    ++cone(i).operations;
    cone(i).heavy = i;
    cone(i).costly = true;
  }

  void place_contract(int i) {
    for (const int s : sources(i)) {
      if (!is_padding_of_stored(s)) store_below_views(s);  // F7
    }
    if (!pads_itself(i)) {
      for (const int s : sources(i)) store_below_views(s);
    }
    cone(i) = {.operations = 1, .loads = 2, .heavy = i, .costly = true};
  }

  // Whether movements lead down to padding around what is stored. What is not is padded by the
  // kernel that stores it.
  bool is_padding_of_stored(int i) {
    while (inlined(i) && graph::is_movement(node(i).op) && node(i).op != Op::pad) i = source(i);
    return inlined(i) && node(i).op == Op::pad && based(source(i));
  }

  // F13
  bool pads_itself(int i) {
    if (std::ranges::all_of(sources(i), [&](int s) { return based(s); })) return false;
    KernelSpec spec = lower(graph_, out_.placements, {i, -1, 0});
    return plan::pads_itself(spec, traits_, [&](int buffer) {
      return node(buffer).realized() && node(buffer).attributes.weight;
    });
  }

  void store_heavy(int i) {
    if (cone(i).heavy >= 0) store(i);
  }

  void store_all_heavy_but_one(int i) {  // F5
    int kept = -1;
    for (const int s : sources(i)) kept = std::max(kept, cone(s).heavy);
    for (const int s : sources(i)) {
      if (cone(s).heavy >= 0 && cone(s).heavy != kept) store(s);
    }
  }

  void cut_to_size(int i) {  // F8
    for (;;) {
      int operations = 1;
      int loads = 0;
      int largest = -1;
      for (const int s : sources(i)) {
        operations += cone(s).operations;
        loads += cone(s).loads;
        if (inlined(s) && (largest < 0 || weight(s) > weight(largest))) largest = s;
      }
      if ((operations <= limits_.operations && loads <= limits_.operands) || largest < 0) return;
      store(largest);
    }
  }
  int weight(int i) {
    return cone(i).operations + limits_.operations / limits_.operands * cone(i).loads;
  }

  void store(int i) {
    const int asked = i;
    while (node(i).op == Op::reshape && inlined(source(i))) i = source(i);  // F3
    placement(i) = {true, i, graph::contiguous_view(node(i).shape)};
    cone(i) = {.loads = 1};
    if (i != asked) refresh_chain(asked);
  }

  // Stores the lowest node from which views lead up to `i`, and `i` itself where none do.
  void store_below_views(int i) {
    int bottom = i;
    while (inlined(bottom) && graph::is_movement(node(bottom).op) && node(bottom).op != Op::pad) {
      bottom = source(bottom);
    }
    if (inlined(bottom)) store(bottom);
    refresh_chain(i);
    if (inlined(i)) store(i);
  }

  // Sees movements above something that has been stored meanwhile as views of it.
  void refresh_chain(int i) {
    std::vector<int> chain;
    while (inlined(i) && graph::is_movement(node(i).op)) {
      chain.push_back(i);
      i = source(i);
    }
    for (auto above = chain.rbegin(); above != chain.rend(); ++above) see_through_view(*above);
  }

  void refresh_views() {
    for (int i = 0; i < static_cast<int>(graph_.size()); ++i) {
      if (inlined(i) && graph::is_movement(node(i).op)) see_through_view(i);
    }
  }

  // ---- F4 and F9: what several kernels would compute
  // ---------------------------------------------------

  std::vector<int> roots() {
    std::vector<int> roots;
    for (int i = 0; i < static_cast<int>(graph_.size()); ++i) {
      if (placement(i).stored && !node(i).realized() && node(i).shape.elements() > 0) {
        roots.push_back(i);
      }
    }
    return roots;
  }

  /// The nodes computed inside the kernel of `root`, the root among them, and the stored ones it
  /// reads.
  struct Contents {
    std::vector<int> inside, reads;
  };
  Contents contents(int root) {
    Contents found;
    found.inside.push_back(root);
    ++mark_;
    for (std::size_t next = 0; next < found.inside.size(); ++next) {
      for (const int s : sources(found.inside[next])) {
        const bool inner = inlined(s);
        const int reached = inner ? s : placement(s).base;
        if (std::exchange(marks_[static_cast<std::size_t>(reached)], mark_) == mark_) continue;
        (inner ? found.inside : found.reads).push_back(reached);
      }
    }
    return found;
  }

  // Only where uses fork: below, the node above is the better one.
  template <class Predicate>
  void store_what_several_kernels_compute(Predicate worth_storing) {
    for (bool changed = true; changed;) {
      changed = false;
      std::vector<int> kernels(graph_.size(), 0);
      for (const int root : roots()) {
        for (const int i : contents(root).inside) ++kernels[static_cast<std::size_t>(i)];
      }
      // From the outputs down, so that what uses a node is decided before it.
      std::vector<bool> covered(graph_.size(), false);
      for (int i = static_cast<int>(graph_.size()) - 1; i >= 0; --i) {
        const auto at = static_cast<std::size_t>(i);
        bool again = covered[at];
        if (!again && inlined(i) && kernels[at] > 1 && consumers(i) > 1 && worth_storing(i)) {
          store(i);
          changed = again = true;
        }
        if (!again) continue;
        for (const int s : sources(i)) covered[static_cast<std::size_t>(s)] = inlined(s);
      }
    }
  }

  bool dearer_than_memory(int i) {  // F9
    const Cone& c = cone(i);
    if (graph::kind(node(i).op) == Kind::leaf) return node(i).op == Op::random;
    return c.costly || c.operations > 8 || c.loads > 2;
  }

  // ---- F10: reductions along rows
  // ----------------------------------------------------------------------

  void fuse_rows() {
    std::vector<bool> asked_for(graph_.size(), false);
    for (const std::uint32_t output : graph_.outputs) {
      if (based(static_cast<int>(output))) {
        asked_for[static_cast<std::size_t>(placement(static_cast<int>(output)).base)] = true;
      }
    }
    std::vector<std::vector<int>> readers(graph_.size());
    const std::vector<int> all = roots();
    for (const int root : all) {
      for (const int read : contents(root).reads)
        readers[static_cast<std::size_t>(read)].push_back(root);
    }
    for (auto each = all.rbegin(); each != all.rend(); ++each) {
      const int root = *each;
      const auto at = static_cast<std::size_t>(root);
      if (asked_for[at] || readers[at].size() != 1) continue;
      const int user = readers[at][0];
      if (!fuse(root, user)) continue;
      for (const int read : contents(user).reads) {
        auto& list = readers[static_cast<std::size_t>(read)];
        std::erase(list, root);
        if (std::ranges::find(list, user) == list.end()) list.push_back(user);
      }
    }
  }

  int reduction_in(int root) {
    for (const int i : contents(root).inside) {
      if (is_heavy(i)) return i;
    }
    return -1;
  }

  // Computes the row results of `root`'s kernel inside the kernel of `user`, where that can be.
  bool fuse(int root, int user) {
    const int reduction = reduction_in(root);
    if (reduction < 0 || node(reduction).op == Op::contract || written_in_parts(user)) return false;
    const Shape& rows = node(source(reduction)).shape;
    const std::uint32_t axes = node(reduction).attributes.axes;
    const std::int64_t count = node(reduction).shape.elements();
    if (count == 0 || rows.elements() / count > max_row_) return false;
    if (rows.elements() > kMaxRow * 2 && count < 2 * traits_.compute_units) return false;

    const int other = reduction_in(user);
    std::uint32_t user_axes = row_axes_[static_cast<std::size_t>(user)];
    if (other < 0 || user_axes != 0) {
      if (node(user).shape != rows || (user_axes != 0 && user_axes != axes)) return false;
      user_axes = axes;
    } else if (node(other).op == Op::contract || node(other).attributes.axes != axes ||
               node(source(other)).shape != rows) {
      return false;
    }
    const Placement before = placement(root);
    placement(root) = {};
    if (static_cast<int>(contents(user).inside.size()) <= limits_.operations &&
        can_lower(graph_, out_.placements, {user, -1, user_axes})) {
      row_axes_[static_cast<std::size_t>(user)] = user_axes;
      return true;
    }
    placement(root) = before;
    return false;
  }

  void make_groups() {
    for (const int root : roots()) {
      if (!written_in_parts(root)) {
        out_.groups.push_back({root, -1, row_axes_[static_cast<std::size_t>(root)]});
        continue;
      }
      for (int part = 0; part < static_cast<int>(sources(root).size()); ++part) {
        const int s = sources(root)[static_cast<std::size_t>(part)];
        if (node(s).shape.elements() > 0) out_.groups.push_back({root, part, 0});
      }
    }
  }

  const Traversal& graph_;
  std::vector<int> sources_;  // of all nodes, as in the traversal
  const DeviceTraits& traits_;
  const std::int64_t max_row_ = std::min(kMaxRow, traits_.loop_rounds / kManyPasses);
  Limits limits_;
  Schedule out_;
  std::vector<Cone> cones_;
  std::vector<int> consumers_;
  std::vector<int> marks_;
  int mark_ = 0;
  std::vector<std::uint32_t> row_axes_;
};

}  // namespace

bool is_based(const std::vector<Placement>& placements, int node) {
  const int base = placements[static_cast<std::size_t>(node)].base;
  return base >= 0 && placements[static_cast<std::size_t>(base)].stored;
}

Schedule schedule(const graph::Traversal& graph, const DeviceTraits& traits, Limits limits) {
  return Scheduler(graph, traits, limits).run();
}

}  // namespace tarn::plan
