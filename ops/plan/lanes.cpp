#include "ops/plan/lanes.hpp"

#include <algorithm>
#include <array>

namespace tarn::plan {
namespace {

// Microseconds on PoCL, medians of several machines: they decide only what is near the border.
constexpr double kSerialLaunch = 0.5;
constexpr double kParallelLaunch = 3;
constexpr double kWake = 12;     // from the serial lane to the parallel one
constexpr double kJoin = 10;     // and back
constexpr double kSpread = 0.9;  // of each further core's work that is gained

// One core's rates, in operations and bytes a microsecond.
constexpr double kTiled = 60e3;
constexpr double kUntiled = 15e3;
constexpr double kBytes = 20e3;
constexpr double kCachedBytes = 60e3;  // what is still in the caches from the last pass:
constexpr std::int64_t kCached = std::int64_t{4} << 20;  // operands of so many bytes together

constexpr std::array kBoth{Lane::parallel, Lane::serial};

double on_lane(const StepWork& step, Lane lane) {
  if (lane == Lane::serial) return kSerialLaunch + step.serial_us;
  return kParallelLaunch + step.serial_us / (1 + kSpread * (step.threads - 1));
}

double change(Lane from, Lane to) {
  if (from == to) return 0;
  return to == Lane::parallel ? kWake : kJoin;
}

}  // namespace

double estimate_serial_us(const KernelSpec& kernel) {
  const double rate = kernel.contraction.form != Contraction::Form::none ? kTiled : kUntiled;
  return std::max(
      static_cast<double>(kernel.operations) / rate,
      static_cast<double>(kernel.bytes) / (kernel.bytes <= kCached ? kCachedBytes : kBytes));
}

// Before the first step and after the last one nothing runs, as on the serial lane.
LaneChoice choose_lanes(std::span<const StepWork> steps) {
  std::array<double, 2> best{change(Lane::serial, Lane::parallel), 0};  // by lane
  std::vector<std::array<Lane, 2>> before(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    std::array<double, 2> next{};
    for (const Lane to : kBoth) {
      const auto at = static_cast<std::size_t>(to);
      const Lane other = to == Lane::serial ? Lane::parallel : Lane::serial;
      const double stay = best[at];
      const double come = best[1 - at] + change(other, to);
      before[i][at] = stay <= come ? to : other;
      next[at] = std::min(stay, come) + on_lane(steps[i], to);
    }
    best = next;
  }
  best[0] += change(Lane::parallel, Lane::serial);
  LaneChoice choice{.lanes = std::vector<Lane>(steps.size()),
                    .total_us = std::min(best[0], best[1])};
  Lane lane = best[0] < best[1] ? Lane::parallel : Lane::serial;
  for (std::size_t i = steps.size(); i-- > 0;) {
    choice.lanes[i] = lane;
    lane = before[i][static_cast<std::size_t>(lane)];
  }
  return choice;
}

double total_us(std::span<const StepWork> steps, std::span<const Lane> lanes) {
  Lane lane = Lane::serial;
  double total = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    total += change(lane, lanes[i]) + on_lane(steps[i], lanes[i]);
    lane = lanes[i];
  }
  return total + change(lane, Lane::serial);
}

}  // namespace tarn::plan
