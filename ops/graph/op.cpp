#include "ops/graph/op.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace tarn::graph {
namespace {

using F = float;
using I = std::int32_t;

// ---- Meanings that do not fit a row -----------------------------------------------------------

constexpr std::uint32_t bits(I x) { return static_cast<std::uint32_t>(x); }
constexpr I wrap(std::uint32_t x) { return static_cast<I>(x); }

// Rounded down, as in Python; x / 0 is 0, and the lowest number / -1 wraps.
constexpr I floor_divide(I a, I b) {
  if (b == 0) return 0;
  if (b == -1) return wrap(0u - bits(a));
  const I quotient = a / b;
  return quotient - I{a % b != 0 && (a ^ b) < 0};
}

constexpr I mod(I a, I b) {
  return b == 0 ? 0 : wrap(bits(a) - bits(floor_divide(a, b)) * bits(b));
}

// NumPy's: the sign of the divisor, and exact.
F mod(F a, F b) {
  const F rest = std::fmod(a, b);
  if (rest == 0) return std::copysign(rest, b);
  return (b < 0) == (rest < 0) ? rest : rest + b;
}

// NumPy's: (a - mod(a, b)) / b, rounded to the next whole number.
F floor_divide(F a, F b) {
  if (b == 0) return a / b;
  const F rest = std::fmod(a, b);
  F quotient = (a - rest) / b;
  if (rest != 0 && (b < 0) != (rest < 0)) quotient -= 1;
  if (quotient == 0) return std::copysign(F{0}, a / b);
  const F floored = std::floor(quotient);
  return quotient - floored > 0.5f ? floored + 1 : floored;
}

// By squaring. Negative exponents give 0, but for 1 and -1, which are their own inverses.
constexpr I integer_pow(I a, I b) {
  if (b < 0 && a != 1 && a != -1) return 0;
  std::uint32_t result = 1;
  std::uint32_t base = bits(a);
  for (std::uint32_t exponent = bits(b); exponent != 0; exponent >>= 1) {
    if (exponent & 1) result *= base;
    base *= base;
  }
  return wrap(result);
}

// -inf would become -inf * 0. What these functions multiply x by is 0 long before -100.
F finite_below(F x) { return x < -100 ? F{-100} : x; }

// ---- The kinds of rows -------------------------------------------------------------------------

constexpr OpInfo leaf(Op op, std::string_view name) { return {op, name, 0, Kind::leaf}; }
constexpr OpInfo movement(Op op, std::string_view name) { return {op, name, 1, Kind::movement}; }
constexpr OpInfo elementwise(Op op, std::string_view name, int arity, Spelling spelling,
                             Reference reference) {
  return {op, name, arity, Kind::elementwise, spelling, reference};
}
constexpr OpInfo costly(OpInfo row) {
  row.costly = true;
  return row;
}
constexpr OpInfo reduction(Op op, std::string_view name, double identity, Spelling spelling = {},
                           Reference reference = {}) {
  return {op, name, 1, Kind::reduce, spelling, reference, identity};
}

// Spellings of several operators. Overflow wraps, so integers are computed unsigned; True is -1 in
// registers, so that orders of bool are turned around.
constexpr Spelling kAdd = {"$0 + $1", "as_$I(as_$U($0) + as_$U($1))", "$0 | $1"};
constexpr Spelling kMul = {"$0 * $1", "as_$I(as_$U($0) * as_$U($1))", "$0 & $1"};
constexpr Spelling kMinimum = {"tarn_minimum$N($0, $1)", "min($0, $1)", "$0 & $1"};
constexpr Spelling kMaximum = {"tarn_maximum$N($0, $1)", "max($0, $1)", "$0 | $1"};

constexpr Reference kAddReference = {
    [](F a, F b, F) { return a + b; },
    [](I a, I b, I) { return wrap(bits(a) + bits(b)); },
};
constexpr Reference kMulReference = {
    [](F a, F b, F) { return a * b; },
    [](I a, I b, I) { return wrap(bits(a) * bits(b)); },
};
constexpr Reference kMinimumReference = {
    [](F a, F b, F) { return a < b || std::isnan(a) ? a : b; },
    [](I a, I b, I) { return std::min(a, b); },
};
constexpr Reference kMaximumReference = {
    [](F a, F b, F) { return a > b || std::isnan(a) ? a : b; },
    [](I a, I b, I) { return std::max(a, b); },
};

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// ---- The table --------------------------------------------------------------------------------

// clang-format off
constexpr std::array<OpInfo, kOpCount> kOps = {{
    leaf(Op::data, "data"),
    leaf(Op::constant, "constant"),
    leaf(Op::iota, "iota"),
    leaf(Op::random, "random"),

    // How a cast is spelled depends on two dtypes: the renderer knows.
    elementwise(Op::cast, "cast", 1, {}, {}),
    elementwise(Op::neg, "neg", 1, {"-$0", "as_$I(($U)(0) - as_$U($0))"},
                {[](F a, F, F) { return -a; }, [](I a, I, I) { return wrap(0u - bits(a)); }}),
    elementwise(Op::abs, "abs", 1, {"fabs($0)", "as_$I(abs($0))", "$0"},
                {[](F a, F, F) { return std::fabs(a); },
                 [](I a, I, I) { return a < 0 ? wrap(0u - bits(a)) : a; }}),
    costly(elementwise(Op::exp, "exp", 1, {"tarn_exp$N($0)"}, {[](F a, F, F) { return std::exp(a); }})),
    costly(elementwise(Op::log, "log", 1, {"log($0)"}, {[](F a, F, F) { return std::log(a); }})),
    elementwise(Op::sqrt, "sqrt", 1, {"sqrt($0)"}, {[](F a, F, F) { return std::sqrt(a); }}),
    elementwise(Op::rsqrt, "rsqrt", 1, {"rsqrt($0)"},
                {[](F a, F, F) { return 1 / std::sqrt(a); }}),
    costly(elementwise(Op::sin, "sin", 1, {"tarn_sin$N($0)"}, {[](F a, F, F) { return std::sin(a); }})),
    costly(elementwise(Op::cos, "cos", 1, {"tarn_cos$N($0)"}, {[](F a, F, F) { return std::cos(a); }})),
    costly(elementwise(Op::tanh, "tanh", 1, {"tarn_tanh$N($0)"},
                       {[](F a, F, F) { return std::tanh(a); }})),
    costly(elementwise(Op::erf, "erf", 1, {"tarn_erf$N($0)"}, {[](F a, F, F) { return std::erf(a); }})),
    elementwise(Op::floor, "floor", 1, {"floor($0)", "$0", "$0"},
                {[](F a, F, F) { return std::floor(a); }, [](I a, I, I) { return a; }}),
    elementwise(Op::ceil, "ceil", 1, {"ceil($0)", "$0", "$0"},
                {[](F a, F, F) { return std::ceil(a); }, [](I a, I, I) { return a; }}),
    elementwise(Op::round, "round", 1, {"rint($0)", "$0", "$0"},
                {[](F a, F, F) { return std::nearbyint(a); }, [](I a, I, I) { return a; }}),
    costly(elementwise(Op::sigmoid, "sigmoid", 1, {"1.0f / (1.0f + tarn_exp$N(-$0))"},
                       {[](F a, F, F) { return 1 / (1 + std::exp(-a)); }})),
    elementwise(Op::relu, "relu", 1,  // not max: NaN stays NaN
                {"$0 < ($T)(0) ? ($T)(0) : $0", "max($0, ($T)(0))"},
                {[](F a, F, F) { return a < 0 ? 0 : a; },
                 [](I a, I, I) { return a < 0 ? 0 : a; }}),
    costly(elementwise(Op::silu, "silu", 1, {"tarn_finite_below$N($0) / (1.0f + tarn_exp$N(-$0))"},
                       {[](F a, F, F) { return finite_below(a) / (1 + std::exp(-a)); }})),
    costly(elementwise(Op::gelu_erf, "gelu_erf", 1,
                       {"0.5f * tarn_finite_below$N($0) * (1.0f + tarn_erf$N($0 * M_SQRT1_2_F))"},
                       {[](F a, F, F) {
                         constexpr F kSqrtHalf = std::numbers::sqrt2_v<F> / 2;
                         return 0.5f * finite_below(a) * (1 + std::erf(a * kSqrtHalf));
                       }})),
    // (1 + tanh(u)) / 2 is 1 / (1 + exp(-2 u)), which is exact in the tails;
    // 2 sqrt(2 / pi) = 1.59576...
    costly(elementwise(Op::gelu_tanh, "gelu_tanh", 1,
                       {"tarn_finite_below$N($0) / "
                        "(1.0f + tarn_exp$N(-1.5957691216f * ($0 + 0.044715f * $0 * $0 * $0)))"},
                       {[](F a, F, F) {
                         const F inner = 1.5957691216f * (a + 0.044715f * a * a * a);
                         return finite_below(a) / (1 + std::exp(-inner));
                       }})),
    elementwise(Op::logical_not, "logical_not", 1, {"", "", "~$0"},
                {nullptr, [](I a, I, I) { return I{a == 0}; }}),

    elementwise(Op::add, "add", 2, kAdd, kAddReference),
    elementwise(Op::sub, "sub", 2, {"$0 - $1", "as_$I(as_$U($0) - as_$U($1))"},
                {[](F a, F b, F) { return a - b; },
                 [](I a, I b, I) { return wrap(bits(a) - bits(b)); }}),
    elementwise(Op::mul, "mul", 2, kMul, kMulReference),
    elementwise(Op::div, "div", 2, {"$0 / $1"}, {[](F a, F b, F) { return a / b; }}),
    costly(elementwise(Op::floor_divide, "floor_divide", 2,
                       {"tarn_float_floor_divide$N($0, $1)", "tarn_int_floor_divide$N($0, $1)"},
                       {[](F a, F b, F) { return floor_divide(a, b); },
                        [](I a, I b, I) { return floor_divide(a, b); }})),
    costly(elementwise(Op::mod, "mod", 2,
                       {"tarn_float_mod$N($0, $1)", "tarn_int_mod$N($0, $1)"},
                       {[](F a, F b, F) { return mod(a, b); },
                        [](I a, I b, I) { return mod(a, b); }})),
    costly(elementwise(Op::pow, "pow", 2, {"pow($0, $1)", "tarn_int_pow$N($0, $1)"},
                       {[](F a, F b, F) { return std::pow(a, b); },
                        [](I a, I b, I) { return integer_pow(a, b); }})),
    elementwise(Op::minimum, "minimum", 2, kMinimum, kMinimumReference),
    elementwise(Op::maximum, "maximum", 2, kMaximum, kMaximumReference),
    elementwise(Op::equal, "equal", 2, {"$M($0 == $1)", "$M($0 == $1)", "$M($0 == $1)"},
                {[](F a, F b, F) { return F(a == b); }, [](I a, I b, I) { return I{a == b}; }}),
    elementwise(Op::not_equal, "not_equal", 2, {"$M($0 != $1)", "$M($0 != $1)", "$0 ^ $1"},
                {[](F a, F b, F) { return F(a != b); }, [](I a, I b, I) { return I{a != b}; }}),
    elementwise(Op::less, "less", 2, {"$M($0 < $1)", "$M($0 < $1)", "$M($0 > $1)"},
                {[](F a, F b, F) { return F(a < b); }, [](I a, I b, I) { return I{a < b}; }}),
    elementwise(Op::less_equal, "less_equal", 2, {"$M($0 <= $1)", "$M($0 <= $1)", "$M($0 >= $1)"},
                {[](F a, F b, F) { return F(a <= b); }, [](I a, I b, I) { return I{a <= b}; }}),
    elementwise(Op::logical_and, "logical_and", 2, {"", "", "$0 & $1"},
                {nullptr, [](I a, I b, I) { return a & b; }}),
    elementwise(Op::logical_or, "logical_or", 2, {"", "", "$0 | $1"},
                {nullptr, [](I a, I b, I) { return a | b; }}),

    elementwise(Op::where, "where", 3, {"$0 ? $1 : $2", "$0 ? $1 : $2", "$0 ? $1 : $2"},
                {[](F c, F a, F b) { return c != 0 ? a : b; },
                 [](I c, I a, I b) { return c != 0 ? a : b; }}),

    movement(Op::reshape, "reshape"),
    movement(Op::permute, "permute"),
    movement(Op::expand, "expand"),
    movement(Op::slice, "slice"),
    movement(Op::pad, "pad"),
    movement(Op::window, "window"),

    // Bools are reduced as int32: no reduction has a bool operand.
    reduction(Op::sum, "sum", 0, {kAdd.float32, kAdd.int32}, kAddReference),
    reduction(Op::prod, "prod", 1, {kMul.float32, kMul.int32}, kMulReference),
    reduction(Op::max, "max", -kInfinity, {kMaximum.float32, kMaximum.int32}, kMaximumReference),
    reduction(Op::min, "min", kInfinity, {kMinimum.float32, kMinimum.int32}, kMinimumReference),
    reduction(Op::argmax, "argmax", -kInfinity),  // keeps a position too: the renderer knows

    {Op::contract, "contract", 2, Kind::contract},
    {Op::concatenate, "concatenate", -1, Kind::concatenate},
    {Op::gather, "gather", 2, Kind::gather},
    {Op::contiguous, "contiguous", 1, Kind::copy},
}};
// clang-format on

constexpr bool in_enum_order() {
  for (std::size_t i = 0; i < kOps.size(); ++i) {
    const OpInfo& row = kOps[i];
    if (row.op != static_cast<Op>(i) || row.name.empty()) return false;
    if ((row.kind == Kind::elementwise) != is_elementwise(row.op)) return false;
  }
  return true;
}
static_assert(in_enum_order(),
              "kOps has one row for each operator, in the order of Op, its kind where Op says");

}  // namespace

const OpInfo& info(Op op) { return kOps[static_cast<std::size_t>(op)]; }

}  // namespace tarn::graph
