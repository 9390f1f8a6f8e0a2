#include "ops/realize/build_watch.hpp"

#include "runtime/opencl/log.hpp"

namespace tarn::seam {

std::string slow_build(std::size_t kernels, double seconds, bool kept) {
  constexpr double kLong = 1;
  if (kernels == 0 || seconds < kLong) return {};
  return "building " + std::to_string(kernels) + (kernels == 1 ? " kernel" : " kernels") +
         " and the first run took " + std::to_string(static_cast<int>(seconds * 1000)) + " ms; " +
         (kept ? "later processes find them on disk"
               : "later processes build them again, since there is no folder for binaries "
                 "(TARN_CACHE_DIR)");
}

void BuildWatch::done() const {
  const std::chrono::duration<double> took = Clock::now() - start_;
  const std::string warning = slow_build(kernels_.counters().kernels_built - before_, took.count(),
                                         kernels_.keeps_binaries());
  if (!warning.empty()) opencl::log().warn("{}", warning);
}

}  // namespace tarn::seam
