// What is gained where the steps of a recurrent network share a launch (ops/plan/sequence.hpp)?
//
//   sequence_bench
//
// Sixty-four steps h = tanh(h W), for some numbers of rows and of columns, in microseconds a step:
// each realized by itself; all of them together, on the device's threads; and together again in the
// calling thread alone, for which it takes a device with two lanes, such as PoCL. The three take
// turns, and what is printed is the median of each, and of the ratios of a round.
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <utility>
#include <vector>

#include "benchmarks/median.hpp"
#include "tarn/tarn.hpp"

namespace {

using namespace tarn;
using bench::median;

constexpr int kSteps = 64, kRounds = 201;
constexpr int kWarm = 40;  // rounds: kernels are built, and find their lanes

struct Data {
  Device device;
  Tensor start, weight;
};

Data make_data(const Device& device, std::int64_t rows, std::int64_t columns) {
  const auto scale = static_cast<float>(1 / std::sqrt(static_cast<double>(columns)));
  return {device, randn({rows, columns}, {.seed = 1, .device = device}).realize(),
          (randn({columns, columns}, {.seed = 2, .device = device}) * scale).realize().as_weight()};
}

double us_a_step(const Data& data, bool each) {
  const auto start = std::chrono::steady_clock::now();
  Tensor h = data.start;
  for (int i = 0; i < kSteps; ++i) {
    h = tanh(matmul(h, data.weight));
    if (each) h.realize();
  }
  h.realize();
  data.device.synchronize();
  const std::chrono::duration<double, std::micro> taken = std::chrono::steady_clock::now() - start;
  return taken.count() / kSteps;
}

void print_row(const Device& threads, const Device& caller, std::int64_t rows,
               std::int64_t columns) {
  const Data shared = make_data(threads, rows, columns), alone = make_data(caller, rows, columns);
  std::array<std::vector<double>, 5> seen;  // each, together, in the caller; two ratios
  for (int round = 0; round < kRounds; ++round) {
    const double each = us_a_step(shared, true), together = us_a_step(shared, false),
                 in_caller = us_a_step(alone, false);
    if (round < kWarm) continue;
    const std::array now{each, together, in_caller, each / together, in_caller / together};
    for (std::size_t i = 0; i < now.size(); ++i) seen[i].push_back(now[i]);
  }
  std::printf("%5lld x %-5lld %10.2f %10.2f %10.2f %12.2f %12.2f\n", static_cast<long long>(rows),
              static_cast<long long>(columns), median(seen[0]), median(seen[1]), median(seen[2]),
              median(seen[3]), median(seen[4]));
}

}  // namespace

int main() {
  try {
    const Device threads = Device::default_device();
    const Device caller({.lanes = LaneMode::serial});
    std::printf("%-13s %10s %10s %10s %12s %12s\n", "h", "each, us", "together", "in caller",
                "each/tog.", "caller/tog.");
    for (const auto& [rows, columns] :
         {std::pair{8, 32}, {32, 32}, {32, 64}, {64, 64}, {32, 128}, {64, 128}, {128, 128}}) {
      print_row(threads, caller, rows, columns);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
