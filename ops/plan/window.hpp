// The window of a convolution, as a contraction's operand shows it: which loops choose the window,
// which run within it, and the image that it slides over.
#pragma once

#include <optional>

#include "ops/plan/kernel_spec.hpp"

namespace tarn::plan {

/// The window in the columns' operand of `c`, whose last two loops of n choose it. Where the
/// operand is padded, the padding is around the window's two axes; where it is not, the window
/// takes part in both. Nothing where the loads do not lie like that.
std::optional<Window> find_window(const KernelSpec& spec, const Contraction& c);

/// Elements of the image's rows and columns that one band of `rows` windows reads.
std::int64_t window_rows(const KernelSpec& spec, const Window& w, std::int64_t rows);
std::int64_t window_columns(const KernelSpec& spec, const Window& w);

/// How the part of an image that a band of windows reads lies in local memory, its padding with it:
/// [channel][row][remainder of the column by step_x][column / step_x], so that windows next to each
/// other read elements next to each other.
struct StagedImage {
  std::int64_t channels = 1;  ///< iterations of the loops of k outside of the window
  std::int64_t rows = 1;
  std::int64_t columns = 1;   ///< of the image
  std::int64_t part = 1;      ///< elements of a row with the same remainder
  std::int64_t pitch = 1;     ///< elements of a row
  std::int64_t elements = 1;  ///< of all rows of all channels
};

/// Requires: c.window, and a band of so many rows.
StagedImage staged_image(const KernelSpec& spec, const Contraction& c, std::int64_t band,
                         int lanes);

}  // namespace tarn::plan
