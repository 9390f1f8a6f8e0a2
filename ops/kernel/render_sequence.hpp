// One kernel out of several: a sequence of steps that one work item runs in their order. Where rows
// stay apart (ops/plan/sequence.hpp), several do, and each runs its rows through all of them.
//
// Each becomes a function, and equal ones are one function; the kernel calls them. A buffer that
// several steps use is one parameter, and so are the numbers that equal steps share.
#pragma once

#include <span>

#include "ops/kernel/render.hpp"

namespace tarn::kernel {

/// `steps` are the kernels, `rendered` each by itself. Requires: kernels without local memory, for
/// a CPU.
Rendered render_sequence(std::span<const plan::KernelSpec* const> steps,
                         std::span<const Rendered> rendered, const plan::DeviceTraits& traits);

}  // namespace tarn::kernel
