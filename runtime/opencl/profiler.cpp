// The public profiler: a device's recording, from its construction until it is stopped.
#include <optional>
#include <ostream>

#include "runtime/opencl/device_state.hpp"
#include "runtime/opencl/log.hpp"
#include "runtime/profile/chrome_trace.hpp"
#include "runtime/profile/kernel_table.hpp"
#include "tarn/error.hpp"
#include "tarn/profile.hpp"

namespace tarn {

DeviceRates device_rates(const Device& device) { return device.state()->rates(); }

struct Profiler::State {
  Device device;
  std::optional<profile::Recording> recording;  // none until it is stopped

  const profile::Recording& stopped(const char* function) const {
    if (recording) return *recording;
    throw ValueError(std::string(function) + ": the profiler has to be stopped first");
  }
};

Profiler::Profiler(const Device& device) : state_(new State{device, std::nullopt}) {
  device.state()->start_profile();
}

Profiler::~Profiler() {
  try {
    stop();
  } catch (const std::exception& error) {
    opencl::log().error("profiler: {}", error.what());
  }
}

void Profiler::stop() {
  if (!state_->recording) state_->recording = state_->device.state()->stop_profile();
}

std::vector<KernelTime> Profiler::kernels() const {
  return profile::kernel_times(state_->stopped("Profiler::kernels"));
}

void Profiler::write_trace(const std::filesystem::path& path) const {
  profile::write_chrome_trace(path, state_->stopped("Profiler::write_trace"));
}

std::ostream& operator<<(std::ostream& out, const Profiler& profiler) {
  const std::vector<KernelTime> times = profile::kernel_times(profiler.state_->stopped("Profiler"));
  profile::print_kernel_table(out, times, device_rates(profiler.state_->device));
  return out;
}

}  // namespace tarn
