#include "ops/realize/lane_plan.hpp"

#include <algorithm>
#include <limits>

namespace tarn::seam {

LanePlan::LanePlan(std::vector<plan::StepWork> estimates, std::size_t workers, LaneMode wanted)
    : workers_(workers), wanted_(wanted) {
  steps_.reserve(estimates.size());
  for (const plan::StepWork& work : estimates) {
    steps_.push_back({.work = work, .pieces = choose(work)});
  }
}

std::size_t LanePlan::choose(const plan::StepWork& work) const {
  const bool share = wanted_ == LaneMode::parallel || plan::worth_sharing(work, workers_);
  return share ? plan::pieces(work, workers_) : 1;
}

void LanePlan::measured(std::size_t number, double us) {
  Step& step = steps_[number];
  if (step.runs++ < kCompiles) return;
  step.us = step.runs == kCompiles + 1 ? us : std::min(step.us, us);
  if (step.runs < kRuns) return;
  const std::size_t together = std::min(step.pieces, workers_);
  step.work.serial_us = together == 1 ? step.us : plan::serial_us(step.us, together);
  step.pieces = choose(step.work);
}

}  // namespace tarn::seam
