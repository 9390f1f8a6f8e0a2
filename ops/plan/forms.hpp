// The forms a contraction can take, and what each costs.
#pragma once

#include <optional>

#include "ops/plan/device_traits.hpp"
#include "ops/plan/kernel_spec.hpp"

namespace tarn::plan {

/// Columns of joined rows in one strip, at most: their sums wait in a cache for the last of them.
inline constexpr std::int64_t kMaxJoined = 512;

/// Sums that are kept in registers.
struct Tile {
  int rows, vectors;
};

/// A form with its tile, and its estimated cost: multiply-adds of one vector, or as long as these.
struct FormChoice {
  Contraction contraction;
  double cost = 0;
};

/// Requires: loops and loads are set. `kept`: the packed operand is kept for later.
std::optional<FormChoice> as_panels(const KernelSpec& spec, const DeviceTraits& traits,
                                    Contraction contraction, bool kept);
std::optional<FormChoice> as_strips(const KernelSpec& spec, const DeviceTraits& traits,
                                    Contraction contraction);

/// Whether strips are copied, as they are: where their columns would lie far apart, many rows pass
/// by each, and a tile is as wide as a strip.
bool copies_strips(const KernelSpec& spec, const DeviceTraits& traits,
                   const Contraction& contraction);
/// Elements of local memory that a copied strip takes.
std::int64_t copied_elements(const KernelSpec& spec, const Contraction& contraction);

/// Operands and a result of so many bytes together stay in the nearest caches.
inline constexpr std::int64_t kNearOperands = 256 << 10;
/// Whether the tasks of some columns follow each other, so that these stay near while all rows pass
/// by, rather than the tasks of some rows: of strips where not all is near anyway.
bool by_columns(const KernelSpec& spec);

/// The elements of some loops together.
std::int64_t product(const KernelSpec& spec, const std::vector<int>& loops);

}  // namespace tarn::plan
