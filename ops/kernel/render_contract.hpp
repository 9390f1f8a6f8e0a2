// Contractions on a CPU: a register tile of some rows times one panel of columns, summed over all
// of k without leaving the registers; then whatever is computed from the sums, and the store.
#pragma once

#include "ops/kernel/render.hpp"

namespace tarn::kernel {

/// Requires: spec.contraction was found.
Rendered render_contract(const plan::KernelSpec& spec, const plan::DeviceTraits& traits);

}  // namespace tarn::kernel
