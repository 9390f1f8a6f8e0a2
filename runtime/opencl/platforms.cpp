#include "runtime/opencl/platforms.hpp"

#include <algorithm>
#include <mutex>

#include "runtime/opencl/address_space.hpp"
#include "runtime/opencl/environment.hpp"
#include "runtime/opencl/error.hpp"
#include "runtime/opencl/log.hpp"

namespace tarn::opencl {
namespace {

std::vector<cl::Platform> all_platforms() {
  std::vector<cl::Platform> platforms;
  try {
    cl::Platform::get(&platforms);
  } catch (const cl::Error& error) {
    log().debug("{}", describe(error.what(), error.err()));  // none is installed
  }
  return platforms;
}

std::vector<cl::Device> devices_of(const cl::Platform& platform) {
  std::vector<cl::Device> devices;
  try {
    platform.getDevices(CL_DEVICE_TYPE_ALL, &devices);
  } catch (const cl::Error& error) {
    log().debug("{}", describe(error.what(), error.err()));  // the platform has none
  }
  return devices;
}

// The bindings know this query only as part of an extension.
std::string icd_suffix(const cl::Platform& platform) {
  char suffix[64] = "";
  const cl_int code =
      clGetPlatformInfo(platform(), CL_PLATFORM_ICD_SUFFIX_KHR, sizeof suffix, suffix, nullptr);
  return code == CL_SUCCESS ? suffix : "";
}

// A simulator claims to be every kind of device, and some CPU devices claim to be more than that.
DeviceKind kind_of(const std::string& platform, cl_device_type type) {
  if (platform == "Oclgrind") return DeviceKind::simulator;
  if (type & CL_DEVICE_TYPE_CPU) return DeviceKind::cpu;
  if (type & CL_DEVICE_TYPE_GPU) return DeviceKind::gpu;
  return DeviceKind::accelerator;
}

DeviceInfo describe_device(const cl::Platform& platform, const cl::Device& device) {
  DeviceInfo info;
  info.name = device.getInfo<CL_DEVICE_NAME>();
  info.platform = platform.getInfo<CL_PLATFORM_NAME>();
  info.icd = icd_suffix(platform);
  info.version = device.getInfo<CL_DEVICE_VERSION>();
  info.driver = device.getInfo<CL_DRIVER_VERSION>();
  info.kind = kind_of(info.platform, device.getInfo<CL_DEVICE_TYPE>());
  info.compute_units = device.getInfo<CL_DEVICE_MAX_COMPUTE_UNITS>();
  info.memory_bytes = device.getInfo<CL_DEVICE_GLOBAL_MEM_SIZE>();
  info.max_block_bytes = device.getInfo<CL_DEVICE_MAX_MEM_ALLOC_SIZE>();
  info.local_memory_bytes = device.getInfo<CL_DEVICE_LOCAL_MEM_SIZE>();
  info.max_group_size = device.getInfo<CL_DEVICE_MAX_WORK_GROUP_SIZE>();
  info.max_parameter_bytes = device.getInfo<CL_DEVICE_MAX_PARAMETER_SIZE>();
  info.vector_width = std::max({1u, device.getInfo<CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT>(),
                                device.getInfo<CL_DEVICE_PREFERRED_VECTOR_WIDTH_FLOAT>()});
  info.unified_memory = device.getInfo<CL_DEVICE_HOST_UNIFIED_MEMORY>() == CL_TRUE;
  return info;
}

// The devices of a platform as tarn's.
std::vector<Workers> teams_of(const std::vector<cl::Device>& devices) {
  std::vector<Workers> teams;
  Workers* in_caller = nullptr;
  teams.reserve(devices.size());
  for (const cl::Device& device : devices) {
    const bool here = runs_in_caller(device.getInfo<CL_DEVICE_NAME>());
    if (here && in_caller) {
      in_caller->push_back(device);
    } else {
      teams.push_back({device});
      if (here) in_caller = &teams.back();
    }
  }
  return teams;
}

void add_devices(const cl::Platform& platform, const std::vector<cl::Device>& devices,
                 Discovery& found) {
  for (const Workers& workers : teams_of(devices)) {
    DeviceInfo info = describe_device(platform, workers.front());
    info.index = static_cast<int>(found.workers.size());
    info.serial_lane = workers.size() > 1;
    info.compute_units *= static_cast<unsigned>(workers.size());
    found.inventory.devices.push_back(std::move(info));
    found.workers.push_back(workers);
  }
}

}  // namespace

Discovery discover() {
  prepare_environment();
  static std::once_flag opened;
  std::call_once(opened, [] { need_address_space(kRoomToOpen, "opening OpenCL"); });
  return guarded([] {
    Discovery found;
    for (const cl::Platform& platform : all_platforms()) {
      const std::vector<cl::Device> devices = devices_of(platform);
      if (devices.empty()) {
        found.inventory.empty_platforms.push_back(platform.getInfo<CL_PLATFORM_NAME>());
      }
      add_devices(platform, devices, found);
    }
    return found;
  });
}

}  // namespace tarn::opencl
