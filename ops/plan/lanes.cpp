#include "ops/plan/lanes.hpp"

#include <algorithm>

#include "ops/plan/rounding.hpp"

namespace tarn::plan {
namespace {

// Microseconds on PoCL: they decide only what is near the border.
constexpr double kShare = 4;             // to share, and to wait for the last one
constexpr double kClose = 1.6;           // a gain, or a loss
constexpr double kPiece = 2;             // to begin with a piece
constexpr double kLate = 0.1;            // of a piece: how much later one is done than the others
constexpr double kSpread = 0.9;          // of each further core's work that is gained
constexpr std::size_t kMostPieces = 16;  // a worker

// One core's rates, in operations and bytes a microsecond.
constexpr double kTiled = 60e3;
constexpr double kUntiled = 15e3;
constexpr double kBytes = 20e3;
constexpr double kCachedBytes = 60e3;  // what is still in the caches from the last pass:
constexpr std::int64_t kCached = std::int64_t{4} << 20;  // operands of so many bytes together

double speed_up(std::size_t workers) { return 1 + kSpread * static_cast<double>(workers - 1); }

// What a step takes in pieces of so many groups. A worker takes the next piece when it has done
// one, so that the busiest has one more than others where they cannot be shared out equally.
double in_pieces_us(const StepWork& step, std::size_t width, std::size_t workers) {
  const std::size_t rounds = divide_up(divide_up(step.groups, width), workers);
  const double piece_us =
      step.serial_us * static_cast<double>(width) / static_cast<double>(step.groups);
  return static_cast<double>(rounds) * (kPiece + piece_us) + kLate * piece_us;
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
  const std::size_t widest = divide_up(step.groups, workers);
  const std::size_t narrowest = divide_up(step.groups, workers * kMostPieces);
  std::size_t best = widest;
  double best_us = in_pieces_us(step, best, workers);
  for (std::size_t width = widest; width-- > narrowest;) {
    const double us = in_pieces_us(step, width, workers);
    if (us >= best_us) continue;
    best = width;
    best_us = us;
  }
  return divide_up(step.groups, best);
}

double serial_us(double us, std::size_t workers) {
  return std::max(us - kShare, 0.0) * speed_up(workers);
}

}  // namespace tarn::plan
