// The little statistics that an A/B experiment needs: quantiles, an interval for the median of
// paired ratios, and the order in which arms take turns.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <random>
#include <vector>

namespace examples {

/// Requires: values are not empty.
inline double quantile(std::vector<double> values, double q) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1) + 0.5)];
}

inline double median(const std::vector<double>& values) { return quantile(values, 0.5); }

/// A median, and where the true one is with a confidence of 95 %.
struct Interval {
  double median = 1, low = 1, high = 1;

  /// Whether it leaves open which side of 1 is true.
  bool shows_nothing() const { return low <= 1 && 1 <= high; }
};

/// The percentile bootstrap: medians of samples drawn from the values with replacement. Always the
/// same for the same values. Requires: values are not empty.
inline Interval bootstrap(const std::vector<double>& values) {
  constexpr int kSamples = 4000;
  std::mt19937 dice(1);
  std::uniform_int_distribution<std::size_t> any(0, values.size() - 1);
  std::vector<double> medians;
  for (int i = 0; i < kSamples; ++i) {
    std::vector<double> sample(values.size());
    std::ranges::generate(sample, [&] { return values[any(dice)]; });
    medians.push_back(median(sample));
  }
  return {median(values), quantile(medians, 0.025), quantile(medians, 0.975)};
}

/// One block of turns: all arms in random order, then back again (A B C C B A), so that a steady
/// drift of the machine hits all of them alike, and none is always first.
inline std::vector<std::size_t> block_of_turns(std::size_t arms, std::mt19937& dice) {
  std::vector<std::size_t> order(arms);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::shuffle(order, dice);
  order.insert(order.end(), order.rbegin(), order.rend());
  return order;
}

}  // namespace examples
