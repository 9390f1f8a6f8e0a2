// Index arithmetic of a kernel: where each loop's iteration reads and writes.
//
// A kernel is a nest of loops. The index of an element along an axis, and the address of an element
// in a buffer, are *affine* in the loops: a constant and a sum of factor × atom. An atom is a loop,
// or, where a reshape does not follow the axes, a quotient or a remainder of something affine.
// Movement nodes become arithmetic on these sums, so that no movement ever costs a pass of its own.
//
// Most quotients vanish. (q*d + r) / d is q where 0 <= r < d; and where a single loop is divided by
// a divisor of its extent, the loop itself is split in two (`SplitLoop`), after which both parts
// are loops.
#pragma once

#include <cstdint>
#include <vector>

#include "tarn/shape.hpp"

namespace tarn::plan {

struct Term {
  int atom;
  std::int64_t factor;
  friend bool operator==(const Term&, const Term&) = default;
};

/// constant + sum of factor × atom; the terms in the order of their atoms, no factor 0.
struct Affine {
  std::int64_t constant = 0;
  std::vector<Term> terms;

  std::int64_t factor(int atom) const;
  bool is_constant() const { return terms.empty(); }
  friend bool operator==(const Affine&, const Affine&) = default;
};

Affine operator+(const Affine& a, const Affine& b);
Affine operator+(const Affine& a, std::int64_t b);
Affine operator*(const Affine& a, std::int64_t b);

struct Atom {
  enum class Kind { loop, quotient, remainder } kind = Kind::loop;
  std::int64_t extent = 1;  ///< its values are 0 to extent - 1
  Affine of;                ///< what is divided
  std::int64_t divisor = 1;
};

/// 0 <= index < extent: an element inside, not in the padding.
struct Guard {
  Affine index;
  std::int64_t extent;
  friend bool operator==(const Guard&, const Guard&) = default;
};

/// Thrown while a kernel is lowered: loop `loop` must be split, its inner part having `inner`
/// iterations.
struct SplitLoop {
  int loop;
  std::int64_t inner;
};

/// The atoms of one kernel. The first are its loops.
class IndexSpace {
 public:
  int add_loop(std::int64_t extent);
  const Atom& operator[](int atom) const { return atoms_[static_cast<std::size_t>(atom)]; }
  Atom& mutable_atom(int atom) { return atoms_[static_cast<std::size_t>(atom)]; }
  int size() const { return static_cast<int>(atoms_.size()); }
  /// Keeps these atoms alone, in this order.
  void keep(const std::vector<int>& order);

  Affine atom(int index) const { return {0, {{index, 1}}}; }
  /// Throws: SplitLoop.
  Affine divide(const Affine& a, std::int64_t divisor);
  Affine remainder(const Affine& a, std::int64_t divisor);

  /// The least and the largest value.
  struct Range {
    std::int64_t low, high;
  };
  Range range(const Affine& a) const;
  bool always(const Guard& guard) const;

  /// The index of each axis of `from`, given the one of each axis of `to`, which has as many
  /// elements.
  std::vector<Affine> reshape(const std::vector<Affine>& index, const Shape& to, const Shape& from);

  /// With quotients and remainders of the same thing put together again where they fit.
  Affine recombined(Affine a) const;

 private:
  struct Parts {
    Affine quotient, rest;
    bool exact;  // rest is within [0, divisor)
  };
  Parts split(const Affine& a, std::int64_t divisor) const;
  void ask_to_split_loop(const Affine& rest, std::int64_t divisor) const;
  int composite(Atom::Kind kind, const Affine& of, std::int64_t divisor);

  std::vector<Atom> atoms_;
};

}  // namespace tarn::plan
