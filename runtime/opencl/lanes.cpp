#include "runtime/opencl/lanes.hpp"

#include <string>
#include <vector>

#include "runtime/opencl/error.hpp"
#include "runtime/opencl/log.hpp"
#include "tarn/error.hpp"

namespace tarn::opencl {
namespace {

void CL_CALLBACK report(const char* message, const void*, std::size_t, void*) {
  log().error("OpenCL: {}", message);
}

}  // namespace

LaneDevices choose_lanes(const LaneDevices& there, LaneMode wanted, std::string_view device_name) {
  if (wanted == LaneMode::parallel) return {.parallel = there.parallel, .serial = {}};
  if (!there.has_serial()) {
    if (wanted == LaneMode::both) return there;
    throw DeviceError("the serial lane is wanted, and " + std::string(device_name) +
                      " has only the parallel one");
  }
  const bool one_core = there.parallel.getInfo<CL_DEVICE_MAX_COMPUTE_UNITS>() == 1;
  if (wanted == LaneMode::both && !one_core) return there;
  return {.parallel = there.serial, .serial = {}};
}

cl::Context make_context(const LaneDevices& devices) {
  std::vector<cl::Device> all{devices.parallel};
  if (devices.has_serial()) all.push_back(devices.serial);
  return guarded([&] { return cl::Context(all, nullptr, report); });
}

bool share_memory(const cl::Context& context, const LaneDevices& devices, const Block& from,
                  const Block& to) {
  const auto first = static_cast<cl_mem>(from.handle);
  const auto second = static_cast<cl_mem>(to.handle);
  const cl_int sent = 0x7A12;
  cl_int received = 0;
  constexpr std::size_t kBytes = sizeof sent;
  try {
    const cl::CommandQueue parallel(context, devices.parallel);
    const cl::CommandQueue serial(context, devices.serial);
    check(clEnqueueFillBuffer(serial(), first, &sent, kBytes, 0, kBytes, 0, nullptr, nullptr),
          "clEnqueueFillBuffer");
    serial.finish();
    check(clEnqueueCopyBuffer(parallel(), first, second, 0, 0, kBytes, 0, nullptr, nullptr),
          "clEnqueueCopyBuffer");
    parallel.finish();
    check(clEnqueueReadBuffer(serial(), second, CL_TRUE, 0, kBytes, &received, 0, nullptr, nullptr),
          "clEnqueueReadBuffer");
  } catch (const cl::Error& error) {
    log().debug("no serial lane: {}", describe(error.what(), error.err()));
  } catch (const DeviceError& error) {
    log().debug("no serial lane: {}", error.what());
  }
  return received == sent;
}

}  // namespace tarn::opencl
