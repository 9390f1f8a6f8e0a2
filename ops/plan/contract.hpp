// Contractions: reductions that sum products of two operands, each of which the other's axes
// repeat. They are told by the access patterns of their loops, however they were written: matmul, a
// convolution through its window view, or a user's own (a * b).sum(axis).
//
// The loops of the result fall into *batch* (both operands change), *m* (the rows' operand alone)
// and *n* (the columns' operand alone); k are the loops that are summed over. A register tile holds
// some rows times one panel of columns. Where the columns' operand does not lie in whole vectors
// along n, or is read so often that it pays, it is first packed in panels: [batch][n /
// panel][k][panel], the last one filled with zeros.
#pragma once

#include <optional>

#include "ops/plan/device_traits.hpp"
#include "ops/plan/kernel_spec.hpp"

namespace tarn::plan {

/// Fills in `spec.contraction` where a register tile pays. Returns: the kernel that packs the
/// columns' operand, where one is wanted; it writes buffer `packed`, which the contraction then
/// reads.
std::optional<KernelSpec> find_contraction(KernelSpec& spec, const DeviceTraits& traits,
                                           int packed);

/// Elements of the packed operand.
std::int64_t packed_elements(const KernelSpec& spec);

}  // namespace tarn::plan
