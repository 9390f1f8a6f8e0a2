// A recording summed up by kernel.
#pragma once

#include <iosfwd>
#include <span>
#include <vector>

#include "runtime/profile/recording.hpp"
#include "tarn/profile.hpp"

namespace tarn::profile {

/// What each kernel took, the longest total first.
std::vector<KernelTime> kernel_times(const Recording& recording);

/// Rates are of each operand and the result once; shares of the device's are left out where those
/// are 0.
void print_kernel_table(std::ostream& out, std::span<const KernelTime> times,
                        const DeviceRates& device);

}  // namespace tarn::profile
