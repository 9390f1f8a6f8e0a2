// What drivers read from the environment when they start, and what we put there.
#pragma once

#include <string>

namespace tarn::opencl {

/// Makes the settings that pay, once a process, each only where the user has set nothing. To be
/// called before the first call of OpenCL.
void prepare_environment();

/// POCL_DEVICES: a device in the calling thread for each core that this process may use, to be one
/// team (lanes.hpp).
std::string pocl_devices();

/// Whether we may say where threads run: not where the user has set POCL_AFFINITY to 0.
bool may_place_threads();

}  // namespace tarn::opencl
