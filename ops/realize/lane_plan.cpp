#include "ops/realize/lane_plan.hpp"

#include <algorithm>
#include <utility>

namespace tarn::seam {

LanePlan::LanePlan(std::vector<plan::StepWork> estimates, std::vector<bool> passing)
    : works_(std::move(estimates)),
      passing_(std::move(passing)),
      seen_(works_.size()),
      lanes_(works_.size(), Lane::serial),
      wanted_(works_.size(), Lane::serial) {
  for (std::size_t i = 0; i < works_.size(); ++i) {
    if (passing_[i]) lanes_[i] = wanted_[i] = plan::choose_lanes({&works_[i], 1}).lanes[0];
  }
  choose();
  lanes_ = wanted_;
  loss_us_ = 0;
}

// The steps that run every time, as one chain.
std::vector<plan::StepWork> LanePlan::chain() const {
  std::vector<plan::StepWork> works;
  for (std::size_t i = 0; i < works_.size(); ++i) {
    if (!passing_[i]) works.push_back(works_[i]);
  }
  return works;
}

double LanePlan::total_us(const std::vector<Lane>& lanes) const {
  std::vector<Lane> of_chain;
  for (std::size_t i = 0; i < works_.size(); ++i) {
    if (!passing_[i]) of_chain.push_back(lanes[i]);
  }
  return plan::total_us(chain(), of_chain);
}

void LanePlan::choose() {
  const plan::LaneChoice choice = plan::choose_lanes(chain());
  loss_us_ = total_us(lanes_) - choice.total_us;
  std::size_t next = 0;
  for (std::size_t i = 0; i < works_.size(); ++i) {
    if (!passing_[i]) wanted_[i] = choice.lanes[next++];
  }
}

void LanePlan::move_to(std::vector<Lane> lanes) {
  lanes_ = std::move(lanes);
  for (std::size_t i = 0; i < works_.size(); ++i) {
    if (passing_[i]) wanted_[i] = lanes_[i];
  }
  lost_us_ = 0;
  measuring_ = true;
  choose();
}

void LanePlan::measured(std::size_t step, double us) {
  Seen& seen = seen_[step];
  ++seen.runs;
  if (seen.runs <= Seen::kFirst) return;
  seen.us = seen.runs == Seen::kFirst + 1 ? us : std::min(seen.us, us);
}

bool LanePlan::all_seen() const {
  for (std::size_t i = 0; i < works_.size(); ++i) {
    if (lanes_[i] == Lane::serial && !passing_[i] && !seen_[i].enough()) return false;
  }
  return true;
}

double LanePlan::note_run() {
  if (measuring_ && all_seen()) {
    measuring_ = false;
    for (std::size_t i = 0; i < works_.size(); ++i) {
      if (seen_[i].enough()) works_[i].serial_us = seen_[i].us;
    }
    choose();
  }
  if (loss_us_ <= 0) return 0;
  return lost_us_ += loss_us_;
}

}  // namespace tarn::seam
