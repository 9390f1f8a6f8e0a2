#include "tarn/shape.hpp"

#include <limits>
#include <ostream>

#include "tarn/error.hpp"

namespace tarn {
namespace {

[[noreturn]] void throw_rank(std::size_t rank) {
  throw ShapeError("a tensor has at most " + std::to_string(kMaxRank) + " dimensions, not " +
                   std::to_string(rank));
}

}  // namespace

Dims::Dims(std::span<const std::int64_t> values) {
  if (values.size() > values_.size()) throw_rank(values.size());
  std::ranges::copy(values, values_.begin());
  rank_ = static_cast<int>(values.size());
}

Dims::Dims(int rank, std::int64_t value) : rank_(rank) {
  if (rank > kMaxRank) throw_rank(static_cast<std::size_t>(rank));
  std::fill_n(values_.begin(), rank, value);
}

void Dims::push_back(std::int64_t value) { insert(rank_, value); }

void Dims::insert(int position, std::int64_t value) {
  if (rank_ == kMaxRank) throw_rank(kMaxRank + 1);
  std::copy_backward(begin() + position, end(), end() + 1);
  values_[static_cast<std::size_t>(position)] = value;
  ++rank_;
}

void Dims::erase(int position) {
  std::copy(begin() + position + 1, end(), begin() + position);
  --rank_;
}

std::int64_t Shape::elements() const {
  std::int64_t product = 1;
  for (const std::int64_t extent : *this) product *= extent;
  return product;
}

void check_extents(const Shape& shape, const char* where) {
  // Extents of 0 count as 1: strides are products of extents too, and must fit as well.
  std::int64_t product = 1;
  for (const std::int64_t extent : shape) {
    if (extent < 0) {
      throw ShapeError(std::string(where) + ": negative extent " + std::to_string(extent) + " in " +
                       to_string(shape));
    }
    if (extent > 0 && product > std::numeric_limits<std::int64_t>::max() / extent) {
      throw ShapeError(std::string(where) + ": the number of elements of " + to_string(shape) +
                       " does not fit an int64");
    }
    product *= std::max<std::int64_t>(extent, 1);
  }
}

std::string to_string(const Dims& dims) {
  std::string text = "(";
  for (int i = 0; i < dims.rank(); ++i) {
    if (i > 0) text += ',';
    text += std::to_string(dims[i]);
  }
  return text + (dims.rank() == 1 ? ",)" : ")");
}

std::ostream& operator<<(std::ostream& out, const Dims& dims) { return out << to_string(dims); }

int normalize_axis(std::int64_t axis, int rank, const char* where) {
  if (axis < -rank || axis >= rank) {
    throw ShapeError(std::string(where) + ": axis " + std::to_string(axis) +
                     " is out of range for a tensor of " + std::to_string(rank) + " dimensions");
  }
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

Shape broadcast_shapes(const Shape& a, const Shape& b, const char* where) {
  if (a == b) return a;
  const int rank = std::max(a.rank(), b.rank());
  Shape result(rank, 1);
  for (int i = 1; i <= rank; ++i) {  // from the last axis on: missing axes are leading ones
    const std::int64_t x = i <= a.rank() ? a[a.rank() - i] : 1;
    const std::int64_t y = i <= b.rank() ? b[b.rank() - i] : 1;
    if (x != y && x != 1 && y != 1) {
      throw ShapeError(std::string(where) + ": shapes do not broadcast: " + to_string(a) + " and " +
                       to_string(b));
    }
    result[rank - i] = x == 1 ? y : x;
  }
  return result;
}

}  // namespace tarn
