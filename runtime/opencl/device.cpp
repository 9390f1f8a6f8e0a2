// The public handle: each function is one of the state's.
#include "tarn/device.hpp"

#include "runtime/opencl/device_state.hpp"
#include "runtime/opencl/platforms.hpp"

namespace tarn {
namespace {

memory::AllocatorStack& usable_stack(DeviceState& state) {
  state.check_usable();
  return state.stack();
}

}  // namespace

Device::Device(const DeviceOptions& options) : state_(DeviceState::open(options)) {}

// Never destroyed: whoever outlives the exit handlers finds a device that is closed, not none.
Device Device::default_device() {
  static auto* const device = new Device(DeviceOptions{});
  return *device;
}

std::vector<DeviceInfo> Device::list() { return opencl::discover().inventory.devices; }

const DeviceInfo& Device::info() const { return state_->info(); }
AllocatorMode Device::allocator_mode() const { return state_->stack().mode(); }
void Device::synchronize() const { state_->synchronize(); }
std::shared_ptr<Allocator> Device::allocator() const { return state_->allocator(); }
AllocatorStats Device::allocator_stats() const { return state_->stack().stats(); }
void Device::reset_allocator_stats() const { usable_stack(*state_).reset_stats(); }
void Device::set_cache_limit(std::size_t bytes) const {
  usable_stack(*state_).set_cache_limit(bytes);
}
std::size_t Device::trim() const { return usable_stack(*state_).trim(); }
void Device::expect_no_driver_allocations(const std::function<void()>& scope) const {
  const memory::AllocatorStack::NoMisses expected(usable_stack(*state_));
  scope();
}
void Device::close() const { state_->close(); }

}  // namespace tarn
