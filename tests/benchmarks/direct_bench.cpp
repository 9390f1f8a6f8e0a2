// What does direct mode cost over the calls that it makes? The same loop twice, taking turns:
// allocate, fill all bytes by a kernel, wait, release. Once through the stack of allocators in
// direct mode, once in plain OpenCL with the same flags. Prints medians, and the glibc threshold
// below which malloc itself keeps what is freed: there, caching has less to save.
//
// The difference is the median of pairs, and the ratio is what it makes of the plain loop. In the
// calling thread where the device has such a lane.
//
//   direct_bench [ROUNDS]
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "benchmarks/median.hpp"
#include "runtime/memory/byte_size.hpp"
#include "runtime/opencl/device_state.hpp"
#include "runtime/opencl/error.hpp"
#include "tarn/buffer.hpp"

namespace {

using tarn::Buffer;
using tarn::Device;
using tarn::bench::median;
using tarn::opencl::check;
using tarn::opencl::Kernel;

constexpr std::size_t kLocal = 64;
constexpr std::size_t kItemBytes = 64;  // one float16 an item and round

// Items stride over the buffer, so that few groups fill any size.
Kernel fill_kernel(const Device& device) {
  const tarn::opencl::KernelSource source{
      "fill",
      "kernel void fill(global float16* x, int count) {\n"
      "  for (int i = get_global_id(0); i < count; i += get_global_size(0)) x[i] = (float16)(1);\n"
      "}"};
  return std::move(device.state()->kernels().get({&source, 1}).front());
}

std::size_t items_for(std::size_t bytes) {
  return std::min<std::size_t>(bytes / kItemBytes, 16 * kLocal);
}

void through_the_stack(const Device& device, Kernel& kernel, std::size_t bytes) {
  const Buffer buffer(device.allocator(), bytes);
  kernel.set(0, buffer.block());
  kernel.set(1, static_cast<std::int32_t>(bytes / kItemBytes));
  device.state()->stream().launch(kernel, {items_for(bytes), kLocal});
  device.state()->stream().finish();
}

// What a careful program without a cache does, checks of every call included.
class Plain {
 public:
  explicit Plain(const Device& device, cl_kernel kernel) : kernel_(kernel) {
    cl_int code = clGetKernelInfo(kernel, CL_KERNEL_CONTEXT, sizeof context_, &context_, nullptr);
    check(code, "clGetKernelInfo");
    cl_device_id id = nullptr;
    check(clGetContextInfo(context_, CL_CONTEXT_DEVICES, sizeof id, &id, nullptr),
          "clGetContextInfo");
    queue_ = clCreateCommandQueue(context_, id, 0, &code);
    check(code, "clCreateCommandQueue");
    if (device.info().unified_memory) flags_ |= CL_MEM_ALLOC_HOST_PTR;
  }
  ~Plain() { clReleaseCommandQueue(queue_); }
  Plain(const Plain&) = delete;
  Plain& operator=(const Plain&) = delete;

  void run(std::size_t bytes) const {
    cl_int code = CL_SUCCESS;
    const cl_mem memory = clCreateBuffer(context_, flags_, bytes, nullptr, &code);
    check(code, "clCreateBuffer");
    const auto count = static_cast<cl_int>(bytes / kItemBytes);
    check(clSetKernelArg(kernel_, 0, sizeof memory, &memory), "clSetKernelArg");
    check(clSetKernelArg(kernel_, 1, sizeof count, &count), "clSetKernelArg");
    const std::size_t global = items_for(bytes);
    check(
        clEnqueueNDRangeKernel(queue_, kernel_, 1, nullptr, &global, &kLocal, 0, nullptr, nullptr),
        "clEnqueueNDRangeKernel");
    check(clFinish(queue_), "clFinish");
    check(clReleaseMemObject(memory), "clReleaseMemObject");
  }

 private:
  cl_kernel kernel_;
  cl_context context_ = nullptr;
  cl_command_queue queue_ = nullptr;
  cl_mem_flags flags_ = CL_MEM_READ_WRITE;
};

double microseconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
      .count();
}

// The size from which malloc takes each request from the system: it starts at 128 KiB and follows
// the largest that was freed. A block that was mapped for itself counts in hblks.
std::size_t mmap_threshold() {
  std::size_t low = 1024, high = std::size_t{1} << 30;
  while (low + 16 < high) {
    const std::size_t middle = (low + high) / 2;
    const std::size_t before = mallinfo2().hblks;
    void* volatile memory = std::malloc(middle);  // or else the compiler leaves it out
    const bool mapped = mallinfo2().hblks > before;
    // Freeing a mapped block would raise the threshold that we look for; it is a few megabytes of
    // address space, never touched.
    if (!mapped) std::free(memory);
    (mapped ? high : low) = middle;
  }
  return high;
}

void compare(const Device& device, Kernel& kernel, const Plain& plain, std::size_t bytes,
             int rounds) {
  std::vector<double> ours, theirs, differences;
  for (int i = -3; i < rounds; ++i) {
    double a = 0, b = 0;
    const auto stack = [&] { a = microseconds([&] { through_the_stack(device, kernel, bytes); }); };
    const auto calls = [&] { b = microseconds([&] { plain.run(bytes); }); };
    if (i % 2 == 0) stack();
    calls();
    if (i % 2 != 0) stack();
    if (i < 0) continue;  // to warm up
    ours.push_back(a);
    theirs.push_back(b);
    differences.push_back(a - b);
  }
  std::printf("%10s %12.2f %12.2f %11.0f %9.3f\n", tarn::memory::format_bytes(bytes).c_str(),
              median(ours), median(theirs), 1000 * median(differences),
              1 + median(differences) / median(theirs));
}

}  // namespace

int main(int argc, char** argv) try {
  const int rounds = argc > 1 ? std::stoi(argv[1]) : 301;
  const Device device({.allocator = tarn::AllocatorMode::direct});
  Kernel kernel = fill_kernel(device);
  Kernel same = fill_kernel(device);
  const Plain plain(device, same.handle());
  std::printf("%s\nglibc's mmap threshold: %s at the start\n", device.info().name.c_str(),
              tarn::memory::format_bytes(mmap_threshold()).c_str());
  std::printf("%10s %12s %12s %11s %9s\n", "block", "direct us", "plain us", "median ns", "ratio");
  for (std::size_t bytes = 4096; bytes <= std::size_t{64} << 20; bytes *= 4) {
    compare(device, kernel, plain, bytes, rounds);
  }
  std::printf("glibc's mmap threshold: %s at the end\n",
              tarn::memory::format_bytes(mmap_threshold()).c_str());
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
