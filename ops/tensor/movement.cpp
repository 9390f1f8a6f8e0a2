// Functions that move elements, or see them in another order.
#include <algorithm>
#include <limits>
#include <numeric>

#include "ops/tensor/build.hpp"
#include "tarn/error.hpp"

namespace tarn {

using build::Attributes;
using build::make;
using graph::Op;

// ---- Axes made, joined and reordered ----------------------------------------------------------

namespace {

// `wanted` with its -1, if there is one, replaced by what is left.
Shape infer_extent(const Shape& wanted, const Shape& from) {
  const auto unknown = std::ranges::find(wanted, -1);
  if (unknown == wanted.end()) return wanted;
  Shape shape = wanted;
  std::int64_t& extent = shape[static_cast<int>(unknown - wanted.begin())];
  extent = 1;
  if (std::ranges::count(wanted, -1) > 1) {
    throw ShapeError("reshape: more than one -1 in " + to_string(wanted));
  }
  check_extents(shape, "reshape");
  const std::int64_t known = shape.elements();
  if (known == 0 || from.elements() % known != 0) {
    throw ShapeError("reshape: no extent for the -1 in " + to_string(wanted) + " fits " +
                     to_string(from));
  }
  extent = from.elements() / known;
  return shape;
}

}  // namespace

Tensor Tensor::reshape(const Shape& wanted) const {
  const Shape to = infer_extent(wanted, shape());
  check_extents(to, "reshape");
  if (to.elements() != size()) {
    throw ShapeError("reshape: " + to_string(shape()) + " has " + std::to_string(size()) +
                     " elements, " + to_string(to) + " has " + std::to_string(to.elements()));
  }
  return build::reshaped(*this, to);
}

Tensor Tensor::permute(const Dims& axes) const {
  Attributes with;
  Shape to;
  bool moves = false;
  for (const std::int64_t named : axes) {
    const int axis = normalize_axis(named, rank(), "permute");
    moves = moves || axis != to.rank();
    with.a.push_back(axis);
    to.push_back(shape()[axis]);
  }
  Dims sorted = with.a;
  std::ranges::sort(sorted);
  if (axes.rank() != rank() || std::ranges::adjacent_find(sorted) != sorted.end()) {
    throw ShapeError("permute: " + to_string(axes) + " does not name every axis of " +
                     to_string(shape()) + " once");
  }
  return moves ? make(Op::permute, dtype(), to, node_, with) : *this;
}

Tensor Tensor::transpose(std::int64_t a, std::int64_t b) const {
  Dims axes(rank(), 0);
  std::iota(axes.begin(), axes.end(), 0);
  std::swap(axes[normalize_axis(a, rank(), "transpose")],
            axes[normalize_axis(b, rank(), "transpose")]);
  return permute(axes);
}

Tensor Tensor::T() const {
  Dims axes(rank(), 0);
  std::iota(axes.begin(), axes.end(), 0);
  std::ranges::reverse(axes);
  return permute(axes);
}

Tensor Tensor::expand(const Shape& wanted) const {
  Shape to = wanted;
  const int added = to.rank() - rank();
  for (int i = std::max(added, 0); i < to.rank(); ++i) {
    if (to[i] == -1) to[i] = shape()[i - added];
  }
  check_extents(to, "expand");
  bool fits = added >= 0;
  for (int i = 0; fits && i < rank(); ++i) {
    fits = shape()[i] == to[added + i] || shape()[i] == 1;
  }
  if (!fits) {
    throw ShapeError("expand: " + to_string(shape()) + " does not broadcast to " +
                     to_string(wanted));
  }
  return to == shape() ? *this : make(Op::expand, dtype(), to, node_);
}

Tensor Tensor::squeeze(const Axes& axes) const {
  const std::uint32_t bits = build::axis_bits(axes, rank(), "squeeze");
  Shape to;
  for (int i = 0; i < rank(); ++i) {
    if ((bits >> i & 1) == 0 || (axes.all() && shape()[i] != 1)) {
      to.push_back(shape()[i]);
    } else if (shape()[i] != 1) {
      throw ShapeError("squeeze: axis " + std::to_string(i) + " of " + to_string(shape()) +
                       " has an extent of " + std::to_string(shape()[i]) + ", not 1");
    }
  }
  return build::reshaped(*this, to);
}

Tensor Tensor::unsqueeze(std::int64_t axis) const {
  Shape to = shape();
  to.insert(normalize_axis(axis, rank() + 1, "unsqueeze"), 1);
  return build::reshaped(*this, to);
}

Tensor Tensor::flatten(std::int64_t start, std::int64_t end) const {
  if (rank() == 0) return reshape({1});
  const int first = normalize_axis(start, rank(), "flatten");
  const int last = normalize_axis(end, rank(), "flatten");
  if (first > last) {
    throw ShapeError("flatten: axis " + std::to_string(start) + " comes after axis " +
                     std::to_string(end) + " in " + to_string(shape()));
  }
  Shape to = shape();
  for (int i = first; i < last; ++i) {
    to[first] *= to[first + 1];
    to.erase(first + 1);
  }
  return build::reshaped(*this, to);
}

// ---- Parts ------------------------------------------------------------------------------------

namespace {

struct Range {
  std::int64_t first, count, step;
};

// Python's slice.indices(extent), and how many there are.
Range resolve(const Slice& slice, std::int64_t extent) {
  if (slice.step == 0) throw ValueError("slice: the step is 0");
  const bool forward = slice.step > 0;
  const std::int64_t low = forward ? 0 : -1;  // where a walk that way ends, or begins
  const std::int64_t high = forward ? extent : extent - 1;
  const auto place = [&](std::optional<std::int64_t> index, std::int64_t otherwise) {
    if (!index) return otherwise;
    return std::clamp(*index < 0 ? *index + extent : *index, low, high);
  };
  const std::int64_t start = place(slice.start, forward ? low : high);
  const std::int64_t stop = place(slice.stop, forward ? high : low);
  const std::int64_t distance = forward ? stop - start : start - stop;
  if (distance <= 0) return {0, 0, 1};
  const std::int64_t pace =
      forward ? slice.step : -std::max(slice.step, -std::numeric_limits<std::int64_t>::max());
  const std::int64_t count = 1 + (distance - 1) / pace;
  return {start, count, count == 1 ? 1 : slice.step};
}

Tensor sliced(const Tensor& x, const Shape& to, const Attributes& with) {
  return make(Op::slice, x.dtype(), to, x.node(), with);
}

}  // namespace

Tensor Tensor::slice(const std::vector<Slice>& slices) const {
  if (slices.size() > static_cast<std::size_t>(rank())) {
    throw ShapeError("slice: " + std::to_string(slices.size()) + " slices for " +
                     to_string(shape()));
  }
  Attributes with{.a = Dims(rank(), 0), .b = Dims(rank(), 1)};
  Shape to = shape();
  bool whole = true;
  for (int i = 0; i < static_cast<int>(slices.size()); ++i) {
    const auto [first, count, step] = resolve(slices[static_cast<std::size_t>(i)], shape()[i]);
    whole = whole && count == shape()[i] && step == 1;
    with.a[i] = first;
    with.b[i] = step;
    to[i] = count;
  }
  return whole ? *this : sliced(*this, to, with);
}

Tensor Tensor::operator[](std::int64_t index) const {
  const std::int64_t extent = rank() == 0 ? 0 : shape()[0];
  if (index < -extent || index >= extent) {
    throw ShapeError("operator[]: index " + std::to_string(index) +
                     " is out of range for axis 0 of " + to_string(shape()));
  }
  const std::int64_t at = index < 0 ? index + extent : index;
  Shape rest = shape();
  rest.erase(0);
  return build::reshaped(slice({{at, at + 1}}), rest);
}

Tensor Tensor::flip(const Axes& axes) const {
  const std::uint32_t bits = build::axis_bits(axes, rank(), "flip");
  Attributes with{.a = Dims(rank(), 0), .b = Dims(rank(), 1)};
  bool flips = false;
  for (int i = 0; i < rank(); ++i) {
    if ((bits >> i & 1) == 0 || shape()[i] <= 1) continue;
    with.a[i] = shape()[i] - 1;
    with.b[i] = -1;
    flips = true;
  }
  return flips ? sliced(*this, shape(), with) : *this;
}

Tensor Tensor::window(const std::vector<WindowAxis>& axes) const {
  const int outer = rank() - static_cast<int>(axes.size());
  if (outer < 0) {
    throw ShapeError("window: " + std::to_string(axes.size()) + " windows for " +
                     to_string(shape()));
  }
  Attributes with;
  Shape to = shape();
  for (int i = outer; i < rank(); ++i) {
    const auto [size, step, dilation] = axes[static_cast<std::size_t>(i - outer)];
    if (size < 1 || step < 1 || dilation < 1) {
      throw ShapeError("window: size, step and dilation are at least 1, not " +
                       to_string(Dims{size, step, dilation}));
    }
    if (size - 1 > (shape()[i] - 1) / dilation || shape()[i] == 0) {
      throw ShapeError("window: " + std::to_string(size) + " elements, " +
                       std::to_string(dilation) + " apart, do not fit axis " + std::to_string(i) +
                       " of " + to_string(shape()));
    }
    to[i] = (shape()[i] - 1 - dilation * (size - 1)) / step + 1;
    to.push_back(size);
    with.a.push_back(step);
    with.b.push_back(dilation);
  }
  return axes.empty() ? *this : make(Op::window, dtype(), to, node_, with);
}

// ---- More than there was ----------------------------------------------------------------------

Tensor Tensor::pad(const Dims& before, const Dims& after, Scalar value) const {
  if (before.rank() != rank() || after.rank() != rank()) {
    throw ShapeError("pad: " + to_string(before) + " before and " + to_string(after) +
                     " after the axes of " + to_string(shape()));
  }
  constexpr std::int64_t kMost = std::int64_t{1} << 60;  // so that the sums below do not overflow
  Shape to = shape();
  for (int i = 0; i < rank(); ++i) {
    if (std::min(before[i], after[i]) < 0 || std::max(before[i], after[i]) > kMost) {
      throw ShapeError("pad: negative or too many: " + to_string(before) + " before and " +
                       to_string(after) + " after the axes of " + to_string(shape()));
    }
    to[i] += before[i] + after[i];
  }
  check_extents(to, "pad");
  if (to == shape()) return *this;
  if (size() == 0) return build::constant(value, dtype(), to, node_->device, "pad");
  Attributes with;
  with.a = before;
  with.value = build::as_element(value, dtype(), "pad");
  return make(Op::pad, dtype(), to, node_, with);
}

Tensor Tensor::contiguous() const { return make(Op::contiguous, dtype(), shape(), node_); }

namespace {

bool equal_but(int axis, Shape a, const Shape& b) {
  if (a.rank() != b.rank()) return false;
  a[axis] = b[axis];
  return a == b;
}

}  // namespace

Tensor concatenate(const std::vector<Tensor>& tensors, std::int64_t axis) {
  if (tensors.empty()) throw ShapeError("concatenate: no tensors");
  const Tensor& first = tensors.front();
  const int along = normalize_axis(axis, first.rank(), "concatenate");
  Shape to = first.shape();
  to[along] = 0;
  DType dtype = first.dtype();
  for (const Tensor& x : tensors) {
    if (!equal_but(along, x.shape(), first.shape())) {
      throw ShapeError("concatenate: shapes differ beside axis " + std::to_string(along) + ": " +
                       to_string(first.shape()) + " and " + to_string(x.shape()));
    }
    build::check_same_device(first, x, "concatenate");
    to[along] += x.shape()[along];
    dtype = promote(dtype, x.dtype());
  }
  check_extents(to, "concatenate");
  std::vector<graph::NodePtr> parts;
  for (const Tensor& x : tensors) {
    if (x.size() > 0) parts.push_back(x.cast(dtype).node());
  }
  if (parts.empty()) return build::constant(0, dtype, to, first.node()->device, "concatenate");
  if (parts.size() == 1) return Tensor(parts.front());
  Attributes with;
  with.axis = along;
  return make(Op::concatenate, dtype, to, graph::Sources(std::move(parts)), with);
}

Tensor stack(const std::vector<Tensor>& tensors, std::int64_t axis) {
  if (tensors.empty()) throw ShapeError("stack: no tensors");
  std::vector<Tensor> parts;
  parts.reserve(tensors.size());
  for (const Tensor& x : tensors) {
    if (x.shape() != tensors.front().shape()) {
      throw ShapeError("stack: shapes differ: " + to_string(tensors.front().shape()) + " and " +
                       to_string(x.shape()));
    }
    Shape to = x.shape();
    to.insert(normalize_axis(axis, x.rank() + 1, "stack"), 1);
    parts.push_back(build::reshaped(x, to));
  }
  return concatenate(parts, axis < 0 ? axis + parts.front().rank() : axis);
}

}  // namespace tarn
