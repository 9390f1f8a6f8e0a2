#include "ops/realize/build_watch.hpp"

#include <gtest/gtest.h>

namespace tarn::seam {
namespace {

TEST(BuildWatch, SaysHowManyKernelsHowLongAndWhetherLaterProcessesAreSpared) {
  EXPECT_EQ(
      slow_build(23, 7.2, true),
      "building 23 kernels and the first run took 7200 ms; later processes find them on disk");
  EXPECT_EQ(slow_build(1, 1, false),
            "building 1 kernel and the first run took 1000 ms; later processes build them again, "
            "since there is no folder for binaries (TARN_CACHE_DIR)");
}

TEST(BuildWatch, SaysNothingOfLessThanASecondOrWithoutABuild) {
  EXPECT_EQ(slow_build(23, 0.99, true), "");
  EXPECT_EQ(slow_build(0, 60, true), "");
}

}  // namespace
}  // namespace tarn::seam
