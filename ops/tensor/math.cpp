// Elementwise functions.
#include <algorithm>

#include "ops/tensor/build.hpp"
#include "tarn/error.hpp"

namespace tarn {

using build::binary;
using build::unary;
using graph::Op;

Tensor Tensor::cast(DType dtype) const {
  return dtype == this->dtype() ? *this : build::make(Op::cast, dtype, shape(), node_);
}

// ---- One operand ------------------------------------------------------------------------------

Tensor Tensor::operator-() const { return unary(Op::neg, *this); }
Tensor Tensor::operator!() const { return unary(Op::logical_not, *this); }
Tensor Tensor::abs() const { return dtype() == DType::bool_ ? *this : unary(Op::abs, *this); }
Tensor Tensor::exp() const { return unary(Op::exp, *this); }
Tensor Tensor::log() const { return unary(Op::log, *this); }
Tensor Tensor::sqrt() const { return unary(Op::sqrt, *this); }
Tensor Tensor::rsqrt() const { return unary(Op::rsqrt, *this); }
Tensor Tensor::sin() const { return unary(Op::sin, *this); }
Tensor Tensor::cos() const { return unary(Op::cos, *this); }
Tensor Tensor::tanh() const { return unary(Op::tanh, *this); }
Tensor Tensor::erf() const { return unary(Op::erf, *this); }
Tensor Tensor::floor() const { return is_floating(dtype()) ? unary(Op::floor, *this) : *this; }
Tensor Tensor::ceil() const { return is_floating(dtype()) ? unary(Op::ceil, *this) : *this; }
Tensor Tensor::round() const { return is_floating(dtype()) ? unary(Op::round, *this) : *this; }
Tensor Tensor::sigmoid() const { return unary(Op::sigmoid, *this); }
Tensor Tensor::relu() const { return unary(Op::relu, *this); }
Tensor Tensor::silu() const { return unary(Op::silu, *this); }
Tensor Tensor::gelu(GeluForm form) const {
  return unary(form == GeluForm::erf ? Op::gelu_erf : Op::gelu_tanh, *this);
}

Tensor Tensor::clip(std::optional<Scalar> low, std::optional<Scalar> high) const {
  Tensor result = *this;
  if (low) result = maximum(result, *low);
  if (high) result = minimum(result, *high);
  return result;
}

// ---- Two operands -----------------------------------------------------------------------------

Tensor operator+(const Tensor& a, const Tensor& b) { return binary(Op::add, a, b); }
Tensor operator+(const Tensor& a, Scalar b) { return binary(Op::add, a, b); }
Tensor operator+(Scalar a, const Tensor& b) { return binary(Op::add, a, b); }
Tensor operator-(const Tensor& a, const Tensor& b) { return binary(Op::sub, a, b); }
Tensor operator-(const Tensor& a, Scalar b) { return binary(Op::sub, a, b); }
Tensor operator-(Scalar a, const Tensor& b) { return binary(Op::sub, a, b); }
Tensor operator*(const Tensor& a, const Tensor& b) { return binary(Op::mul, a, b); }
Tensor operator*(const Tensor& a, Scalar b) { return binary(Op::mul, a, b); }
Tensor operator*(Scalar a, const Tensor& b) { return binary(Op::mul, a, b); }
Tensor operator/(const Tensor& a, const Tensor& b) { return binary(Op::div, a, b); }
Tensor operator/(const Tensor& a, Scalar b) { return binary(Op::div, a, b); }
Tensor operator/(Scalar a, const Tensor& b) { return binary(Op::div, a, b); }
Tensor operator%(const Tensor& a, const Tensor& b) { return binary(Op::mod, a, b); }
Tensor operator%(const Tensor& a, Scalar b) { return binary(Op::mod, a, b); }
Tensor operator%(Scalar a, const Tensor& b) { return binary(Op::mod, a, b); }
Tensor floor_divide(const Tensor& a, const Tensor& b) { return binary(Op::floor_divide, a, b); }
Tensor floor_divide(const Tensor& a, Scalar b) { return binary(Op::floor_divide, a, b); }
Tensor floor_divide(Scalar a, const Tensor& b) { return binary(Op::floor_divide, a, b); }

Tensor operator==(const Tensor& a, const Tensor& b) { return binary(Op::equal, a, b); }
Tensor operator==(const Tensor& a, Scalar b) { return binary(Op::equal, a, b); }
Tensor operator==(Scalar a, const Tensor& b) { return binary(Op::equal, a, b); }
Tensor operator!=(const Tensor& a, const Tensor& b) { return binary(Op::not_equal, a, b); }
Tensor operator!=(const Tensor& a, Scalar b) { return binary(Op::not_equal, a, b); }
Tensor operator!=(Scalar a, const Tensor& b) { return binary(Op::not_equal, a, b); }
Tensor operator<(const Tensor& a, const Tensor& b) { return binary(Op::less, a, b); }
Tensor operator<(const Tensor& a, Scalar b) { return binary(Op::less, a, b); }
Tensor operator<(Scalar a, const Tensor& b) { return binary(Op::less, a, b); }
Tensor operator<=(const Tensor& a, const Tensor& b) { return binary(Op::less_equal, a, b); }
Tensor operator<=(const Tensor& a, Scalar b) { return binary(Op::less_equal, a, b); }
Tensor operator<=(Scalar a, const Tensor& b) { return binary(Op::less_equal, a, b); }
Tensor operator>(const Tensor& a, const Tensor& b) { return b < a; }
Tensor operator>(const Tensor& a, Scalar b) { return b < a; }
Tensor operator>(Scalar a, const Tensor& b) { return b < a; }
Tensor operator>=(const Tensor& a, const Tensor& b) { return b <= a; }
Tensor operator>=(const Tensor& a, Scalar b) { return b <= a; }
Tensor operator>=(Scalar a, const Tensor& b) { return b <= a; }
Tensor operator&&(const Tensor& a, const Tensor& b) { return binary(Op::logical_and, a, b); }
Tensor operator||(const Tensor& a, const Tensor& b) { return binary(Op::logical_or, a, b); }

Tensor minimum(const Tensor& a, const Tensor& b) { return binary(Op::minimum, a, b); }
Tensor minimum(const Tensor& a, Scalar b) { return binary(Op::minimum, a, b); }
Tensor maximum(const Tensor& a, const Tensor& b) { return binary(Op::maximum, a, b); }
Tensor maximum(const Tensor& a, Scalar b) { return binary(Op::maximum, a, b); }

Tensor pow(const Tensor& a, const Tensor& b) { return binary(Op::pow, a, b); }
Tensor pow(Scalar a, const Tensor& b) { return binary(Op::pow, a, b); }
Tensor pow(const Tensor& a, Scalar b) {
  const DType dtype =
      build::computed_in(Op::pow, promote(a.dtype(), b.dtype()), a.dtype(), b.dtype());
  if (b.value() == 2) {
    const Tensor x = a.cast(dtype);
    return x * x;
  }
  if (b.value() == 0.5) return a.sqrt();
  return binary(Op::pow, a, b);
}

Tensor& Tensor::operator+=(const Tensor& other) { return *this = *this + other; }
Tensor& Tensor::operator-=(const Tensor& other) { return *this = *this - other; }
Tensor& Tensor::operator*=(const Tensor& other) { return *this = *this * other; }
Tensor& Tensor::operator/=(const Tensor& other) { return *this = *this / other; }
Tensor& Tensor::operator+=(Scalar other) { return *this = *this + other; }
Tensor& Tensor::operator-=(Scalar other) { return *this = *this - other; }
Tensor& Tensor::operator*=(Scalar other) { return *this = *this * other; }
Tensor& Tensor::operator/=(Scalar other) { return *this = *this / other; }

// ---- Three operands ---------------------------------------------------------------------------

namespace {

void check_condition(const Tensor& condition) {
  if (condition.dtype() == DType::bool_) return;
  throw DTypeError("where: the condition is " + std::string(name(condition.dtype())) +
                   ", not bool");
}

}  // namespace

Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b) {
  check_condition(condition);
  build::check_same_device(condition, a, "where");
  build::check_same_device(a, b, "where");
  const Shape shape =
      broadcast_shapes(condition.shape(), broadcast_shapes(a.shape(), b.shape(), "where"), "where");
  const DType dtype = promote(a.dtype(), b.dtype());
  return build::make(Op::where, dtype, shape,
                     {condition.node(), build::operand(a, dtype), build::operand(b, dtype)});
}

Tensor where(const Tensor& condition, const Tensor& a, Scalar b) {
  return where(condition, a, build::scalar(b, promote(a.dtype(), b.dtype()), a, "where"));
}

Tensor where(const Tensor& condition, Scalar a, const Tensor& b) {
  return where(condition, build::scalar(a, promote(a.dtype(), b.dtype()), b, "where"), b);
}

}  // namespace tarn
