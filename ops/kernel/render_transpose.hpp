// Maps that read some operands along their last loop and others along an earlier one, such as
// x.T() + y. Along the lanes the latter's elements lie far apart, each in a cache line of its own.
//
// So a tile of 16 × 16 elements is loaded as 16 vectors along the earlier loop, whole cache lines,
// and transposed in registers:
//
//        across (the loop that transposed operands are contiguous along)
//          0 ... 15
//   lanes  0  x x x x    loaded: a vector is 16 iterations of `across`
//    ...      x x x x    used:   a vector is 16 iterations of `lanes`
//     15      x x x x
//
// Tiles go in blocks, along `across` first: the next tile then reads the neighbouring cache lines.
#pragma once

#include "ops/kernel/render.hpp"

namespace tarn::kernel {

/// Whether this renderer does better than one that reads element by element.
bool wants_tiles(const plan::KernelSpec& spec, const plan::DeviceTraits& traits);

/// Requires: wants_tiles().
Rendered render_transpose(const plan::KernelSpec& spec, const plan::DeviceTraits& traits);

}  // namespace tarn::kernel
