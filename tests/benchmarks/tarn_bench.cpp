// Times the workloads: inputs and weights are on the device, and each iteration builds the
// expression anew, as a program's loop does, realizes it and waits.
//
//   tarn_bench [--check DIR] [Google Benchmark's options]
//
// With --check, every workload that the filter selects is first computed from the arrays in
// DIR/NAME/input_0.npy, ..., weight_0.npy, ... and compared with expected.npy; nothing is timed,
// and the program fails where one differs.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>

#include "benchmarks/references.hpp"
#include "benchmarks/workloads.hpp"
#include "runtime/opencl/environment.hpp"

namespace tarn::bench {
namespace {

struct Data {
  Tensors inputs, weights;
};

Tensors make(const std::vector<Array>& arrays, std::uint64_t& seed) {
  Tensors tensors;
  for (const Array& array : arrays) {
    tensors.push_back((randn(array.shape, {.seed = seed++}) * array.scale + array.mean).realize());
  }
  return tensors;
}

void mark_weights(Tensors& weights) {
  for (Tensor& weight : weights) weight = weight.as_weight();
}

Data random_data(const Workload& work) {
  std::uint64_t seed = 1;
  Data data{make(work.inputs, seed), make(work.weights, seed)};
  mark_weights(data.weights);
  return data;
}

// As the peers are measured: three runs and a tenth of a second before the clock starts.
template <class Run>
void warm_up(const Run& run) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::milliseconds(100);
  for (int i = 0; i < 3 || Clock::now() < end; ++i) run();
}

void time(benchmark::State& state, const Workload& work) {
  const Data data = random_data(work);
  const Device device = Device::default_device();
  const auto forward = prepare(work, data.weights);
  const auto run = [&] {
    forward(data.inputs).realize();
    device.synchronize();
  };
  warm_up(run);
  for (auto _ : state) run();
  using benchmark::Counter;
  if (work.flops > 0)
    state.counters["FLOPS"] = Counter(work.flops, Counter::kIsIterationInvariantRate);
  if (work.bytes > 0)
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(work.bytes));
}

// ---- Checking

constexpr double kTolerance = 1e-4;

Tensors load(const std::filesystem::path& folder, const std::string& kind, std::size_t count) {
  Tensors tensors;
  for (std::size_t i = 0; i < count; ++i) {
    tensors.push_back(io::load_npy(folder / (kind + "_" + std::to_string(i) + ".npy")));
  }
  return tensors;
}

// The largest difference, against the largest number.
double error_of(const Tensor& got, const Tensor& expected) {
  const std::vector<float> a = got.reshape({-1}).to_vector<float>();
  const std::vector<float> b = expected.reshape({-1}).to_vector<float>();
  if (a.size() != b.size()) return INFINITY;
  double largest = 0, difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) || std::isnan(b[i])) return INFINITY;
    largest = std::max(largest, std::abs(double{b[i]}));
    difference = std::max(difference, std::abs(double{a[i]} - double{b[i]}));
  }
  return difference / (1e-3 + largest);
}

// Twice, because the second time weights have been packed and kernels may run elsewhere.
bool check(const Workload& work, const std::filesystem::path& folder) {
  Data data{load(folder, "input", work.inputs.size()), load(folder, "weight", work.weights.size())};
  mark_weights(data.weights);
  const Tensor expected = io::load_npy(folder / "expected.npy");
  const auto forward = prepare(work, data.weights);
  double error = 0;
  for (int pass = 0; pass < 2; ++pass) {
    error = std::max(error, error_of(forward(data.inputs), expected));
  }
  const bool passed = error <= kTolerance;
  std::cout << (passed ? "ok    " : "WRONG ") << work.name << "  error " << error << '\n';
  return passed;
}

int check_all(const std::vector<Workload>& all, const std::filesystem::path& folder) {
  int wrong = 0;
  for (const Workload& work : all) {
    if (!std::filesystem::exists(folder / work.name)) {
      std::cout << "none  " << work.name << "  no arrays in " << folder / work.name << '\n';
    } else {
      wrong += check(work, folder / work.name) ? 0 : 1;
    }
  }
  return wrong == 0 ? 0 : 1;
}

// Takes `--check DIR` off the command line.
const char* check_folder(int& argc, char** argv) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], "--check") != 0) continue;
    const char* folder = argv[i + 1];
    std::copy(argv + i + 2, argv + argc + 1, argv + i);
    argc -= 2;
    return folder;
  }
  return nullptr;
}

int run(int argc, char** argv) {
  const std::vector<Workload> all = all_workloads();
  if (const char* folder = check_folder(argc, argv)) return check_all(all, folder);
  for (const Workload& work : all) {
    benchmark::RegisterBenchmark(work.name.c_str(), [&work](benchmark::State& state) {
      time(state, work);
    })->UseRealTime();
  }
  register_references();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace
}  // namespace tarn::bench

int main(int argc, char** argv) {
  // PoCL's own threads too: what is written by hand runs on them.
  constexpr int kKeepTheUsers = 0;
  setenv("POCL_DEVICES", (tarn::opencl::pocl_devices() + " pthread").c_str(), kKeepTheUsers);
  try {
    return tarn::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
