#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "host_device.hpp"
#include "throws.hpp"

namespace tarn {
namespace {

using graph::Op;
using test::count_nodes;
using test::values;
using ::testing::ElementsAre;

constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(Elementwise, AScalarIsAConstantOfTheSameShape) {
  const Tensor x = tensor({1.f, 2.f});
  const Tensor y = x * 1.5 + 1;
  EXPECT_THAT(values(y), ElementsAre(2.5, 4));
  EXPECT_EQ(y.dtype(), DType::float32);
  EXPECT_EQ(count_nodes(y), 5);  // x, 1.5, mul, 1, add
  EXPECT_EQ(count_nodes(y, Op::expand), 0);
}

TEST(Elementwise, ScalarsAreWeak) {
  const Tensor flag = tensor({true});
  const Tensor whole = tensor({3});
  const Tensor real = tensor({3.f});
  EXPECT_EQ((real * 2).dtype(), DType::float32);
  EXPECT_EQ((real + 1.5).dtype(), DType::float32);
  EXPECT_EQ((whole + 1).dtype(), DType::int32);
  EXPECT_EQ((whole + true).dtype(), DType::int32);
  EXPECT_EQ((whole + 1.5).dtype(), DType::float32);
  EXPECT_THAT(values(whole + 1.5), ElementsAre(4.5));
  EXPECT_EQ((flag + 1).dtype(), DType::int32);
  EXPECT_EQ((flag * 0.5f).dtype(), DType::float32);
  EXPECT_ERROR(whole + 3000000000, ValueError, "add: 3000000000.000000 does not fit an int32");
}

TEST(Elementwise, ScalarsStandOnEitherSide) {
  const Tensor x = tensor({1.f, 4.f});
  EXPECT_THAT(values(10 - x), ElementsAre(9, 6));
  EXPECT_THAT(values(8 / x), ElementsAre(8, 2));
  EXPECT_THAT(values(9 % x), ElementsAre(0, 1));
  EXPECT_THAT(values(floor_divide(9, x)), ElementsAre(9, 2));
  EXPECT_THAT(values(pow(2, x)), ElementsAre(2, 16));
  EXPECT_THAT(values(2 < x), ElementsAre(0, 1));
  EXPECT_THAT(values(4 <= x), ElementsAre(0, 1));
  EXPECT_THAT(values(2 > x), ElementsAre(1, 0));
  EXPECT_THAT(values(4 >= x), ElementsAre(1, 1));
  EXPECT_THAT(values(4 == x), ElementsAre(0, 1));
  EXPECT_THAT(values(x == 4), ElementsAre(0, 1));
  EXPECT_THAT(values(4 != x), ElementsAre(1, 0));
  EXPECT_THAT(values(x != 4), ElementsAre(1, 0));
}

TEST(Elementwise, MixedDTypesPromote) {
  const Tensor sum = tensor({true, false}) + tensor({2, 3});
  EXPECT_EQ(sum.dtype(), DType::int32);
  EXPECT_THAT(values(sum), ElementsAre(3, 3));
  const Tensor product = tensor({2, 3}) * tensor({0.5f, 0.5f});
  EXPECT_EQ(product.dtype(), DType::float32);
  EXPECT_THAT(values(product), ElementsAre(1, 1.5));
}

TEST(Elementwise, DivisionIsAlwaysFloating) {
  const Tensor x = tensor({7, 1}) / tensor({2, 0});
  EXPECT_EQ(x.dtype(), DType::float32);
  EXPECT_THAT(values(x), ElementsAre(3.5, kInf));
  EXPECT_THAT(values(tensor({7, -7, 7}) % tensor({3, 3, 0})), ElementsAre(1, 2, 0));
  EXPECT_THAT(values(floor_divide(tensor({7, -7, 7}), tensor({2, 2, 0}))), ElementsAre(3, -4, 0));
  EXPECT_THAT(values(tensor({5.5f}) % 2), ElementsAre(1.5));
}

TEST(Elementwise, BoolsAddAndMultiplyAsInNumPy) {
  const Tensor a = tensor({true, true, false});
  const Tensor b = tensor({true, false, false});
  EXPECT_EQ((a + b).dtype(), DType::bool_);
  EXPECT_THAT(values(a + b), ElementsAre(1, 1, 0));
  EXPECT_THAT(values(a * b), ElementsAre(1, 0, 0));
  EXPECT_THAT(values(maximum(a, b)), ElementsAre(1, 1, 0));
  EXPECT_THAT(values(a > b), ElementsAre(0, 1, 0));
  EXPECT_EQ(pow(a, 3).dtype(), DType::int32);
  EXPECT_EQ(floor_divide(a, b).dtype(), DType::int32);
  EXPECT_EQ((a / b).dtype(), DType::float32);
  EXPECT_THAT(values(a && b), ElementsAre(1, 0, 0));
  EXPECT_THAT(values(a || b), ElementsAre(1, 1, 0));
  EXPECT_THAT(values(!a), ElementsAre(0, 0, 1));
}

TEST(Elementwise, WhatIsNotDefinedIsAnErrorWithBothDTypes) {
  const Tensor flag = tensor({true});
  const Tensor whole = tensor({1});
  EXPECT_ERROR(flag - flag, DTypeError, "sub: not defined for bool and bool");
  EXPECT_ERROR(flag - true, DTypeError, "sub: not defined for bool and bool");
  EXPECT_ERROR(-flag, DTypeError, "neg: not defined for bool");
  EXPECT_ERROR(!whole, DTypeError, "logical_not: not defined for int32");
  EXPECT_ERROR(whole && flag, DTypeError, "logical_and: not defined for int32 and bool");
  EXPECT_ERROR(flag || tensor({1.f}), DTypeError, "logical_or: not defined for bool and float32");
}

TEST(Elementwise, ShapesThatDoNotBroadcastAreAnErrorWithBoth) {
  EXPECT_ERROR(zeros({2, 3}) + zeros({4}), ShapeError,
               "add: shapes do not broadcast: (2,3) and (4,)");
  EXPECT_ERROR(zeros({2}) == zeros({3}), ShapeError, "equal: shapes do not broadcast");
  EXPECT_ERROR(where(zeros({2}, {.dtype = DType::bool_}), zeros({3}), zeros({3})), ShapeError,
               "where: shapes do not broadcast: (2,) and (3,)");
}

TEST(Elementwise, DevicesDoNotMix) {
  const Tensor here = zeros({2});
  const Tensor there = zeros({2}, {.device = test::other_device()});
  const Tensor flag = full({2}, true);
  EXPECT_ERROR(here + there, DeviceError, "add: tensors of different devices: (2,) on one");
  EXPECT_ERROR(where(flag, there, 1), DeviceError, "where: tensors of different devices");
  EXPECT_ERROR(where(flag, here, there), DeviceError, "where: tensors of different devices");
  EXPECT_ERROR(concatenate({here, there}), DeviceError, "concatenate: tensors of different");
  EXPECT_ERROR(matmul(here, there), DeviceError, "matmul: tensors of different devices");
}

TEST(Elementwise, BroadcastsWithTheFewestNodes) {
  const Tensor x = zeros({2, 3});
  EXPECT_EQ(count_nodes(x + zeros({2, 3})), 3);
  EXPECT_EQ(count_nodes(x + zeros({1, 3})), 3);
  EXPECT_EQ(count_nodes(x + zeros({3})), 3);
  EXPECT_EQ(count_nodes(x - x.max(1, {.keepdim = true})), 3);
  EXPECT_EQ((zeros({2, 1}) + zeros({3})).shape(), (Shape{2, 3}));
  EXPECT_THAT(values(tensor({{1}, {2}}) + tensor({10, 20})), ElementsAre(11, 21, 12, 22));
  EXPECT_EQ((zeros({0}) + zeros({1})).shape(), (Shape{0}));
}

TEST(Elementwise, FloatingFunctionsOfIntegersAreFloat32) {
  const Tensor x = tensor({0, 1, 4});
  EXPECT_EQ(x.sqrt().dtype(), DType::float32);
  EXPECT_THAT(values(x.sqrt()), ElementsAre(0, 1, 2));
  EXPECT_EQ(sigmoid(tensor({true})).dtype(), DType::float32);
  for (const Tensor& y : {exp(x), log(x), rsqrt(x), sin(x), cos(x), tanh(x), erf(x), silu(x),
                          gelu(x), gelu(x, GeluForm::tanh)}) {
    EXPECT_EQ(y.dtype(), DType::float32);
  }
}

TEST(Elementwise, RoundingAnIntegerChangesNothing) {
  const Tensor x = tensor({1, -2});
  EXPECT_EQ(floor(x).node(), x.node());
  EXPECT_EQ(ceil(x).node(), x.node());
  EXPECT_EQ(round(x).node(), x.node());
  EXPECT_THAT(values(round(tensor({0.5, 1.5, 2.5, -0.5}))), ElementsAre(0, 2, 2, 0));
  EXPECT_THAT(values(floor(tensor({-0.5}))), ElementsAre(-1));
  EXPECT_THAT(values(ceil(tensor({0.5}))), ElementsAre(1));
}

TEST(Elementwise, AbsAndReluAndNeg) {
  EXPECT_THAT(values(abs(tensor({-3, 3}))), ElementsAre(3, 3));
  EXPECT_THAT(values(relu(tensor({-3.f, 3.f}))), ElementsAre(0, 3));
  EXPECT_EQ(relu(tensor({-3})).dtype(), DType::int32);
  EXPECT_THAT(values(-tensor({-3, 3})), ElementsAre(3, -3));
  EXPECT_THAT(values(abs(tensor({true, false}))), ElementsAre(1, 0));
}

TEST(Elementwise, CastToTheSameDTypeIsTheTensorItself) {
  const Tensor x = tensor({1.5f, 0.f});
  EXPECT_EQ(x.cast(DType::float32).node(), x.node());
  EXPECT_THAT(values(x.cast(DType::int32)), ElementsAre(1, 0));
  EXPECT_THAT(values(x.cast(DType::bool_)), ElementsAre(1, 0));
}

TEST(Elementwise, PowersThatAreCheaperOtherwise) {
  const Tensor x = tensor({4.f, 9.f});
  EXPECT_THAT(values(pow(x, 2)), ElementsAre(16, 81));
  EXPECT_EQ(count_nodes(pow(x, 2)), 2);  // x * x
  EXPECT_THAT(values(pow(x, 0.5)), ElementsAre(2, 3));
  EXPECT_EQ(count_nodes(pow(x, 0.5), Op::sqrt), 1);
  EXPECT_THAT(values(pow(x, 3)), ElementsAre(64, 729));
  EXPECT_THAT(values(pow(x, tensor({0.5f, 2.f}))), ElementsAre(2, 81));
  EXPECT_EQ(pow(tensor({3}), 2).dtype(), DType::int32);
  EXPECT_EQ(pow(tensor({3}), 2.0).dtype(), DType::float32);
  EXPECT_EQ(pow(tensor({true}), 2).dtype(), DType::int32);
}

TEST(Elementwise, Clip) {
  const Tensor x = tensor({-2, 0, 5});
  EXPECT_THAT(values(clip(x, -1, 3)), ElementsAre(-1, 0, 3));
  EXPECT_THAT(values(clip(x, {}, 3)), ElementsAre(-2, 0, 3));
  EXPECT_EQ(clip(x, {}, {}).node(), x.node());
  EXPECT_EQ(clip(x, -1, 3).dtype(), DType::int32);
  EXPECT_EQ(clip(x, -1.5, {}).dtype(), DType::float32);
}

TEST(Elementwise, Where) {
  const Tensor x = tensor({-1.f, 2.f});
  EXPECT_THAT(values(where(x > 0, x, 0)), ElementsAre(0, 2));
  EXPECT_THAT(values(where(x > 0, 7, x)), ElementsAre(-1, 7));
  EXPECT_THAT(values(where(tensor({{true}, {false}}), tensor({1, 2}), tensor({3.5f}))),
              ElementsAre(1, 2, 3.5, 3.5));
  EXPECT_EQ(where(x > 0, tensor({1}), 2).dtype(), DType::int32);
  EXPECT_EQ(where(x > 0, tensor({1}), 2).shape(), (Shape{2}));
  EXPECT_ERROR(where(x, x, x), DTypeError, "where: the condition is float32, not bool");
  EXPECT_ERROR(where(x, x, 1), DTypeError, "where: the condition is float32, not bool");
}

TEST(Elementwise, AssigningRebinds) {
  Tensor x = tensor({1.f});
  const Tensor before = x;
  x += 1;
  x *= tensor({3.f});
  x -= 2;
  x /= 4;
  EXPECT_THAT(values(x), ElementsAre(1));
  EXPECT_THAT(values(before), ElementsAre(1));
  EXPECT_NE(x.node(), before.node());
  const Tensor one = x;
  x += one;
  x -= x * one;
  x /= x + 0;
  EXPECT_TRUE(std::isnan(values(x)[0]));
}

TEST(Elementwise, AMillionNodesBuildAndDie) {
  Tensor x = tensor({1.f});
  for (int i = 0; i < 1000000; ++i) x = -x;
  EXPECT_EQ(x.shape(), (Shape{1}));
}

}  // namespace
}  // namespace tarn
