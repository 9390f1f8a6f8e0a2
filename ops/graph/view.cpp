#include "ops/graph/view.hpp"

#include <algorithm>

#include "ops/graph/node.hpp"

namespace tarn::graph {
namespace {

View permute(const View& view, const Dims& axes) {
  View result{Dims(axes.rank(), 0), view.offset};
  for (int i = 0; i < axes.rank(); ++i) {
    result.strides[i] = view.strides[static_cast<int>(axes[i])];
  }
  return result;
}

View expand(const View& view, const Shape& from, const Shape& to) {
  View result{Dims(to.rank(), 0), view.offset};
  const int added = to.rank() - from.rank();
  for (int i = 0; i < from.rank(); ++i) {
    if (from[i] == to[added + i]) result.strides[added + i] = view.strides[i];
  }
  return result;
}

View slice(const View& view, const Dims& first, const Dims& step) {
  View result = view;
  for (int i = 0; i < first.rank(); ++i) {
    result.offset += first[i] * view.strides[i];
    result.strides[i] *= step[i];
  }
  return result;
}

// (..., n) to (..., windows, size): both new axes run along the old one, each at its own pace.
View window(const View& view, const Dims& step, const Dims& dilation) {
  View result = view;
  const int outer = view.strides.rank() - step.rank();
  for (int i = 0; i < step.rank(); ++i) result.strides[outer + i] *= step[i];
  for (int i = 0; i < step.rank(); ++i) {
    result.strides.push_back(view.strides[outer + i] * dilation[i]);
  }
  return result;
}

}  // namespace

View contiguous_view(const Shape& shape) {
  View view{Dims(shape.rank(), 1), 0};
  for (int i = shape.rank() - 2; i >= 0; --i) {
    view.strides[i] = view.strides[i + 1] * std::max<std::int64_t>(shape[i + 1], 1);
  }
  return view;
}

bool is_contiguous(const View& view, const Shape& shape) {
  if (shape.elements() == 0) return true;
  std::int64_t expected = 1;
  for (int i = shape.rank() - 1; i >= 0; --i) {
    if (shape[i] != 1 && view.strides[i] != expected) return false;
    expected *= shape[i];
  }
  return true;
}

// Axes that lie one after another (the outer's stride is the inner's stride times its extent) form
// a *run*, which can be divided into axes in any other way. Both shapes are walked from the last
// axis on, each run of the source being divided among axes of the result that must fill it exactly.
std::optional<View> reshape_view(const View& view, const Shape& from, const Shape& to) {
  if (from.elements() == 0) return contiguous_view(to);
  View result{Dims(to.rank(), 1), view.offset};
  int source = from.rank() - 1;
  std::int64_t left = 1;    // elements of the current run that no axis has taken yet
  std::int64_t stride = 1;  // of the next axis taken from it
  for (int i = to.rank() - 1; i >= 0; --i) {
    if (to[i] != 1 && left == 1) {
      while (from[source] == 1) --source;
      left = from[source];
      stride = view.strides[source--];
      while (source >= 0 && (from[source] == 1 || view.strides[source] == left * stride)) {
        left *= from[source--];
      }
    }
    if (left % to[i] != 0) return std::nullopt;
    result.strides[i] = stride;
    left /= to[i];
    stride *= to[i];
  }
  return result;
}

std::optional<View> apply(const Node& movement, const View& view) {
  const Attributes& with = movement.attributes;
  switch (movement.op) {
    case Op::reshape:
      return reshape_view(view, movement.sources[0].shape, movement.shape);
    case Op::permute:
      return permute(view, with.a);
    case Op::expand:
      return expand(view, movement.sources[0].shape, movement.shape);
    case Op::slice:
      return slice(view, with.a, with.b);
    case Op::window:
      return window(view, with.a, with.b);
    default:
      return std::nullopt;
  }
}

}  // namespace tarn::graph
