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

}  // namespace tarn::plan
