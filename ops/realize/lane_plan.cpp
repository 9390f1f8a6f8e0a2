#include "ops/realize/lane_plan.hpp"

#include <algorithm>
#include <limits>

namespace tarn::seam {

LanePlan::LanePlan(std::vector<plan::StepWork> estimates, std::size_t workers, LaneMode wanted)
    : workers_(workers), wanted_(wanted) {
  steps_.reserve(estimates.size());
  for (const plan::StepWork& work : estimates) {
    steps_.push_back({.work = work, .now = {choose(work)}});
  }
}

std::size_t LanePlan::choose(const plan::StepWork& work) const {
  const bool share = wanted_ == LaneMode::parallel || plan::worth_sharing(work, workers_);
  return share ? plan::pieces(work, workers_) : 1;
}

void LanePlan::measured(std::size_t number, double us) {
  Step& step = steps_[number];
  Seen& now = step.now;
  if (now.runs++ < kCompiles) return;
  now.us = now.runs == kCompiles + 1 ? us : std::min(now.us, us);
  if (now.runs < kFew) return;
  if (step.before) {
    const Seen& faster = step.before->us < now.us ? *step.before : now;
    if (now.runs == kMany) settle(step, faster.pieces);
    return;
  }
  const std::size_t together = std::min(now.pieces, workers_);
  step.work.serial_us = together == 1 ? now.us : plan::serial_us(now.us, together);
  if (wanted_ != LaneMode::both || !plan::close_call(step.work, workers_)) {
    settle(step, choose(step.work));
  } else if (now.runs == kMany) {
    step.before = now;
    step.now = {now.pieces > 1 ? 1 : plan::pieces(step.work, workers_)};
  }
}

void LanePlan::settle(Step& step, std::size_t pieces) {
  step.now.pieces = pieces;
  step.settled = true;
}

}  // namespace tarn::seam
