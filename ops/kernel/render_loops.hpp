// Maps and reductions: nests of loops whose innermost work is done on whole vectors.
//
// The lanes of a vector lie along the last kept loop (elementwise work, columns), along a reduced
// loop (rows), or, where neither is long enough to fill them, over all kept loops together. Which,
// the access patterns decide: contiguous reads and full lanes (layout.hpp).
#pragma once

#include "ops/kernel/layout.hpp"
#include "ops/kernel/render.hpp"

namespace tarn::kernel {

Rendered render_loops(const plan::KernelSpec& spec, const plan::DeviceTraits& traits);

/// With lanes along a reduced loop.
Rendered render_rows(const plan::KernelSpec& spec, const plan::DeviceTraits& traits, Layout layout);

/// With lanes along the last kept loop, or over all kept loops together.
Rendered render_columns(const plan::KernelSpec& spec, const plan::DeviceTraits& traits,
                        Layout layout);

}  // namespace tarn::kernel
