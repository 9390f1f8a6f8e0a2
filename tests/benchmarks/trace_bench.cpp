// What does it cost a program to have its requests written down (TARN_TRACE)? Two devices, one of
// which is traced, run the same passes in turns; printed are the median of the ratios and its
// interval of 95 %. Where a device's blocks happen to lie matters to small programs, so several
// pairs of devices are compared. A program should take 5 % more at most; a chain of launches of two
// microseconds that does nothing else is the most that tracing can cost.
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "experiment/arm.hpp"
#include "experiment/changing_programs.hpp"
#include "experiment/small_networks.hpp"
#include "experiment/statistics.hpp"

namespace {

using examples::Interval;
using examples::Program;

constexpr int kPairs = 6;

class Side {
 public:
  Side(const Program& program, const std::filesystem::path& trace) {
    const tarn::LaneMode lanes = examples::lanes_of(program);  // opens a device: not to be traced
    if (!trace.empty()) setenv("TARN_TRACE", trace.c_str(), 1);
    device_.emplace(tarn::DeviceOptions{.lanes = lanes});
    unsetenv("TARN_TRACE");
    pass_ = program.start(*device_);
    for (int i = 0; i < 5; ++i) run();
  }
  /// Returns: seconds.
  double run() {
    const auto start = std::chrono::steady_clock::now();
    pass_(0).realize();
    device_->synchronize();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

 private:
  std::optional<tarn::Device> device_;
  examples::Pass pass_;
};

Interval traced_over_plain(const Program& program, const std::filesystem::path& trace, int blocks) {
  std::mt19937 dice(1);
  std::vector<double> ratios;
  for (int pair = 0; pair < kPairs; ++pair) {
    Side plain(program, {}), traced(program, trace);
    for (int block = 0; block < blocks; ++block) {
      double seconds[2] = {0, 0};
      for (const std::size_t side : examples::block_of_turns(2, dice)) {
        seconds[side] += (side == 0 ? plain : traced).run();
      }
      ratios.push_back(seconds[1] / seconds[0]);
    }
  }
  return examples::bootstrap(ratios);
}

}  // namespace

// With an argument, only the programs whose names have it.
int main(int argc, char** argv) {
  const std::string only = argc > 1 ? argv[1] : "";
  const auto trace =
      std::filesystem::temp_directory_path() / ("tarn_trace_bench_" + std::to_string(getpid()));
  const auto measure = [&](const Program& program, int blocks) {
    if (program.name.find(only) == std::string::npos) return;
    const Interval ratio = traced_over_plain(program, trace, blocks);
    std::printf("%-28s traced / plain  %.3f [%.3f, %.3f]\n", program.name.c_str(), ratio.median,
                ratio.low, ratio.high);
  };
  measure(examples::growing_cache(512), 6);
  measure(examples::chain("4 KiB", 4 << 10), 100);
  measure(examples::chain("256 KiB", 256 << 10), 100);
  std::filesystem::remove(trace);
}
