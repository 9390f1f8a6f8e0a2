// Padded convolutions that have one row of weights an image, such as depthwise ones, on a CPU.
// There is nothing to share between rows of weights; what is shared is the image: a tile is some
// rows of windows times some vectors, and every vector of the image that is read serves all windows
// that it is in.
#pragma once

#include "ops/kernel/render.hpp"

namespace tarn::kernel {

/// Requires: a contraction of this form was found.
Rendered render_depthwise(const plan::KernelSpec& spec, const plan::DeviceTraits& traits);

}  // namespace tarn::kernel
