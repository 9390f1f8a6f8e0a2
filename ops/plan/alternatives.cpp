#include "ops/plan/alternatives.hpp"

#include <algorithm>
#include <array>

#include "ops/plan/blocks.hpp"
#include "ops/plan/contract.hpp"
#include "ops/plan/forms.hpp"
#include "ops/plan/rounding.hpp"

namespace tarn::plan {
namespace {

using Form = Contraction::Form;

constexpr std::int64_t kWorthATrial = 1 << 17;  // about a microsecond of one core
constexpr int kRegisters = 32;  // sums, the columns of a step and a row's element, in vectors
constexpr std::int64_t kWideStrips = 4;  // times as wide as usual

constexpr std::array kTiles{Tile{12, 2}, Tile{8, 2}, Tile{6, 4}, Tile{4, 4}, Tile{8, 3},
                            Tile{2, 4},  Tile{1, 8}, Tile{1, 4}, Tile{4, 2}, Tile{8, 1}};
constexpr std::array kBlockTiles{Tile{4, 4}, Tile{2, 4}, Tile{4, 2}, Tile{2, 2}};

std::string name_of(const KernelSpec& spec, const Contraction& c) {
  const auto operand = [&](int load) {
    return "x" + std::to_string(spec.values[static_cast<std::size_t>(load)].operand);
  };
  const std::string tile = " " + std::to_string(c.tile_rows) + "x" + std::to_string(c.tile_vectors);
  switch (c.form) {
    case Form::panels:
      return operand(c.columns) + " in panels of " + std::to_string(c.panel) + tile;
    case Form::strips:
      return operand(c.columns) + " in strips of " + std::to_string(c.chunk) + tile +
             (c.copied ? " copied" : "");
    case Form::depthwise:
      return operand(c.columns) + " by windows" + tile;
    case Form::blocks:
      return operand(c.columns) + " in blocks" + tile;
    case Form::winograd:
      return operand(c.columns) + " by winograd " + std::to_string(c.outputs);
    default:
      return {};
  }
}

// Vectors of columns that a tile can have, next to each other.
std::int64_t vectors_across(const KernelSpec& spec, const DeviceTraits& traits,
                            const Contraction& c) {
  const std::int64_t width = spec.extent(c.n.back());
  return divide_up(c.joined > 1 ? (c.joined - 1) * c.pitch + width : width, traits.lanes);
}

// Whether its sums stay in registers, and few of them are computed for nothing.
bool fits(const KernelSpec& spec, const DeviceTraits& traits, const Contraction& c,
          const Tile& tile) {
  const bool registers = tile.rows * tile.vectors + tile.vectors < kRegisters;
  const bool panels = c.form != Form::panels || tile.vectors % (c.panel / traits.lanes) == 0;
  const std::int64_t rows = product(spec, c.m);
  return registers && panels && tile.rows < rows + 4 && (tile.rows >= 4 || rows < 8) &&
         tile.vectors <= rounded_up(vectors_across(spec, traits, c), 2);
}

Contraction with_tile(const KernelSpec& spec, const DeviceTraits& traits, Contraction c,
                      const Tile& tile) {
  c.tile_rows = tile.rows;
  c.tile_vectors = tile.vectors;
  if (c.form == Form::strips) c.chunk = rounded_up(c.chunk, tile.vectors * traits.lanes);
  c.copied = copies_strips(spec, traits, c);
  return c;
}

}  // namespace

std::vector<Alternative> alternatives(const KernelSpec& spec, const DeviceTraits& traits,
                                      const std::function<bool(int buffer)>& is_weight) {
  const std::vector<Contraction> forms = contraction_forms(spec, traits, is_weight);
  std::vector<Alternative> all;
  const auto add = [&](const Contraction& c) {
    std::string name = name_of(spec, c);
    if (all.size() == kMaxAlternatives || std::ranges::count(all, name, &Alternative::name)) return;
    all.push_back({std::move(name), c});
  };
  for (const Contraction& form : forms) {
    add(form);
    if (spec.kept_elements() * spec.reduced_elements() < kWorthATrial) return all;
  }
  // Then tiles of the best form that has some.
  const auto tiled = std::ranges::find_if(forms, [](const Contraction& c) {
    return c.form == Form::panels || c.form == Form::strips || c.form == Form::blocks;
  });
  if (tiled == forms.end()) return all;
  if (tiled->form == Form::blocks) {
    for (const Tile& tile : kBlockTiles) {
      const Contraction other = with_tile(spec, traits, *tiled, tile);
      if (block_bytes(other) <= traits.local_bytes) add(other);
    }
    return all;
  }
  if (tiled->form == Form::strips && tiled->fill < 0 && tiled->joined == 1 &&
      spec.extent(tiled->n.back()) > tiled->chunk) {
    Contraction wide = *tiled;
    wide.chunk *= kWideStrips;
    wide.copied = copies_strips(spec, traits, wide);
    add(wide);
  }
  for (const Tile& tile : kTiles) {
    if (fits(spec, traits, *tiled, tile)) add(with_tile(spec, traits, *tiled, tile));
  }
  return all;
}

}  // namespace tarn::plan
