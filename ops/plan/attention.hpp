// Attention: the kernels of softmax(Q·Kᵀ…)·V as one, which holds a block of scores at a time and
// never stores the matrix of all of them.
//
// It is told by the access patterns of three kernels that have been lowered, one reading what the
// one before it stored and nobody else reads: a sum of products and what is computed from it
// element by element (the scores: scaled, masked, …), a softmax along its last axis, and a sum of
// products of that and anything else. However they were written: nn's layers have no operator of
// their own for it.
//
// The loops of the result are *batch*, *q* (queries) and *e* (the columns of V); reduced are *j*
// (keys) and *d* (what scores sum over). See F14 in schedule.hpp, and render_attention.hpp.
#pragma once

#include <functional>
#include <vector>

#include "ops/plan/device_traits.hpp"
#include "ops/plan/kernel_spec.hpp"
#include "ops/plan/schedule.hpp"

namespace tarn::plan {

/// The longest d and e that a kernel has room for.
inline constexpr std::int64_t kMaxHead = 256;

/// Replaces kernels that together are attention by one each, in the place of the last of them.
/// `is_kept` says whether somebody beside the kernels needs a buffer.
void fuse_attention(std::vector<KernelSpec>& kernels, const DeviceTraits& traits,
                    const Limits& limits, const std::function<bool(int buffer)>& is_kept);

}  // namespace tarn::plan
