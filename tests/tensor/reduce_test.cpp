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
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pointwise;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

Tensor sample() { return tensor({{1.f, 2.f, 6.f}, {4.f, 0.f, 5.f}}); }

TEST(Reduce, OverTheseAxesOrAll) {
  const Tensor x = sample();
  EXPECT_THAT(values(x.sum()), ElementsAre(18));
  EXPECT_EQ(x.sum().shape(), Shape{});
  EXPECT_THAT(values(x.sum(0)), ElementsAre(5, 2, 11));
  EXPECT_THAT(values(x.sum(-1)), ElementsAre(9, 9));
  EXPECT_THAT(values(x.sum({0, 1})), ElementsAre(18));
  EXPECT_THAT(values(x.max(1)), ElementsAre(6, 5));
  EXPECT_THAT(values(x.min(0)), ElementsAre(1, 0, 5));
  EXPECT_THAT(values(x.prod(0)), ElementsAre(4, 0, 30));
  EXPECT_THAT(values(x.mean(1)), ElementsAre(3, 3));
  EXPECT_EQ(count_nodes(x.sum(0)), 2);
}

TEST(Reduce, KeepsTheAxesWhenAsked) {
  const Tensor x = sample();
  EXPECT_EQ(x.sum(1, {.keepdim = true}).shape(), (Shape{2, 1}));
  EXPECT_EQ(x.max({}, {.keepdim = true}).shape(), (Shape{1, 1}));
  EXPECT_EQ(x.mean(0, {.keepdim = true}).shape(), (Shape{1, 3}));
  EXPECT_EQ(x.var(0, {.keepdim = true}).shape(), (Shape{1, 3}));
  EXPECT_EQ(x.argmax(0, {.keepdim = true}).shape(), (Shape{1, 3}));
  EXPECT_EQ(x.argmax({}, {.keepdim = true}).shape(), (Shape{1, 1}));
}

TEST(Reduce, OverOneElementComputesNothing) {
  const Tensor x = zeros({3, 1});
  EXPECT_EQ(x.sum(1, {.keepdim = true}).node(), x.node());
  EXPECT_EQ(count_nodes(x.max(1)), 2);  // a reshape
  EXPECT_EQ(x.prod(Axes(Dims{})).node(), x.node());
}

TEST(Reduce, DTypes) {
  const Tensor flag = tensor({true, true, false});
  EXPECT_EQ(flag.sum().dtype(), DType::int32);
  EXPECT_THAT(values(flag.sum()), ElementsAre(2));
  EXPECT_THAT(values(flag.prod()), ElementsAre(0));
  EXPECT_EQ(flag.max().dtype(), DType::bool_);
  EXPECT_THAT(values(flag.max()), ElementsAre(1));
  EXPECT_THAT(values(flag.min()), ElementsAre(0));
  EXPECT_THAT(values(flag.argmax()), ElementsAre(0));
  EXPECT_THAT(values(flag.argmin()), ElementsAre(2));
  EXPECT_EQ(flag.mean().dtype(), DType::float32);
  EXPECT_EQ(tensor({1, 2}).sum().dtype(), DType::int32);
  EXPECT_EQ(tensor({1, 2}).max().dtype(), DType::int32);
  EXPECT_THAT(values(tensor({1, 2}).mean()), ElementsAre(1.5));
  EXPECT_THAT(values(tensor({1, 3}).var()), ElementsAre(1));
}

TEST(Reduce, MeanOfIntegersDoesNotWrap) {
  EXPECT_THAT(values(full({4}, 1 << 30).mean()), ElementsAre(1 << 30));
  EXPECT_THAT(values(full({4}, 1 << 30).sum()), ElementsAre(0));
}

TEST(Reduce, VarianceHasADivisor) {
  const Tensor x = tensor({1.f, 3.f, 5.f, 7.f});
  EXPECT_THAT(values(x.var()), ElementsAre(5));
  EXPECT_THAT(values(x.var({}, {.correction = 2})), ElementsAre(10));
  EXPECT_THAT(values(tensor({{1.f, 3.f}, {2.f, 2.f}}).var(1)), ElementsAre(1, 0));
  EXPECT_TRUE(std::isnan(values(tensor({1.f}).var({}, {.correction = 1}))[0]));
}

TEST(Reduce, VarianceSurvivesALargeMean) {
  EXPECT_THAT(values(tensor({10000.f, 10002.f}).var()), ElementsAre(1));
}

TEST(Reduce, NaNWins) {
  const Tensor x = tensor({1.0, kNaN, 3.0, kNaN});
  EXPECT_TRUE(std::isnan(values(x.max())[0]));
  EXPECT_TRUE(std::isnan(values(x.min())[0]));
  EXPECT_TRUE(std::isnan(values(x.mean())[0]));
  EXPECT_THAT(values(x.argmax()), ElementsAre(1));
  EXPECT_THAT(values(x.argmin()), ElementsAre(1));
}

TEST(Reduce, ArgmaxIsTheFirstOfTheLargest) {
  const Tensor x = tensor({{3, 7, 7}, {9, 1, 9}});
  EXPECT_EQ(x.argmax().dtype(), DType::int32);
  EXPECT_THAT(values(x.argmax()), ElementsAre(3));
  EXPECT_THAT(values(x.argmax(1)), ElementsAre(1, 0));
  EXPECT_THAT(values(x.argmax(0)), ElementsAre(1, 0, 1));
  EXPECT_THAT(values(zeros({}).argmax()), ElementsAre(0));
}

TEST(Reduce, ArgminIsTheFirstOfTheSmallest) {
  constexpr std::int32_t kLeast = std::numeric_limits<std::int32_t>::min();
  const Tensor x = tensor({{3, 1, 1}, {9, kLeast, 9}});
  EXPECT_EQ(x.argmin().dtype(), DType::int32);
  EXPECT_THAT(values(x.argmin()), ElementsAre(4));
  EXPECT_THAT(values(x.argmin(1)), ElementsAre(1, 1));
  EXPECT_THAT(values(x.argmin(0)), ElementsAre(0, 1, 0));
  EXPECT_EQ(x.argmin(0, {.keepdim = true}).shape(), (Shape{1, 3}));
  EXPECT_THAT(values(argmin(tensor({0.5f, -2.f, -9.f, 7.f, -9.f}))), ElementsAre(2));
}

TEST(Reduce, OfNothing) {
  const Tensor none = zeros({0, 3});
  EXPECT_THAT(values(none.sum(0)), ElementsAre(0, 0, 0));
  EXPECT_THAT(values(none.prod(0)), ElementsAre(1, 1, 1));
  EXPECT_TRUE(std::isnan(values(none.mean())[0]));
  EXPECT_THAT(values(none.sum(1)), IsEmpty());
  EXPECT_THAT(values(none.max(1)), IsEmpty());
  EXPECT_ERROR(none.max(0), ShapeError, "max: no elements along the axes to reduce of (0,3)");
  EXPECT_ERROR(none.min(), ShapeError, "min: no elements along the axes to reduce of (0,3)");
  EXPECT_ERROR(none.argmax(0), ShapeError, "argmax: no elements along the axes to reduce of (0,3)");
  EXPECT_ERROR(none.argmin(), ShapeError, "argmin: no elements along the axes to reduce of (0,3)");
}

TEST(Reduce, Errors) {
  const Tensor x = zeros({2, 3});
  EXPECT_ERROR(x.sum(2), ShapeError, "sum: axis 2 is out of range for a tensor of 2 dimensions");
  EXPECT_ERROR(x.mean({0, 0}), ShapeError, "mean: axis 0 is named twice in (0,0)");
  EXPECT_ERROR(x.max(-3), ShapeError, "max: axis -3 is out of range");
  EXPECT_ERROR(x.argmax(5), ShapeError, "argmax: axis 5 is out of range");
  EXPECT_ERROR(x.argmin(-3), ShapeError, "argmin: axis -3 is out of range");
  EXPECT_ERROR(zeros({1 << 16, 1 << 16}).argmax(), ShapeError,
               "argmax: an index into (65536,65536) does not fit an int32");
}

// ---- Rows -------------------------------------------------------------------------------------

TEST(Rows, SoftmaxSumsToOne) {
  const Tensor x = tensor({{0.f, 0.f}, {0.f, 1000.f}});
  EXPECT_THAT(values(softmax(x)), ElementsAre(0.5, 0.5, 0, 1));
  EXPECT_THAT(values(softmax(x, 0)), ElementsAre(0.5, 0, 0.5, 1));
  EXPECT_THAT(values(softmax(tensor({-kInf, 2.0}))), ElementsAre(0, 1));
  EXPECT_EQ(softmax(tensor({1, 2})).dtype(), DType::float32);
  EXPECT_EQ(softmax(zeros({3, 0})).shape(), (Shape{3, 0}));
  EXPECT_ERROR(softmax(x, 2), ShapeError, "softmax: axis 2 is out of range");
}

TEST(Rows, LogSoftmaxStaysFinite) {
  EXPECT_THAT(values(log_softmax(tensor({0.f, 1000.f}))), ElementsAre(-1000, 0));
  const std::vector<double> halves(2, -std::log(2.0));
  EXPECT_THAT(values(log_softmax(tensor({7.f, 7.f}))), Pointwise(DoubleNear(1e-7), halves));
  EXPECT_EQ(log_softmax(zeros({0, 4})).shape(), (Shape{0, 4}));
  EXPECT_ERROR(log_softmax(zeros({})), ShapeError, "log_softmax: axis -1 is out of range");
}

TEST(Rows, LayerNormHasMeanZeroAndVarianceOne) {
  const Tensor x = tensor({{1.f, 3.f}, {10.f, 30.f}});
  EXPECT_THAT(values(layer_norm(x, 0)), ElementsAre(-1, 1, -1, 1));
  const Tensor y = layer_norm(x, tensor({2.f, 2.f}), tensor({5.f, 6.f}), 0);
  EXPECT_THAT(values(y), ElementsAre(3, 8, 3, 8));
  EXPECT_THAT(values(layer_norm(zeros({1, 2}))), ElementsAre(0, 0));
  EXPECT_EQ(layer_norm(tensor({1, 2})).dtype(), DType::float32);
}

TEST(Rows, LayerNormErrors) {
  const Tensor x = zeros({2, 4});
  EXPECT_ERROR(layer_norm(x, zeros({3}), zeros({4})), ShapeError,
               "layer_norm: weight is (3,), not (4,), for rows of (2,4)");
  EXPECT_ERROR(layer_norm(x, zeros({4}), zeros({1})), ShapeError,
               "layer_norm: bias is (1,), not (4,), for rows of (2,4)");
  EXPECT_ERROR(layer_norm(zeros({})), ShapeError, "layer_norm: axis -1 is out of range");
  EXPECT_ERROR(layer_norm(zeros({}), zeros({1}), zeros({1})), ShapeError,
               "axis -1 is out of range");
}

}  // namespace
}  // namespace tarn
