// Which lane each step of a plan runs on, where a device has two (tarn/device.hpp), and into how
// many pieces it is cut for the threads of the parallel one.
#pragma once

#include <cstddef>

#include "ops/plan/kernel_spec.hpp"

namespace tarn::plan {

/// What one step takes.
struct StepWork {
  double serial_us = 0;    ///< on one core
  std::size_t groups = 1;  ///< of its work items, that cannot be cut
};

/// An estimate of a kernel's microseconds on one core. Good to a factor of about two, which is what
/// it takes to start with; what a step really takes is measured.
double estimate_serial_us(const KernelSpec& kernel);

/// Whether the workers share it in less time than one takes alone.
bool worth_sharing(const StepWork& step, std::size_t workers);

/// Whether either lane may be the faster one: the border lies where sharing costs about as much as
/// it gains, and what it costs depends on what the threads find in their caches.
bool close_call(const StepWork& step, std::size_t workers);

/// Into how many pieces it is cut for so many workers, all of as many groups but the last: one each
/// where it is short; more where it is long, so that none waits for another that was interrupted;
/// and such that all have about equally much to do: of five pieces for two, one would do three.
std::size_t pieces(const StepWork& step, std::size_t workers);

/// What one core would take for what the workers did in `us` together.
double serial_us(double us, std::size_t workers);

}  // namespace tarn::plan
