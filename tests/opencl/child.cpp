// One scenario of process_test.cpp, in a process of its own: `opencl_child SCENARIO [MODE]`. What
// it finds goes to standard output.
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string_view>
#include <vector>

#include "runtime/opencl/device_state.hpp"
#include "runtime/opencl/environment.hpp"
#include "tarn/buffer.hpp"
#include "tarn/error.hpp"

namespace {

using tarn::Buffer;
using tarn::Device;

std::unique_ptr<Buffer> global;  // made before, and destroyed after, all that the device registers

tarn::opencl::Kernel make_kernel(const Device& device) {
  const tarn::opencl::KernelSource source{
      "put", "kernel void put(global int* x, int n) { x[get_global_id(0)] = n; }"};
  return std::move(device.state()->kernels().get({&source, 1}).front());
}

// Fills a block by a kernel and reads it back. Returns: whether every word is right.
bool compute(const Device& device, tarn::opencl::Kernel& kernel, const Buffer& buffer, int number) {
  kernel.set(0, buffer.block());
  kernel.set(1, number);
  device.state()->stream().launch(kernel, {1024, 64});
  std::vector<int> values(1024);
  device.state()->stream().read(buffer.block(), 0, std::as_writable_bytes(std::span(values)));
  return values == std::vector<int>(1024, number);
}

// What `ulimit -v` sets, at this much above what the process has mapped now.
void limit_address_space(std::size_t headroom) {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  rlimit limit{};
  getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + headroom;
  setrlimit(RLIMIT_AS, &limit);
}

int exhaust(tarn::AllocatorMode mode) {
  constexpr std::size_t kMiB = 1 << 20;
  const Device device({.allocator = mode, .cache_limit = 1024 * kMiB, .memory_limit = kMiB * kMiB});
  const Buffer small(device.allocator(), 4096);
  tarn::opencl::Kernel kernel = make_kernel(device);  // compilers do not survive what follows
  if (!compute(device, kernel, small, 1)) return 1;
  limit_address_space(256 * kMiB);
  for (int i = 0; i < 2; ++i) Buffer(device.allocator(), 24 * kMiB);  // idle, if there is a cache

  std::vector<std::unique_ptr<Buffer>> held;
  try {
    while (held.size() < 1000) {
      held.push_back(std::make_unique<Buffer>(device.allocator(), 16 * kMiB));
    }
  } catch (const tarn::OutOfMemory& error) {
    std::cout << "OutOfMemory after " << held.size() << "\n" << error.what() << "\n";
  }
  const auto stats = device.allocator_stats();
  std::cout << "evicted " << stats.evictions_by[tarn::EvictionReason::memory] << "\n";
  if (held.empty() || held.size() == 1000) return 1;
  held.resize(held.size() / 2);
  // Smaller than what was given back: an aligned block of the C library's heap takes more than the
  // hole that one of the same size leaves.
  const Buffer again(device.allocator(), 12 * kMiB);
  if (!compute(device, kernel, again, 2) || !compute(device, kernel, *held.front(), 3)) return 1;
  std::cout << "usable afterwards\n";
  return 0;
}

int outlive() {
  const Device device = Device::default_device();
  global = std::make_unique<Buffer>(device.allocator(), 4096);
  tarn::opencl::Kernel kernel = make_kernel(device);
  return compute(device, kernel, *global, 1) ? 0 : 1;
}

int open() {
  try {
    std::cout << "opened " << Device().info().name << "\n";
  } catch (const tarn::Error& error) {
    std::cout << error.what() << "\n";
  }
  const char* affinity = std::getenv("POCL_AFFINITY");
  std::cout << "POCL_AFFINITY=" << (affinity ? affinity : "") << "\n";
  std::cout << (tarn::opencl::may_place_threads() ? "places threads\n" : "places none\n");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view scenario = argc > 1 ? argv[1] : "";
  const std::string_view mode = argc > 2 ? argv[2] : "lru";
  if (scenario == "exhaust") {
    return exhaust(mode == "direct" ? tarn::AllocatorMode::direct : tarn::AllocatorMode::lru);
  }
  if (scenario == "outlive") return outlive();
  if (scenario == "open") return open();
  std::cerr << "no such scenario\n";
  return 2;
}
