// Tidying the loops and values of a kernel that has just been lowered.
#pragma once

#include "ops/plan/kernel_spec.hpp"

namespace tarn::plan {

/// Makes one loop of two neighbours wherever everything runs through them without a gap. What is
/// left is the least rank that tells the kernel's access patterns apart, so that kernels share
/// their text.
void collapse_loops(KernelSpec& spec);

/// Sets `pass` and `in_row` of each value and of the store, and the number of passes.
void assign_passes(KernelSpec& spec);

/// Sets the comment, and the counts of operations and bytes.
void describe(KernelSpec& spec);

/// Drops values, inputs and scalars that the store does not need, and does all of the above but
/// collapsing.
void tidy(KernelSpec& spec);

/// Whether `a` changes when one of `loops` does, quotients and remainders included.
bool depends_on(const IndexSpace& space, const Affine& a, const std::vector<int>& loops);
/// Whether a value may change when one of `loops` does. The result of a reduction is the same all
/// along its row.
bool depends_on(const KernelSpec& spec, int v, std::vector<int> loops);

}  // namespace tarn::plan
