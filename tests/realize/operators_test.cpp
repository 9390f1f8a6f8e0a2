// Every operator on the device against the host: shapes with odd sizes, broadcasting, views,
// special values.
#include <bit>
#include <functional>
#include <limits>
#include <random>

#include "device_check.hpp"

namespace tarn {
namespace {

using test::Case;
using test::expect_like_host;
using test::Leaves;
using test::random_floats;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr std::int32_t kMin = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t kMax = std::numeric_limits<std::int32_t>::max();
const std::vector<float> kSpecial = {0.f,  -0.f,  1.f,  -1.f,  0.5f, -0.5f, 1.5f,
                                     2.5f, -2.5f, 80.f, -80.f, 1e9f, -1e9f, 1e-20f,
                                     kInf, -kInf, kNan, 3.75f, -7.f};
const std::vector<std::int32_t> kInts = {0,  1,   -1,   2,     -2,   3,    7,
                                         -7, 100, -100, 65536, kMax, kMin, kMax - 1};

struct Unary {
  const char* name;
  std::function<Tensor(const Tensor&)> apply;
};
const std::vector<Unary> kUnary = {
    {"neg", [](const Tensor& x) { return -x; }},
    {"abs", [](const Tensor& x) { return x.abs(); }},
    {"exp", [](const Tensor& x) { return x.exp(); }},
    {"log", [](const Tensor& x) { return x.log(); }},
    {"sqrt", [](const Tensor& x) { return x.sqrt(); }},
    {"rsqrt", [](const Tensor& x) { return x.rsqrt(); }},
    {"sin", [](const Tensor& x) { return x.sin(); }},
    {"cos", [](const Tensor& x) { return x.cos(); }},
    {"tanh", [](const Tensor& x) { return x.tanh(); }},
    {"erf", [](const Tensor& x) { return x.erf(); }},
    {"floor", [](const Tensor& x) { return x.floor(); }},
    {"ceil", [](const Tensor& x) { return x.ceil(); }},
    {"round", [](const Tensor& x) { return x.round(); }},
    {"sigmoid", [](const Tensor& x) { return x.sigmoid(); }},
    {"relu", [](const Tensor& x) { return x.relu(); }},
    {"silu", [](const Tensor& x) { return x.silu(); }},
    {"gelu", [](const Tensor& x) { return x.gelu(); }},
    {"gelu_tanh", [](const Tensor& x) { return x.gelu(GeluForm::tanh); }},
    {"clip", [](const Tensor& x) { return clip(x, -1, 2); }},
    {"int32", [](const Tensor& x) { return x.cast(DType::int32); }},
    {"bool", [](const Tensor& x) { return x.cast(DType::bool_); }},
    {"not", [](const Tensor& x) { return !(x > 0.5f); }},
    {"square", [](const Tensor& x) { return pow(x, 2); }},
};

struct Binary {
  const char* name;
  std::function<Tensor(const Tensor&, const Tensor&)> apply;
  bool ints = true;
};
const std::vector<Binary> kBinary = {
    {"add", [](const Tensor& a, const Tensor& b) { return a + b; }},
    {"sub", [](const Tensor& a, const Tensor& b) { return a - b; }},
    {"mul", [](const Tensor& a, const Tensor& b) { return a * b; }},
    {"div", [](const Tensor& a, const Tensor& b) { return a / b; }},
    {"floor_divide", [](const Tensor& a, const Tensor& b) { return floor_divide(a, b); }},
    {"mod", [](const Tensor& a, const Tensor& b) { return a % b; }},
    {"pow", [](const Tensor& a, const Tensor& b) { return pow(a, b); }},
    {"minimum", [](const Tensor& a, const Tensor& b) { return minimum(a, b); }},
    {"maximum", [](const Tensor& a, const Tensor& b) { return maximum(a, b); }},
    {"equal", [](const Tensor& a, const Tensor& b) { return a == b; }},
    {"not_equal", [](const Tensor& a, const Tensor& b) { return a != b; }},
    {"less", [](const Tensor& a, const Tensor& b) { return a < b; }},
    {"less_equal", [](const Tensor& a, const Tensor& b) { return a <= b; }},
    {"greater", [](const Tensor& a, const Tensor& b) { return a > b; }},
    {"greater_equal", [](const Tensor& a, const Tensor& b) { return a >= b; }},
    {"where", [](const Tensor& a, const Tensor& b) { return where(a < b, a, b); }},
};

// Every pair of two lists.
template <class T>
std::pair<std::vector<T>, std::vector<T>> pairs(const std::vector<T>& values) {
  std::pair<std::vector<T>, std::vector<T>> result;
  for (const T a : values) {
    for (const T b : values) {
      result.first.push_back(a);
      result.second.push_back(b);
    }
  }
  return result;
}

TEST(Operators, UnaryOnOddSizesViewsAndSpecialValues) {
  Leaves leaves;
  const Tensor special = leaves.add(kSpecial, {static_cast<std::int64_t>(kSpecial.size())});
  const Tensor plain = leaves.add(random_floats(1023, 1, 3), {1023});
  const Tensor view =
      leaves.add(random_floats(17 * 33, 2, 3), {17, 33}).T().slice({{1, {}, 2}, {}}).flip(1);
  std::vector<Case> cases;
  for (const Unary& op : kUnary) {
    cases.push_back({std::string(op.name) + " of special values", op.apply(special)});
    cases.push_back({std::string(op.name) + " of 1023", op.apply(plain)});
    cases.push_back({std::string(op.name) + " of a view", op.apply(view)});
  }
  expect_like_host(cases, leaves);
}

// Vectors compute many elements at once; each result must depend on its element alone.
TEST(Operators, AnElementsResultDoesNotDependOnItsNeighbours) {
  const auto count = static_cast<std::int64_t>(kSpecial.size());
  constexpr std::int64_t kCopies = 64;
  std::vector<float> mixed, alone;  // both (count, kCopies)
  for (std::size_t i = 0; i < kSpecial.size(); ++i) {
    for (std::size_t copy = 0; copy < kCopies; ++copy) {
      mixed.push_back(kSpecial[(i + copy) % kSpecial.size()]);
      alone.push_back(kSpecial[i]);
    }
  }
  const Tensor x = from_span<float>(mixed, {count, kCopies});
  const Tensor y = from_span<float>(alone, {count, kCopies});
  const auto bits = [](const Tensor& t) {
    std::vector<std::uint32_t> words;
    for (const float value : t.cast(DType::float32).to_vector<float>()) {
      words.push_back(std::isnan(value) ? 0x7FC00000u : std::bit_cast<std::uint32_t>(value));
    }
    return words;
  };
  for (const Unary& op : kUnary) {
    const auto of_mixed = bits(op.apply(x));
    const auto of_alone = bits(op.apply(y));
    for (std::size_t i = 0; i < of_mixed.size(); ++i) {
      const std::size_t value = (i / kCopies + i % kCopies) % kSpecial.size();
      ASSERT_EQ(of_mixed[i], of_alone[value * kCopies]) << op.name << " of " << kSpecial[value];
    }
  }
}

// Both sides of where one form gives way to the other, very small numbers, and the ends.
TEST(Operators, TanhAndErfOfAnyNumber) {
  std::vector<float> x;
  for (float size = 1e-30f; size < 1e30f; size *= 1.0009f) {
    x.push_back(size);
    x.push_back(-size);
  }
  const Tensor all = from_span<float>(x, {static_cast<std::int64_t>(x.size())});
  const auto tanhs = all.tanh().to_vector<float>();
  const auto erfs = all.erf().to_vector<float>();
  constexpr double kOneAndAHalfUlp = 1.8e-7;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double t = std::tanh(double{x[i]});
    const double e = std::erf(double{x[i]});
    ASSERT_NEAR(tanhs[i], t, kOneAndAHalfUlp * std::abs(t)) << "tanh(" << x[i] << ")";
    ASSERT_NEAR(erfs[i], e, kOneAndAHalfUlp * std::abs(e)) << "erf(" << x[i] << ")";
  }
  const Tensor ends = from_span<float>(std::vector<float>{-0.0f, kInf, -kInf}, {3});
  for (const Tensor& result : {ends.tanh(), ends.erf()}) {
    const auto values = result.to_vector<float>();
    EXPECT_TRUE(values[0] == 0 && std::signbit(values[0]));
    EXPECT_EQ(values[1], 1);
    EXPECT_EQ(values[2], -1);
  }
}

// Where the result is a normal number, and beyond both ends.
TEST(Operators, ExponentialOfAnyNumber) {
  constexpr int kSteps = 100'003;
  std::vector<float> x;
  for (int i = 0; i <= kSteps; ++i) {
    x.push_back(static_cast<float>(-87.3 + (88.72 + 87.3) * i / kSteps));
  }
  const auto results =
      from_span<float>(x, {static_cast<std::int64_t>(x.size())}).exp().to_vector<float>();
  constexpr double kOneUlp = 1.2e-7;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double expected = std::exp(double{x[i]});
    ASSERT_NEAR(results[i], expected, kOneUlp * expected) << "exp(" << x[i] << ")";
  }
  const std::vector<float> ends{88.73f, 200, 1e30f, kInf, -104, -200, -1e30f, -kInf};
  const std::vector<float> expected{kInf, kInf, kInf, kInf, 0, 0, 0, 0};
  EXPECT_EQ(from_span<float>(ends, {8}).exp().to_vector<float>(), expected);
}

// Angles of all sizes, and those next to multiples of a quarter turn, where the result is small.
TEST(Operators, SineAndCosineOfAnyAngle) {
  std::vector<float> angles;
  std::mt19937 random(11);
  // Oclgrind computes angles beyond 2^16 to 2^-24 of a turn only, where other devices are exact.
  const bool simulated = Device::default_device().info().kind == DeviceKind::simulator;
  std::uniform_real_distribution<float> exponent(-20, simulated ? 16 : 127);
  for (int i = 0; i < 20'000; ++i) {
    const float size = std::exp2(exponent(random));
    angles.push_back(i % 2 ? size : -size);
  }
  for (int i = 1; i < (simulated ? 5'000 : 20'000); ++i) {
    angles.push_back(static_cast<float>(i * 7 * 1.5707963267948966));
  }
  const Tensor x = from_span<float>(angles, {static_cast<std::int64_t>(angles.size())});
  const Tensor sine = x.sin();
  const Tensor cosine = x.cos();
  realize({sine, cosine});
  const auto sines = sine.to_vector<float>();
  const auto cosines = cosine.to_vector<float>();
  constexpr double kTwoUlp = 2.5e-7;
  for (std::size_t i = 0; i < angles.size(); ++i) {
    const double s = std::sin(double{angles[i]});
    const double c = std::cos(double{angles[i]});
    ASSERT_NEAR(sines[i], s, kTwoUlp * std::abs(s)) << "sin(" << angles[i] << ")";
    ASSERT_NEAR(cosines[i], c, kTwoUlp * std::abs(c)) << "cos(" << angles[i] << ")";
  }
}

// Tiles of 16 x 16, whole and cut, alone and several in a block, of several operands and dtypes.
TEST(Operators, TransposedOperandsBesideOthers) {
  Leaves leaves;
  std::vector<Case> cases;
  unsigned seed = 50;
  for (const auto& [rows, columns] :
       {std::pair{16, 16}, {17, 33}, {64, 48}, {300, 257}, {31, 1023}}) {
    const std::int64_t n = rows, m = columns;
    const auto floats = [&](const Shape& shape) {
      return leaves.add(random_floats(static_cast<std::size_t>(shape.elements()), ++seed, 3),
                        shape);
    };
    const Tensor x = floats({m, n}), y = floats({n, m}), bias = floats({m});
    const std::string of = " of " + to_string(y.shape());
    cases.push_back({"x.T + y" + of, x.T() + y});
    cases.push_back({"x.T * z.T - bias" + of, x.T() * floats({m, n}).T() - bias});
    cases.push_back({"int x.T" + of, (x.T() * 10).cast(DType::int32).T().contiguous().T() + 1});
    cases.push_back({"a part of x.T" + of, x.T().slice({{1, {}}, {0, -1}}) + 1});
  }
  const Tensor deep = leaves.add(random_floats(3 * 40 * 50, 99, 3), {3, 40, 50});
  cases.push_back({"batched", deep.permute({0, 2, 1}).exp()});
  cases.push_back({"first axis last", deep.permute({1, 2, 0}).contiguous()});
  cases.push_back({"last axis first", deep.permute({2, 0, 1}).contiguous()});
  expect_like_host(cases, leaves);
}

TEST(Operators, BinaryOnSpecialValuesAndBroadcasting) {
  Leaves leaves;
  const auto [a, b] = pairs(kSpecial);
  const Shape shape = {static_cast<std::int64_t>(a.size())};
  const Tensor x = leaves.add(a, shape);
  const Tensor y = leaves.add(b, shape);
  const Tensor rows = leaves.add(random_floats(5 * 1 * 17, 3), {5, 1, 17});
  const Tensor columns = leaves.add(random_floats(3, 4), {3, 1});
  std::vector<Case> cases;
  for (const Binary& op : kBinary) {
    cases.push_back({std::string(op.name) + " of special values", op.apply(x, y), {2e-5, 1e-6}});
    cases.push_back({std::string(op.name) + " broadcast", op.apply(rows, columns), {2e-5, 1e-6}});
  }
  expect_like_host(cases, leaves);
}

TEST(Operators, IntegersWrapAndFloor) {
  Leaves leaves;
  const auto [a, b] = pairs(kInts);
  const Shape shape = {static_cast<std::int64_t>(a.size())};
  const Tensor x = leaves.add(a, shape);
  const Tensor y = leaves.add(b, shape);
  std::vector<Case> cases = {{"neg", -x},
                             {"abs", x.abs()},
                             {"float", x.cast(DType::float32)},
                             {"relu", x.relu()},
                             {"bool", x.cast(DType::bool_)}};
  for (const Binary& op : kBinary) cases.push_back({op.name, op.apply(x, y), {1e-6, 0}});
  expect_like_host(cases, leaves);
}

TEST(Operators, Bools) {
  Leaves leaves;
  const Tensor a = leaves.add(std::vector<bool>{false, false, true, true}, {4});
  const Tensor b = leaves.add(std::vector<bool>{false, true, false, true}, {4});
  expect_like_host({{"and", a && b},
                    {"or", a || b},
                    {"not", !a},
                    {"equal", a == b},
                    {"not_equal", a != b},
                    {"less", a < b},
                    {"less_equal", a <= b},
                    {"add", a + b},
                    {"mul", a * b},
                    {"sum", (a || b).sum()},
                    {"int", a.cast(DType::int32)},
                    {"float", b.cast(DType::float32)},
                    {"where", where(a, b, !b)},
                    {"mean", a.mean()},
                    {"max", a.max()}},
                   leaves);
}

TEST(Operators, Movements) {
  Leaves leaves;
  const Tensor x = leaves.add(random_floats(4 * 6 * 5, 5), {4, 6, 5});
  const Tensor y = leaves.add(random_floats(2 * 6 * 5, 6), {2, 6, 5});
  const auto copy = [](const Tensor& t) { return t.contiguous(); };
  expect_like_host({{"permute", copy(x.permute({2, 0, 1}))},
                    {"reshape", copy(x.reshape({8, 15}))},
                    {"reshape of a permute", copy(x.permute({1, 2, 0}).reshape({10, 12}))},
                    {"reshape across", copy(x.T().reshape({3, 40}))},
                    {"slice", copy(x.slice({{1, 4, 2}, {{}, {}, -1}, {-3, {}, 1}}))},
                    {"flip", copy(x.flip({0, 2}))},
                    {"pad", x.pad({1, 0, 2}, {0, 3, 1}, 7)},
                    {"pad of a pad", x.pad({1, 1, 1}, {1, 1, 1}).pad({0, 2, 0}, {1, 0, 0}, -1)},
                    {"flip of a pad", x.pad({1, 0, 2}, {0, 3, 1}).flip() * 2},
                    {"reshape of a pad", copy(x.pad({0, 0, 1}, {0, 0, 2}).reshape({4, 48}))},
                    {"expand", copy(x.unsqueeze(1).expand({4, 3, 6, 5}))},
                    {"window", copy(x.window({{3, 2, 1}, {2, 1, 2}}))},
                    {"concatenate", concatenate({x, y, x}, 0)},
                    {"concatenate along the last axis", concatenate({x, x * 2}, -1)},
                    {"stack", stack({x, x + 1.f}, 1)},
                    {"index", copy(x[2])}},
                   leaves);
}

// Vectors of every second element: whole ones, tails, and those that reach into a border, in front
// of memory's end.
TEST(Operators, EverySecondElement) {
  Leaves leaves;
  std::vector<Case> cases;
  for (const std::int64_t n : {5, 31, 32, 33, 64, 101}) {
    const std::string of = " of " + std::to_string(n);
    const Tensor x = leaves.add(random_floats(static_cast<std::size_t>(6 * n), 9), {1, 1, 6, n});
    const std::vector<Slice> odd{{}, {}, {}, {1, {}, 2}};
    const std::vector<Slice> even{{}, {}, {}, {{}, {}, 2}};
    cases.push_back({"float32" + of, x.slice(odd) + 1.f});
    cases.push_back({"int32" + of, (x * 9.f).cast(DType::int32).contiguous().slice(odd) + 1});
    cases.push_back({"bool" + of, !(x < 0.f).contiguous().slice(even)});
    cases.push_back({"padded" + of, x.pad({0, 0, 1, 3}, {0, 0, 0, 2}, 7).slice(even) * 2.f});
    cases.push_back({"windows of 2" + of, max_pool2d(x, 2)});
    cases.push_back({"windows of 3" + of, max_pool2d(x, 3, {.stride = 2, .padding = 1})});
    cases.push_back({"windows of 4" + of, max_pool2d(x, 4, {.stride = 2, .padding = 2})});
  }
  expect_like_host(cases, leaves);
}

TEST(Operators, ManyPartsAreConcatenated) {
  Leaves leaves;
  std::vector<Tensor> parts;
  for (int i = 0; i < 20; ++i) {
    parts.push_back(
        leaves.add(random_floats(static_cast<std::size_t>(3 * (i % 4)), 7), {i % 4, 3}) * 2);
  }
  expect_like_host({{"concatenate", concatenate(parts)}}, leaves);
}

// Rows and columns, indices that are computed, repeated, negative and out of range, tables that are
// views, results that are padded, reduced or multiplied: for each dtype.
TEST(Operators, Gathers) {
  Leaves leaves;
  std::vector<Case> cases;
  const Tensor ids = leaves.add(std::vector<std::int32_t>{0, 6, -7, 7, -8, 3, kMax, kMin}, {2, 4});
  const Tensor two = leaves.add(std::vector<std::int32_t>{1, -2}, {2});
  for (const std::int64_t width : {1, 5, 16, 37, 100}) {
    const std::string of = " of " + std::to_string(width);
    const auto count = static_cast<std::size_t>(7 * width);
    const Tensor x = leaves.add(random_floats(count, 3), {7, width});
    const Tensor y = leaves.add(random_floats(count * 8, 4), {2, 4, 7 * width});
    const Tensor ints = (x * 9.f).cast(DType::int32).contiguous();
    cases.push_back({"rows" + of, take(x, ids)});
    cases.push_back({"rows of ints" + of, take(ints, ids) + 1});
    cases.push_back({"rows of bools" + of, !take((x < 0.f).contiguous(), ids)});
    cases.push_back({"columns" + of, take(x.T().contiguous(), ids, 1)});
    cases.push_back({"columns of a view" + of, take(x.T(), ids, 1) * 2.f});
    cases.push_back({"columns of bools" + of, take((x < 0.f).T().contiguous(), ids, 1)});
    cases.push_back({"rows in reverse" + of, take(x.flip({0, 1}), ids)});
    cases.push_back({"rows of one row" + of, take(x.slice({{2, 3}}).expand({7, width}), ids)});
    cases.push_back({"every second column" + of, take(x.slice({{}, {{}, {}, 2}}), ids)});
    cases.push_back({"computed rows" + of, take(x * 2.f, ids + 1) - 1.f});
    cases.push_back({"rows at the largest" + of, take(x, x.argmax(1) % 7)});
    cases.push_back({"padded rows" + of, take(x, two).pad({1, 2}, {2, 1}, 3.f) + 1.f});
    cases.push_back({"joined rows" + of, concatenate({x, take(x, two), x * 2.f})});
    cases.push_back({"sums of rows" + of, take(x, two).sum(1)});
    cases.push_back({"sums over rows" + of, take(x, two).sum(0)});
    cases.push_back({"normal rows" + of, layer_norm(take(x, two) + 1.f)});
    cases.push_back({"rows at sums" + of, take(x.sum(1), two)});
    cases.push_back({"elements at places" + of, take(y, ids + 7, 2)});
    cases.push_back({"rows of rows" + of, take(take(x, two), ids.clip(-2, 1))});
    cases.push_back({"products" + of, matmul(take(x, two), x.T()) + take(x.sum(0), two)[0]});
    cases.push_back({"after a product" + of,
                     matmul(x, y[0].reshape({width, 28})) +
                         take(y[1].reshape({width, 28}), arange(7) % static_cast<int>(width))});
  }
  expect_like_host(cases, leaves);
}

TEST(Operators, ReductionsOverAnyAxes) {
  Leaves leaves;
  std::vector<Case> cases;
  for (const Shape& shape :
       {Shape{1}, Shape{17}, Shape{1023}, Shape{3, 1023}, Shape{1023, 3}, Shape{5, 17, 3}}) {
    const Tensor x =
        leaves.add(random_floats(static_cast<std::size_t>(shape.elements()), 8), shape);
    std::vector<Axes> all = {Axes{}};
    for (int axis = 0; axis < shape.rank(); ++axis) all.push_back(Axes(axis));
    if (shape.rank() == 3) all.insert(all.end(), {Axes{0, 2}, Axes{0, 1}, Axes{1, 2}});
    for (const Axes& axes : all) {
      const std::string of = " of " + to_string(shape) + " over " + to_string(axes.dims());
      cases.push_back({"sum" + of, x.sum(axes), {1e-5, 2e-5}});
      cases.push_back({"mean" + of, x.mean(axes), {1e-5, 1e-6}});
      cases.push_back({"max" + of, x.max(axes)});
      cases.push_back({"min" + of, x.min(axes, {.keepdim = true})});
      cases.push_back({"var" + of, x.var(axes), {1e-5, 1e-6}});
      cases.push_back({"prod" + of, (x * 0.05f + 1.f).prod(axes), {1e-4, 1e-6}});
      if (axes.all()) cases.push_back({"argmax" + of, x.argmax()});
      if (axes.dims().rank() == 1) {
        cases.push_back({"argmax" + of, x.argmax(axes.dims()[0])});
        cases.push_back({"argmin" + of, x.argmin(axes.dims()[0])});
      }
    }
  }
  expect_like_host(cases, leaves);
}

TEST(Operators, ReductionsOfSpecialValues) {
  Leaves leaves;
  const Tensor x = leaves.add(kSpecial, {static_cast<std::int64_t>(kSpecial.size())});
  const Tensor no_nan = leaves.add<float>({-kInf, -kInf, 3, kInf, kInf}, {5});
  const Tensor low = leaves.add<float>({-kInf, -kInf}, {2});
  const Tensor ints = leaves.add(kInts, {static_cast<std::int64_t>(kInts.size())});
  const Tensor none = leaves.add<float>({}, {0, 3});
  expect_like_host({{"max with NaN", x.max()},
                    {"min with NaN", x.min()},
                    {"argmax with NaN", x.argmax()},
                    {"argmin with NaN", x.argmin()},
                    {"max", no_nan.max()},
                    {"argmax of equals", no_nan.argmax()},
                    {"argmax of -inf", low.argmax()},
                    {"max of -inf", low.max()},
                    {"sum of ints wraps", ints.sum()},
                    {"max of ints", ints.max()},
                    {"argmax of ints", ints.argmax()},
                    {"argmin of ints", ints.argmin()},
                    {"mean of ints", ints.mean()},
                    {"sum of none", none.sum(0)},
                    {"prod of none", none.prod()},
                    {"mean of none", none.mean(0)}},
                   leaves);
}

TEST(Operators, Rows) {
  Leaves leaves;
  std::vector<Case> cases;
  for (const Shape& shape : {Shape{1, 1}, Shape{3, 5}, Shape{17, 1023}, Shape{2, 3, 16}}) {
    const Tensor x =
        leaves.add(random_floats(static_cast<std::size_t>(shape.elements()), 9, 4), shape);
    const Tensor w =
        leaves.add(random_floats(static_cast<std::size_t>(shape.back()), 10), {shape.back()});
    for (const int axis : {0, -1}) {
      cases.push_back({"softmax of " + to_string(shape), softmax(x, axis), {1e-5, 1e-6}});
      cases.push_back({"log_softmax of " + to_string(shape), log_softmax(x, axis), {1e-5, 1e-5}});
    }
    cases.push_back({"layer_norm of " + to_string(shape), layer_norm(x, w, w), {1e-4, 1e-4}});
  }
  const Tensor masked = leaves.add<float>({1, -kInf, 2, -kInf}, {1, 4});
  cases.push_back({"softmax with -inf", softmax(masked)});
  // Every row is one number, repeated: nothing but the place of a result changes along it.
  const Tensor row = leaves.add(random_floats(17, 11), {1, 17});
  cases.push_back({"softmax of repeated rows", softmax(row.expand({5, 17}), 0)});
  cases.push_back({"softmax of repeated columns", softmax(row.T().expand({17, 33}))});
  // The lanes run over two axes that do not merge, and the rows beside them.
  const Tensor block = leaves.add(random_floats(4 * 5 * 3, 12), {4, 5, 3});
  const Tensor factor = leaves.add(random_floats(4 * 3, 13), {4, 1, 3});
  cases.push_back({"softmax times a factor", factor * softmax(block, 0)});
  expect_like_host(cases, leaves);
}

TEST(Operators, MatmulFollowsNumPy) {
  Leaves leaves;
  unsigned seed = 20;
  const auto make = [&](const Shape& shape) {
    return leaves.add(random_floats(static_cast<std::size_t>(shape.elements()), ++seed), shape);
  };
  const std::vector<std::pair<Shape, Shape>> shapes = {{{1, 1}, {1, 1}},
                                                       {{3, 5}, {5, 7}},
                                                       {{17, 33}, {33, 65}},
                                                       {{64, 100}, {100, 96}},
                                                       {{70, 300}, {300, 10}},
                                                       {{5}, {5}},
                                                       {{5}, {5, 7}},
                                                       {{3, 5}, {5}},
                                                       {{2, 3, 5}, {5, 7}},
                                                       {{2, 3, 5}, {2, 5, 7}},
                                                       {{4, 1, 20, 16}, {3, 16, 24}},
                                                       {{1, 512}, {512, 40}},
                                                       {{128, 128}, {128, 128}},
                                                       {{70, 130}, {130, 256}},
                                                       {{2, 65, 300}, {2, 300, 320}},
                                                       {{6, 8, 32}, {6, 32, 8}}};
  std::vector<Case> cases;
  for (const auto& [a, b] : shapes) {
    const Tensor x = make(a);
    const Tensor y = make(b);
    cases.push_back({to_string(a) + " x " + to_string(b), matmul(x, y), {1e-5, 1e-4}});
  }
  const Tensor w = make({96, 64});
  const Tensor x = make({40, 64});
  cases.push_back({"of a transpose", matmul(x, w.T()), {1e-5, 1e-4}});
  cases.push_back({"of transposes", matmul(make({64, 33}).T(), w.T()), {1e-5, 1e-4}});
  cases.push_back({"with bias and relu", relu(matmul(x, w.T()) + make({96})), {1e-5, 1e-4}});
  cases.push_back({"of a prologue", matmul(relu(x), w.T() * 2), {1e-5, 2e-4}});
  cases.push_back(
      {"of heads",
       matmul(make({2, 16, 4, 8}).permute({0, 2, 1, 3}), make({2, 16, 4, 8}).permute({0, 2, 3, 1})),
       {1e-5, 1e-4}});
  cases.push_back({"of a weight", matmul(x, w.T()) + matmul(x, w.T()), {1e-5, 2e-4}});
  expect_like_host(cases, leaves);
}

// Every form of a tiled contraction, at the edges of its tiles.
TEST(Operators, ConvolutionsInStrips) {
  Leaves leaves;
  unsigned seed = 120;
  const auto make = [&](const Shape& shape) {
    return leaves.add(random_floats(static_cast<std::size_t>(shape.elements()), ++seed), shape);
  };
  const test::Closeness close{1e-5, 1e-4};
  const Tensor wide = make({2, 5, 9, 37});
  const Tensor small = make({2, 16, 16, 16});
  const Tensor flat = make({1, 20, 12, 13});
  expect_like_host(
      {{"rows that end within a vector", conv2d(wide, make({13, 5, 3, 3}), make({13})), close},
       {"padded", relu(conv2d(wide, make({24, 5, 3, 5}), make({24}), {.padding = 1})), close},
       {"every other column",
        conv2d(make({1, 3, 41, 47}), make({12, 3, 7, 7}), make({12}), {.stride = 2, .padding = 3}),
        close},
       {"every third column", conv2d(wide, make({7, 5, 3, 3}), {}, {.stride = 3}), close},
       {"dilated", conv2d(wide, make({3, 5, 2, 2}), {}, {.dilation = 3}), close},
       {"in groups", conv2d(make({2, 6, 9, 37}), make({8, 3, 3, 3}), {}, {.groups = 2}), close},
       {"by channel",
        relu(conv2d(make({2, 6, 9, 37}), make({6, 1, 3, 3}), make({6}),
                    {.padding = 1, .groups = 6})),
        close},
       {"joined rows", conv2d(small, make({6, 16, 5, 5}), make({6})), close},
       {"joined rows of a residual",
        relu(conv2d(small, make({5, 16, 3, 3}), make({5}), {.padding = 1}) + make({2, 5, 16, 16})),
        close},
       {"joined rows in parts", conv2d(make({1, 3, 102, 20}), make({4, 3, 3, 3})), close},
       {"1x1 in several strips", conv2d(flat, make({30, 20, 1, 1}), make({30})), close},
       {"an image inside of another",
        conv2d(make({1, 3, 60, 60}).slice({{}, {}, {7, 53}, {9, 52}}), make({6, 3, 3, 3})), close}},
      leaves);
}

// What is around an image is put there by the kernel that slides over it.
TEST(Operators, ConvolutionsThatPadTheirImage) {
  Leaves leaves;
  unsigned seed = 200;
  const auto make = [&](const Shape& shape) {
    return leaves.add(random_floats(static_cast<std::size_t>(shape.elements()), ++seed), shape);
  };
  const test::Closeness close{1e-5, 1e-4};
  const Tensor image = make({2, 6, 11, 37});
  const auto by_channel = [&](const Tensor& x, std::int64_t size, const Conv2dOptions& options) {
    const std::int64_t channels = x.shape()[1];
    Conv2dOptions with = options;
    with.groups = channels;
    return conv2d(x, make({channels, 1, size, size}), make({channels}), with);
  };
  expect_like_host(
      {{"of another value", conv2d(image.pad({0, 0, 2, 1}, {0, 0, 1, 3}, 7.5f), make({9, 6, 3, 3})),
        close},
       {"more than the window", conv2d(image, make({8, 6, 3, 3}), {}, {.padding = 4}), close},
       {"every other column of an odd width",
        conv2d(image, make({8, 6, 5, 5}), {}, {.stride = 2, .padding = 2}), close},
       {"dilated", conv2d(image, make({4, 6, 3, 3}), {}, {.padding = 3, .dilation = 3}), close},
       {"every other and dilated",
        conv2d(image, make({4, 6, 3, 3}), {}, {.stride = 2, .padding = 3, .dilation = 3}), close},
       {"in groups", conv2d(image, make({8, 3, 3, 3}), {}, {.padding = 1, .groups = 2}), close},
       {"along one axis", conv2d(image.pad({0, 0, 0, 1}, {0, 0, 0, 1}), make({8, 6, 3, 3})), close},
       {"of a map", conv2d(relu(image) * 2, make({8, 6, 3, 3}), {}, {.padding = 1}), close},
       {"by channel", by_channel(image, 3, {.padding = 1}), close},
       {"by channel, every other", by_channel(image, 5, {.stride = 2, .padding = 2}), close},
       {"by channel, dilated", by_channel(image, 3, {.padding = 2, .dilation = 2}), close},
       {"by channel, a wide window", by_channel(image, 7, {.padding = 3}), close},
       {"by channel, few columns", by_channel(make({3, 4, 14, 14}), 3, {.padding = 1}), close},
       {"one result of many channels", conv2d(image, make({1, 6, 3, 3}), {}, {.padding = 1}),
        close}},
      leaves);
}

TEST(Operators, ConvolutionsByWinograd) {
  Leaves leaves;
  unsigned seed = 240;
  const auto make = [&](const Shape& shape) {
    return leaves.add(random_floats(static_cast<std::size_t>(shape.elements()), ++seed), shape);
  };
  // Scaled so that the results are about 1.
  const auto make_weight = [&](std::int64_t outputs, std::int64_t inputs) {
    const Shape shape{outputs, inputs, 3, 3};
    const float scale = 1 / std::sqrt(9 * static_cast<float>(inputs));
    return leaves.add(random_floats(static_cast<std::size_t>(shape.elements()), ++seed, scale),
                      shape, true);
  };
  const test::Closeness close{1e-5, 5e-5};
  std::vector<Case> cases;
  const auto add = [&](const Shape& x, std::int64_t channels, std::int64_t padding) {
    const Tensor y =
        conv2d(make(x), make_weight(channels, x[1]), make({channels}), {.padding = padding});
    cases.push_back(
        {to_string(x) + " padded by " + std::to_string(padding), relu(y) + make(y.shape()), close});
  };
  add({1, 20, 22, 56}, 16, 1);  // a row of tiles in each vector
  add({1, 30, 28, 28}, 24, 1);  // two rows of tiles
  add({2, 40, 14, 14}, 16, 1);  // a whole image
  add({1, 130, 7, 7}, 40, 1);   // small tiles
  add({1, 16, 6, 140}, 32, 0);  // several vectors in a row of tiles
  add({3, 17, 13, 19}, 29, 2);  // nothing fits
  add({1, 70, 5, 30}, 16, 1);
  add({1, 64, 4, 64}, 64, 0);  // a single row of tiles
  const Tensor framed = make({1, 16, 20, 22}).pad({0, 0, 2, 1}, {0, 0, 1, 3}, -3.25f);
  cases.push_back({"of another value", conv2d(framed, make_weight(16, 16)), close});
  const Tensor part = make({1, 68, 40, 40}).slice({{}, {2, 66}, {7, 33}, {9, 32}});
  cases.push_back({"an image inside of another", conv2d(part, make_weight(64, 64)), close});
  const bool can = Device::default_device().info().platform == "Portable Computing Language";
  for (const Case& each : cases) {
    EXPECT_EQ(each.tensor.explain().find("winograd") != std::string::npos, can) << each.name;
  }
  expect_like_host(cases, leaves);
}

TEST(Operators, ProductsInPlaceAndInPanels) {
  Leaves leaves;
  unsigned seed = 160;
  const auto make = [&](const Shape& shape, bool weight = false) {
    return leaves.add(random_floats(static_cast<std::size_t>(shape.elements()), ++seed), shape,
                      weight);
  };
  std::vector<Case> cases;
  const auto add = [&](std::int64_t m, std::int64_t k, std::int64_t n) {
    const std::string name = to_string(Dims{m, k, n});
    const Tensor x = make({m, k});
    cases.push_back({"in place " + name, matmul(x, make({k, n})) + make({n}), {1e-5, 1e-4}});
    cases.push_back(
        {"of a weight " + name, relu(matmul(x, make({n, k}, true).T()) + make({n})), {1e-5, 1e-4}});
  };
  for (const std::int64_t m : {1, 2, 3, 5, 7, 12, 25}) {
    for (const std::int64_t n : {10, 16, 33, 100}) add(m, 129, n);
  }
  add(1, 3000, 64);
  add(37, 64, 200);
  add(48, 1024, 40);
  expect_like_host(cases, leaves);
}

// The last strip has a vector at least, and takes it from the one before where less is left.
TEST(Operators, ProductsWhoseStripsAreCopied) {
  Leaves leaves;
  unsigned seed = 240;
  const auto make = [&](const Shape& shape) {
    return leaves.add(random_floats(static_cast<std::size_t>(shape.elements()), ++seed), shape);
  };
  std::vector<Case> cases;
  const Tensor x = make({96, 130});
  for (const std::int64_t n : {256, 257, 271, 272, 300, 319, 320}) {
    const Tensor product = matmul(x, make({130, n}));
    const Tensor added = product + make({96, n});
    cases.push_back({"of " + std::to_string(n), product, {1e-5, 1e-4}});
    cases.push_back({"added to " + std::to_string(n), added, {1e-5, 1e-4}});
    cases.push_back({"gelu of " + std::to_string(n), (added * 0.1f).gelu(), {1e-5, 1e-4}});
  }
  expect_like_host(cases, leaves);
}

TEST(Operators, ConvolutionAndPooling) {
  Leaves leaves;
  unsigned seed = 60;
  const auto make = [&](const Shape& shape) {
    return leaves.add(random_floats(static_cast<std::size_t>(shape.elements()), ++seed), shape);
  };
  const Tensor x = make({2, 4, 11, 13});
  const Tensor image = make({1, 3, 20, 20});
  expect_like_host(
      {{"3x3", conv2d(x, make({6, 4, 3, 3}), make({6})), {1e-5, 1e-4}},
       {"padded", conv2d(x, make({6, 4, 3, 3}), make({6}), {.padding = 1}), {1e-5, 1e-4}},
       {"strided",
        conv2d(image, make({40, 3, 7, 7}), {}, {.stride = 2, .padding = 3}),
        {1e-5, 1e-4}},
       {"dilated", conv2d(x, make({6, 4, 3, 3}), {}, {.dilation = 2}), {1e-5, 1e-4}},
       {"groups",
        conv2d(x, make({6, 2, 3, 3}), make({6}), {.padding = 1, .groups = 2}),
        {1e-5, 1e-4}},
       {"depthwise",
        conv2d(x, make({4, 1, 3, 3}), make({4}), {.padding = 1, .groups = 4}),
        {1e-5, 1e-4}},
       {"1x1", relu(conv2d(x, make({32, 4, 1, 1}), make({32}))), {1e-5, 1e-4}},
       {"max_pool", max_pool2d(x, 2)},
       {"max_pool padded", max_pool2d(x, 3, {.stride = 2, .padding = 1})},
       {"avg_pool", avg_pool2d(x, 2, {.stride = 1}), {1e-5, 1e-6}},
       {"pool of relu of conv", max_pool2d(relu(conv2d(x, make({6, 4, 3, 3}))), 2), {1e-5, 1e-4}}},
      leaves);
}

TEST(Operators, Makers) {
  const Leaves leaves;
  expect_like_host({{"zeros", zeros({3, 5})},
                    {"full", full({17}, 2.5)},
                    {"arange", arange(5)},
                    {"steps", arange(10, 0, -3)},
                    {"floats", arange(0.0, 1.0, 0.25)},
                    {"eye", eye(5, 7)},
                    {"rand", rand({1000}, {.seed = 3})},
                    {"randn", randn({1000}, {.seed = 4}), {1e-5, 2e-6}},
                    {"scalar", full({}, 3)},
                    {"scaled", rand({33, 3}, {.seed = 1}) * 2 - 1.f}},
                   leaves);
}

}  // namespace
}  // namespace tarn
