#include "runtime/opencl/device_status.hpp"

#include "runtime/opencl/log.hpp"
#include "tarn/error.hpp"

namespace tarn::opencl {

void DeviceStatus::lose(const std::string& cause) {
  const std::lock_guard lock(mutex_);
  if (!usable()) return;
  lost_because_ = cause;
  usable_.store(false, std::memory_order_release);
  log().error("{} is lost: {}", name_, cause);
}

void DeviceStatus::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  usable_.store(false, std::memory_order_release);
}

void DeviceStatus::refuse() const {
  const std::lock_guard lock(mutex_);
  if (closed_) throw DeviceError("device " + name_ + " is closed");
  throw DeviceError("device " + name_ + " is lost since a command failed: " + lost_because_);
}

}  // namespace tarn::opencl
