// The lanes of a device: what runs its kernels, and which kind of work each is for.
//
// Every device has the parallel lane, a queue of the driver's. PoCL's device `basic` runs a kernel
// at once in the calling thread, in half a microsecond, where its device `pthread` takes twenty
// times as long to wake its threads. So tarn opens `basic` once for each core, in one context, and
// runs them by threads of its own (team.hpp): the serial lane is the calling thread alone, the
// parallel one is that thread and its helpers, each with a share of the kernel's work items.
// Together they are listed as one device.
#pragma once

#include <string_view>
#include <vector>

#include "runtime/opencl/opencl.hpp"
#include "tarn/allocator.hpp"
#include "tarn/device.hpp"

namespace tarn::opencl {

/// The devices of OpenCL that one of tarn's runs on: one, or one for each thread of a team, of
/// which the caller's is the first.
using Workers = std::vector<cl::Device>;

/// Whether a device of this name runs kernels in the calling thread. Such a device must not be used
/// by two threads at once, not even in two contexts.
constexpr bool runs_in_caller(std::string_view device_name) {
  return device_name.starts_with("basic");
}

/// Those that a user wants of those that there are. Throws: DeviceError when the serial lane is
/// wanted of a device, of this name, that has none.
Workers choose_workers(const Workers& there, LaneMode wanted, std::string_view device_name);

/// The context of all. Throws: DeviceError.
cl::Context make_context(const Workers& workers);

/// Sends a number from the first worker to each other and back, through two blocks of the context.
/// Returns: whether it has arrived, so that they can be trusted to share memory.
bool share_memory(const cl::Context& context, const Workers& workers, const Block& from,
                  const Block& to);

}  // namespace tarn::opencl
