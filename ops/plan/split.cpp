#include "ops/plan/split.hpp"

#include <algorithm>

#include "ops/plan/loops.hpp"
#include "ops/plan/rounding.hpp"

namespace tarn::plan {
namespace {

constexpr std::int64_t kMinElements = 1 << 16;  // below, a second kernel costs more than it gains
constexpr std::int64_t kTasksPerUnit = 8;
constexpr std::int64_t kVectorsOfColumns = 16;
constexpr std::int64_t kColumnsOfGroup = 64;

// How many tasks the kernel has as it is. Columns are done several at a time.
std::int64_t tasks(const KernelSpec& spec, const DeviceTraits& traits) {
  const std::int64_t kept = spec.kept_elements();
  if (spec.kept.empty()) return 1;
  const bool columns = std::ranges::any_of(spec.values, [&](const Value& v) {
    return v.kind == Value::Kind::load && v.in_row && v.address.factor(spec.kept.back()) == 1;
  });
  const std::int64_t per_task = traits.cpu ? kVectorsOfColumns * traits.lanes : kColumnsOfGroup;
  return columns ? (kept + per_task - 1) / per_task : kept;
}

// The address of the result of a row, where all results lie one after another.
Affine row_position(const KernelSpec& spec) {
  Affine position;
  std::int64_t stride = 1;
  for (std::size_t i = spec.kept.size(); i-- > 0;) {
    position = position + spec.space.atom(spec.kept[i]) * stride;
    stride *= spec.extent(spec.kept[i]);
  }
  return position;
}

void insert_before(KernelSpec& spec, std::size_t place, Value added) {
  const auto moved = [&](int& value) {
    if (value >= static_cast<int>(place)) ++value;
  };
  for (Value& value : spec.values) std::ranges::for_each(value.args, moved);
  moved(spec.store.value);
  spec.values.insert(spec.values.begin() + static_cast<std::ptrdiff_t>(place), std::move(added));
}

KernelSpec combine_parts(const KernelSpec& spec, std::size_t reduce, std::int64_t parts,
                         int partial) {
  KernelSpec second = spec;
  const int part = second.space.add_loop(parts);
  second.reduced = {part};
  Value load{.kind = Value::Kind::load, .dtype = spec.values[reduce].dtype};
  load.operand = static_cast<int>(second.inputs.size());
  load.address = row_position(spec) + second.space.atom(part) * spec.kept_elements();
  second.inputs.push_back({partial, load.dtype});
  // What is reduced is now what the parts came to.
  insert_before(second, reduce, load);
  second.values[reduce + 1].args[0] = static_cast<int>(reduce);
  tidy(second);
  return second;
}

// How much of a loop each part has.
std::int64_t share_of_part(const KernelSpec& spec, const DeviceTraits& traits, std::int64_t extent,
                           std::int64_t tasks) {
  const std::int64_t parts = 4 * kTasksPerUnit * traits.compute_units;
  const std::int64_t most = traits.loop_rounds / (2 * (spec.reduced_elements() / extent));
  return std::min(std::max<std::int64_t>(extent * std::min(tasks, parts) / parts, 16),
                  std::max<std::int64_t>(most, 1));
}

}  // namespace

std::int64_t loop_rounds(const KernelSpec& spec) {
  if (spec.contraction.form != Contraction::Form::none || spec.reduced.empty()) return 0;
  std::int64_t rounds = 0, outer = 1;  // each loop's own, for each round of those around it
  for (const int loop : spec.reduced) {
    outer *= spec.rounds(loop);
    rounds += outer;
  }
  return rounds * (spec.passes + (spec.store.in_row ? 1 : 0));
}

std::int64_t partial_elements(const KernelSpec& spec) { return spec.kept_elements(); }

std::optional<KernelSpec> split_reduction(KernelSpec& spec, const DeviceTraits& traits,
                                          int partial) {
  if (spec.passes != 1 || spec.contraction.form != Contraction::Form::none) return std::nullopt;
  const auto is_reduce = [](const Value& v) { return v.kind == Value::Kind::reduce; };
  const auto reduce = std::ranges::find_if(spec.values, is_reduce);
  if (std::ranges::count_if(spec.values, is_reduce) != 1 || reduce->op == graph::Op::argmax) {
    return std::nullopt;
  }
  if (spec.store.in_row) return std::nullopt;
  const std::int64_t kept = spec.kept_elements();
  const std::int64_t wanted = kTasksPerUnit * traits.compute_units;
  const std::int64_t there = tasks(spec, traits);
  const bool must = loop_rounds(spec) > traits.loop_rounds;
  const bool in_row = spec.values[static_cast<std::size_t>(reduce->args[0])].in_row;
  const bool pays = in_row && kept * spec.reduced_elements() >= kMinElements && there < wanted;
  if (!must && !pays) return std::nullopt;

  const auto longest =
      std::ranges::max_element(spec.reduced, {}, [&](int loop) { return spec.extent(loop); });
  const std::int64_t extent = spec.extent(*longest);
  const std::int64_t share = share_of_part(spec, traits, extent, there);
  const std::int64_t parts = divide_up(extent, share);
  if (parts < 2) return std::nullopt;

  const auto at = static_cast<std::size_t>(reduce - spec.values.begin());
  KernelSpec second = combine_parts(spec, at, parts, partial);
  spec.store.value = static_cast<int>(at);
  spec.store.address = row_position(spec);
  spec.split_loop = *longest;
  spec.part_loop = spec.space.add_loop(parts);
  spec.store.address = spec.store.address + spec.space.atom(spec.part_loop) * kept;
  spec.kept.insert(spec.kept.begin(), spec.part_loop);
  spec.output = {partial, reduce->dtype};
  tidy(spec);
  return second;
}

}  // namespace tarn::plan
