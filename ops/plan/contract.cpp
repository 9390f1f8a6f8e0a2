#include "ops/plan/contract.hpp"

#include <algorithm>

#include "ops/plan/blocks.hpp"
#include "ops/plan/forms.hpp"
#include "ops/plan/loops.hpp"
#include "ops/plan/winograd.hpp"

namespace tarn::plan {
namespace {

using graph::Op;

using Form = Contraction::Form;

constexpr std::int64_t kMinProducts = 1 << 13;  // below, an ordinary reduction is as good

bool is_load(const KernelSpec& spec, int v) {
  const Value& value = spec.values[static_cast<std::size_t>(v)];
  return value.kind == Value::Kind::load && value.dtype == DType::float32 &&
         std::ranges::all_of(value.address.terms, [&](const Term& term) {
           return spec.space[term.atom].kind == Atom::Kind::loop;
         });
}

// What is loaded, and what stands around it where it is padded.
struct Factor {
  int load;
  int fill = -1;
};

std::optional<Factor> factor(const KernelSpec& spec, int v) {
  const Value& value = spec.values[static_cast<std::size_t>(v)];
  if (value.kind != Value::Kind::inside) {
    if (!is_load(spec, v) || value.guards >= 0) return std::nullopt;
    return Factor{v};
  }
  const bool scalar =
      spec.values[static_cast<std::size_t>(value.args[1])].kind == Value::Kind::scalar;
  if (!scalar || !is_load(spec, value.args[0])) return std::nullopt;
  if (spec.values[static_cast<std::size_t>(value.args[0])].guards != value.guards) {
    return std::nullopt;
  }
  return Factor{value.args[0], value.args[1]};
}

// The only reduction of a kernel, where it sums products of two loads.
struct SumOfProducts {
  int reduce;
  Factor a, b;
};

std::optional<SumOfProducts> sum_of_products(const KernelSpec& spec) {
  int found = -1;
  for (int v = 0; v < static_cast<int>(spec.values.size()); ++v) {
    if (spec.values[static_cast<std::size_t>(v)].kind != Value::Kind::reduce) continue;
    if (found >= 0) return std::nullopt;
    found = v;
  }
  if (found < 0 || spec.store.in_row) return std::nullopt;
  const Value& sum = spec.values[static_cast<std::size_t>(found)];
  if (sum.op != Op::sum || sum.dtype != DType::float32) return std::nullopt;
  const Value& of = spec.values[static_cast<std::size_t>(sum.args[0])];
  if (of.kind != Value::Kind::apply || of.op != Op::mul) return std::nullopt;
  const auto a = factor(spec, of.args[0]);
  const auto b = factor(spec, of.args[1]);
  if (!a || !b) return std::nullopt;
  return SumOfProducts{found, *a, *b};
}

std::optional<Contraction> classify(const KernelSpec& spec, int reduce, const Factor& rows,
                                    const Factor& columns) {
  if (rows.fill >= 0) return std::nullopt;
  Contraction c;
  c.reduce = reduce;
  c.rows = rows.load;
  c.columns = columns.load;
  c.fill = columns.fill;
  c.k = spec.reduced;
  const Affine& a = spec.values[static_cast<std::size_t>(rows.load)].address;
  const Affine& b = spec.values[static_cast<std::size_t>(columns.load)].address;
  for (const int loop : spec.kept) {
    const bool in_rows = a.factor(loop) != 0;
    const bool in_columns = b.factor(loop) != 0;
    if (!in_rows && !in_columns) return std::nullopt;
    (in_rows ? in_columns ? c.batch : c.m : c.n).push_back(loop);
  }
  if (c.n.empty() || c.k.empty()) return std::nullopt;
  return c;
}

// The larger, the better these columns are packed: in order in the result, in order in memory. By
// order rather than by cost, which would choose otherwise for every batch size.
int preference(const KernelSpec& spec, const Contraction& c) {
  const auto& address = spec.values[static_cast<std::size_t>(c.columns)].address;
  return (spec.store.address.factor(c.n.back()) == 1 ? 2 : 0) +
         (address.factor(c.n.back()) == 1 ? 1 : 0);
}

bool is_kept(const KernelSpec& spec, int load, const std::function<bool(int)>& is_weight) {
  const int operand = spec.values[static_cast<std::size_t>(load)].operand;
  return is_weight(spec.inputs[static_cast<std::size_t>(operand)].buffer);
}

// The form of least cost.
std::optional<Contraction> choose_form(const KernelSpec& spec, const DeviceTraits& traits,
                                       const std::function<bool(int)>& is_weight,
                                       const SumOfProducts& sum) {
  std::optional<FormChoice> panels, best;
  const auto take = [](std::optional<FormChoice>& so_far, std::optional<FormChoice> other) {
    if (other && (!so_far || other->cost < so_far->cost)) so_far = std::move(other);
  };
  for (const auto& [rows, columns] : {std::pair(sum.a, sum.b), std::pair(sum.b, sum.a)}) {
    const std::optional<Contraction> found = classify(spec, sum.reduce, rows, columns);
    if (!found) continue;
    if (!traits.cpu) {
      take(best, as_blocks(spec, traits, *found));
      continue;
    }
    take(best, as_winograd(spec, traits, *found, is_kept(spec, rows.load, is_weight)));
    take(best, as_strips(spec, traits, *found));
    if (columns.fill >= 0) continue;
    auto packed = as_panels(spec, traits, *found, is_kept(spec, columns.load, is_weight));
    if (packed && (!panels ||
                   preference(spec, packed->contraction) > preference(spec, panels->contraction))) {
      panels = std::move(packed);
    }
  }
  take(best, std::move(panels));
  if (!best) return std::nullopt;
  return std::move(best->contraction);
}

// The sum, where a tile can pay.
std::optional<SumOfProducts> tiled_sum(const KernelSpec& spec, const DeviceTraits& traits) {
  if (spec.passes != 1 || (traits.cpu && traits.lanes == 1)) return std::nullopt;
  if (spec.kept_elements() * spec.reduced_elements() < kMinProducts) return std::nullopt;
  return sum_of_products(spec);
}

void drop_input(KernelSpec& spec, int buffer) {
  const auto gone = std::ranges::find(spec.inputs, buffer, &Operand::buffer);
  const int index = static_cast<int>(gone - spec.inputs.begin());
  spec.inputs.erase(gone);
  for (Value& value : spec.values) {
    if (value.operand > index) --value.operand;
  }
}

// Has a load read the packed operand. What it read may be another load's too, so it gets an operand
// of its own.
void read_packed(KernelSpec& spec, int load, int packed) {
  Value& value = spec.values[static_cast<std::size_t>(load)];
  const int old = spec.inputs[static_cast<std::size_t>(value.operand)].buffer;
  value.operand = static_cast<int>(spec.inputs.size());
  spec.inputs.push_back({packed, DType::float32});
  const bool still_read = std::ranges::any_of(spec.values, [&](const Value& v) {
    return v.operand >= 0 && spec.inputs[static_cast<std::size_t>(v.operand)].buffer == old;
  });
  if (!still_read) drop_input(spec, old);
}

// A map over [batch][panel][k][lane].
KernelSpec packing(const KernelSpec& spec, const Contraction& c, int packed) {
  KernelSpec pack;
  const Value& columns = spec.values[static_cast<std::size_t>(c.columns)];
  const std::int64_t n = spec.extent(c.n[0]);
  const std::int64_t panels = (n + c.panel - 1) / c.panel;
  Value load{.kind = Value::Kind::load, .dtype = DType::float32, .operand = 0};
  load.address.constant = columns.address.constant;
  std::int64_t stride = packed_elements(spec);
  const auto add = [&](std::int64_t extent, std::int64_t factor) {
    const int loop = pack.space.add_loop(extent);
    stride /= extent;
    pack.kept.push_back(loop);
    load.address = load.address + pack.space.atom(loop) * factor;
    pack.store.address = pack.store.address + pack.space.atom(loop) * stride;
    return loop;
  };
  for (const int loop : c.batch) add(spec.extent(loop), columns.address.factor(loop));
  const std::int64_t along_n = columns.address.factor(c.n[0]);
  const int panel = add(panels, along_n * c.panel);
  for (const int loop : c.k) add(spec.extent(loop), columns.address.factor(loop));
  const int lane = add(c.panel, along_n);
  // Where vectors are read as they lie, a guard is two comparisons a vector, and one text serves
  // every width: a kernel less to build.
  if (n % c.panel != 0 || along_n == 1) {
    pack.guards.push_back({{pack.space.atom(panel) * c.panel + pack.space.atom(lane), n}});
    load.guards = 0;
  }
  pack.values.push_back(load);
  pack.store.value = 0;
  pack.inputs.push_back(spec.inputs[static_cast<std::size_t>(columns.operand)]);
  pack.output = {packed, DType::float32};
  pack.comment = "panels(x0)";
  pack.bytes = 2 * packed_elements(spec) * 4;
  return pack;
}

}  // namespace

int plain_sum_of_products(const KernelSpec& spec) {
  const auto sum = spec.passes == 1 ? sum_of_products(spec) : std::nullopt;
  return sum && sum->a.fill < 0 && sum->b.fill < 0 ? sum->reduce : -1;
}

std::int64_t packed_elements(const KernelSpec& spec) {
  const Contraction& c = spec.contraction;
  if (c.form == Form::winograd) return winograd_elements(spec);
  const std::int64_t n = spec.extent(c.n[0]);
  return product(spec, c.batch) * ((n + c.panel - 1) / c.panel) * product(spec, c.k) * c.panel;
}

bool pads_itself(const KernelSpec& spec, const DeviceTraits& traits,
                 const std::function<bool(int buffer)>& is_weight) {
  const std::optional<Contraction> chosen = find_contraction(spec, traits, is_weight);
  return chosen && chosen->fill >= 0;
}

std::optional<Contraction> find_contraction(const KernelSpec& spec, const DeviceTraits& traits,
                                            const std::function<bool(int buffer)>& is_weight) {
  const auto sum = tiled_sum(spec, traits);
  return sum ? choose_form(spec, traits, is_weight, *sum) : std::nullopt;
}

std::vector<Contraction> contraction_forms(const KernelSpec& spec, const DeviceTraits& traits,
                                           const std::function<bool(int buffer)>& is_weight) {
  std::optional<Contraction> best = find_contraction(spec, traits, is_weight);
  if (!best) return {};
  std::vector<Contraction> forms{std::move(*best)};
  const auto add = [&](std::optional<FormChoice> form) {
    if (form) forms.push_back(std::move(form->contraction));
  };
  const SumOfProducts sum = *tiled_sum(spec, traits);
  for (const auto& [rows, columns] : {std::pair(sum.a, sum.b), std::pair(sum.b, sum.a)}) {
    const std::optional<Contraction> found = classify(spec, sum.reduce, rows, columns);
    if (!found) continue;
    if (!traits.cpu) {
      add(as_blocks(spec, traits, *found));
      continue;
    }
    add(as_winograd(spec, traits, *found, is_kept(spec, rows.load, is_weight)));
    add(as_strips(spec, traits, *found));
    if (columns.fill >= 0) continue;
    add(as_panels(spec, traits, *found, is_kept(spec, columns.load, is_weight)));
  }
  return forms;
}

std::optional<KernelSpec> take_form(KernelSpec& spec, Contraction chosen, int packed) {
  const Contraction& c = spec.contraction = std::move(chosen);
  if (c.form == Form::winograd) {
    KernelSpec pack = winograd_weights(spec, packed);
    read_packed(spec, c.rows, packed);
    return pack;
  }
  if (c.form != Form::panels) return std::nullopt;
  KernelSpec pack = packing(spec, c, packed);
  collapse_loops(pack);
  read_packed(spec, c.columns, packed);
  return pack;
}

}  // namespace tarn::plan
