#include "runtime/opencl/environment.hpp"

#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>

#include "runtime/opencl/processors.hpp"

namespace tarn::opencl {
namespace {

// Never instead of the user's.
void set_default(const char* variable, const std::string& value) {
  constexpr int kKeepTheUsers = 0;
  setenv(variable, value.c_str(), kKeepTheUsers);
}

}  // namespace

std::string pocl_devices() {
  const int cores = Processors::of_this_thread().count();
  std::string devices = "basic";
  for (int i = 1; i < cores; ++i) devices += " basic";
  return devices;
}

void prepare_environment() {
  static std::once_flag once;
  std::call_once(once, [] {
    set_default("POCL_DEVICES", pocl_devices());
    // PoCL's own threads, where the user has chosen them: worker i runs on core i. Unpinned,
    // kernels of under 2.5 ms often run two workers on one core and take twice as long. Several
    // pinned processes at once are in each other's way; then the user says POCL_AFFINITY=0.
    set_default("POCL_AFFINITY", "1");
  });
}

bool may_place_threads() {
  const char* const affinity = std::getenv("POCL_AFFINITY");
  return !affinity || std::string_view(affinity) != "0";
}

}  // namespace tarn::opencl
