// The lanes of a device: its queues, and which kind of work each is for.
//
// Every device has the parallel lane. PoCL's devices `basic` and `pthread` make a pair: the first
// runs a kernel at once in the calling thread, in half a microsecond; the second spreads it over
// the cores, and takes twenty times as long to start. Opened in one context they share memory, so
// they are listed as one device, with `basic` as its serial lane.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "runtime/opencl/opencl.hpp"
#include "tarn/allocator.hpp"
#include "tarn/device.hpp"

namespace tarn::opencl {

inline constexpr std::array kLanes{Lane::parallel, Lane::serial};

constexpr std::size_t index(Lane lane) { return static_cast<std::size_t>(lane); }

/// What each lane runs on. The serial one may be null: there is none.
struct LaneDevices {
  cl::Device parallel;
  cl::Device serial;

  bool has_serial() const { return serial() != nullptr; }
  const cl::Device& on(Lane lane) const { return lane == Lane::serial ? serial : parallel; }
};

/// Whether a device of this name runs kernels in the calling thread. Such a device must not be used
/// by two threads at once, not even in two contexts.
constexpr bool runs_in_caller(std::string_view device_name) {
  return device_name.starts_with("basic");
}

/// The lanes that a user wants of those that there are; where there is one core, the serial one
/// does all that the parallel one could. Throws: DeviceError when the serial lane is wanted of a
/// device, of this name, that has none.
LaneDevices choose_lanes(const LaneDevices& there, LaneMode wanted, std::string_view device_name);

/// The context of all lanes. Throws: DeviceError.
cl::Context make_context(const LaneDevices& devices);

/// Sends a number along both lanes and back, through two blocks of the context. Returns: whether it
/// has arrived, so that the lanes can be trusted to share memory.
bool share_memory(const cl::Context& context, const LaneDevices& devices, const Block& from,
                  const Block& to);

}  // namespace tarn::opencl
