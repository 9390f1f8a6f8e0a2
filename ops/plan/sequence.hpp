// Steps that share a launch. A step of a microsecond costs less than its launch does, so many small
// steps in a row become a sequence: one kernel, in which one work item runs them one after another.
// Where rows stay apart, as in a recurrent network, several items run them, each for some rows;
// then the steps may be larger ones, which would cost more to share one by one.
#pragma once

#include <span>
#include <vector>

#include "ops/plan/device_traits.hpp"
#include "ops/plan/plan.hpp"

namespace tarn::plan {

/// How many steps each launch of the plan takes, in order: powers of two, so that loops of other
/// lengths are cut into kernels that are there already.
std::vector<int> launch_lengths(const Plan& plan, const DeviceTraits& traits);

/// Whether rows stay apart: every step is a contraction whose row i reads, of all that the steps
/// write, row i alone, and whose tasks are cut by rows. Then work items that each take some of the
/// rows through all the steps need not wait for each other.
bool rows_stay_apart(std::span<const KernelSpec* const> steps);

}  // namespace tarn::plan
