// Attention on a CPU, softmax(Q·Kᵀ…)·V: 32 queries at a time pass over all keys in blocks, whose
// scores stay in the first cache. Lanes lie along the queries throughout, so that keys and values
// are read where they lie, in any order, one element for a whole vector of queries:
//
//            queries: 2 vectors                    queries
//   key   k  + + + + + + + +          column  v  + + + + + + + +
//         k  + + + + + + + +   then           v  + + + + + + + +   sums over the keys of a block
//        ...                                 ...
//
// The maximum and the sum of each query's exponentials so far go from block to block (online
// softmax: Milakov and Gimelshein, 2018; in attention: Rabe and Staats, 2021), and what has been
// summed is scaled whenever the maximum grows. Queries and results are turned by 16 × 16.
//
// A query whose scores are all -infinity, or one of whose scores is NaN or infinity, has NaN as its
// result, as in a softmax of its own.
#pragma once

#include "ops/kernel/render.hpp"

namespace tarn::kernel {

/// Requires: an attention was found, for vectors of 16 lanes.
Rendered render_attention(const plan::KernelSpec& spec, const plan::DeviceTraits& traits);

}  // namespace tarn::kernel
