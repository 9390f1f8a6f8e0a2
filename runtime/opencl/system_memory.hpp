// How much memory this process may have, whatever a device on the same memory reports.
#pragma once

#include <cstddef>
#include <filesystem>

namespace tarn::opencl {

/// The smallest of the limits of the control groups that the process is in (version 1 or 2); the
/// largest number there is where nothing limits it. `root` is where `/proc` and `/sys` are found.
std::size_t system_memory_limit(const std::filesystem::path& root = "/");

}  // namespace tarn::opencl
