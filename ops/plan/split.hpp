// Reductions with too few rows to keep a device busy, in two stages.
#pragma once

#include <optional>

#include "ops/plan/device_traits.hpp"
#include "ops/plan/kernel_spec.hpp"

namespace tarn::plan {

/// Where the rows of a reduction are long and few, or longer than the device's loops may be, makes
/// `spec` reduce *parts* of each row into buffer `partial`. Returns: the kernel that reduces the
/// parts, and computes what is computed from the result. How a reduction is split depends on its
/// shape and the traits alone, so its bits do not change from run to run.
std::optional<KernelSpec> split_reduction(KernelSpec& spec, const DeviceTraits& traits,
                                          int partial);

/// The rounds that a work item takes in the loops of `spec`, about, and at most.
std::int64_t loop_rounds(const KernelSpec& spec);

/// Elements of `partial`, after the split.
std::int64_t partial_elements(const KernelSpec& spec);

}  // namespace tarn::plan
