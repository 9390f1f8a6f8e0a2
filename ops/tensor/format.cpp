#include "ops/tensor/format.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

namespace tarn {
namespace {

// NumPy's print options, at their defaults.
constexpr std::int64_t kThreshold = 1000;  // more elements than this are elided
constexpr std::int64_t kEdge = 3;          // ... to so many at each end of an axis
constexpr std::size_t kLineWidth = 75;
constexpr int kPrecision = 8;  // digits after the point, at most

using FormatElement = std::function<std::string(std::int64_t)>;

// ---- Which elements are printed ---------------------------------------------------------------

// The indices of an axis that are printed. With `elided`, a gap lies before the last kEdge.
struct Visible {
  std::vector<std::int64_t> indices;
  bool elided;
};

Visible visible(std::int64_t extent, bool summarize) {
  const bool elided = summarize && extent > 2 * kEdge;
  Visible result{std::vector<std::int64_t>(static_cast<std::size_t>(elided ? 2 * kEdge : extent)),
                 elided};
  std::iota(result.indices.begin(), result.indices.end(), 0);
  if (elided) {
    for (std::size_t i = kEdge; i < 2 * kEdge; ++i) result.indices[i] += extent - 2 * kEdge;
  }
  return result;
}

// The positions of all elements that are printed.
std::vector<std::int64_t> visible_elements(const Shape& shape, bool summarize) {
  std::vector<std::int64_t> positions{0};
  for (const std::int64_t extent : shape) {
    std::vector<std::int64_t> next;
    for (const std::int64_t position : positions) {
      for (const std::int64_t i : visible(extent, summarize).indices) {
        next.push_back(position * extent + i);
      }
    }
    positions = std::move(next);
  }
  return positions;
}

// ---- Brackets and lines -----------------------------------------------------------------------

class Layout {
 public:
  Layout(const Shape& shape, bool summarize, FormatElement format)
      : shape_(shape), summarize_(summarize), format_(std::move(format)) {}

  // The part of the array that begins with element `first` of the last axes, from `axis` on.
  std::string print(int axis, std::int64_t first) const {
    return axis == shape_.rank() - 1 ? print_row(first) : print_rows(axis, first);
  }

 private:
  std::string print_row(std::int64_t first) const;
  std::string print_rows(int axis, std::int64_t first) const;

  const Shape& shape_;
  bool summarize_;
  FormatElement format_;
};

// Elements separated by spaces, on as many lines as they need; each leaves room for the brackets.
std::string Layout::print_row(std::int64_t first) const {
  const auto indent = static_cast<std::size_t>(shape_.rank());
  const std::size_t width = kLineWidth - indent;
  const Visible columns = visible(shape_.back(), summarize_);
  std::string text;
  std::string line(indent, ' ');
  const auto add = [&](const std::string& word) {
    if (line.size() + word.size() > width && line.size() > indent) {
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + '\n';
      line.assign(indent, ' ');
    }
    line += word;
  };
  for (std::size_t i = 0; i < columns.indices.size(); ++i) {
    if (i > 0) line += ' ';
    if (columns.elided && i == kEdge) {
      add("...");
      line += ' ';
    }
    add(format_(first + columns.indices[i]));
  }
  return '[' + (text + line).substr(indent) + ']';
}

std::string Layout::print_rows(int axis, std::int64_t first) const {
  const Visible rows = visible(shape_[axis], summarize_);
  const auto indent = static_cast<std::size_t>(axis) + 1;
  const std::string separator(static_cast<std::size_t>(shape_.rank() - 1 - axis), '\n');
  std::int64_t stride = 1;
  for (int i = axis + 1; i < shape_.rank(); ++i) stride *= shape_[i];
  std::string text = "[";
  for (std::size_t i = 0; i < rows.indices.size(); ++i) {
    if (i > 0) text.append(separator).append(indent, ' ');
    if (rows.elided && i == kEdge) text.append("...").append(separator).append(indent, ' ');
    text += print(axis + 1, first + rows.indices[i] * stride);
  }
  return text + ']';
}

// ---- Floats -----------------------------------------------------------------------------------

template <class... Format>
std::string convert(float x, Format... format) {
  std::array<char, 64> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), x, format...).ptr;
  return std::string(buffer.data(), end);
}

std::string without_trailing_zeros(std::string text) {
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

// A number in parts, such as "-12" "5" for -12.5 and "1" "25" "e-05" for 1.25e-05.
struct Parts {
  std::string whole, fraction, exponent;
};

Parts split(const std::string& text) {
  const std::size_t e = std::min(text.find('e'), text.size());
  const std::size_t point = std::min(text.find('.'), e);
  const std::size_t fraction = std::min(point + 1, e);
  return {text.substr(0, point), text.substr(fraction, e - fraction), text.substr(e)};
}

// As few digits as name this float, and at most kPrecision of them after the point.
Parts positional(float x) {
  const Parts shortest = split(convert(x, std::chars_format::fixed));
  if (shortest.fraction.size() <= kPrecision) return shortest;
  return split(without_trailing_zeros(convert(x, std::chars_format::fixed, kPrecision)));
}

// As few digits as name this float, and at least `digits` of them after the point.
Parts scientific(float x, std::size_t digits = 0) {
  const Parts shortest = split(convert(x, std::chars_format::scientific));
  if (shortest.fraction.size() >= digits) return shortest;
  return split(convert(x, std::chars_format::scientific, static_cast<int>(digits)));
}

// How all floats of an array are printed, so that their points stand below one another.
class FloatColumns {
 public:
  explicit FloatColumns(const std::vector<float>& values);
  std::string format(float x) const;

 private:
  bool scientific_ = false;
  std::size_t left_ = 0;   // width before the point
  std::size_t right_ = 0;  // ... and after it
  std::size_t fraction_ = 0;
};

bool needs_exponents(const std::vector<float>& values) {
  float largest = 0;
  float smallest = INFINITY;
  for (const float x : values) {
    if (!std::isfinite(x) || x == 0) continue;
    largest = std::max(largest, std::fabs(x));
    smallest = std::min(smallest, std::fabs(x));
  }
  return largest > 0 && (largest >= 1e6f || smallest < 1e-4f || largest / smallest > 1000);
}

FloatColumns::FloatColumns(const std::vector<float>& values)
    : scientific_(needs_exponents(values)) {
  std::size_t special = 0;
  for (const float x : values) {
    if (!std::isfinite(x)) {
      special = std::max<std::size_t>(special, x < 0 ? 4 : 3);
      continue;
    }
    const Parts parts = scientific_ ? scientific(x) : positional(x);
    left_ = std::max(left_, parts.whole.size());
    fraction_ = std::max(fraction_, parts.fraction.size());
    if (scientific_) right_ = std::max(right_, parts.exponent.size());
  }
  right_ += fraction_;
  // A column of nothing but nan and inf has no point; others must be as wide as these.
  const std::size_t beside = right_ + 1;
  if (special > left_ + beside) left_ = special - beside;
}

std::string FloatColumns::format(float x) const {
  std::string text;
  if (std::isfinite(x)) {
    const Parts parts = scientific_ ? scientific(x, fraction_) : positional(x);
    text = std::string(left_ - parts.whole.size(), ' ') + parts.whole + '.' + parts.fraction +
           parts.exponent;
    return text.append(left_ + 1 + right_ - text.size(), ' ');
  }
  text = std::isnan(x) ? "nan" : x < 0 ? "-inf" : "inf";
  return text.insert(0, left_ + 1 + right_ - text.size(), ' ');
}

// One float alone: 1.0, 0.1, 1e+06.
std::string format_scalar(float x) {
  if (std::isnan(x)) return "nan";
  if (std::isinf(x)) return x < 0 ? "-inf" : "inf";
  if (x != 0 && (std::fabs(x) < 1e-4f || std::fabs(x) >= 1e6f)) {
    return convert(x, std::chars_format::scientific);
  }
  const std::string text = convert(x, std::chars_format::fixed);
  return text.find('.') == text.npos ? text + ".0" : text;
}
std::string format_scalar(std::int32_t x) { return std::to_string(x); }
std::string format_scalar(bool x) { return x ? "True" : "False"; }

// ---- One element among others -----------------------------------------------------------------

FormatElement column_format(std::span<const float> values, const std::vector<std::int64_t>& shown) {
  std::vector<float> printed;
  for (const std::int64_t i : shown) printed.push_back(values[static_cast<std::size_t>(i)]);
  return [values, columns = FloatColumns(printed)](std::int64_t i) {
    return columns.format(values[static_cast<std::size_t>(i)]);
  };
}

template <Element T>
FormatElement column_format(std::span<const T> values, const std::vector<std::int64_t>& shown) {
  std::size_t width = 0;
  for (const std::int64_t i : shown) {
    width = std::max(width, format_scalar(values[static_cast<std::size_t>(i)]).size());
  }
  if (dtype_of<T> == DType::bool_) width = 5;  // " True", even without a False
  return [values, width](std::int64_t i) {
    std::string text = format_scalar(values[static_cast<std::size_t>(i)]);
    return text.insert(0, width - text.size(), ' ');
  };
}

}  // namespace

template <Element T>
std::string format_array(const Shape& shape, std::span<const T> values) {
  if (shape.elements() == 0) return "[]";
  if (shape.rank() == 0) return format_scalar(values[0]);
  const bool summarize = shape.elements() > kThreshold;
  const auto shown = visible_elements(shape, summarize);
  return Layout(shape, summarize, column_format(values, shown)).print(0, 0);
}

template std::string format_array(const Shape&, std::span<const bool>);
template std::string format_array(const Shape&, std::span<const std::int32_t>);
template std::string format_array(const Shape&, std::span<const float>);

}  // namespace tarn
