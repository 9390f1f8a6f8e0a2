#include "runtime/opencl/lanes.hpp"

#include <string>

#include "runtime/opencl/error.hpp"
#include "runtime/opencl/log.hpp"
#include "tarn/error.hpp"

namespace tarn::opencl {
namespace {

void CL_CALLBACK report(const char* message, const void*, std::size_t, void*) {
  log().error("OpenCL: {}", message);
}

// A number that the first worker writes, another copies, and the first reads again.
cl_int send(const cl::CommandQueue& first, const cl::CommandQueue& other, cl_mem from, cl_mem to,
            cl_int number) {
  constexpr std::size_t kBytes = sizeof number;
  cl_int received = 0;
  check(clEnqueueFillBuffer(first(), from, &number, kBytes, 0, kBytes, 0, nullptr, nullptr),
        "clEnqueueFillBuffer");
  first.finish();
  check(clEnqueueCopyBuffer(other(), from, to, 0, 0, kBytes, 0, nullptr, nullptr),
        "clEnqueueCopyBuffer");
  other.finish();
  check(clEnqueueReadBuffer(first(), to, CL_TRUE, 0, kBytes, &received, 0, nullptr, nullptr),
        "clEnqueueReadBuffer");
  return received;
}

}  // namespace

Workers choose_workers(const Workers& there, LaneMode wanted, std::string_view device_name) {
  if (wanted != LaneMode::serial) return there;
  if (runs_in_caller(device_name)) return {there.front()};
  throw DeviceError("the serial lane is wanted, and " + std::string(device_name) +
                    " has only the parallel one");
}

cl::Context make_context(const Workers& workers) {
  return guarded([&] { return cl::Context(workers, nullptr, report); });
}

bool share_memory(const cl::Context& context, const Workers& workers, const Block& from,
                  const Block& to) {
  try {
    const cl::CommandQueue first(context, workers.front());
    for (std::size_t i = 1; i < workers.size(); ++i) {
      const auto number = static_cast<cl_int>(0x7A12 + i);
      const cl::CommandQueue other(context, workers[i]);
      if (send(first, other, static_cast<cl_mem>(from.handle), static_cast<cl_mem>(to.handle),
               number) != number) {
        return false;
      }
    }
    return true;
  } catch (const cl::Error& error) {
    log().debug("no helpers: {}", describe(error.what(), error.err()));
  } catch (const DeviceError& error) {
    log().debug("no helpers: {}", error.what());
  }
  return false;
}

}  // namespace tarn::opencl
