#include "runtime/opencl/environment.hpp"

#include <array>
#include <cstdlib>
#include <mutex>

namespace tarn::opencl {
namespace {

struct Variable {
  const char* name;
  const char* value;
};

constexpr std::array kVariables = {
    // PoCL: worker i runs on core i. Unpinned, kernels of under 2.5 ms often run two workers on one
    // core and take twice as long. Several pinned processes at once are in each other's way; then
    // the user says POCL_AFFINITY=0.
    Variable{"POCL_AFFINITY", "1"},
    // PoCL: the two devices that make a pair of lanes (lanes.hpp); without it there is only the
    // second.
    Variable{"POCL_DEVICES", "basic pthread"},
};

}  // namespace

void prepare_environment() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (const Variable& variable : kVariables) {
      constexpr int kKeepTheUsers = 0;
      setenv(variable.name, variable.value, kKeepTheUsers);
    }
  });
}

}  // namespace tarn::opencl
