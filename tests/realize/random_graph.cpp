#include "random_graph.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tarn::test {
namespace {

constexpr int kOne = 0;                   // the axis of extent 1
constexpr double kLongestAxis = 1 << 13;  // no sum has more terms
constexpr double kProductGain = 5;        // of a smooth product, divided by 8: its typical size
constexpr std::int64_t kMostElements = 3000;

// What a unary function makes of the magnitude (at most `cap`) and of the bits after the point.
struct Unary {
  const char* name;
  Tensor (*apply)(const Tensor&);
  double cap = std::numeric_limits<double>::infinity();
  enum class Bits { as_before, one_more, none } bits = Bits::as_before;
};
struct Binary {
  const char* name;
  Tensor (*apply)(const Tensor&, const Tensor&);
  bool product = false;  // magnitudes multiply
  bool gives_bool = false;
};
using Bits = Unary::Bits;

constexpr Unary kExactUnary[] = {
    {"neg", [](const Tensor& x) { return -x; }},
    {"abs", [](const Tensor& x) { return x.abs(); }},
    {"relu", [](const Tensor& x) { return x.relu(); }},
    {"clip(-3, 2)", [](const Tensor& x) { return x.clip(-3, 2); }, 3},
    {"floor", [](const Tensor& x) { return x.cast(DType::float32).floor(); }, 1e9, Bits::none},
    {"round", [](const Tensor& x) { return x.cast(DType::float32).round(); }, 1e9, Bits::none},
    {"int32", [](const Tensor& x) { return x.cast(DType::int32); }, 1e9, Bits::none},
    {"half", [](const Tensor& x) { return x * 0.5; }, 1e9, Bits::one_more},
    {"plus one", [](const Tensor& x) { return x + 1; }},
    {"floor_divide by 3", [](const Tensor& x) { return floor_divide(x.cast(DType::int32), 3); },
     1e9, Bits::none},
};
constexpr Binary kExactBinary[] = {
    {"add", [](const Tensor& a, const Tensor& b) { return a + b; }},
    {"sub", [](const Tensor& a, const Tensor& b) { return a - b; }},
    {"mul", [](const Tensor& a, const Tensor& b) { return a * b; }, true},
    {"minimum", [](const Tensor& a, const Tensor& b) { return minimum(a, b); }},
    {"maximum", [](const Tensor& a, const Tensor& b) { return maximum(a, b); }},
    {"less", [](const Tensor& a, const Tensor& b) { return a < b; }, false, true},
    {"equal", [](const Tensor& a, const Tensor& b) { return a == b; }, false, true},
    {"the smaller magnitude",
     [](const Tensor& a, const Tensor& b) { return where(a.abs() < b.abs(), a, b); }},
};
constexpr Unary kSmoothUnary[] = {
    {"tanh", [](const Tensor& x) { return x.tanh(); }, 1},
    {"sigmoid", [](const Tensor& x) { return x.sigmoid(); }, 1},
    {"exp of clip", [](const Tensor& x) { return x.clip(-3, 1).exp(); }, 3},
    {"sin", [](const Tensor& x) { return x.sin(); }, 1},
    {"cos", [](const Tensor& x) { return x.cos(); }, 1},
    {"erf", [](const Tensor& x) { return x.erf(); }, 1},
    {"gelu", [](const Tensor& x) { return x.gelu(); }},
    {"silu", [](const Tensor& x) { return x.silu(); }},
    {"relu", [](const Tensor& x) { return x.relu(); }},
    {"1 / sqrt(x * x + 1)", [](const Tensor& x) { return rsqrt(x * x + 1); }, 1},
    {"log(x * x + 1)", [](const Tensor& x) { return log(x * x + 1); }},
    {"half", [](const Tensor& x) { return x * 0.5 - 0.25; }},
};
constexpr Binary kSmoothBinary[] = {
    {"add", [](const Tensor& a, const Tensor& b) { return a + b; }},
    {"sub", [](const Tensor& a, const Tensor& b) { return a - b; }},
    {"mul", [](const Tensor& a, const Tensor& b) { return a * b; }, true},
    {"over a square", [](const Tensor& a, const Tensor& b) { return a / (b * b + 1); }},
    {"maximum", [](const Tensor& a, const Tensor& b) { return maximum(a, b); }},
};
constexpr Unary kAnyUnary[] = {
    {"neg", [](const Tensor& x) { return -x; }},
    {"abs", [](const Tensor& x) { return x.abs(); }},
    {"exp", [](const Tensor& x) { return x.exp(); }},
    {"log", [](const Tensor& x) { return x.log(); }},
    {"sqrt", [](const Tensor& x) { return x.sqrt(); }},
    {"rsqrt", [](const Tensor& x) { return x.rsqrt(); }},
    {"sin", [](const Tensor& x) { return x.sin(); }},
    {"tanh", [](const Tensor& x) { return x.tanh(); }},
    {"erf", [](const Tensor& x) { return x.erf(); }},
    {"round", [](const Tensor& x) { return x.round(); }},
    {"sigmoid", [](const Tensor& x) { return x.sigmoid(); }},
    {"relu", [](const Tensor& x) { return x.relu(); }},
    {"silu", [](const Tensor& x) { return x.silu(); }},
    {"gelu", [](const Tensor& x) { return x.gelu(); }},
    {"times 1.5", [](const Tensor& x) { return x * 1.5; }},
    {"int32", [](const Tensor& x) { return x.cast(DType::int32); }},
};
constexpr Binary kAnyBinary[] = {
    {"add", [](const Tensor& a, const Tensor& b) { return a + b; }},
    {"sub", [](const Tensor& a, const Tensor& b) { return a - b; }},
    {"mul", [](const Tensor& a, const Tensor& b) { return a * b; }},
    {"mul", [](const Tensor& a, const Tensor& b) { return a * b; }},
    {"div", [](const Tensor& a, const Tensor& b) { return a / b; }},
    {"mod", [](const Tensor& a, const Tensor& b) { return a % b; }},
    {"pow", [](const Tensor& a, const Tensor& b) { return pow(a.cast(DType::float32), b); }},
    {"floor_divide", [](const Tensor& a, const Tensor& b) { return floor_divide(a, b); }},
    {"minimum", [](const Tensor& a, const Tensor& b) { return minimum(a, b); }},
    {"less", [](const Tensor& a, const Tensor& b) { return a < b; }, false, true},
    {"where", [](const Tensor& a, const Tensor& b) { return where(a < b, b, a); }},
};

// From the last axis on; the longer one may have more in front.
bool fits_broadcast(const std::vector<int>& a, const std::vector<int>& b) {
  const auto common = static_cast<std::ptrdiff_t>(std::min(a.size(), b.size()));
  return std::equal(a.end() - common, a.end(), b.end() - common,
                    [](int x, int y) { return x == y || x == kOne || y == kOne; });
}

std::vector<int> broadcast(std::vector<int> longer, std::vector<int> shorter) {
  if (longer.size() < shorter.size()) std::swap(longer, shorter);
  const std::size_t added = longer.size() - shorter.size();
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    longer[added + i] = std::max(longer[added + i], shorter[i]);
  }
  return longer;
}

}  // namespace

int length_of(std::uint64_t seed) {
  return 3 + static_cast<int>((seed % kStructures * 7) % 6);  // leaves are instructions too
}

RandomGraph::RandomGraph(Family family, std::uint64_t seed, int instructions, Leaves& leaves,
                         const std::function<void(const Tensor&)>& made)
    : family_(family), structure_(seed % kStructures + 1), sizes_(seed + 1), leaves_(leaves) {
  for (int i = 0; i < instructions; ++i) {
    values_.empty() ? leaf_of_new_shape() : instruction();
    if (made) made(result());
  }
}

std::string RandomGraph::text() const {
  std::vector<bool> needed(values_.size(), false);
  needed.back() = true;
  std::string text;
  for (int i = static_cast<int>(values_.size()) - 1; i >= 0; --i) {
    if (!needed[static_cast<std::size_t>(i)]) continue;
    for (const int source : at(i).sources) needed[static_cast<std::size_t>(source)] = true;
    const Tensor& tensor = at(i).tensor;
    text.insert(0, "  " + name(i) + " = " + at(i).text + "  # " + to_string(tensor.shape()) + " " +
                       std::string(tarn::name(tensor.dtype())) + "\n");
  }
  return text;
}

int RandomGraph::add(const Tensor& tensor, std::vector<Axis> axes, double bound, int bits,
                     std::string text, std::vector<int> sources) {
  values_.push_back({tensor, std::move(axes), bound, bits, std::move(text), std::move(sources)});
  return static_cast<int>(values_.size()) - 1;
}

// ---- What there is to choose from ---------------------------------------------------------------

void RandomGraph::instruction() {
  const int last = static_cast<int>(values_.size()) - 1;
  const int x = structure_.one_in(5) ? structure_.below(last + 1) : last;
  const int kind = structure_.below(family_ == Family::elementwise ? 7 : 16);
  if (kind < 3) return unary(x);
  if (kind < 7) return binary(x);
  if (kind < 11) return movement(x);
  if (kind < 13) return reduce(x);
  if (kind < 15) return product(x);
  if (structure_.one_in(2)) return structure_.one_in(2) ? join(x) : gather(x);
  return family_ == Family::smooth ? rows(x) : reduce(x);
}

std::int64_t RandomGraph::extent(int rank) {
  static constexpr std::int64_t kOf1[] = {1023, 2, 3, 16, 17, 33, 64, 100, 255};
  static constexpr std::int64_t kOf2[] = {2, 3, 5, 8, 16, 17, 31, 33};
  static constexpr std::int64_t kOf3[] = {2, 3, 4, 5, 7, 16};
  static constexpr std::int64_t kOf4[] = {2, 3, 4, 5};
  switch (rank) {
    case 1:
      return sizes_.pick(kOf1);
    case 2:
      return sizes_.pick(kOf2);
    case 3:
      return sizes_.pick(kOf3);
    default:
      return sizes_.pick(kOf4);
  }
}

void RandomGraph::leaf_of_new_shape() {
  static constexpr int kRanks[] = {1, 2, 2, 3, 3, 4};
  const int rank = structure_.pick(kRanks);
  std::vector<Axis> axes;
  Shape shape;
  for (int i = 0; i < rank; ++i) {
    axes.push_back(structure_.one_in(10) ? kOne : next_axis_++);
    const std::int64_t drawn = extent(rank);
    shape.push_back(axes.back() == kOne ? 1 : drawn);
  }
  leaf(axes, shape);
}

int RandomGraph::leaf(const std::vector<Axis>& axes, const Shape& shape) {
  static constexpr float kSpecial[] = {0.f,
                                       -0.f,
                                       1e9f,
                                       -1e-20f,
                                       80.f,
                                       std::numeric_limits<float>::infinity(),
                                       -std::numeric_limits<float>::infinity(),
                                       std::numeric_limits<float>::quiet_NaN()};
  const bool ints = family_ != Family::smooth && structure_.one_in(4);
  const auto count = static_cast<std::size_t>(shape.elements());
  const std::string text = "leaf" + to_string(shape);
  if (ints) {
    std::vector<std::int32_t> values(count);
    for (std::int32_t& value : values) value = sizes_.below(9) - 4;
    return add(leaves_.add(values, shape), axes, 4, 0, text, {});
  }
  std::vector<float> values(count);
  for (float& value : values) {
    const bool special = family_ == Family::elementwise && sizes_.one_in(6);
    const int quarters = sizes_.below(33) - 16;
    const auto fraction = static_cast<float>(sizes_.below(2001) - 1000) / 1000;
    value = special                    ? sizes_.pick(kSpecial)
            : family_ == Family::exact ? static_cast<float>(quarters) / 4
                                       : fraction;
  }
  const bool exact = family_ == Family::exact;
  return add(leaves_.add(values, shape), axes, exact ? 4 : 1, exact ? 2 : 0, text, {});
}

// Exact: sums of floats must have no more than 24 bits. Smooth: the larger, the larger the errors.
bool RandomGraph::too_large(double bound, int bits) const {
  if (family_ == Family::elementwise) return false;
  return family_ == Family::exact ? std::ldexp(bound, bits) > (1 << 23) : bound > 50;
}

void RandomGraph::tame(int x) {
  if (family_ == Family::smooth) {
    add(at(x).tensor.tanh(), at(x).axes, 1, 0, "tanh(" + name(x) + ")", {x});
  } else {
    add(at(x).tensor.cast(DType::float32).clip(-4, 4).round(), at(x).axes, 4, 0,
        "round(clip(" + name(x) + ", -4, 4))", {x});
  }
}

// ---- Elementwise --------------------------------------------------------------------------------

void RandomGraph::unary(int x) {
  const Value& of = at(x);
  if (of.tensor.dtype() == DType::bool_) {  // for which few operators are defined
    const DType to = structure_.one_in(2) ? DType::int32 : DType::float32;
    add(of.tensor.cast(to), of.axes, 1, 0, std::string(tarn::name(to)) + "(" + name(x) + ")", {x});
    return;
  }
  const Unary& op = family_ == Family::exact    ? structure_.pick(kExactUnary)
                    : family_ == Family::smooth ? structure_.pick(kSmoothUnary)
                                                : structure_.pick(kAnyUnary);
  const Tensor result = op.apply(of.tensor);
  const int bits = op.bits == Bits::none ? 0 : of.bits + (op.bits == Bits::one_more);
  const double bound = std::min(of.bound + 1, op.cap);
  if (too_large(bound, bits)) return tame(x);
  add(result, of.axes, bound, bits, std::string(op.name) + "(" + name(x) + ")", {x});
}

// A tensor that goes with x: one that is there, or a new one, repeated along some axes.
int RandomGraph::partner_of(int x) {
  if (structure_.one_in(2)) {
    const int first = structure_.below(static_cast<int>(values_.size()));
    for (int i = 0; i < static_cast<int>(values_.size()); ++i) {
      const int y = (first + i) % static_cast<int>(values_.size());
      if (fits_broadcast(at(x).axes, at(y).axes) && at(y).tensor.dtype() != DType::bool_) return y;
    }
  }
  std::vector<Axis> axes = at(x).axes;
  Shape shape = at(x).tensor.shape();
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (!structure_.one_in(4)) continue;
    axes[i] = kOne;
    shape[static_cast<int>(i)] = 1;
  }
  while (!axes.empty() && structure_.one_in(6)) {  // what is missing in front broadcasts, too
    axes.erase(axes.begin());
    shape.erase(0);
  }
  return leaf(axes, shape);
}

void RandomGraph::binary(int x) {
  if (at(x).tensor.dtype() == DType::bool_) return unary(x);
  const Binary& op = family_ == Family::exact    ? structure_.pick(kExactBinary)
                     : family_ == Family::smooth ? structure_.pick(kSmoothBinary)
                                                 : structure_.pick(kAnyBinary);
  int y = partner_of(x);
  if (structure_.one_in(2)) std::swap(x, y);
  const Value& a = at(x);
  const Value& b = at(y);
  const double bound = op.product ? a.bound * b.bound : a.bound + b.bound;
  const int bits = op.product ? a.bits + b.bits : std::max(a.bits, b.bits);
  if (too_large(bound, bits)) return tame(a.bound > b.bound ? x : y);
  add(op.apply(a.tensor, b.tensor), broadcast(a.axes, b.axes), op.gives_bool ? 1 : bound,
      op.gives_bool ? 0 : bits, std::string(op.name) + "(" + name(x) + ", " + name(y) + ")",
      {x, y});
}

// ---- Movement -----------------------------------------------------------------------------------

void RandomGraph::movement(int x) {
  const Value& of = at(x);
  const int rank = of.tensor.rank();
  if (rank == 0) return unary(x);
  const int axis = structure_.below(rank);
  const int other = structure_.below(rank);
  const auto at_axis = static_cast<std::size_t>(axis);
  std::vector<Axis> axes = of.axes;
  const std::string with = "(" + name(x) + ", " + std::to_string(axis);
  switch (structure_.below(8)) {
    case 0:
    case 1:
      std::swap(axes[at_axis], axes[static_cast<std::size_t>(other)]);
      add(of.tensor.transpose(axis, other), axes, of.bound, of.bits,
          "transpose" + with + ", " + std::to_string(other) + ")", {x});
      return;
    case 2:
      if (axis + 1 == rank) break;
      axes.erase(axes.begin() + axis);
      axes[at_axis] = next_axis_++;
      add(of.tensor.flatten(axis, axis + 1), axes, of.bound, of.bits,
          "flatten" + with + ", " + std::to_string(axis + 1) + ")", {x});
      return;
    case 3:
      return grow(x);
    case 4:
      add(of.tensor.contiguous(), axes, of.bound, of.bits, "contiguous(" + name(x) + ")", {x});
      return;
    default:
      break;
  }
  move_axis(x, axis);
}

// One more axis: of windows, or of copies.
void RandomGraph::grow(int x) {
  const Value& of = at(x);
  const Tensor& tensor = of.tensor;
  std::vector<Axis> axes = of.axes;
  const WindowAxis window{2 + structure_.below(2), 1 + structure_.below(2),
                          1 + structure_.below(2)};
  const bool copies = structure_.one_in(2);
  const std::int64_t times = extent(4);
  const bool room = tensor.rank() < 4 && tensor.size() * 5 <= kMostElements;
  if (!room || (!copies && tensor.shape().back() <= (window.size - 1) * window.dilation)) {
    return move_axis(x, tensor.rank() - 1);
  }
  if (copies) {
    Shape shape = tensor.shape();
    shape.insert(0, times);
    axes.insert(axes.begin(), next_axis_++);
    add(tensor.unsqueeze(0).expand(shape), axes, of.bound, of.bits,
        "expand(" + name(x) + ", " + to_string(shape) + ")", {x});
    return;
  }
  axes.back() = next_axis_++;
  axes.push_back(next_axis_++);
  add(tensor.window({window}), axes, of.bound, of.bits,
      "window(" + name(x) + ", size " + std::to_string(window.size) + ", step " +
          std::to_string(window.step) + ", dilation " + std::to_string(window.dilation) + ")",
      {x});
}

void RandomGraph::move_axis(int x, int axis) {
  const Value& of = at(x);
  std::vector<Axis> axes = of.axes;
  const std::string where = "(" + name(x) + ", axis " + std::to_string(axis);
  std::vector<Slice> slices(static_cast<std::size_t>(axis) + 1);
  Dims before(of.tensor.rank(), 0);
  Dims after(of.tensor.rank(), 0);
  const int kind = structure_.below(6);
  const bool short_axis = of.tensor.shape()[axis] < 2;
  if (kind >= 1) axes[static_cast<std::size_t>(axis)] = next_axis_++;
  if (kind == 0 || (short_axis && kind < 4)) {
    add(of.tensor.flip(axis), of.axes, of.bound, of.bits, "flip" + where + ")", {x});
  } else if (kind < 4) {
    static constexpr const char* kText[] = {"", ", 1:)", ", :-1:2)", ", ::-2)"};
    const Slice kinds[] = {{}, {1, {}, 1}, {{}, -1, 2}, {{}, {}, -2}};
    slices.back() = kinds[kind];
    add(of.tensor.slice(slices), axes, of.bound, of.bits, "slice" + where + kText[kind], {x});
  } else {
    before[axis] = structure_.below(3);
    after[axis] = 1 + structure_.below(2);
    const int around = of.tensor.dtype() == DType::bool_ ? 1 : 2 * structure_.below(2);
    add(of.tensor.pad(before, after, around), axes, std::max(of.bound, 2.0), of.bits,
        "pad" + where + ", " + std::to_string(before[axis]) + " and " +
            std::to_string(after[axis]) + " of " + std::to_string(around) + ")",
        {x});
  }
}

// ---- Reductions, products, several
// ----------------------------------------------------------------

void RandomGraph::reduce(int x) {
  const Value& of = at(x);
  const int rank = of.tensor.rank();
  if (rank == 0) return unary(x);
  const int axis = structure_.below(rank);
  const bool keepdim = structure_.one_in(2);
  const int kind = structure_.below(5);
  const bool sums = kind < 2;
  if (family_ == Family::exact && sums && too_large(of.bound * kLongestAxis, of.bits)) {
    return tame(x);
  }
  std::vector<Axis> axes = of.axes;
  if (keepdim) {
    axes[static_cast<std::size_t>(axis)] = kOne;
  } else {
    axes.erase(axes.begin() + axis);
  }
  const bool smooth = family_ == Family::smooth;
  const auto made = [&](const char* op, const Tensor& tensor, double bound) {
    add(tensor, axes, bound, of.bits,
        op + ("(" + name(x) + ", axis " + std::to_string(axis)) + (keepdim ? ", keepdim)" : ")"),
        {x});
  };
  if (sums && smooth) return made("mean", of.tensor.mean(axis, {keepdim}), of.bound);
  if (sums) return made("sum", of.tensor.sum(axis, {keepdim}), of.bound * kLongestAxis);
  if (kind == 2) return made("max", of.tensor.max(axis, {keepdim}), of.bound);
  if (kind == 3) return made("min", of.tensor.min(axis, {keepdim}), of.bound);
  if (smooth) return made("var", tanh(of.tensor).var(axis, {.keepdim = keepdim}), 1);
  made("argmax", of.tensor.argmax(axis, {keepdim}), kLongestAxis);
}

void RandomGraph::rows(int x) {
  const Value& of = at(x);
  if (of.tensor.rank() == 0) return unary(x);
  switch (structure_.below(3)) {
    case 0:
      add(softmax(of.tensor), of.axes, 1, 0, "softmax(" + name(x) + ")", {x});
      return;
    case 1:
      add(softmax(of.tensor, 0), of.axes, 1, 0, "softmax(" + name(x) + ", axis 0)", {x});
      return;
    default:  // an epsilon that does not divide errors by almost nothing
      add(layer_norm(of.tensor, 0.1), of.axes, 6, 0, "layer_norm(" + name(x) + ")", {x});
  }
}

void RandomGraph::product(int x) {
  const Value& of = at(x);
  const int rank = of.tensor.rank();
  if (rank < 2 || of.tensor.dtype() == DType::bool_) return binary(x);
  if (family_ == Family::exact && too_large(of.bound * 4 * kLongestAxis, of.bits + 2)) {
    return tame(x);
  }
  const std::vector<Axis> x_axes = of.axes;
  const Shape x_shape = of.tensor.shape();
  const std::int64_t drawn = extent(rank);
  const Axis n = next_axis_++;
  const int w = leaf({x_axes.back(), n}, {x_shape.back(), drawn});
  std::vector<Axis> axes = x_axes;
  axes.back() = n;
  // `of` may have moved
  const Tensor result = matmul(at(x).tensor, at(w).tensor);
  const std::string text = "matmul(" + name(x) + ", " + name(w) + ")";
  if (family_ == Family::smooth) {
    add(result * 0.125, axes, at(x).bound * kProductGain, 0, text + " / 8", {x, w});
  } else {
    add(result, axes, at(x).bound * 4 * kLongestAxis, at(x).bits + 2, text, {x, w});
  }
}

void RandomGraph::join(int x) {
  const Value& of = at(x);
  if (of.tensor.rank() == 0) return unary(x);
  const int axis = structure_.below(of.tensor.rank());
  std::vector<Axis> axes = of.axes;
  axes[static_cast<std::size_t>(axis)] = next_axis_++;
  int other = x;
  for (int y = 0; y < static_cast<int>(values_.size()); ++y) {
    if (at(y).axes == of.axes && at(y).tensor.dtype() == of.tensor.dtype()) other = y;
  }
  add(concatenate({of.tensor, at(other).tensor.flip(axis), of.tensor}, axis), axes,
      std::max(of.bound, at(other).bound), std::max(of.bits, at(other).bits),
      "concatenate(" + name(x) + ", flip(" + name(other) + "), " + name(x) + ", axis " +
          std::to_string(axis) + ")",
      {x, other});
}

// Parts along an axis, in any order, some more than once.
void RandomGraph::gather(int x) {
  const Value& of = at(x);
  const int rank = of.tensor.rank();
  if (rank == 0) return unary(x);
  const int axis = structure_.below(rank);
  const auto parts = static_cast<int>(of.tensor.shape()[axis]);
  std::vector<std::int32_t> indices(static_cast<std::size_t>(extent(rank)));
  for (std::int32_t& index : indices) index = sizes_.below(2 * parts) - parts;
  const Tensor wanted = leaves_.add(indices, {static_cast<std::int64_t>(indices.size())});
  std::vector<Axis> axes = of.axes;
  axes[static_cast<std::size_t>(axis)] = next_axis_++;
  add(take(of.tensor, wanted, axis), axes, of.bound, of.bits,
      "take(" + name(x) + ", " + to_string(wanted.shape()) + " indices, axis " +
          std::to_string(axis) + ")",
      {x});
}

}  // namespace tarn::test
