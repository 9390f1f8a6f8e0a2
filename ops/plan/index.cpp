#include "ops/plan/index.hpp"

#include <algorithm>

namespace tarn::plan {

std::int64_t Affine::factor(int atom) const {
  for (const Term& term : terms) {
    if (term.atom == atom) return term.factor;
  }
  return 0;
}

Affine operator+(const Affine& a, const Affine& b) {
  Affine sum{a.constant + b.constant, {}};
  sum.terms.reserve(a.terms.size() + b.terms.size());
  auto x = a.terms.begin();
  auto y = b.terms.begin();
  while (x != a.terms.end() || y != b.terms.end()) {
    if (y == b.terms.end() || (x != a.terms.end() && x->atom < y->atom)) {
      sum.terms.push_back(*x++);
    } else if (x == a.terms.end() || y->atom < x->atom) {
      sum.terms.push_back(*y++);
    } else {
      if (x->factor + y->factor != 0) sum.terms.push_back({x->atom, x->factor + y->factor});
      ++x, ++y;
    }
  }
  return sum;
}

Affine operator+(const Affine& a, std::int64_t b) {
  Affine sum = a;
  sum.constant += b;
  return sum;
}

Affine operator*(const Affine& a, std::int64_t b) {
  if (b == 0) return {};
  Affine product = a;
  product.constant *= b;
  for (Term& term : product.terms) term.factor *= b;
  return product;
}

int IndexSpace::add_loop(std::int64_t extent) {
  atoms_.push_back({.kind = Atom::Kind::loop, .extent = extent, .of = {}, .divisor = 1});
  return size() - 1;
}

void IndexSpace::keep(const std::vector<int>& order) {
  std::vector<Atom> kept;
  for (const int atom : order) kept.push_back((*this)[atom]);
  atoms_ = std::move(kept);
}

IndexSpace::Range IndexSpace::range(const Affine& a) const {
  Range range{a.constant, a.constant};
  for (const Term& term : a.terms) {
    const std::int64_t last = term.factor * ((*this)[term.atom].extent - 1);
    (last < 0 ? range.low : range.high) += last;
  }
  return range;
}

bool IndexSpace::always(const Guard& guard) const {
  const Range values = range(guard.index);
  return values.low >= 0 && values.high < guard.extent;
}

IndexSpace::Parts IndexSpace::split(const Affine& a, std::int64_t divisor) const {
  std::int64_t rest_constant = a.constant % divisor;
  if (rest_constant < 0) rest_constant += divisor;
  Parts parts{{(a.constant - rest_constant) / divisor, {}}, {rest_constant, {}}, false};
  for (const Term& term : a.terms) {
    if (term.factor % divisor == 0) {
      parts.quotient.terms.push_back({term.atom, term.factor / divisor});
    } else {
      parts.rest.terms.push_back(term);
    }
  }
  const Range rest = range(parts.rest);
  parts.exact = rest.low >= 0 && rest.high < divisor;
  return parts;
}

void IndexSpace::ask_to_split_loop(const Affine& rest, std::int64_t divisor) const {
  if (rest.terms.size() != 1 || rest.constant != 0) return;
  const auto [atom, factor] = rest.terms[0];
  const Atom& loop = (*this)[atom];
  if (loop.kind != Atom::Kind::loop || factor <= 0 || divisor % factor != 0) return;
  const std::int64_t inner = divisor / factor;
  if (inner < loop.extent && loop.extent % inner == 0) throw SplitLoop{atom, inner};
}

int IndexSpace::composite(Atom::Kind kind, const Affine& of, std::int64_t divisor) {
  for (int i = 0; i < size(); ++i) {
    const Atom& atom = (*this)[i];
    if (atom.kind == kind && atom.divisor == divisor && atom.of == of) return i;
  }
  const std::int64_t extent = kind == Atom::Kind::remainder
                                  ? divisor
                                  : std::max<std::int64_t>(range(of).high, 0) / divisor + 1;
  atoms_.push_back({kind, extent, of, divisor});
  return size() - 1;
}

Affine IndexSpace::divide(const Affine& a, std::int64_t divisor) {
  if (divisor == 1) return a;
  const Parts parts = split(a, divisor);
  if (parts.exact) return parts.quotient;
  ask_to_split_loop(parts.rest, divisor);
  return parts.quotient + atom(composite(Atom::Kind::quotient, parts.rest, divisor));
}

Affine IndexSpace::remainder(const Affine& a, std::int64_t divisor) {
  if (divisor == 1) return {};
  const Parts parts = split(a, divisor);
  if (parts.exact) return parts.rest;
  ask_to_split_loop(parts.rest, divisor);
  return atom(composite(Atom::Kind::remainder, parts.rest, divisor));
}

std::vector<Affine> IndexSpace::reshape(const std::vector<Affine>& index, const Shape& to,
                                        const Shape& from) {
  std::vector<Affine> result(static_cast<std::size_t>(from.rank()));
  // Axes are matched in groups of as many elements on both sides, from the last axes on.
  int t = to.rank() - 1;
  int f = from.rank() - 1;
  while (f >= 0) {
    if (from[f] == 1) {
      --f;
      continue;
    }
    Affine linear;  // the index within the group
    std::int64_t to_elements = 1;
    std::int64_t from_elements = 1;
    const int last = f;
    do {
      if (from_elements <= to_elements && f >= 0) {
        from_elements *= from[f--];
      } else {
        linear = linear + index[static_cast<std::size_t>(t)] * to_elements;
        to_elements *= to[t--];
      }
    } while (to_elements != from_elements);
    for (int axis = last; axis > f; --axis) {
      const bool first = axis == f + 1;
      if (from[axis] == 1) continue;
      result[static_cast<std::size_t>(axis)] = first ? linear : remainder(linear, from[axis]);
      if (!first) linear = divide(linear, from[axis]);
    }
  }
  return result;
}

Affine IndexSpace::recombined(Affine a) const {
  for (std::size_t i = 0; i < a.terms.size(); ++i) {
    const Term quotient = a.terms[i];
    const Atom& atom = (*this)[quotient.atom];
    if (atom.kind != Atom::Kind::quotient || quotient.factor % atom.divisor != 0) continue;
    const std::int64_t factor = quotient.factor / atom.divisor;
    for (const Term& other : a.terms) {
      const Atom& rest = (*this)[other.atom];
      if (rest.kind == Atom::Kind::remainder && rest.divisor == atom.divisor &&
          rest.of == atom.of && other.factor == factor) {
        const Affine both{
            0,
            {std::min(quotient, other, [](Term x, Term y) { return x.atom < y.atom; }),
             std::max(quotient, other, [](Term x, Term y) { return x.atom < y.atom; })}};
        return recombined(a + both * -1 + atom.of * factor);
      }
    }
  }
  return a;
}

}  // namespace tarn::plan
