#include "ops/plan/contract.hpp"

#include <algorithm>

#include "ops/plan/forms.hpp"
#include "ops/plan/loops.hpp"

namespace tarn::plan {
namespace {

using graph::Op;

using Form = Contraction::Form;

constexpr std::int64_t kMinProducts = 1 << 13;  // below, an ordinary reduction is as good

bool is_plain_load(const KernelSpec& spec, int v) {
  const Value& value = spec.values[static_cast<std::size_t>(v)];
  return value.kind == Value::Kind::load && value.dtype == DType::float32 && value.guards < 0 &&
         std::ranges::all_of(value.address.terms, [&](const Term& term) {
           return spec.space[term.atom].kind == Atom::Kind::loop;
         });
}

// The reduction of a kernel that sums products of two loads once, and nothing else.
int sum_of_products(const KernelSpec& spec) {
  int found = -1;
  for (int v = 0; v < static_cast<int>(spec.values.size()); ++v) {
    if (spec.values[static_cast<std::size_t>(v)].kind != Value::Kind::reduce) continue;
    if (found >= 0) return -1;
    found = v;
  }
  if (found < 0) return -1;
  const Value& sum = spec.values[static_cast<std::size_t>(found)];
  if (sum.op != Op::sum || sum.dtype != DType::float32) return -1;
  const Value& of = spec.values[static_cast<std::size_t>(sum.args[0])];
  if (of.kind != Value::Kind::apply || of.op != Op::mul) return -1;
  const bool plain = is_plain_load(spec, of.args[0]) && is_plain_load(spec, of.args[1]);
  if (!plain || spec.store.in_row) return -1;
  return found;
}

std::optional<Contraction> classify(const KernelSpec& spec, int reduce, int rows, int columns) {
  Contraction c;
  c.reduce = reduce;
  c.rows = rows;
  c.columns = columns;
  c.k = spec.reduced;
  const Affine& a = spec.values[static_cast<std::size_t>(rows)].address;
  const Affine& b = spec.values[static_cast<std::size_t>(columns)].address;
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

// The form of least cost.
std::optional<Contraction> choose_form(const KernelSpec& spec, const DeviceTraits& traits,
                                       const std::function<bool(int)>& is_weight, int reduce) {
  const Value& sum = spec.values[static_cast<std::size_t>(reduce)];
  const auto& of = spec.values[static_cast<std::size_t>(sum.args[0])].args;
  std::optional<FormChoice> panels, strips;
  for (const auto& [rows, columns] : {std::pair(of[0], of[1]), std::pair(of[1], of[0])}) {
    const std::optional<Contraction> found = classify(spec, reduce, rows, columns);
    if (!found) continue;
    const int operand = spec.values[static_cast<std::size_t>(columns)].operand;
    const int buffer = spec.inputs[static_cast<std::size_t>(operand)].buffer;
    auto packed = as_panels(spec, traits, *found, is_weight(buffer));
    if (packed && (!panels ||
                   preference(spec, packed->contraction) > preference(spec, panels->contraction))) {
      panels = std::move(packed);
    }
    auto in_place = as_strips(spec, traits, *found);
    if (in_place && (!strips || in_place->cost < strips->cost)) strips = std::move(in_place);
  }
  if (!panels && !strips) return std::nullopt;
  const bool pack = panels && (!strips || panels->cost < strips->cost);
  return std::move(pack ? panels->contraction : strips->contraction);
}

void drop_input(KernelSpec& spec, int buffer) {
  const auto gone = std::ranges::find(spec.inputs, buffer, &Operand::buffer);
  const int index = static_cast<int>(gone - spec.inputs.begin());
  spec.inputs.erase(gone);
  for (Value& value : spec.values) {
    if (value.operand > index) --value.operand;
  }
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
  if (n % c.panel != 0) {
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

std::int64_t packed_elements(const KernelSpec& spec) {
  const Contraction& c = spec.contraction;
  const std::int64_t n = spec.extent(c.n[0]);
  return product(spec, c.batch) * ((n + c.panel - 1) / c.panel) * product(spec, c.k) * c.panel;
}

std::optional<KernelSpec> find_contraction(KernelSpec& spec, const DeviceTraits& traits,
                                           const std::function<bool(int buffer)>& is_weight,
                                           int packed) {
  const int reduce = spec.passes == 1 ? sum_of_products(spec) : -1;
  if (reduce < 0 || !traits.cpu || traits.lanes == 1) return std::nullopt;
  if (spec.kept_elements() * spec.reduced_elements() < kMinProducts) return std::nullopt;
  std::optional<Contraction> chosen = choose_form(spec, traits, is_weight, reduce);
  if (!chosen) return std::nullopt;
  const Contraction& c = spec.contraction = std::move(*chosen);
  if (c.form == Form::strips) return std::nullopt;
  KernelSpec pack = packing(spec, c, packed);
  collapse_loops(pack);
  // The contraction now reads the panels. Its operand may be the rows' as well, so it gets one of
  // its own.
  spec.values[static_cast<std::size_t>(c.columns)].operand = static_cast<int>(spec.inputs.size());
  spec.inputs.push_back({packed, DType::float32});
  const int old = pack.inputs[0].buffer;
  const bool still_read = std::ranges::any_of(spec.values, [&](const Value& v) {
    return v.operand >= 0 && spec.inputs[static_cast<std::size_t>(v.operand)].buffer == old;
  });
  if (!still_read) drop_input(spec, old);
  return pack;
}

}  // namespace tarn::plan
