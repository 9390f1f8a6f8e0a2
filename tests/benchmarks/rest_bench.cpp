// What does a program that rests between launches pay for threads that went to sleep, and what is
// gained by keeping them off the caller's processor (runtime/opencl/team.hpp)?
//
//   rest_bench
//
// Products of two matrices after rests, in microseconds from the expression to the result: by
// helpers that we place, and by helpers that wake where the system lets them (POCL_AFFINITY=0).
// The two take turns, and what is printed is the median of each, and of the ratios of a round. No
// rest is shorter than what helpers look for a launch: those of one device would be in the way of
// the other's.
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "benchmarks/median.hpp"
#include "tarn/tarn.hpp"

namespace {

using namespace tarn;
using bench::median;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr std::chrono::microseconds kShortest{500};
constexpr int kRounds = 101;
constexpr int kWarm = 60;  // products: kernels are built, and find their lanes

struct Data {
  Device device;
  Tensor a, b;
};

// A device whose helpers are placed, or not.
Device open(bool placed) {
  setenv("POCL_AFFINITY", placed ? "1" : "0", 1);
  return Device({.lanes = LaneMode::both});
}

Data make_data(const Device& device, std::int64_t size) {
  return {device, randn({size, size}, {.seed = 1, .device = device}).realize(),
          randn({size, size}, {.seed = 2, .device = device}).realize()};
}

double us_after(const Data& data, std::chrono::microseconds rest) {
  std::this_thread::sleep_for(rest);
  const auto start = std::chrono::steady_clock::now();
  matmul(data.a, data.b).realize();
  data.device.synchronize();
  return Microseconds(std::chrono::steady_clock::now() - start).count();
}

void print_row(std::int64_t size, const Data& placed, const Data& anywhere,
               std::chrono::microseconds rest) {
  std::array<std::vector<double>, 3> seen;  // placed, anywhere; their ratio
  for (int round = 0; round < kRounds; ++round) {
    const double there = us_after(placed, rest), elsewhere = us_after(anywhere, rest);
    const std::array now{there, elsewhere, elsewhere / there};
    for (std::size_t i = 0; i < now.size(); ++i) seen[i].push_back(now[i]);
  }
  std::printf("%8lld %10.1f %12.1f %12.1f %10.2f\n", static_cast<long long>(size),
              static_cast<double>(rest.count()) * 1e-3, median(seen[0]), median(seen[1]),
              median(seen[2]));
}

}  // namespace

int main() {
  try {
    const Device placed = open(true), anywhere = open(false);
    std::printf("%8s %10s %12s %12s %10s\n", "size", "rest, ms", "placed, us", "anywhere, us",
                "ratio");
    for (const std::int64_t size : {256, 512}) {
      const Data here = make_data(placed, size), there = make_data(anywhere, size);
      for (int i = 0; i < kWarm; ++i) {
        us_after(here, kShortest);
        us_after(there, kShortest);
      }
      for (const auto rest : {kShortest, 10 * kShortest}) print_row(size, here, there, rest);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
