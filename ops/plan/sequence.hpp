// Steps that share a launch. A step of a microsecond costs less than its launch does, so many small
// steps in a row become a sequence: one kernel, in which one work item runs them one after another.
#pragma once

#include <vector>

#include "ops/plan/device_traits.hpp"
#include "ops/plan/plan.hpp"

namespace tarn::plan {

/// How many steps each launch of the plan takes, in order: powers of two, so that loops of other
/// lengths are cut into kernels that are there already.
std::vector<int> launch_lengths(const Plan& plan, const DeviceTraits& traits);

}  // namespace tarn::plan
