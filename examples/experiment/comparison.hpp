// Runs one program in all arms, taking turns, and compares them pair by pair.
#pragma once

#include <chrono>
#include <list>
#include <random>
#include <string>
#include <vector>

#include "arm.hpp"
#include "program.hpp"
#include "statistics.hpp"

namespace examples {

/// What was seen of one program.
struct Comparison {
  std::string program;
  bool fixed_size = true;
  tarn::LaneMode lanes = tarn::LaneMode::both;
  std::list<Arm> arms;  // as kWays
  bool equal_bits = true;
  std::vector<std::vector<double>> block_ms;  // by arm: the sum of its two passes, block by block

  /// How much longer arm `a` takes than arm `b`.
  Interval ratio(std::size_t a, std::size_t b) const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < block_ms[a].size(); ++i) {
      ratios.push_back(block_ms[a][i] / block_ms[b][i]);
    }
    return bootstrap(ratios);
  }
};

/// How long to measure each program: `passes` of each arm, but not longer than the seconds, and
/// ten passes at least.
struct Effort {
  int passes = 40;
  double seconds = 2.5;
};

/// Has every kernel built and saved, so that no arm waits for the compiler.
inline void build_kernels(const Program& program) {
  const tarn::Device device({.lanes = lanes_of(program)});
  const Pass pass = program.start(device);
  for (int i = 0; i < std::max(3, program.period); ++i) pass(i).realize();
  device.close();
}

inline Comparison compare(const Program& program, const Effort& effort, std::mt19937& dice) {
  build_kernels(program);
  Comparison seen{.program = program.name,
                  .fixed_size = program.fixed_size,
                  .lanes = lanes_of(program),
                  .arms = {},
                  .equal_bits = true,
                  .block_ms = {}};
  std::vector<Arm*> arms;
  for (const Way& way : kWays) arms.push_back(&seen.arms.emplace_back(program, way));
  for (Arm* arm : arms) arm->warm_up(program);
  seen.block_ms.resize(arms.size());

  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const auto late = [&] {
    return std::chrono::duration<double>(Clock::now() - start).count() > effort.seconds;
  };
  for (int block = 0; block < effort.passes / 2 && (block < 5 || !late()); ++block) {
    for (auto& times : seen.block_ms) times.push_back(0);
    std::vector<int> turns(arms.size());
    for (const std::size_t arm : block_of_turns(arms.size(), dice)) {
      seen.block_ms[arm].back() += arms[arm]->run(2 * block + turns[arm]++);
    }
  }
  for (const Arm* arm : arms) seen.equal_bits &= arm->last() == arms.front()->last();
  return seen;
}

}  // namespace examples
