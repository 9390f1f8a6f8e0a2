// Convolutions of 3 × 3 by Winograd's minimal filtering (Lavin and Gray, "Fast Algorithms for
// Convolutional Neural Networks", 2015): F(m × m, 3 × 3) makes m × m results of a tile of
// (m + 2) × (m + 2) elements with as many multiplications a channel as the tile has elements,
// instead of 9 m². The image, the weights and the sums of products are transformed by small
// constant matrices on the way in and out; see ops/kernel/winograd_matrices.hpp.
//
// The lanes of a vector are tiles: those along a row of the image, and where a row has few, of
// several rows. The transformed weights are kept, so that only weights are taken. Their rows lie in
// blocks: [block][element of the tile][channel][row of the block].
#pragma once

#include <optional>

#include "ops/plan/device_traits.hpp"
#include "ops/plan/forms.hpp"
#include "ops/plan/kernel_spec.hpp"

namespace tarn::plan {

/// Rows of the weights (output channels) whose sums are in registers at once.
inline constexpr int kWinogradRows = 16;

/// How the tiles of one image fill vectors.
struct TileLayout {
  std::int64_t across = 0;     ///< vectors that lie next to each other
  std::int64_t tiles = 0;      ///< of a row, in one vector
  std::int64_t tile_rows = 0;  ///< in one vector
  std::int64_t down = 0;       ///< vectors below each other
  std::int64_t vectors() const { return across * down; }
};

TileLayout tile_layout(const KernelSpec& spec, const Contraction& c, int lanes);

/// Bytes of local memory that the kernel needs.
std::size_t scratch_bytes(const KernelSpec& spec, const Contraction& c, int lanes);

/// Nothing where windows are not 3 × 3 with step 1, or where the weights are not kept.
std::optional<FormChoice> as_winograd(const KernelSpec& spec, const DeviceTraits& traits,
                                      Contraction contraction, bool kept);

/// The kernel that transforms the weights, into buffer `packed`.
KernelSpec winograd_weights(const KernelSpec& spec, int packed);
std::int64_t winograd_elements(const KernelSpec& spec);

}  // namespace tarn::plan
