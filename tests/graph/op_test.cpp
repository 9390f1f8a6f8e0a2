#include "ops/graph/op.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

namespace tarn::graph {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr std::int32_t kMin = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t kMax = std::numeric_limits<std::int32_t>::max();

float real(Op op, float a, float b = 0, float c = 0) { return info(op).reference.float32(a, b, c); }
std::int32_t whole(Op op, std::int32_t a, std::int32_t b = 0, std::int32_t c = 0) {
  return info(op).reference.int32(a, b, c);
}

template <class Visit>
void for_each_op(Visit visit) {
  for (int i = 0; i < kOpCount; ++i) visit(info(static_cast<Op>(i)));
}

TEST(Ops, EachHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for_each_op([&](const OpInfo& row) { names.insert(row.name); });
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kOpCount));
}

TEST(Ops, ArityFitsTheKind) {
  for_each_op([](const OpInfo& row) {
    SCOPED_TRACE(row.name);
    switch (row.kind) {
      case Kind::leaf:
        EXPECT_EQ(row.arity, 0);
        break;
      case Kind::elementwise:
        EXPECT_GE(row.arity, 1);
        EXPECT_LE(row.arity, 3);
        break;
      case Kind::contract:
      case Kind::gather:
        EXPECT_EQ(row.arity, 2);
        break;
      case Kind::concatenate:
        EXPECT_EQ(row.arity, -1);
        break;
      default:
        EXPECT_EQ(row.arity, 1);
    }
  });
}

TEST(Ops, WhatIsSpelledHasAReference) {
  for_each_op([](const OpInfo& row) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(row.spelling.float32.empty(), row.reference.float32 == nullptr);
    const bool integers = !row.spelling.int32.empty() || !row.spelling.bool_.empty();
    EXPECT_EQ(integers, row.reference.int32 != nullptr);
  });
}

TEST(Ops, SpellingsUseEveryOperand) {
  for_each_op([](const OpInfo& row) {
    if (row.kind != Kind::elementwise) return;
    SCOPED_TRACE(row.name);
    for (const auto text : {row.spelling.float32, row.spelling.int32, row.spelling.bool_}) {
      for (int i = 0; i < row.arity && !text.empty(); ++i) {
        EXPECT_NE(text.find("$" + std::to_string(i)), text.npos) << text;
      }
      EXPECT_EQ(text.find("$" + std::to_string(row.arity)), text.npos) << text;
    }
  });
}

TEST(Ops, NaNStaysNaN) {
  for (const Op op : {Op::relu, Op::silu, Op::gelu_erf, Op::gelu_tanh, Op::sigmoid, Op::abs}) {
    EXPECT_TRUE(std::isnan(real(op, kNaN))) << name(op);
  }
  for (const Op op : {Op::minimum, Op::maximum, Op::max, Op::min, Op::mod, Op::floor_divide}) {
    EXPECT_TRUE(std::isnan(real(op, kNaN, 1))) << name(op);
    EXPECT_TRUE(std::isnan(real(op, 1, kNaN))) << name(op);
  }
}

TEST(Ops, ActivationsHaveTheirLimitsAtInfinity) {
  EXPECT_EQ(real(Op::sigmoid, -kInf), 0);
  EXPECT_EQ(real(Op::sigmoid, kInf), 1);
  for (const Op op : {Op::relu, Op::silu, Op::gelu_erf, Op::gelu_tanh}) {
    EXPECT_EQ(real(op, -kInf), 0) << name(op);
    EXPECT_EQ(real(op, kInf), kInf) << name(op);
    EXPECT_EQ(real(op, -1e30f), 0) << name(op);
  }
}

TEST(Ops, FloatModHasTheSignOfTheDivisor) {
  EXPECT_EQ(real(Op::mod, 7, 3), 1);
  EXPECT_EQ(real(Op::mod, -7, 3), 2);
  EXPECT_EQ(real(Op::mod, 7, -3), -2);
  EXPECT_EQ(real(Op::mod, 5, kInf), 5);
  EXPECT_EQ(real(Op::mod, -5, kInf), kInf);
  EXPECT_TRUE(std::signbit(real(Op::mod, 6, -3)));
  EXPECT_TRUE(std::isnan(real(Op::mod, 5, 0)));
}

TEST(Ops, FloatFloorDivideIsNumPys) {
  EXPECT_EQ(real(Op::floor_divide, 7, 2), 3);
  EXPECT_EQ(real(Op::floor_divide, -7, 2), -4);
  EXPECT_EQ(real(Op::floor_divide, 5, kInf), 0);
  EXPECT_EQ(real(Op::floor_divide, -5, kInf), -1);
  EXPECT_EQ(real(Op::floor_divide, 5, 0), kInf);
  EXPECT_EQ(real(Op::floor_divide, 1, 0.1f), 9);  // 0.1f is a little more than a tenth
}

TEST(Ops, IntegerDivisionFloorsAndNeverTraps) {
  EXPECT_EQ(whole(Op::floor_divide, 7, 2), 3);
  EXPECT_EQ(whole(Op::floor_divide, -7, 2), -4);
  EXPECT_EQ(whole(Op::floor_divide, 7, -2), -4);
  EXPECT_EQ(whole(Op::floor_divide, 7, 0), 0);
  EXPECT_EQ(whole(Op::floor_divide, kMin, -1), kMin);
  EXPECT_EQ(whole(Op::mod, -7, 3), 2);
  EXPECT_EQ(whole(Op::mod, 7, -3), -2);
  EXPECT_EQ(whole(Op::mod, 7, 0), 0);
  EXPECT_EQ(whole(Op::mod, kMin, -1), 0);
}

TEST(Ops, IntegersWrapAround) {
  EXPECT_EQ(whole(Op::add, kMax, 1), kMin);
  EXPECT_EQ(whole(Op::sub, kMin, 1), kMax);
  EXPECT_EQ(whole(Op::mul, 1 << 16, 1 << 16), 0);
  EXPECT_EQ(whole(Op::neg, kMin), kMin);
  EXPECT_EQ(whole(Op::abs, kMin), kMin);
}

TEST(Ops, IntegerPowers) {
  EXPECT_EQ(whole(Op::pow, 3, 4), 81);
  EXPECT_EQ(whole(Op::pow, -2, 3), -8);
  EXPECT_EQ(whole(Op::pow, 0, 0), 1);
  EXPECT_EQ(whole(Op::pow, 2, -1), 0);
  EXPECT_EQ(whole(Op::pow, 1, -5), 1);
  EXPECT_EQ(whole(Op::pow, -1, -5), -1);
  EXPECT_EQ(whole(Op::pow, -1, kMin), 1);
  EXPECT_EQ(whole(Op::pow, 2, 32), 0);
}

TEST(Ops, RoundsHalfToEven) {
  EXPECT_EQ(real(Op::round, 0.5f), 0);
  EXPECT_EQ(real(Op::round, 1.5f), 2);
  EXPECT_EQ(real(Op::round, 2.5f), 2);
  EXPECT_EQ(real(Op::round, -1.5f), -2);
}

TEST(Ops, IdentitiesChangeNothing) {
  for (const Op op : {Op::sum, Op::prod, Op::max, Op::min}) {
    const auto identity = static_cast<float>(info(op).identity);
    for (const float x : {-2.f, 0.f, 3.f, kInf, -kInf}) {
      EXPECT_EQ(real(op, identity, x), x) << name(op);
    }
  }
}

}  // namespace
}  // namespace tarn::graph
