// Where the elements of a tensor lie in its buffer: a stride for each axis, and an offset.
//
// Every movement but `pad`, and `reshape` where the strides allow it, turns one view into another,
// so that moving a tensor that is there costs nothing.
#pragma once

#include <cstdint>
#include <optional>

#include "tarn/shape.hpp"

namespace tarn {
struct Node;
}

namespace tarn::graph {

using tarn::Node;

/// Element (i0, i1, ...) lies at offset + i0 * strides[0] + i1 * strides[1] + ..., counted in
/// elements.
struct View {
  Dims strides;
  std::int64_t offset = 0;

  friend bool operator==(const View&, const View&) = default;
};

/// Row-major and without gaps.
View contiguous_view(const Shape& shape);
/// Whether the elements lie in row-major order without gaps, wherever they begin. Axes of extent 1
/// have no say.
bool is_contiguous(const View& view, const Shape& shape);

/// The view of a movement node, where its source has `view`; nothing where no view can say it
/// (padding, and a reshape across axes that do not lie one after another).
std::optional<View> apply(const Node& movement, const View& view);

/// The strides of `shape` (of as many elements as `from`) over the same memory, where there are
/// such.
std::optional<View> reshape_view(const View& view, const Shape& from, const Shape& to);

}  // namespace tarn::graph
