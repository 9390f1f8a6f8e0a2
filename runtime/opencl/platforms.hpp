// What OpenCL shows on this machine.
#pragma once

#include <vector>

#include "runtime/opencl/lanes.hpp"
#include "runtime/opencl/opencl.hpp"
#include "runtime/opencl/selection.hpp"

namespace tarn::opencl {

struct Discovery {
  Inventory inventory;
  std::vector<LaneDevices> lanes;  ///< of inventory.devices, in the same order
};

/// Asks all platforms, after making the settings that drivers read only once (environment.hpp). A
/// platform without devices is no error, and neither is having none at all. Two devices that make a
/// pair of lanes are one.
Discovery discover();

}  // namespace tarn::opencl
