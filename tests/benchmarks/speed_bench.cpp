// How fast kernels run, beside references of the same work in the same process: OpenBLAS for
// products, a hand-written OpenCL kernel for what memory bounds. Each iteration builds the
// expression anew, realizes it and waits.
#include <benchmark/benchmark.h>

#include <numeric>

#include "runtime/opencl/opencl.hpp"
#include "tarn/tarn.hpp"
#ifdef TARN_HAVE_OPENBLAS
#include <cblas.h>
#endif

namespace {

using tarn::Tensor;

void run(benchmark::State& state, const Tensor& y) {
  y.realize();
  y.device().synchronize();
  benchmark::DoNotOptimize(&state);
}

void matmul(benchmark::State& state) {
  const auto n = state.range(0);
  const Tensor a = tarn::randn({n, n}, {.seed = 1}).realize();
  const Tensor b = tarn::randn({n, n}, {.seed = 2}).realize();
  for (auto _ : state) run(state, tarn::matmul(a, b));
  state.counters["FLOPS"] = benchmark::Counter(2.0 * static_cast<double>(n * n * n),
                                               benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(matmul)->Name("contract/matmul")->Arg(256)->Arg(512)->Arg(1024)->Arg(2048)->UseRealTime();

#ifdef TARN_HAVE_OPENBLAS
void openblas(benchmark::State& state) {
  const int n = static_cast<int>(state.range(0));
  const auto size = static_cast<std::size_t>(n) * static_cast<std::size_t>(n);
  std::vector<float> a(size, 1.5f);
  std::vector<float> b(size, 0.5f);
  std::vector<float> c(size);
  for (auto _ : state) {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a.data(), n, b.data(), n, 0,
                c.data(), n);
    benchmark::DoNotOptimize(c.data());
  }
  state.counters["FLOPS"] =
      benchmark::Counter(2.0 * n * n * n, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(openblas)->Name("ref/openblas")->Arg(256)->Arg(512)->Arg(1024)->Arg(2048)->UseRealTime();
#endif

void chain(benchmark::State& state) {
  const auto n = state.range(0);
  const Tensor x = tarn::randn({n}, {.seed = 1}).realize();
  const Tensor b = tarn::randn({n}, {.seed = 2}).realize();
  for (auto _ : state) run(state, (-(x * 1.5f + b).relu()).exp());
  state.SetBytesProcessed(state.iterations() * n * 12);
}
BENCHMARK(chain)->Name("map/chain")->Arg(1 << 10)->Arg(1 << 20)->Arg(1 << 24)->UseRealTime();

// The plainest kernel that moves as many bytes as the chain: y = a + b, a vector at a time.
void plain_kernel(benchmark::State& state) {
  constexpr char kSource[] = R"(
kernel void add(global const float* a, global const float* b, global float* y, const int share) {
  const int begin = (int)get_global_id(0) * share;
  for (int i = begin; i < begin + share; i += 16) {
    vstore16(vload16(0, a + i) + vload16(0, b + i), 0, y + i);
  }
}
)";
  const auto n = static_cast<std::size_t>(state.range(0));
  const tarn::Device device = tarn::Device::default_device();
  const tarn::DeviceInfo& info = device.info();
  std::vector<cl::Platform> platforms;
  cl::Platform::get(&platforms);
  std::vector<cl::Device> devices;
  for (const cl::Platform& platform : platforms) {
    if (platform.getInfo<CL_PLATFORM_NAME>() == info.platform)
      platform.getDevices(CL_DEVICE_TYPE_ALL, &devices);
  }
  const cl::Context context(devices.at(0));
  const cl::CommandQueue queue(context, devices[0]);
  cl::Program program(context, kSource);
  program.build();
  cl::Kernel kernel(program, "add");
  std::vector<cl::Buffer> buffers;
  for (cl_uint i = 0; i < 3; ++i) {
    buffers.emplace_back(context, CL_MEM_READ_WRITE | CL_MEM_ALLOC_HOST_PTR, n * 4);
    queue.enqueueFillBuffer(buffers.back(), 1.0f, 0, n * 4);
    kernel.setArg(i, buffers.back());
  }
  constexpr std::size_t kGroups = 64;
  kernel.setArg(3, static_cast<cl_int>(n / kGroups));
  for (auto _ : state) {
    queue.enqueueNDRangeKernel(kernel, cl::NullRange, kGroups, 1);
    queue.finish();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(n) * 12);
}
BENCHMARK(plain_kernel)->Name("ref/add")->Arg(1 << 20)->Arg(1 << 24)->UseRealTime();

void softmax(benchmark::State& state) {
  const Tensor x = tarn::randn({4096, 1024}, {.seed = 1}).realize();
  for (auto _ : state) run(state, tarn::softmax(x));
}
BENCHMARK(softmax)->Name("reduce/softmax_4096x1024")->UseRealTime();

void sum(benchmark::State& state) {
  const Tensor x = tarn::randn({1 << 24}, {.seed = 1}).realize();
  for (auto _ : state) run(state, x.sum());
  state.SetBytesProcessed(state.iterations() * (1 << 24) * 4);
}
BENCHMARK(sum)->Name("reduce/sum_16M")->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
