// Contractions on a CPU whose columns' operand is read where it lies: products of small matrices,
// and convolutions, of which no window is ever copied.
//
// A strip is a run of columns along the last loop of n: a row of an image, or a part of it. Its
// vectors begin at 0, 16, 32, ... and the last one ends with the strip, where it computes some
// columns a second time, so that nothing is masked and nothing read past the end.
//
//           0        16       32    40      56 columns
//           |--------|--------|--------|        vectors 0 to 2
//                                   |--------|  vector 3
//
// Strips of large products are *copied* to local memory, a tile's columns one after another, and
// all rows pass by. The last strip of a row has a vector at least, and takes from the one before it
// what is missing to that.
//
// Short rows are *joined*: the rows of an image and what lies between them (the padding of its
// windows, `pitch` columns from row to row) are one strip. What falls between rows is computed and
// thrown away.
#pragma once

#include "ops/kernel/render.hpp"

namespace tarn::kernel {

/// Requires: a contraction of this form was found.
Rendered render_strips(const plan::KernelSpec& spec, const plan::DeviceTraits& traits);

}  // namespace tarn::kernel
