// What OpenCL shows on this machine.
#pragma once

#include <vector>

#include "runtime/opencl/lanes.hpp"
#include "runtime/opencl/opencl.hpp"
#include "runtime/opencl/selection.hpp"

namespace tarn::opencl {

struct Discovery {
  Inventory inventory;
  std::vector<Workers> workers;  ///< of inventory.devices, in the same order
};

/// Asks all platforms, after making the settings that drivers read only once (environment.hpp). A
/// platform without devices is no error, and neither is having none at all. Devices that run
/// kernels in the calling thread are the workers of one.
Discovery discover();

}  // namespace tarn::opencl
