// The middle of what was measured.
#pragma once

#include <algorithm>
#include <vector>

namespace tarn::bench {

/// Of two in the middle, the larger. Requires: at least one value.
inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace tarn::bench
