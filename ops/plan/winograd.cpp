#include "ops/plan/winograd.hpp"

#include <algorithm>

#include "ops/plan/rounding.hpp"
#include "ops/plan/window.hpp"

namespace tarn::plan {
namespace {

// Costs in multiply-adds of a vector, as measured: of a channel, or a result, of a vector of tiles.
constexpr double kTransformImage = 10;   // an element of the tile
constexpr double kTransformResult = 10;  // an element of the tile
constexpr double kProduct = 1.7;         // each has a weight of its own to load
constexpr std::int64_t kMinChannels = 16;

std::int64_t tile_elements(const Contraction& c) {
  return static_cast<std::int64_t>(c.outputs + 2) * (c.outputs + 2);
}

bool slides_three_by_three(const KernelSpec& spec, const Window& w) {
  return w.ky >= 0 && w.kx >= 0 && spec.extent(w.ky) == 3 && spec.extent(w.kx) == 3 &&
         w.step_y == 1 && w.step_x == 1 && w.dilation_y == 1 && w.dilation_x == 1;
}

std::int64_t channels(const KernelSpec& spec, const Contraction& c) {
  return product(spec, c.k) / 9;
}

}  // namespace

TileLayout tile_layout(const KernelSpec& spec, const Contraction& c, int lanes) {
  const std::int64_t columns = divide_up(spec.extent(c.window->x), c.outputs);
  const std::int64_t rows = divide_up(spec.extent(c.window->y), c.outputs);
  TileLayout layout;
  layout.across = divide_up(columns, lanes);
  layout.tiles = divide_up(columns, layout.across);
  layout.tile_rows = std::max<std::int64_t>(1, lanes / layout.tiles);
  layout.tile_rows = std::min(layout.tile_rows, rows);
  layout.down = divide_up(rows, layout.tile_rows);
  return layout;
}

std::size_t scratch_bytes(const KernelSpec& spec, const Contraction& c, int lanes) {
  return static_cast<std::size_t>(tile_elements(c) * (channels(spec, c) + kWinogradRows) * lanes *
                                  4);
}

std::optional<FormChoice> as_winograd(const KernelSpec& spec, const DeviceTraits& traits,
                                      Contraction c, bool kept) {
  if (!kept || !traits.winograd || traits.lanes < 8 || c.m.size() != 1 || !c.batch.empty()) {
    return std::nullopt;
  }
  c.window = find_window(spec, c);
  if (!c.window || !slides_three_by_three(spec, *c.window)) return std::nullopt;
  if (c.k.size() != 3 || c.k[1] != c.window->ky || c.k[2] != c.window->kx) return std::nullopt;
  if (spec.store.address.factor(c.window->x) != 1) return std::nullopt;
  const std::int64_t rows = product(spec, c.m);
  const std::int64_t depth = channels(spec, c);
  if (rows < kWinogradRows || depth < kMinChannels) return std::nullopt;
  c.form = Contraction::Form::winograd;
  std::optional<FormChoice> best;
  const double images =
      static_cast<double>(product(spec, c.n) / spec.extent(c.window->y) / spec.extent(c.window->x));
  for (const int outputs : {4, 2}) {
    c.outputs = outputs;
    if (scratch_bytes(spec, c, traits.lanes) > traits.local_bytes) continue;
    const double vectors =
        static_cast<double>(tile_layout(spec, c, traits.lanes).vectors()) * images;
    const auto elements = static_cast<double>(tile_elements(c));
    const double weights = static_cast<double>(depth * rounded_up(rows, kWinogradRows)) * elements;
    const double transforms = (kTransformImage * static_cast<double>(depth) +
                               kTransformResult * static_cast<double>(rows)) *
                              elements;
    const double cost = vectors * (kProduct * weights + transforms);
    if (!best || cost < best->cost) best = FormChoice{c, cost};
  }
  return best;
}

// One iteration transforms the weights between an input and an output channel.
KernelSpec winograd_weights(const KernelSpec& spec, int packed) {
  const Contraction& c = spec.contraction;
  const Value& weights = spec.values[static_cast<std::size_t>(c.rows)];
  KernelSpec pack;
  Value load{.kind = Value::Kind::load, .dtype = DType::float32, .operand = 0};
  load.address.constant = weights.address.constant;
  const auto add = [&](std::int64_t extent, std::int64_t factor) {
    const int loop = pack.space.add_loop(extent);
    load.address = load.address + pack.space.atom(loop) * factor;
    return loop;
  };
  const std::int64_t along_rows = weights.address.factor(c.m[0]);
  const int row = add(divide_up(spec.extent(c.m[0]), kWinogradRows), along_rows * kWinogradRows);
  const int channel = add(spec.extent(c.k[0]), weights.address.factor(c.k[0]));
  const int within = add(kWinogradRows, along_rows);
  pack.kept = {row, channel, within};
  Contraction& form = pack.contraction;
  form.form = Contraction::Form::winograd_weights;
  form.outputs = c.outputs;
  form.rows = 0;
  form.m = {row, within};
  form.n = {channel};
  form.k = {add(3, weights.address.factor(c.k[1])), add(3, weights.address.factor(c.k[2]))};
  pack.guards.push_back(
      {{pack.space.atom(row) * kWinogradRows + pack.space.atom(within), spec.extent(c.m[0])}});
  load.guards = 0;
  pack.values.push_back(load);
  pack.store.value = 0;
  pack.inputs.push_back(spec.inputs[static_cast<std::size_t>(weights.operand)]);
  pack.output = {packed, DType::float32};
  pack.comment = "winograd" + std::to_string(c.outputs) + "(x0)";
  pack.bytes = (spec.extent(c.m[0]) * spec.extent(c.k[0]) * 9 + winograd_elements(spec)) * 4;
  return pack;
}

std::int64_t winograd_elements(const KernelSpec& spec) {
  const Contraction& c = spec.contraction;
  return tile_elements(c) * divide_up(spec.extent(c.m[0]), kWinogradRows) * kWinogradRows *
         spec.extent(c.k[0]);
}

}  // namespace tarn::plan
