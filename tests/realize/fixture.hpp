// What the tests of realizing share: a device of their own, so that its counts are theirs alone.
#pragma once

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "poison.hpp"
#include "tarn/profile.hpp"
#include "tarn/tensor.hpp"
#include "throws.hpp"

namespace tarn::test {

class RealizeTest : public testing::Test {
 protected:
  Tensor upload(const std::vector<float>& values, const Shape& shape) const {
    return tensor(values, shape, {.dtype = {}, .device = device_});
  }
  /// 0, 1, 2, ... as floats.
  Tensor counted(const Shape& shape) const {
    std::vector<float> values(static_cast<std::size_t>(shape.elements()));
    std::iota(values.begin(), values.end(), 0.f);
    return upload(values, shape);
  }
  /// What the device did while `function` ran.
  template <class Function>
  Counters during(const Function& function) const {
    const Counters before = counters(device_);
    function();
    return counters(device_) - before;
  }
  std::size_t live() const { return device_.allocator_stats().live.now; }

  Device device_;
};

/// Programs that were built, or loaded from an earlier process.
inline std::uint64_t programs(const Counters& counters) {
  return counters.programs_built + counters.programs_loaded;
}

}  // namespace tarn::test
