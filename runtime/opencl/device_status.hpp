// Whether a device can be used: open, then perhaps lost, at last closed. Shared by all that submit
// to it, so that the first failure is the one that everybody hears of.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

namespace tarn::opencl {

class DeviceStatus {
 public:
  explicit DeviceStatus(std::string device_name) : name_(std::move(device_name)) {}

  bool usable() const { return usable_.load(std::memory_order_acquire); }
  /// Throws: DeviceError when the device is lost, with the first cause, or closed.
  void check() const {
    if (!usable()) refuse();
  }
  /// Submitted work has failed: nothing that was computed since can be trusted. The first cause
  /// stays.
  void lose(const std::string& cause);
  void close();

 private:
  [[noreturn]] void refuse() const;

  const std::string name_;
  std::atomic<bool> usable_ = true;
  mutable std::mutex mutex_;
  std::string lost_because_;
  bool closed_ = false;
};

}  // namespace tarn::opencl
