#include "ops/plan/lanes.hpp"

#include <algorithm>

#include "ops/plan/rounding.hpp"

namespace tarn::plan {
namespace {

// Microseconds on PoCL: they decide only what is near the border.
constexpr double kShare = 4;            // to share, and to wait for the last one
constexpr double kClose = 1.6;          // a gain, or a loss
constexpr double kPiece = 40;           // of a long step's
constexpr double kSpread = 0.9;         // of each further core's work that is gained
constexpr std::size_t kMostPieces = 8;  // a worker

// One core's rates, in operations and bytes a microsecond.
constexpr double kTiled = 60e3;
constexpr double kUntiled = 15e3;
constexpr double kBytes = 20e3;
constexpr double kCachedBytes = 60e3;  // what is still in the caches from the last pass:
constexpr std::int64_t kCached = std::int64_t{4} << 20;  // operands of so many bytes together

double speed_up(std::size_t workers) { return 1 + kSpread * static_cast<double>(workers - 1); }

// How many groups the busiest worker has when so many are cut into equal pieces (the last one may be
// smaller), and each worker takes the next one when it has done one.
std::int64_t busiest(std::int64_t groups, std::int64_t pieces, std::int64_t workers) {
  const std::int64_t width = divide_up(groups, pieces);
  return divide_up(divide_up(groups, width), workers) * width;
}

double shared_us(const StepWork& step, std::size_t workers) {
  return kShare + step.serial_us / speed_up(std::min(workers, step.groups));
}

}  // namespace

double estimate_serial_us(const KernelSpec& kernel) {
  const double rate = kernel.contraction.form != Contraction::Form::none ? kTiled : kUntiled;
  return std::max(
      static_cast<double>(kernel.operations) / rate,
      static_cast<double>(kernel.bytes) / (kernel.bytes <= kCached ? kCachedBytes : kBytes));
}

bool worth_sharing(const StepWork& step, std::size_t workers) {
  return shared_us(step, workers) < step.serial_us;
}

bool close_call(const StepWork& step, std::size_t workers) {
  const double gain = step.serial_us / shared_us(step, workers);
  return step.groups > 1 && gain > 1 / kClose && gain < kClose;
}

std::size_t pieces(const StepWork& step, std::size_t workers) {
  const auto team = static_cast<std::int64_t>(workers);
  const auto groups = static_cast<std::int64_t>(step.groups);
  const auto wanted = static_cast<std::int64_t>(std::clamp(
      step.serial_us / kPiece, static_cast<double>(team), static_cast<double>(team * kMostPieces)));
  const std::int64_t least = std::min(std::max(wanted / 2, team), groups);
  std::int64_t best = std::min(wanted + wanted / 2, groups);
  for (std::int64_t count = best; count-- > least;) {
    if (busiest(groups, count, team) < busiest(groups, best, team)) best = count;
  }
  return static_cast<std::size_t>(best);
}

double serial_us(double us, std::size_t workers) {
  return std::max(us - kShare, 0.0) * speed_up(workers);
}

}  // namespace tarn::plan
