// The extents of a tensor: a small value with room for kMaxRank dimensions, so that making nodes
// allocates nothing for them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string>

namespace tarn {

/// The most dimensions a tensor can have.
inline constexpr int kMaxRank = 8;

/// A list of at most kMaxRank numbers, one for each dimension (extents, strides, offsets, axes).
/// Throws: ShapeError when it would grow beyond kMaxRank.
class Dims {
 public:
  Dims() = default;
  Dims(std::initializer_list<std::int64_t> values)
      : Dims(std::span(values.begin(), values.size())) {}
  explicit Dims(std::span<const std::int64_t> values);
  Dims(int rank, std::int64_t value);

  int rank() const { return rank_; }
  bool empty() const { return rank_ == 0; }
  std::int64_t operator[](int i) const { return values_[static_cast<std::size_t>(i)]; }
  std::int64_t& operator[](int i) { return values_[static_cast<std::size_t>(i)]; }
  const std::int64_t* begin() const { return values_.data(); }
  const std::int64_t* end() const { return values_.data() + rank_; }
  std::int64_t* begin() { return values_.data(); }
  std::int64_t* end() { return values_.data() + rank_; }
  std::int64_t back() const { return (*this)[rank_ - 1]; }
  void push_back(std::int64_t value);
  void insert(int position, std::int64_t value);
  void erase(int position);

  friend bool operator==(const Dims& a, const Dims& b) { return std::ranges::equal(a, b); }

 private:
  std::array<std::int64_t, kMaxRank> values_;  // the first rank_ of them mean something
  int rank_ = 0;
};

/// The extents of a tensor, outermost first. `Shape{}` is the shape of a scalar (0-d).
class Shape : public Dims {
 public:
  using Dims::Dims;
  Shape() = default;
  Shape(const Dims& dims) : Dims(dims) {}  // NOLINT: a list of extents is a shape

  /// How many elements: the product of the extents, 1 for a scalar.
  std::int64_t elements() const;
};

/// Throws: ShapeError when an extent is negative or the product does not fit an int64.
void check_extents(const Shape& shape, const char* where);

/// As Python prints a tuple: `(2,3)`, `(4,)`, `()`.
std::string to_string(const Dims& dims);
std::ostream& operator<<(std::ostream& out, const Dims& dims);

/// `axis` of a tensor of this rank, where -1 is the last. Throws: ShapeError, naming `where`.
int normalize_axis(std::int64_t axis, int rank, const char* where);

/// NumPy's broadcasting of two shapes. Throws: ShapeError with both, naming `where`.
Shape broadcast_shapes(const Shape& a, const Shape& b, const char* where);

}  // namespace tarn
