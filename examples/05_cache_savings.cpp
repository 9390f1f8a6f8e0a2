// What does caching device buffers save? The same programs run with the LRU cache and with direct
// allocation, taking turns in one process; then every number that differs is printed.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <tarn/tarn.hpp>

#include "programs.hpp"
#include "table.hpp"

namespace {

using examples::Pass;
using examples::Program;

constexpr int kWarmUps = 2;

// One program on one device, and what its measured passes took.
struct Arm {
  Arm(const Program& program, tarn::AllocatorMode mode)
      : device({.allocator = mode}), pass(program.start(device)) {}

  void warm_up() {
    for (int i = 0; i < kWarmUps; ++i) run(i);
    milliseconds.clear();
    warm_up_allocations = device.allocator_stats().driver_allocations;
    device.reset_allocator_stats();
  }

  void run(int i) {
    const auto start = std::chrono::steady_clock::now();
    last =
        pass(i).realize();  // the result before it is held until now, as by a program that uses it
    device.synchronize();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    milliseconds.push_back(took.count());
  }

  double median() const { return examples::quantile(milliseconds, 0.5); }

  tarn::Device device;
  Pass pass;
  std::vector<double> milliseconds;
  std::uint64_t warm_up_allocations = 0;
  std::optional<tarn::Tensor> last;  // the last result
};

nlohmann::ordered_json row(const Program& program, const Arm& arm) {
  const tarn::AllocatorStats stats = arm.device.allocator_stats();
  return {{"program", program.name},
          {"mode", to_string(arm.device.allocator_mode())},
          {"passes", arm.milliseconds.size()},
          {"requests", stats.requests},
          {"driver_allocations", stats.driver_allocations},
          {"driver_bytes", stats.driver_bytes},
          {"hits", stats.hits()},
          {"misses", stats.misses()},
          {"evictions", stats.evictions()},
          {"peak_live_bytes", stats.live.peak},
          {"peak_total_bytes", stats.held.peak},
          {"driver_ms",
           static_cast<double>(stats.create_nanoseconds + stats.release_nanoseconds) * 1e-6},
          {"pass_ms", arm.median()},
          {"warmup_driver_allocations", arm.warm_up_allocations}};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Runs programs with and without the cache of device buffers, and compares.");
  int passes = 40;
  bool json = false;
  std::string only;
  app.add_option("--passes", passes, "measured passes of each program")
      ->check(CLI::Range(20, 100000));
  app.add_flag("--json", json, "print an array of objects instead of the table");
  app.add_option("--only", only, "run the programs whose name contains this");
  CLI11_PARSE(app, argc, argv);

  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  std::vector<examples::Comparison> comparisons;
  for (const Program& program : examples::programs(TARN_EXAMPLE_DATA)) {
    if (program.name.find(only) == std::string::npos) continue;
    Arm direct(program, tarn::AllocatorMode::direct);
    Arm lru(program, tarn::AllocatorMode::lru);
    direct.warm_up();
    lru.warm_up();
    std::vector<double> ratios;
    for (int i = 0; i < passes; ++i) {  // A B, B A, A B, ...: drift hits both alike
      Arm& first = i % 2 == 0 ? direct : lru;
      Arm& second = i % 2 == 0 ? lru : direct;
      first.run(i);
      second.run(i);
      ratios.push_back(direct.milliseconds.back() / lru.milliseconds.back());
    }
    rows.push_back(row(program, direct));
    rows.push_back(row(program, lru));
    const bool equal = direct.last->to_vector<float>() == lru.last->to_vector<float>();
    comparisons.push_back({program.name, program.fixed_size, equal, ratios});
  }
  if (json) {
    std::cout << rows.dump(1) << '\n';
  } else {
    examples::print_savings(std::cout, rows, comparisons);
  }
  const bool all_equal = std::ranges::all_of(comparisons, &examples::Comparison::equal_bits);
  return all_equal ? 0 : 1;
}
