// Convolutions of 3 × 3 on a CPU by Winograd's algorithm; see ops/plan/winograd.hpp. One task takes
// one vector of tiles through all channels and some of the weights' rows:
//
//   image    the windows' columns, a row of each tile at a time, are picked apart by the remainder
//            of their places, so that a lane is a tile; then transformed, into local memory
//   products one small product of matrices for each element of the tile: blocks of 16 rows of the
//            weights times the vector, over the channels
//   results  transformed back, their columns put together again; then what else is computed
#pragma once

#include "ops/kernel/render.hpp"

namespace tarn::kernel {

/// Requires: a contraction of this form was found.
Rendered render_winograd(const plan::KernelSpec& spec, const plan::DeviceTraits& traits);

/// The transformation of its weights.
Rendered render_winograd_weights(const plan::KernelSpec& spec, const plan::DeviceTraits& traits);

}  // namespace tarn::kernel
