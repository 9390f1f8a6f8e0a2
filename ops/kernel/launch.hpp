// All kernels of a plan: one for each step, and one for each sequence of small ones.
#pragma once

#include <cstddef>
#include <vector>

#include "ops/kernel/render.hpp"
#include "ops/plan/plan.hpp"

namespace tarn::kernel {

/// A kernel for `count` steps of a plan from `first` on.
struct Launch {
  std::size_t first, count;
  Rendered rendered;
};

/// Every step once, in order. A sequence takes no more parameters than the device does; a single
/// step may.
std::vector<Launch> render(const plan::Plan& plan, const plan::DeviceTraits& traits);

/// Whether the device takes the parameters of each.
bool fit(const std::vector<Launch>& launches, const plan::DeviceTraits& traits);

}  // namespace tarn::kernel
