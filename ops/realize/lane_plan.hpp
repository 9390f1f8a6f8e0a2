// Into how many pieces each step of an executable is cut for the threads that share it: one, on the
// serial lane; or more, on the parallel one (ops/plan/lanes.hpp).
//
// It starts from estimates. Both lanes run in the calling thread, so what a step takes is seen for
// nothing; after a few runs the choice is made again from what was seen.
#pragma once

#include <cstddef>
#include <vector>

#include "ops/plan/lanes.hpp"
#include "tarn/device.hpp"

namespace tarn::seam {

class LanePlan {
 public:
  /// For steps of these estimates. A lane that is wanted is taken whatever a step takes.
  LanePlan(std::vector<plan::StepWork> estimates, std::size_t workers, LaneMode wanted);

  std::size_t pieces(std::size_t step) const { return steps_[step].pieces; }

  /// Whether the next run of a step is to be measured.
  bool measuring(std::size_t step) const { return steps_[step].runs < kRuns; }
  void measured(std::size_t step, double us);

 private:
  static constexpr int kCompiles = 1;  // runs
  static constexpr int kRuns = kCompiles + 3;

  struct Step {
    plan::StepWork work;
    std::size_t pieces;
    int runs = 0;
    double us = 0;  // the shortest run
  };
  std::size_t choose(const plan::StepWork& work) const;

  const std::size_t workers_;
  const LaneMode wanted_;
  std::vector<Step> steps_;
};

}  // namespace tarn::seam
