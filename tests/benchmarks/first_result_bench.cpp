// How long until a new process has its first result? An MLP (784-512-512-10, batch 64), from the
// start of the process to numbers on the host, with nothing on disk and with the binaries of an
// earlier process. Medians of several processes, of which PoCL's own cache is empty in the first
// case and, since our binaries need nothing of it, in the second too. Beside the first, in turns: a
// process that only builds and runs a kernel of one store, by OpenCL alone.
//
//   first_result_bench
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "benchmarks/median.hpp"
#include "runtime/opencl/opencl.hpp"
#include "tarn/tarn.hpp"

namespace {

using tarn::bench::median;

namespace fs = std::filesystem;

// In the new process.
void compute() {
  using namespace tarn;
  const auto weight = [](std::int64_t in, std::int64_t out) {
    const std::vector<float> values(static_cast<std::size_t>(in * out), 0.01f);
    return tensor(values, {in, out}).as_weight();
  };
  const auto layer = [&](const Tensor& x, std::int64_t in, std::int64_t out) {
    return matmul(x, weight(in, out)) +
           tensor(std::vector<float>(static_cast<std::size_t>(out)), {out});
  };
  const Tensor x = tensor(std::vector<float>(64 * 784, 0.5f), {64, 784});
  const Tensor hidden = relu(layer(relu(layer(x, 784, 512)), 512, 512));
  std::printf("%g\n", softmax(layer(hidden, 512, 10), -1).to_vector<float>().front());
  std::fflush(stdout);
}

// In a process of its own, without us: on PoCL where it is.
void store_one() {
  std::vector<cl::Platform> platforms;
  cl::Platform::get(&platforms);
  const auto is_pocl = [](const cl::Platform& platform) {
    return platform.getInfo<CL_PLATFORM_NAME>() == "Portable Computing Language";
  };
  const auto pocl = std::ranges::find_if(platforms, is_pocl);
  std::vector<cl::Device> devices;
  (pocl == platforms.end() ? platforms.front() : *pocl).getDevices(CL_DEVICE_TYPE_ALL, &devices);
  const cl::Context context(devices.front());
  const cl::Program program(
      context, std::string("kernel void store_one(global float* x) { x[0] = 1; }"), true);
  cl::Kernel kernel(program, "store_one");
  const cl::Buffer x(context, CL_MEM_READ_WRITE, sizeof(float));
  kernel.setArg(0, x);
  const cl::CommandQueue queue(context, devices.front());
  queue.enqueueNDRangeKernel(kernel, cl::NullRange, cl::NDRange(1), cl::NDRange(1));
  float result = 0;
  queue.enqueueReadBuffer(x, CL_TRUE, 0, sizeof result, &result);
  std::printf("%g\n", result);
  std::fflush(stdout);
}

// Milliseconds from the start of a process to its first line.
double first_line_ms(const std::string& command) {
  const auto start = std::chrono::steady_clock::now();
  FILE* const process = popen(command.c_str(), "r");
  char line[64];
  const bool there = process && std::fgets(line, sizeof line, process);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  if (!process || pclose(process) != 0 || !there) throw std::runtime_error("no result: " + command);
  return took.count();
}

void empty(const fs::path& folder) {
  fs::remove_all(folder);
  fs::create_directories(folder);
}

int measure(const char* self) {
  const fs::path folder = fs::temp_directory_path() / ("tarn-first-" + std::to_string(getpid()));
  const fs::path ours = folder / "tarn", pocl = folder / "pocl";
  const std::string command = "TARN_CACHE_DIR='" + ours.string() + "' POCL_CACHE_DIR='" +
                              pocl.string() + "' '" + self + "' ";
  constexpr int kProcesses = 5;
  std::vector<double> cold, plain, warm;
  for (int i = 0; i < kProcesses; ++i) {
    empty(pocl);
    plain.push_back(first_line_ms(command + "--store-one"));
    empty(ours);
    empty(pocl);
    cold.push_back(first_line_ms(command + "--compute"));
  }
  for (int i = 0; i < kProcesses; ++i) {
    empty(pocl);
    warm.push_back(first_line_ms(command + "--compute"));
  }
  fs::remove_all(folder);
  std::printf("nothing on disk: %.0f ms (a kernel of one store, by OpenCL alone: %.0f ms)\n",
              median(cold), median(plain));
  std::printf("binaries on disk: %.0f ms\n", median(warm));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 2) return measure(fs::absolute(argv[0]).c_str());
    argv[1] == std::string("--store-one") ? store_one() : compute();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
