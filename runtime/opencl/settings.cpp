#include "runtime/opencl/settings.hpp"

#include <array>
#include <cstdlib>
#include <span>
#include <string_view>

#include "runtime/memory/byte_size.hpp"
#include "tarn/error.hpp"

namespace tarn::opencl {
namespace {

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  if (!value || !*value) return std::nullopt;
  return value;
}

template <class T>
struct Choice {
  std::string_view name;
  T value;
};

constexpr std::array kAllocators = {Choice<AllocatorMode>{"lru", AllocatorMode::lru},
                                    Choice<AllocatorMode>{"direct", AllocatorMode::direct}};

constexpr std::array kLaneModes = {Choice<LaneMode>{"both", LaneMode::both},
                                   Choice<LaneMode>{"serial", LaneMode::serial},
                                   Choice<LaneMode>{"parallel", LaneMode::parallel}};

constexpr std::array kSwitches = {Choice<bool>{"0", false}, Choice<bool>{"1", true}};

constexpr std::array kLogLevels = {
    Choice<LogLevel>{"off", LogLevel::off}, Choice<LogLevel>{"warn", LogLevel::warn},
    Choice<LogLevel>{"info", LogLevel::info}, Choice<LogLevel>{"debug", LogLevel::debug},
    Choice<LogLevel>{"trace", LogLevel::trace}};

template <class T, std::size_t N>
std::optional<T> choice(const char* name, const std::array<Choice<T>, N>& choices) {
  const auto text = variable(name);
  if (!text) return std::nullopt;
  std::string allowed;
  for (const Choice<T>& choice : choices) {
    if (choice.name == *text) return choice.value;
    allowed += (allowed.empty() ? "" : ", ") + std::string(choice.name);
  }
  throw ValueError(std::string(name) + ": '" + *text + "' is not allowed; allowed are " + allowed);
}

std::optional<std::size_t> bytes(const char* name) {
  const auto text = variable(name);
  if (!text) return std::nullopt;
  try {
    return memory::parse_bytes(*text);
  } catch (const ValueError& error) {
    throw ValueError(std::string(name) + ": " + error.what());
  }
}

std::optional<memory::FaultPlan> faults(const char* name) {
  const auto text = variable(name);
  if (!text) return std::nullopt;
  try {
    return memory::parse_fault_plan(*text);
  } catch (const ValueError& error) {
    throw ValueError(std::string(name) + ": " + error.what());
  }
}

std::optional<std::size_t> memory_limit(const DeviceOptions& options) {
  const auto limit = options.memory_limit ? options.memory_limit : bytes("TARN_MEMORY_LIMIT");
  if (limit != 0u) return limit;
  const std::string source = options.memory_limit
                                 ? "DeviceOptions::memory_limit: '0'"
                                 : "TARN_MEMORY_LIMIT: '" + *variable("TARN_MEMORY_LIMIT") + "'";
  throw ValueError(source + " is not allowed; allowed are amounts of more than no bytes");
}

std::optional<std::filesystem::path> cache_directory() {
  if (const auto directory = variable("TARN_CACHE_DIR")) {
    if (*directory == "off") return std::nullopt;
    return *directory;
  }
  if (const auto cache = variable("XDG_CACHE_HOME")) return std::filesystem::path(*cache) / "tarn";
  if (const auto home = variable("HOME")) return std::filesystem::path(*home) / ".cache/tarn";
  return std::nullopt;
}

}  // namespace

Settings read_settings(const DeviceOptions& options) {
  Settings settings;
  settings.device = options.device.empty() ? variable("TARN_DEVICE").value_or("") : options.device;
  const auto allocator =
      options.allocator ? options.allocator : choice("TARN_ALLOCATOR", kAllocators);
  settings.allocator = allocator.value_or(AllocatorMode::lru);
  settings.cache_limit = options.cache_limit ? options.cache_limit : bytes("TARN_CACHE_LIMIT");
  settings.memory_limit = memory_limit(options);
  settings.exact_sizes = options.exact_sizes.value_or(false);
  const auto winograd = options.winograd ? options.winograd : choice("TARN_WINOGRAD", kSwitches);
  settings.winograd = winograd.value_or(true);
  const auto tune = options.tune ? options.tune : choice("TARN_TUNE", kSwitches);
  settings.tune = tune.value_or(false);
  settings.huge_pages = choice("TARN_HUGE_PAGES", kSwitches).value_or(true);
  settings.poison = choice("TARN_POISON", kSwitches).value_or(false);
  settings.faults = faults("TARN_FAIL_ALLOC");
  const auto lanes = options.lanes ? options.lanes : choice("TARN_LANES", kLaneModes);
  settings.lanes = lanes.value_or(LaneMode::both);
  settings.cache_directory = cache_directory();
  settings.trace = variable("TARN_TRACE");
  settings.profile = variable("TARN_PROFILE");
  settings.stats = variable("TARN_STATS");
  settings.log = choice("TARN_LOG", kLogLevels).value_or(LogLevel::off);
  return settings;
}

}  // namespace tarn::opencl
