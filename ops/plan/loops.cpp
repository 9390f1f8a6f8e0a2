#include "ops/plan/loops.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include "ops/plan/rounding.hpp"

namespace tarn::plan {
namespace {

/// Every affine index of a kernel that is used: of values, guards, the store, and of the quotients
/// in these.
std::vector<Affine*> used_indices(KernelSpec& spec) {
  std::vector<Affine*> used{&spec.store.address};
  for (Value& value : spec.values) used.push_back(&value.address);
  for (auto& set : spec.guards) {
    for (Guard& guard : set) used.push_back(&guard.index);
  }
  std::set<int> composites;
  for (std::size_t i = 0; i < used.size(); ++i) {
    for (const Term& term : used[i]->terms) {
      if (spec.space[term.atom].kind != Atom::Kind::loop && composites.insert(term.atom).second) {
        used.push_back(&spec.space.mutable_atom(term.atom).of);
      }
    }
  }
  return used;
}

bool can_merge(const IndexSpace& space, const std::vector<Affine*>& indices, int outer, int inner) {
  return std::ranges::all_of(indices, [&](const Affine* a) {
    return a->factor(outer) == a->factor(inner) * space[inner].extent;
  });
}

void merge(IndexSpace& space, const std::vector<Affine*>& indices, int outer, int inner) {
  for (Affine* a : indices) {
    std::erase_if(a->terms, [&](const Term& term) { return term.atom == outer; });
  }
  space.mutable_atom(inner).extent *= space[outer].extent;
}

void merge_neighbours(KernelSpec& spec, const std::vector<Affine*>& indices,
                      std::vector<int>& loops) {
  for (std::size_t i = loops.size(); i-- > 1;) {
    if (!can_merge(spec.space, indices, loops[i - 1], loops[i])) continue;
    merge(spec.space, indices, loops[i - 1], loops[i]);
    loops.erase(loops.begin() + static_cast<std::ptrdiff_t>(i) - 1);
  }
}

// Numbers the atoms that are left 0, 1, ...: kept loops, reduced loops, quotients. Kernels that do
// the same are then equal whatever loops they were made from.
void renumber(KernelSpec& spec, const std::vector<Affine*>& indices) {
  std::vector<int> order = spec.kept;
  order.insert(order.end(), spec.reduced.begin(), spec.reduced.end());
  for (const Affine* a : indices) {
    for (const Term& term : a->terms) {
      if (std::ranges::find(order, term.atom) == order.end()) order.push_back(term.atom);
    }
  }
  std::vector<int> number(static_cast<std::size_t>(spec.space.size()), -1);
  for (std::size_t i = 0; i < order.size(); ++i)
    number[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
  for (Affine* a : indices) {
    for (Term& term : a->terms) term.atom = number[static_cast<std::size_t>(term.atom)];
    std::ranges::sort(a->terms, {}, &Term::atom);
  }
  for (auto* loops : {&spec.kept, &spec.reduced}) {
    for (int& loop : *loops) loop = number[static_cast<std::size_t>(loop)];
  }
  spec.space.keep(order);
}

std::string expression(const KernelSpec& spec, int v) {
  const Value& value = spec.values[static_cast<std::size_t>(v)];
  switch (value.kind) {
    case Value::Kind::load:
      return "x" + std::to_string(value.operand);
    case Value::Kind::scalar:
      return "c" + std::to_string(value.scalar);
    case Value::Kind::index:
      return "index";
    case Value::Kind::random:
      return "random";
    case Value::Kind::gather:
      return "x" + std::to_string(value.operand) + "[" + expression(spec, value.args[0]) + "]";
    default:
      break;
  }
  std::string text(value.kind == Value::Kind::inside ? "inside" : graph::name(value.op));
  char before = '(';
  for (const int arg : value.args) {
    if (arg < 0) continue;
    text += before;
    // An expression is for reading: what is deep in it, or long, is left out.
    text += text.size() > 160 ? "..." : expression(spec, arg);
    before = ',';
  }
  return text + ")";
}

std::int64_t distinct_elements(const KernelSpec& spec, const Affine& address) {
  std::int64_t count = 1;
  for (const auto* loops : {&spec.kept, &spec.reduced}) {
    for (const int loop : *loops) {
      if (depends_on(spec.space, address, {loop})) count *= spec.extent(loop);
    }
  }
  return count;
}

}  // namespace

std::int64_t KernelSpec::kept_elements() const {
  std::int64_t count = 1;
  for (const int loop : kept) count *= extent(loop);
  return count;
}

std::int64_t KernelSpec::reduced_elements() const {
  std::int64_t count = 1;
  for (const int loop : reduced) count *= extent(loop);
  return count;
}

std::int64_t KernelSpec::rounds(int loop) const {
  return loop == split_loop ? divide_up(extent(loop), extent(part_loop)) : extent(loop);
}

std::int64_t KernelSpec::rounds() const {
  std::int64_t count = 1;
  for (const int loop : reduced) count *= rounds(loop);
  return count;
}

bool depends_on(const IndexSpace& space, const Affine& a, const std::vector<int>& loops) {
  return std::ranges::any_of(a.terms, [&](const Term& term) {
    const Atom& atom = space[term.atom];
    return atom.kind == Atom::Kind::loop ? std::ranges::find(loops, term.atom) != loops.end()
                                         : depends_on(space, atom.of, loops);
  });
}

bool depends_on(const KernelSpec& spec, int v, std::vector<int> loops) {
  const Value& value = spec.values[static_cast<std::size_t>(v)];
  const auto is_reduced = [&](int loop) {
    return std::ranges::find(spec.reduced, loop) != spec.reduced.end();
  };
  if (value.kind == Value::Kind::reduce) std::erase_if(loops, is_reduced);
  if (depends_on(spec.space, value.address, loops)) return true;
  if (value.guards >= 0) {
    for (const Guard& guard : spec.guards[static_cast<std::size_t>(value.guards)]) {
      if (depends_on(spec.space, guard.index, loops)) return true;
    }
  }
  return std::ranges::any_of(value.args,
                             [&](int arg) { return arg >= 0 && depends_on(spec, arg, loops); });
}

void collapse_loops(KernelSpec& spec) {
  const std::vector<Affine*> indices = used_indices(spec);
  merge_neighbours(spec, indices, spec.kept);
  merge_neighbours(spec, indices, spec.reduced);
  renumber(spec, indices);
}

void assign_passes(KernelSpec& spec) {
  for (Value& value : spec.values) {
    value.in_row = depends_on(spec.space, value.address, spec.reduced);
    if (value.guards >= 0) {
      for (const Guard& guard : spec.guards[static_cast<std::size_t>(value.guards)]) {
        value.in_row |= depends_on(spec.space, guard.index, spec.reduced);
      }
    }
    int ready = 0;
    for (const int arg : value.args) {
      if (arg < 0) continue;
      const Value& of = spec.values[static_cast<std::size_t>(arg)];
      ready = std::max(ready, of.kind == Value::Kind::reduce ? of.pass + 1 : of.pass);
      value.in_row |= of.in_row;
    }
    value.pass = ready;
    if (value.kind == Value::Kind::reduce) {
      value.in_row = false;
      spec.passes = std::max(spec.passes, ready + 1);
    }
  }
  // A row of one value many times is a row still: its value is the same, its address is not.
  spec.store.in_row = spec.values[static_cast<std::size_t>(spec.store.value)].in_row ||
                      depends_on(spec.space, spec.store.address, spec.reduced);
}

namespace {

// Keeps the used ones of a list, and changes what refers to them.
template <class T>
void keep_used(std::vector<T>& list, std::vector<Value>& values, int Value::*reference) {
  std::vector<int> number(list.size(), -1);
  std::vector<T> kept;
  for (Value& value : values) {
    int& at = value.*reference;
    if (at < 0) continue;
    int& to = number[static_cast<std::size_t>(at)];
    if (to < 0) {
      to = static_cast<int>(kept.size());
      kept.push_back(list[static_cast<std::size_t>(at)]);
    }
    at = to;
  }
  list = std::move(kept);
}

void keep_needed_values(KernelSpec& spec) {
  std::vector<bool> needed(spec.values.size(), false);
  needed[static_cast<std::size_t>(spec.store.value)] = true;
  for (std::size_t v = spec.values.size(); v-- > 0;) {
    if (!needed[v]) continue;
    for (const int arg : spec.values[v].args) {
      if (arg >= 0) needed[static_cast<std::size_t>(arg)] = true;
    }
  }
  std::vector<int> number(spec.values.size(), -1);
  std::vector<Value> kept;
  for (std::size_t v = 0; v < spec.values.size(); ++v) {
    if (!needed[v]) continue;
    number[v] = static_cast<int>(kept.size());
    kept.push_back(spec.values[v]);
    for (int& arg : kept.back().args) {
      if (arg >= 0) arg = number[static_cast<std::size_t>(arg)];
    }
  }
  spec.values = std::move(kept);
  spec.store.value = number[static_cast<std::size_t>(spec.store.value)];
}

}  // namespace

void tidy(KernelSpec& spec) {
  keep_needed_values(spec);
  keep_used(spec.inputs, spec.values, &Value::operand);
  keep_used(spec.scalars, spec.values, &Value::scalar);
  keep_used(spec.guards, spec.values, &Value::guards);
  spec.passes = 0;
  assign_passes(spec);
  spec.operations = spec.bytes = 0;
  describe(spec);
}

void describe(KernelSpec& spec) {
  spec.comment = expression(spec, spec.store.value);
  const std::int64_t kept = spec.kept_elements();
  const std::int64_t all = kept * spec.rounds();
  for (const Value& value : spec.values) {
    if (value.kind == Value::Kind::apply) spec.operations += value.in_row ? all : kept;
    if (value.kind == Value::Kind::reduce) spec.operations += all;
    if (value.kind == Value::Kind::load) {
      spec.bytes +=
          distinct_elements(spec, value.address) * static_cast<std::int64_t>(size_of(value.dtype));
    }
    if (value.kind == Value::Kind::gather) {  // as if no element were wanted twice
      spec.bytes += (value.in_row ? all : kept) * static_cast<std::int64_t>(size_of(value.dtype));
    }
  }
  spec.bytes += distinct_elements(spec, spec.store.address) *
                static_cast<std::int64_t>(size_of(spec.output.dtype));
}

}  // namespace tarn::plan
