// Which device is meant. Pure: it works on what was found, and knows no OpenCL.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tarn/device.hpp"

namespace tarn::opencl {

/// What is on the machine.
struct Inventory {
  std::vector<DeviceInfo> devices;           ///< in the order of their index
  std::vector<std::string> empty_platforms;  ///< names of platforms that show no device
};

/// The index of the device that is wanted: by index, or by a part of the name of its platform, its
/// ICD or itself, in any case. Of several that fit, and of all when nothing is wanted, the best
/// one: a GPU, PoCL, another CPU, anything else; and in this order the first. A simulator is taken
/// only when it is wanted. Throws: DeviceError that says what was found and what to install.
int select(const Inventory& inventory, std::string_view wanted);

}  // namespace tarn::opencl
