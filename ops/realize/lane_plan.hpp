// Into how many pieces each step of an executable is cut for the threads that share it: one, on the
// serial lane; or more, on the parallel one (ops/plan/lanes.hpp).
//
// It starts from estimates. Both lanes run in the calling thread, so what a step takes is seen for
// nothing; after a few runs the choice is made again from what was seen. Where that says little of
// what the other lane would take, a few runs go there, and the faster one stays.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "ops/plan/lanes.hpp"
#include "tarn/device.hpp"

namespace tarn::seam {

class LanePlan {
  // Runs: the first in a lane may compile. A few say enough where one lane is clearly the faster;
  // else it takes more in each, since a helper that sleeps may miss the first ones.
  static constexpr int kCompiles = 1;
  static constexpr int kFew = kCompiles + 3;
  static constexpr int kMany = kCompiles + 16;

 public:
  /// After so many runs no step is measured any more.
  static constexpr int kMostRuns = 2 * kMany;

  /// For steps of these estimates. A lane that is wanted is taken whatever a step takes.
  LanePlan(std::vector<plan::StepWork> estimates, std::size_t workers, LaneMode wanted);

  std::size_t pieces(std::size_t step) const { return steps_[step].now.pieces; }

  /// Whether the next run of a step is to be measured.
  bool measuring(std::size_t step) const { return !steps_[step].settled; }
  void measured(std::size_t step, double us);

 private:
  struct Seen {
    std::size_t pieces;
    double us = 0;  // the shortest run
    int runs = 0;
  };
  struct Step {
    plan::StepWork work;
    Seen now;
    std::optional<Seen> before = {};  // in the other lane
    bool settled = false;
  };
  std::size_t choose(const plan::StepWork& work) const;
  void settle(Step& step, std::size_t pieces);

  const std::size_t workers_;
  const LaneMode wanted_;
  std::vector<Step> steps_;
};

}  // namespace tarn::seam
