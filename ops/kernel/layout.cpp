#include "ops/kernel/layout.hpp"

#include "ops/plan/loops.hpp"

namespace tarn::kernel {

using plan::Affine;
using plan::KernelSpec;
using plan::Value;

Access access(const plan::IndexSpace& space, const Affine& address, int loop) {
  if (!plan::depends_on(space, address, {loop})) return Access::uniform;
  Affine rest = address;
  std::erase_if(rest.terms, [&](const plan::Term& t) { return t.atom == loop; });
  const bool linear = !plan::depends_on(space, rest, {loop});
  if (linear && address.factor(loop) == 1) return Access::contiguous;
  return linear && address.factor(loop) == 2 ? Access::every_second : Access::lanes;
}

Access read_access(const KernelSpec& spec, const Value& read, int loop) {
  const bool scattered =
      read.kind == Value::Kind::gather && plan::depends_on(spec, read.args[0], {loop});
  return scattered ? Access::lanes : access(spec.space, read.address, loop);
}

namespace {

// How full vectors along an extent are, on average.
double used_lanes(std::int64_t extent, int lanes) {
  const std::int64_t vectors = (extent + lanes - 1) / lanes;
  return static_cast<double>(extent) / static_cast<double>(vectors * lanes);
}

// How well vectors along a loop would be used: full lanes, contiguous reads.
double score(const KernelSpec& spec, int loop, bool stores, int lanes) {
  double sum = 0;
  double accesses = 0;
  const auto judge = [&](Access how) {
    constexpr double kWorth[] = {0.9, 1.0, 0.5, 0.1};
    sum += kWorth[static_cast<int>(how)];
    ++accesses;
  };
  for (const Value& v : spec.values) {
    if (v.operand >= 0 && (spec.passes == 0 || v.in_row)) judge(read_access(spec, v, loop));
  }
  if (stores) judge(access(spec.space, spec.store.address, loop));
  return (accesses == 0 ? 1 : sum / accesses) * used_lanes(spec.extent(loop), lanes);
}

}  // namespace

Layout choose_layout(const KernelSpec& spec, int lanes) {
  const bool is_map = spec.passes == 0;
  const int last = spec.kept.empty() ? -1 : spec.kept.back();
  Layout best{Across::flat};
  double best_score = 0.2 * used_lanes(spec.kept_elements(), lanes);
  if (is_map && lanes == 1) return best;
  const auto consider = [&](Layout layout, double s) {
    if (s <= best_score) return;
    best = layout;
    best_score = s;
  };
  if (spec.split_loop >= 0) {  // lanes must not run over the parts
    best = {Across::reduced, spec.split_loop};
    best_score = 0;
  }
  const bool stores_in_row = !is_map && spec.store.in_row;
  if (last >= 0 && last != spec.part_loop)
    consider({Across::kept, last}, score(spec, last, true, lanes));
  for (const int loop : spec.reduced)
    consider({Across::reduced, loop}, score(spec, loop, stores_in_row, lanes));
  return best;
}

}  // namespace tarn::kernel
