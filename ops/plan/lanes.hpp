// Which lane each step of a plan runs on, where a device has two (tarn/device.hpp).
//
// A step that takes less time than it takes to wake the cores belongs on the serial lane; but what
// a switch costs depends on the steps around it, so the plan is decided as a whole: the cheapest
// way through a chain of two states.
#pragma once

#include <span>
#include <vector>

#include "ops/plan/kernel_spec.hpp"
#include "tarn/device.hpp"

namespace tarn::plan {

/// What one step would take.
struct StepWork {
  double serial_us = 0;  ///< on the serial lane
  int threads = 1;       ///< that the parallel lane can spread it over
};

/// An estimate of a kernel's microseconds on one core. Good to a factor of about two, which is what
/// it takes to start on the right lane; what a step really takes is measured on the serial one.
double estimate_serial_us(const KernelSpec& kernel);

/// The cheapest lane for each step, and what all take together.
struct LaneChoice {
  std::vector<Lane> lanes;
  double total_us = 0;
};
LaneChoice choose_lanes(std::span<const StepWork> steps);

/// What the steps take together on these lanes.
double total_us(std::span<const StepWork> steps, std::span<const Lane> lanes);

}  // namespace tarn::plan
