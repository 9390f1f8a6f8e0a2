// How long it took until kernels that had to be built had run for the first time: drivers compile
// at the first launch. The user hears of it where it was long (TARN_LOG=warn).
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "runtime/opencl/kernel_cache.hpp"

namespace tarn::seam {

/// What is said of so many kernels; `kept` says whether later processes find them on disk. Empty:
/// nothing, since none was built, or in less than a second.
std::string slow_build(std::size_t kernels, double seconds, bool kept);

/// From when it is made until done().
class BuildWatch {
 public:
  explicit BuildWatch(const opencl::KernelCache& kernels) : kernels_(kernels) {}
  /// All has run.
  void done() const;

 private:
  using Clock = std::chrono::steady_clock;
  const opencl::KernelCache& kernels_;
  const std::size_t before_ = kernels_.counters().kernels_built;
  const Clock::time_point start_ = Clock::now();
};

}  // namespace tarn::seam
