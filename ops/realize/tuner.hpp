// Chooses among several ways to compute a kernel by running each on the device, with scratch
// buffers, and remembers on disk which was fastest: a later process plans the same way at once.
//
// It is asked only where the user wants that (DeviceOptions::tune). Nothing is tried while the
// device is profiled or traced, whose records are to show the program alone; what is known is used.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <unordered_map>

#include "ops/plan/device_traits.hpp"
#include "ops/plan/plan.hpp"

namespace tarn {
class DeviceState;
}

namespace tarn::seam {

class Tuner {
 public:
  /// Both are kept by reference.
  Tuner(DeviceState& device, const plan::DeviceTraits& traits) : device_(device), traits_(traits) {}

  /// The fastest, trying all where it is not known yet. Throws: DeviceError. Requires: the device's
  /// lock.
  std::size_t choose(std::span<const plan::Trial> trials);
  /// The fastest where that is known, else the first. Tries nothing.
  std::size_t recall(std::span<const plan::Trial> trials);

 private:
  std::string key_of(std::span<const plan::Trial> trials) const;
  std::size_t recall(const std::string& key, std::span<const plan::Trial> trials);
  bool may_try() const;

  DeviceState& device_;
  const plan::DeviceTraits& traits_;
  std::unordered_map<std::string, std::size_t> known_;
};

}  // namespace tarn::seam
