#include <gmock/gmock.h>

#include "host_device.hpp"
#include "throws.hpp"

namespace tarn {
namespace {

using graph::Op;
using test::count_nodes;
using test::values;
using ::testing::ElementsAre;

Tensor iota(const Shape& shape) { return arange(shape.elements()).reshape(shape); }

// ---- matmul -----------------------------------------------------------------------------------

TEST(Matmul, MultipliesMatrices) {
  const Tensor y = matmul(tensor({{1, 2}, {3, 4}}), tensor({{5, 6}, {7, 8}}));
  EXPECT_THAT(values(y), ElementsAre(19, 22, 43, 50));
  EXPECT_EQ(y.dtype(), DType::int32);
}

TEST(Matmul, NeedsNoMovement) {
  EXPECT_EQ(count_nodes(matmul(zeros({2, 3}), zeros({3, 4}))), 3);
  EXPECT_EQ(count_nodes(matmul(zeros({5, 2, 3}), zeros({5, 3, 4}))), 3);
  EXPECT_EQ(count_nodes(matmul(zeros({5, 2, 3}), zeros({3, 4}))), 3);
  EXPECT_EQ(count_nodes(matmul(zeros({3}), zeros({3}))), 3);
  EXPECT_EQ(count_nodes(matmul(zeros({5, 2, 3}), zeros({1, 3, 4})), Op::expand), 0);
}

TEST(Matmul, AVectorIsARowOnTheLeftAndAColumnOnTheRight) {
  const Tensor m = tensor({{1, 2, 3}, {4, 5, 6}});
  EXPECT_THAT(values(matmul(m, tensor({1, 0, 2}))), ElementsAre(7, 16));
  EXPECT_EQ(matmul(m, tensor({1, 0, 2})).shape(), (Shape{2}));
  EXPECT_THAT(values(matmul(tensor({1, 10}), m)), ElementsAre(41, 52, 63));
  EXPECT_THAT(values(matmul(tensor({1, 2}), tensor({3, 4}))), ElementsAre(11));
  EXPECT_EQ(matmul(tensor({1, 2}), tensor({3, 4})).shape(), Shape{});
}

TEST(Matmul, LeadingAxesBroadcast) {
  EXPECT_EQ(matmul(zeros({5, 1, 2, 3}), zeros({4, 3, 6})).shape(), (Shape{5, 4, 2, 6}));
  EXPECT_EQ(matmul(zeros({7, 2, 3}), zeros({3})).shape(), (Shape{7, 2}));
  EXPECT_EQ(matmul(zeros({3}), zeros({7, 3, 2})).shape(), (Shape{7, 2}));
  EXPECT_EQ(matmul(zeros({1, 2, 3}), zeros({1, 3, 2})).shape(), (Shape{1, 2, 2}));
  EXPECT_ERROR(matmul(zeros({2, 2, 3}), zeros({3, 3, 4})), ShapeError,
               "matmul: shapes do not broadcast: (2,) and (3,)");
}

// The definition, one product at a time.
TEST(Matmul, EqualsAProductForEachLeadingIndex) {
  const Tensor a = iota({3, 1, 2, 4});
  const Tensor b = iota({2, 4, 3});
  const Tensor all = matmul(a, b);
  for (std::int64_t i = 0; i < 3; ++i) {
    for (std::int64_t j = 0; j < 2; ++j) {
      const Tensor one = (a[i][0].unsqueeze(2) * b[j].unsqueeze(0)).sum(1);
      EXPECT_EQ(values(all[i][j]), values(one)) << i << ' ' << j;
    }
  }
}

TEST(Linear, IsAMatmulWithTheWeightTransposed) {
  const Tensor weight = tensor({{1, 0, 2}, {3, 4, 5}});
  const Tensor x = iota({2, 2, 3});
  EXPECT_EQ(linear(x, weight).shape(), (Shape{2, 2, 2}));
  EXPECT_EQ(values(linear(x, weight)), values(matmul(x, weight.T())));
  EXPECT_THAT(values(linear(tensor({1, 10, 100}), weight, tensor({5, 7}))), ElementsAre(206, 550));
  EXPECT_EQ(count_nodes(linear(zeros({2, 2, 3}), zeros({2, 3}), zeros({2}))), 5);
}

TEST(Linear, ErrorsNameBothSides) {
  EXPECT_ERROR(linear(zeros({2, 3}), zeros({4, 5})), ShapeError,
               "linear: x is (2,3), not (..., 5), for weight (4,5)");
  EXPECT_ERROR(linear(zeros({}), zeros({4, 5})), ShapeError, "linear: x is (), not (..., 5)");
  EXPECT_ERROR(linear(zeros({5}), zeros({5})), ShapeError, "linear: weight is (5,), not (out, in)");
  EXPECT_ERROR(linear(zeros({5}), zeros({4, 5}), zeros({5})), ShapeError,
               "linear: bias is (5,), not (4,), for weight (4,5)");
}

TEST(Matmul, DTypesPromote) {
  EXPECT_EQ(matmul(tensor({{1}}), tensor({{0.5f}})).dtype(), DType::float32);
  const Tensor flags = matmul(tensor({{true, true}, {false, false}}), tensor({true, true}));
  EXPECT_EQ(flags.dtype(), DType::bool_);
  EXPECT_THAT(values(flags), ElementsAre(1, 0));
  EXPECT_THAT(values(matmul(tensor({{1 << 16}}), tensor({{1 << 16}}))), ElementsAre(0));
}

TEST(Matmul, OfNothingIsZeros) {
  EXPECT_THAT(values(matmul(zeros({2, 0}), zeros({0, 1}))), ElementsAre(0, 0));
  EXPECT_EQ(matmul(zeros({0, 3}), zeros({3, 2})).shape(), (Shape{0, 2}));
}

TEST(Matmul, Errors) {
  EXPECT_ERROR(matmul(zeros({2, 3}), zeros({4, 5})), ShapeError,
               "matmul: inner dimensions differ: (2,3) x (4,5)");
  EXPECT_ERROR(matmul(zeros({3}), zeros({4})), ShapeError, "(3,) x (4,)");
  EXPECT_ERROR(matmul(zeros({}), zeros({3})), ShapeError,
               "matmul: a scalar has no rows or columns: () x (3,)");
  EXPECT_ERROR(zeros({2, 3}).matmul(zeros({2, 3})), ShapeError, "(2,3) x (2,3)");
}

// ---- conv2d -----------------------------------------------------------------------------------

// The definition: loops over everything.
std::vector<double> convolved(const Tensor& x, const Tensor& weight, const Conv2dOptions& options) {
  const std::vector<double> in = values(x);
  const std::vector<double> w = values(weight);
  const Shape& xs = x.shape();
  const Shape& ws = weight.shape();
  const auto extent = [&](int axis) {
    const std::int64_t reach = options.dilation * (ws[axis] - 1) + 1;
    return (xs[axis] + 2 * options.padding - reach) / options.stride + 1;
  };
  std::vector<double> result;
  for (std::int64_t n = 0; n < xs[0]; ++n)
    for (std::int64_t o = 0; o < ws[0]; ++o)
      for (std::int64_t oy = 0; oy < extent(2); ++oy)
        for (std::int64_t ox = 0; ox < extent(3); ++ox) {
          double sum = 0;
          for (std::int64_t c = 0; c < ws[1]; ++c)
            for (std::int64_t ky = 0; ky < ws[2]; ++ky)
              for (std::int64_t kx = 0; kx < ws[3]; ++kx) {
                const std::int64_t channel = o / (ws[0] / options.groups) * ws[1] + c;
                const std::int64_t y =
                    oy * options.stride + ky * options.dilation - options.padding;
                const std::int64_t z =
                    ox * options.stride + kx * options.dilation - options.padding;
                if (y < 0 || y >= xs[2] || z < 0 || z >= xs[3]) continue;
                const std::int64_t from = ((n * xs[1] + channel) * xs[2] + y) * xs[3] + z;
                const std::int64_t by = ((o * ws[1] + c) * ws[2] + ky) * ws[3] + kx;
                sum += in[static_cast<std::size_t>(from)] * w[static_cast<std::size_t>(by)];
              }
          result.push_back(sum);
        }
  return result;
}

void expect_convolution(const Shape& x, const Shape& weight, const Conv2dOptions& options) {
  const Tensor input = iota(x);
  const Tensor by = iota(weight) - 3;
  EXPECT_EQ(values(conv2d(input, by, {}, options)), convolved(input, by, options));
}

TEST(Conv2d, IsTheSumOverChannelsAndWindow) {
  expect_convolution({2, 3, 5, 6}, {4, 3, 3, 2}, {});
  expect_convolution({1, 2, 5, 5}, {3, 2, 1, 1}, {});
  expect_convolution({1, 1, 7, 7}, {1, 1, 3, 3}, {.stride = 2});
  expect_convolution({1, 2, 4, 4}, {2, 2, 3, 3}, {.padding = 1});
  expect_convolution({1, 1, 8, 8}, {1, 1, 3, 3}, {.stride = 2, .padding = 2, .dilation = 2});
}

TEST(Conv2d, InGroupsEachSeesItsOwnChannels) {
  expect_convolution({2, 4, 4, 4}, {6, 2, 3, 3}, {.padding = 1, .groups = 2});
  expect_convolution({1, 3, 4, 4}, {3, 1, 2, 2}, {.groups = 3});  // depthwise
  expect_convolution({1, 3, 4, 4}, {6, 1, 2, 2}, {.stride = 2, .groups = 3});
}

TEST(Conv2d, AddsABiasToEachChannel) {
  const Tensor x = ones({1, 1, 2, 2});
  const Tensor y = conv2d(x, ones({2, 1, 2, 2}), tensor({10.f, 20.f}));
  EXPECT_EQ(y.shape(), (Shape{1, 2, 1, 1}));
  EXPECT_THAT(values(y), ElementsAre(14, 24));
}

TEST(Conv2d, IsAWindowAndAContraction) {
  const Tensor x = zeros({1, 2, 8, 8});
  EXPECT_EQ(count_nodes(conv2d(x, zeros({3, 2, 3, 3}))), 4);
  const Tensor y = conv2d(x, zeros({3, 2, 3, 3}), {}, {.padding = 1});
  EXPECT_EQ(count_nodes(y), 5);
  EXPECT_EQ(count_nodes(y, Op::pad), 1);
  EXPECT_EQ(y.shape(), (Shape{1, 3, 8, 8}));
}

TEST(Conv2d, OfAnEmptyBatchIsEmpty) {
  EXPECT_EQ(conv2d(zeros({0, 2, 4, 4}), zeros({3, 2, 3, 3})).shape(), (Shape{0, 3, 2, 2}));
}

TEST(Conv2d, Errors) {
  const Tensor x = zeros({1, 4, 8, 8});
  const Tensor w = zeros({6, 4, 3, 3});
  EXPECT_ERROR(conv2d(zeros({4, 8, 8}), w), ShapeError, "conv2d: x is (4,8,8), not (N, C, H, W)");
  EXPECT_ERROR(conv2d(x, zeros({3, 3})), ShapeError,
               "conv2d: weight is (3,3), not (O, C/groups, KH, KW)");
  EXPECT_ERROR(conv2d(x, zeros({6, 3, 3, 3})), ShapeError,
               "conv2d: channels differ: x is (1,4,8,8), weight (6,3,3,3), in 1 group");
  EXPECT_ERROR(conv2d(x, w, {}, {.groups = 4}), ShapeError, "weight (6,4,3,3), in 4 groups");
  EXPECT_ERROR(conv2d(x, w, zeros({4})), ShapeError,
               "conv2d: bias is (4,), not (6,), for weight (6,4,3,3)");
  EXPECT_ERROR(conv2d(x, zeros({6, 4, 9, 9})), ShapeError,
               "conv2d: weight (6,4,9,9) with dilation 1 does not fit x (1,4,8,8) with padding 0");
  EXPECT_ERROR(conv2d(x, w, {}, {.stride = 0}), ValueError,
               "conv2d: stride, dilation and groups are at least 1, and padding 0, not (0,1,1,0)");
  EXPECT_ERROR(conv2d(x, w, {}, {.padding = -1}), ValueError, "not (1,1,1,-1)");
}

// ---- Pooling ----------------------------------------------------------------------------------

TEST(Pool2d, TakesTheLargestOrTheMeanOfEachWindow) {
  const Tensor x = iota({1, 1, 4, 4});
  EXPECT_THAT(values(max_pool2d(x, 2)), ElementsAre(5, 7, 13, 15));
  EXPECT_EQ(max_pool2d(x, 2).dtype(), DType::int32);
  EXPECT_THAT(values(avg_pool2d(x, 2)), ElementsAre(2.5, 4.5, 10.5, 12.5));
  EXPECT_THAT(values(max_pool2d(x, 2, {.stride = 1})), ElementsAre(5, 6, 7, 9, 10, 11, 13, 14, 15));
  EXPECT_EQ(max_pool2d(zeros({2, 3, 5, 7}), 2).shape(), (Shape{2, 3, 2, 3}));
}

TEST(Pool2d, PaddingNeverWinsTheMaximumAndCountsInTheMean) {
  const Tensor x = full({1, 1, 2, 2}, -4.f);
  EXPECT_THAT(values(max_pool2d(x, 2, {.padding = 1})), ElementsAre(-4, -4, -4, -4));
  EXPECT_THAT(values(avg_pool2d(x, 2, {.padding = 1})), ElementsAre(-1, -1, -1, -1));
  EXPECT_THAT(values(max_pool2d(x.cast(DType::int32), 2, {.padding = 1})),
              ElementsAre(-4, -4, -4, -4));
  EXPECT_THAT(values(max_pool2d(full({1, 1, 2, 2}, true), 2, {.padding = 1})),
              ElementsAre(1, 1, 1, 1));
}

TEST(Pool2d, Errors) {
  const Tensor x = zeros({1, 1, 4, 4});
  EXPECT_ERROR(max_pool2d(zeros({4, 4}), 2), ShapeError,
               "max_pool2d: x is (4,4), not (N, C, H, W)");
  EXPECT_ERROR(avg_pool2d(x, 5), ShapeError,
               "avg_pool2d: a window of (5,5) does not fit x (1,1,4,4) with padding 0");
  EXPECT_ERROR(max_pool2d(x, 3, {.padding = 2}), ValueError,
               "max_pool2d: size and stride are at least 1, and padding from 0 to half the size, "
               "not (3,3,2)");
  EXPECT_ERROR(avg_pool2d(x, 2, {.stride = 0}), ValueError, "not (2,0,0)");
}

}  // namespace
}  // namespace tarn
