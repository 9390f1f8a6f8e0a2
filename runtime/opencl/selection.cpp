#include "runtime/opencl/selection.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "tarn/error.hpp"

namespace tarn::opencl {
namespace {

constexpr std::string_view kPoclPlatform = "Portable Computing Language";

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

bool fits(const DeviceInfo& device, std::string_view wanted) {
  const std::string part = lower(wanted);
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{device.platform, device.icd, device.name},
      [&](std::string_view name) { return lower(name).find(part) != std::string::npos; });
}

// Which of several devices comes first: the smallest.
int rank(const DeviceInfo& device) {
  switch (device.kind) {
    case DeviceKind::gpu:
      return 0;
    case DeviceKind::cpu:
      return device.platform == kPoclPlatform ? 1 : 2;
    case DeviceKind::accelerator:
      return 3;
    case DeviceKind::simulator:
      return 4;
  }
  return 5;
}

std::optional<int> as_index(const Inventory& inventory, std::string_view wanted) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), index);
  const bool all = error == std::errc{} && end == wanted.data() + wanted.size();
  if (!all || index >= inventory.devices.size()) return std::nullopt;
  return static_cast<int>(index);
}

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

// What there is, and what would help.
std::string situation(const Inventory& inventory) {
  std::vector<std::string> found;
  for (const DeviceInfo& device : inventory.devices) {
    found.push_back(std::to_string(device.index) + ": " + device.name + " (" + device.platform +
                    ")");
  }
  const std::vector<std::string>& empty = inventory.empty_platforms;
  std::string text = found.empty() ? "; no device was found" : "; found " + join(found);
  if (!empty.empty()) text += "; platforms without a device: " + join(empty);
  if (std::ranges::count(empty, kPoclPlatform)) {
    text +=
        "; PoCL shows its device only where it can write its cache: see that POCL_CACHE_DIR, or "
        "else ~/.cache/pocl, is a directory that can be written";
  } else if (std::ranges::count(inventory.devices, kPoclPlatform, &DeviceInfo::platform) == 0) {
    text += "; to run on the CPU, install PoCL (on Debian: apt install pocl-opencl-icd)";
  }
  return text;
}

}  // namespace

int select(const Inventory& inventory, std::string_view wanted) {
  if (const auto index = as_index(inventory, wanted)) return *index;
  const DeviceInfo* best = nullptr;
  for (const DeviceInfo& device : inventory.devices) {
    const bool candidate =
        wanted.empty() ? device.kind != DeviceKind::simulator : fits(device, wanted);
    if (candidate && (!best || rank(device) < rank(*best))) best = &device;
  }
  if (best) return best->index;
  if (!wanted.empty()) {
    throw DeviceError("no OpenCL device is called '" + std::string(wanted) + "'" +
                      situation(inventory));
  }
  const bool only_simulators = !inventory.devices.empty();
  throw DeviceError("no OpenCL device to choose" + situation(inventory) +
                    (only_simulators ? "; a simulator must be asked for by name, such as "
                                       "TARN_DEVICE=oclgrind"
                                     : ""));
}

}  // namespace tarn::opencl
