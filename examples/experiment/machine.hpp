// Where and how the experiment ran, in one line of facts: figures mean little without it.
#pragma once

#include <sys/utsname.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <tarn/tarn.hpp>
#include <thread>

namespace examples {

inline std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown processor";
}

inline std::string describe_machine(const tarn::Device& device) {
  utsname system{};
  uname(&system);
  const tarn::DeviceInfo& info = device.info();
  std::string text = processor() + ", " + std::to_string(std::thread::hardware_concurrency()) +
                     " threads, " + system.sysname + " " + system.release + "; " + info.name +
                     ", " + info.version + (info.serial_lane ? ", two lanes" : ", one lane");
  for (const char* name : {"TARN_CACHE_LIMIT", "TARN_MEMORY_LIMIT", "TARN_LANES", "TARN_FAIL_ALLOC",
                           "TARN_POISON", "POCL_AFFINITY"}) {
    if (const char* value = std::getenv(name)) text += std::string("; ") + name + "=" + value;
  }
  return text;
}

}  // namespace examples
