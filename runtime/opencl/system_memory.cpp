#include "runtime/opencl/system_memory.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>

namespace tarn::opencl {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

// The number in a file; a file that is not there, or says `max`, sets no limit.
std::size_t limit_in(const std::filesystem::path& file) {
  std::size_t bytes = 0;
  return std::ifstream(file) >> bytes ? bytes : kNoLimit;
}

// A group is limited by its ancestors too. In a container the path may be the host's, of which only
// the root is to be seen.
std::size_t limit_of_group(const std::filesystem::path& mount, std::string_view group,
                           const char* file) {
  std::size_t limit = limit_in(mount / file);
  for (std::filesystem::path path = std::filesystem::path(group).relative_path(); !path.empty();
       path = path.parent_path()) {
    limit = std::min(limit, limit_in(mount / path / file));
  }
  return limit;
}

}  // namespace

// `/proc/self/cgroup` has a line `0::/group` for version 2, and `5:cpu,memory:/group` for each
// hierarchy of version 1.
std::size_t system_memory_limit(const std::filesystem::path& root) {
  std::size_t limit = kNoLimit;
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == line.npos ? first : line.find(':', first + 1);
    if (second == line.npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const std::string group = line.substr(second + 1);
    const std::filesystem::path mount = root / "sys/fs/cgroup";
    if (controllers == ",,") {
      limit = std::min(limit, limit_of_group(mount, group, "memory.max"));
    } else if (controllers.find(",memory,") != controllers.npos) {
      limit = std::min(limit, limit_of_group(mount / "memory", group, "memory.limit_in_bytes"));
    }
  }
  return limit;
}

}  // namespace tarn::opencl
