#include "benchmarks/references.hpp"

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "runtime/opencl/environment.hpp"
#include "runtime/opencl/opencl.hpp"
#ifdef TARN_HAVE_OPENBLAS
#include <cblas.h>
#endif

namespace tarn::bench {
namespace {

// Kernels as a careful programmer writes them for a CPU: few work items, each with a share of the
// vectors. The arguments are buffers of n floats, then the share.
constexpr char kSource[] = R"(
#define SHARE const int begin = (int)get_global_id(0) * share; const int end = begin + share;
#define EACH for (int i = begin; i < end; i += 16)
kernel void empty(global float* y) {}
kernel void copy(global const float* a, global const float* b, global float* y, const int share) {
  SHARE EACH vstore16(vload16(0, a + i), 0, y + i);
}
kernel void add(global const float* a, global const float* b, global float* y, const int share) {
  SHARE EACH {
    const float16 sum = vload16(0, a + i) + vload16(0, b + i);
    __builtin_nontemporal_store(sum, (global float16*)(y + i));
  }
}
kernel void chain(global const float* a, global const float* b, global float* y, const int share) {
  SHARE EACH {
    const float16 x = exp(-fmax(vload16(0, a + i) * 1.5f + vload16(0, b + i), 0.0f));
    __builtin_nontemporal_store(x, (global float16*)(y + i));
  }
}
// One sum a work item; whoever reads adds them.
kernel void sum(global const float* a, global const float* b, global float* y, const int share) {
  SHARE
  float16 s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  for (int i = begin; i < end; i += 64) {
    s0 += vload16(0, a + i);
    s1 += vload16(0, a + i + 16);
    s2 += vload16(0, a + i + 32);
    s3 += vload16(0, a + i + 48);
  }
  const float16 s = (s0 + s1) + (s2 + s3);
  const float8 h = s.lo + s.hi;
  const float4 q = h.lo + h.hi;
  y[get_global_id(0)] = q.x + q.y + q.z + q.w;
}
// a is a matrix of 4,096 columns, b a vector; a share is of rows, two at a time.
kernel void gemv(global const float* a, global const float* b, global float* y, const int share) {
  SHARE
  for (int row = begin; row < end; row += 2) {
    global const float* r = a + row * 4096;
    float16 s0 = 0, s1 = 0, t0 = 0, t1 = 0;
    for (int k = 0; k < 4096; k += 32) {
      const float16 x0 = vload16(0, b + k), x1 = vload16(0, b + k + 16);
      s0 = fma(vload16(0, r + k), x0, s0);
      s1 = fma(vload16(0, r + k + 16), x1, s1);
      t0 = fma(vload16(0, r + 4096 + k), x0, t0);
      t1 = fma(vload16(0, r + 4096 + k + 16), x1, t1);
    }
    const float16 s = s0 + s1, t = t0 + t1;
    const float8 sh = s.lo + s.hi, th = t.lo + t.hi;
    const float4 sq = sh.lo + sh.hi, tq = th.lo + th.hi;
    y[row] = sq.x + sq.y + sq.z + sq.w;
    y[row + 1] = tq.x + tq.y + tq.z + tq.w;
  }
}
)";

constexpr std::size_t kItems = 64;

// A device of its own: PoCL's parallel one, else the first there is.
class Plain {
 public:
  Plain() {
    opencl::prepare_environment();
    std::vector<cl::Platform> platforms;
    cl::Platform::get(&platforms);
    for (const cl::Platform& platform : platforms) {
      std::vector<cl::Device> devices;
      platform.getDevices(CL_DEVICE_TYPE_ALL, &devices);
      for (const cl::Device& device : devices) {
        if (!device_() || device.getInfo<CL_DEVICE_NAME>().starts_with("pthread")) device_ = device;
      }
    }
    context_ = cl::Context(device_);
    queue = cl::CommandQueue(context_, device_);
    program_ = cl::Program(context_, kSource);
    program_.build();
  }

  cl::Kernel kernel(const char* name) const { return {program_, name}; }
  cl::Buffer buffer(std::size_t floats) const {
    cl::Buffer made(context_, CL_MEM_READ_WRITE | CL_MEM_ALLOC_HOST_PTR, floats * sizeof(float));
    queue.enqueueFillBuffer(made, 0.5f, 0, floats * sizeof(float));
    return made;
  }

  cl::CommandQueue queue;

 private:
  cl::Device device_;
  cl::Context context_;
  cl::Program program_;
};

const Plain& plain() {
  static const Plain made;
  return made;
}

/// Sizes in floats; `work` is what the work items share.
struct Reference {
  const char *name, *kernel;
  std::size_t a, b, y, work;
  double bytes;
};
constexpr std::size_t kLarge = std::size_t{1} << 24;
constexpr Reference kReferences[] = {
    {"ref/copy_16M", "copy", kLarge, 16, kLarge, kLarge, 8.0 * kLarge},
    {"ref/add_16M", "add", kLarge, kLarge, kLarge, kLarge, 12.0 * kLarge},
    {"ref/chain_16M", "chain", kLarge, kLarge, kLarge, kLarge, 12.0 * kLarge},
    {"ref/sum_16M", "sum", kLarge, 16, kItems, kLarge, 4.0 * kLarge},
    {"ref/gemv_4096", "gemv", kLarge, 4096, 4096, 4096, 4.0 * kLarge},
};

void time_kernel(benchmark::State& state, const Reference& reference) {
  const Plain& device = plain();
  cl::Kernel kernel = device.kernel(reference.kernel);
  const std::vector<cl::Buffer> buffers{device.buffer(reference.a), device.buffer(reference.b),
                                        device.buffer(reference.y)};
  for (cl_uint i = 0; i < 3; ++i) kernel.setArg(i, buffers[i]);
  kernel.setArg(3, static_cast<cl_int>(reference.work / kItems));
  device.queue.finish();
  for (auto _ : state) {
    device.queue.enqueueNDRangeKernel(kernel, cl::NullRange, kItems, 1);
    device.queue.finish();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(reference.bytes));
}

// What a launch costs by itself: `count` empty kernels, then a wait.
void time_launches(benchmark::State& state, int count) {
  const Plain& device = plain();
  cl::Kernel kernel = device.kernel("empty");
  const cl::Buffer y = device.buffer(16);
  kernel.setArg(0, y);
  for (auto _ : state) {
    for (int i = 0; i < count; ++i) device.queue.enqueueNDRangeKernel(kernel, cl::NullRange, 1, 1);
    device.queue.finish();
  }
}

#ifdef TARN_HAVE_OPENBLAS
void time_openblas(benchmark::State& state, int n) {
  const auto size = static_cast<std::size_t>(n) * static_cast<std::size_t>(n);
  const std::vector<float> a(size, 1.5f);
  const std::vector<float> b(size, 0.5f);
  std::vector<float> c(size);
  openblas_set_num_threads(static_cast<int>(openblas_get_num_procs()));
  for (auto _ : state) {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a.data(), n, b.data(), n, 0,
                c.data(), n);
    benchmark::DoNotOptimize(c.data());
  }
  state.counters["FLOPS"] =
      benchmark::Counter(2.0 * n * n * n, benchmark::Counter::kIsIterationInvariantRate);
}
#endif

}  // namespace

void register_references() {
  for (const Reference& reference : kReferences) {
    benchmark::RegisterBenchmark(reference.name, [&reference](benchmark::State& state) {
      time_kernel(state, reference);
    })->UseRealTime();
  }
  for (const int count : {1, 100}) {
    benchmark::RegisterBenchmark(("ref/launch_" + std::to_string(count)).c_str(),
                                 [count](benchmark::State& state) { time_launches(state, count); })
        ->UseRealTime();
  }
#ifdef TARN_HAVE_OPENBLAS
  for (const int n : {256, 512, 1024, 2048}) {
    benchmark::RegisterBenchmark(("ref/openblas_" + std::to_string(n)).c_str(),
                                 [n](benchmark::State& state) { time_openblas(state, n); })
        ->UseRealTime();
  }
#endif
}

}  // namespace tarn::bench
