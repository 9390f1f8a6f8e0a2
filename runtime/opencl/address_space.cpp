#include "runtime/opencl/address_space.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <limits>
#include <string>

#include "runtime/memory/byte_size.hpp"
#include "tarn/error.hpp"

namespace tarn::opencl {
namespace {

rlim_t limit() {
  rlimit limit{};
  return getrlimit(RLIMIT_AS, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
}

std::size_t mapped() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

bool address_space_is_limited() { return limit() != RLIM_INFINITY; }

std::size_t address_space_left() {
  const rlim_t most = limit();
  if (most == RLIM_INFINITY) return std::numeric_limits<std::size_t>::max();
  const std::size_t taken = mapped();
  return most > taken ? most - taken : 0;
}

void need_address_space(std::size_t bytes, std::string_view what) {
  const std::size_t left = address_space_left();
  if (left >= bytes) return;
  throw OutOfMemory(std::string(what) + " takes up to " + memory::format_bytes(bytes) +
                    " of address space, and `ulimit -v` leaves " + memory::format_bytes(left));
}

}  // namespace tarn::opencl
