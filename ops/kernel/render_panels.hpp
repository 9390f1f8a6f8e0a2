// Contractions on a CPU whose columns' operand lies packed in panels, [batch][n / panel][k][panel]:
// a register tile of some rows times one panel of columns, or two, summed over all of k without
// leaving the registers; then whatever is computed from the sums, and the store.
//
//              panel: 2 vectors
//            b b b b b b b b ...     one row of the panel for each k
//   row  a   + + + + + + + +         8 × 2 sums of a vector each
//        a   + + + + + + + +
//       ...
#pragma once

#include "ops/kernel/render.hpp"

namespace tarn::kernel {

/// Requires: a contraction of this form was found.
Rendered render_panels(const plan::KernelSpec& spec, const plan::DeviceTraits& traits);

}  // namespace tarn::kernel
