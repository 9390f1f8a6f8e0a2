// The most that a device can do, seen by two small kernels of ours: one that only moves memory, and
// one that only multiplies and adds in registers.
#pragma once

#include "runtime/opencl/kernel_cache.hpp"
#include "runtime/opencl/stream.hpp"
#include "tarn/allocator.hpp"
#include "tarn/device.hpp"
#include "tarn/profile.hpp"

namespace tarn::opencl {

/// The largest of what is measured now, in about a tenth of a second and a build, and what earlier
/// processes have measured, which is on disk: so other work on the machine is not taken for a slow
/// device. Throws: DeviceError, BuildError, OutOfMemory.
DeviceRates device_rates(KernelCache& kernels, Stream& stream, Allocator& driver,
                         const DeviceInfo& info);

}  // namespace tarn::opencl
