// Contractions on devices of many threads: tiles of the result by groups of work items, from blocks
// of both operands in local memory; see ops/plan/blocks.hpp.
#pragma once

#include "ops/kernel/render.hpp"

namespace tarn::kernel {

/// Requires: a contraction in the form of blocks. Every group runs whole: `global` is a multiple of
/// `local`, and `local` is what the kernel was written for.
Rendered render_blocks(const plan::KernelSpec& spec, const plan::DeviceTraits& traits);

}  // namespace tarn::kernel
