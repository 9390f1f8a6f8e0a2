// Maps and reductions: nests of loops whose innermost work is done on whole vectors.
//
// The lanes of a vector lie along the last kept loop (elementwise work, columns), along a reduced
// loop (rows), or, where neither is long enough to fill them, over all kept loops together. Which,
// the access patterns decide: contiguous reads and full lanes.
#pragma once

#include "ops/kernel/render.hpp"

namespace tarn::kernel {

Rendered render_loops(const plan::KernelSpec& spec, const plan::DeviceTraits& traits);

}  // namespace tarn::kernel
