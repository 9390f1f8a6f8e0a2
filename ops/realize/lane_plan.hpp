// Which lane each step of an executable runs on, learned while it runs.
//
// It starts from estimates. The serial lane runs in the calling thread, so what a step takes there
// is seen for nothing; after a few runs the choice is made again from what was seen. A step that
// should move may need its kernel built for the other lane: that is worth it once what staying has
// cost adds up to what building costs (renting until the rent equals the price: never more than
// twice the cost of knowing how often it will run).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "ops/plan/lanes.hpp"

namespace tarn::seam {

class LanePlan {
 public:
  /// `passing` steps run once only (a weight is packed): they are left where they start.
  LanePlan(std::vector<plan::StepWork> estimates, std::vector<bool> passing);

  /// What is best by all that is known now.
  const std::vector<Lane>& wanted() const { return wanted_; }
  /// What all steps that run every time would take on these lanes, by all that is known now.
  double total_us(const std::vector<Lane>& lanes) const;
  /// Where each step runs.
  Lane lane(std::size_t step) const { return lanes_[step]; }
  const std::vector<Lane>& lanes() const { return lanes_; }
  void move_to(std::vector<Lane> lanes);
  /// Stops asking for a move.
  void stay() { loss_us_ = 0; }

  /// Whether the next run of a step on the serial lane is to be measured.
  bool measuring(std::size_t step) const { return measuring_ && !seen_[step].enough(); }
  void measured(std::size_t step, double us);

  /// Notes that all steps have run. Returns: microseconds that have been lost so far by running
  /// where the steps are instead of where they are wanted; 0 when they are there.
  double note_run();

 private:
  struct Seen {
    static constexpr int kFirst = 1;  // the first launch compiles
    static constexpr int kSamples = 3;
    int runs = 0;
    double us = 0;
    bool enough() const { return runs >= kFirst + kSamples; }
  };
  std::vector<plan::StepWork> chain() const;
  void choose();
  bool all_seen() const;

  std::vector<plan::StepWork> works_;
  std::vector<bool> passing_;
  std::vector<Seen> seen_;
  std::vector<Lane> lanes_, wanted_;
  double loss_us_ = 0;  // of one run
  double lost_us_ = 0;  // of all runs since the steps were last moved
  bool measuring_ = true;
};

}  // namespace tarn::seam
