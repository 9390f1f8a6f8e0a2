// What each layer computes, and what it says of a shape that does not fit.
#include <gmock/gmock.h>

#include <cmath>
#include <vector>

#include "tarn/error.hpp"
#include "tarn/nn.hpp"
#include "tarn/profile.hpp"
#include "throws.hpp"

namespace tarn::nn {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::FloatNear;

std::vector<float> values(const Tensor& x) { return x.to_vector<float>(); }

TEST(Linear, IsXTimesTheTransposedWeightPlusBias) {
  Linear layer(2, 3);
  layer.load({{"weight", tensor({{1.f, 2.f}, {3.f, 4.f}, {5.f, 6.f}})},
              {"bias", tensor({10.f, 20.f, 30.f})}});
  const Tensor y = layer(tensor({{1.f, 1.f}, {0.f, 2.f}}));
  EXPECT_EQ(y.shape(), (Shape{2, 3}));
  EXPECT_THAT(values(y), ElementsAre(13, 27, 41, 14, 28, 42));
}

TEST(Linear, TakesAnyLeadingAxes) {
  Linear layer(2, 3);
  EXPECT_EQ(layer(ones({2})).shape(), (Shape{3}));
  EXPECT_EQ(layer(ones({5, 4, 2})).shape(), (Shape{5, 4, 3}));
  EXPECT_EQ(layer(ones({0, 2})).shape(), (Shape{0, 3}));
}

TEST(Linear, WithoutBiasHasNone) {
  Linear layer(2, 1, {.bias = false});
  layer.load({{"weight", tensor({{3.f, 4.f}})}});
  EXPECT_THAT(values(layer(tensor({1.f, 2.f}))), ElementsAre(11));
}

TEST(Linear, NamesItselfAndBothShapes) {
  const Linear layer(784, 512);
  EXPECT_ERROR(layer(ones({32, 100})), ShapeError,
               "Linear(784, 512): x is (32,100), not (..., 784)");
  EXPECT_ERROR(layer(ones({})), ShapeError, "Linear(784, 512): x is (), not (..., 784)");
}

TEST(Embedding, TakesARowForEachId) {
  Embedding layer(3, 2);
  EXPECT_EQ(layer(tensor({{0, 1, 2, 0}})).shape(), (Shape{1, 4, 2}));
  layer.load({{"weight", tensor({{1.f, 2.f}, {3.f, 4.f}, {5.f, 6.f}})}});
  EXPECT_THAT(values(layer(tensor({2, 0, 2}))), ElementsAre(5, 6, 1, 2, 5, 6));
  EXPECT_THAT(values(layer(tensor(3))), Each(::testing::IsNan()));
  EXPECT_EQ(layer.name(), "Embedding(3, 2)");
}

// A window of ones sums what it covers.
TEST(Conv2d, SumsWindowsAndAddsTheBias) {
  Conv2d layer(1, 2, 2);
  layer.load({{"weight", concatenate({ones({1, 1, 2, 2}), zeros({1, 1, 2, 2})})},
              {"bias", tensor({0.5f, 7.f})}});
  const Tensor y = layer(arange(9).cast(DType::float32).reshape({1, 1, 3, 3}));
  EXPECT_EQ(y.shape(), (Shape{1, 2, 2, 2}));
  EXPECT_THAT(values(y), ElementsAre(8.5f, 12.5f, 20.5f, 24.5f, 7, 7, 7, 7));
}

TEST(Conv2d, HasTheShapeThatItsOptionsSay) {
  const auto shape = [](const Conv2dOptions& options) {
    return Conv2d(4, 6, 3, options)(ones({2, 4, 9, 9})).shape();
  };
  EXPECT_EQ(shape({}), (Shape{2, 6, 7, 7}));
  EXPECT_EQ(shape({.padding = 1}), (Shape{2, 6, 9, 9}));
  EXPECT_EQ(shape({.stride = 2}), (Shape{2, 6, 4, 4}));
  EXPECT_EQ(shape({.dilation = 2}), (Shape{2, 6, 5, 5}));
  EXPECT_EQ(shape({.groups = 2}), (Shape{2, 6, 7, 7}));
}

TEST(Conv2d, InGroupsSeesItsOwnChannelsOnly) {
  Conv2d layer(2, 2, 1, {.groups = 2, .bias = false});
  layer.load({{"weight", tensor({10.f, 100.f}).reshape({2, 1, 1, 1})}});
  EXPECT_THAT(values(layer(tensor({1.f, 2.f}).reshape({1, 2, 1, 1}))), ElementsAre(10, 200));
}

TEST(Conv2d, NamesItselfAndBothShapes) {
  const Conv2d layer(6, 16, 5);
  EXPECT_ERROR(layer(ones({1, 3, 28, 28})), ShapeError,
               "Conv2d(6, 16, 5): x is (1,3,28,28), not (N, 6, H, W)");
  EXPECT_ERROR(layer(ones({6, 28, 28})), ShapeError,
               "Conv2d(6, 16, 5): x is (6,28,28), not (N, 6, H, W)");
  EXPECT_ERROR(layer(ones({1, 6, 4, 4})), ShapeError, "Conv2d(6, 16, 5): conv2d: ");
}

TEST(Conv2d, RefusesNumbersThatMakeNoSense) {
  EXPECT_ERROR(Conv2d(3, 4, 3, {.groups = 2}), ValueError,
               "Conv2d: 2 groups do not divide 3 channels in and 4 out");
  EXPECT_ERROR(Conv2d(3, 4, 0), ValueError, "Conv2d: channels, kernel, stride");
  EXPECT_ERROR(Conv2d(3, 4, 3, {.stride = 0}), ValueError, "must be positive");
  EXPECT_ERROR(Conv2d(3, 4, 3, {.groups = 0}), ValueError, "must be positive");
  EXPECT_ERROR(Conv2d(3, 4, 3, {.padding = -1}), ValueError, "the padding not negative");
}

TEST(MaxPool2d, TakesTheLargestOfEachWindow) {
  const Tensor x = arange(16).cast(DType::float32).reshape({1, 1, 4, 4});
  EXPECT_THAT(values(MaxPool2d(2)(x)), ElementsAre(5, 7, 13, 15));
  EXPECT_EQ(MaxPool2d(2, {.stride = 1})(x).shape(), (Shape{1, 1, 3, 3}));
  EXPECT_ERROR(MaxPool2d(2)(ones({4, 4})), ShapeError, "MaxPool2d(2): max_pool2d: ");
}

TEST(AdaptiveAvgPool2d, IsTheMeanOfEqualParts) {
  const Tensor x = arange(16).cast(DType::float32).reshape({1, 1, 4, 4});
  EXPECT_THAT(values(AdaptiveAvgPool2d(1)(x)), ElementsAre(7.5f));
  EXPECT_THAT(values(AdaptiveAvgPool2d(2)(x)), ElementsAre(2.5f, 4.5f, 10.5f, 12.5f));
  EXPECT_EQ(AdaptiveAvgPool2d(2)(ones({3, 5, 4, 8})).shape(), (Shape{3, 5, 2, 2}));
}

// Rows 0-1 and 1-2 of three, and columns likewise: parts share what lies on their border.
TEST(AdaptiveAvgPool2d, LetsUnequalPartsOverlap) {
  const Tensor x = arange(9).cast(DType::float32).reshape({1, 1, 3, 3});
  EXPECT_THAT(values(AdaptiveAvgPool2d(2)(x)), ElementsAre(2, 3, 5, 6));
  EXPECT_EQ(AdaptiveAvgPool2d(7)(ones({1, 2, 5, 3})).shape(), (Shape{1, 2, 7, 7}));
}

TEST(AdaptiveAvgPool2d, SaysWhatDoesNotFit) {
  EXPECT_ERROR(AdaptiveAvgPool2d(0), ValueError, "the size must be positive, not 0");
  EXPECT_ERROR(AdaptiveAvgPool2d(2)(ones({4, 4})), ShapeError,
               "AdaptiveAvgPool2d(2): x is (4,4), not (N, C, H, W)");
}

TEST(GELU, WeighsXByTheNormalDistribution) {
  const float one = static_cast<float>((1 + std::erf(std::sqrt(0.5))) / 2);
  EXPECT_THAT(values(GELU()(tensor({-1.f, 0.f, 1.f}))),
              ElementsAre(FloatNear(one - 1, 1e-6f), 0, FloatNear(one, 1e-6f)));
  EXPECT_NEAR(GELU(GeluForm::tanh)(tensor({1.f})).item<float>(), 0.841192, 1e-6);
}

TEST(Softmax, SumsToOneAlongItsAxis) {
  const float log3 = std::log(3.f);
  const Tensor x = tensor({{0.f, log3}, {0.f, 0.f}});
  EXPECT_THAT(values(Softmax()(x)), ElementsAre(FloatNear(0.25f, 1e-6f), FloatNear(0.75f, 1e-6f),
                                                FloatNear(0.5f, 1e-6f), FloatNear(0.5f, 1e-6f)));
  EXPECT_NEAR(values(Softmax(0)(x))[1], 0.75, 1e-6);
}

TEST(ReLU, KeepsWhatIsPositive) {
  EXPECT_THAT(values(ReLU()(tensor({-1.f, 0.f, 2.f}))), ElementsAre(0, 0, 2));
}

TEST(Flatten, KeepsTheFirstAxis) {
  EXPECT_EQ(Flatten()(ones({5, 2, 3, 4})).shape(), (Shape{5, 24}));
  EXPECT_EQ(Flatten(2)(ones({5, 2, 3, 4})).shape(), (Shape{5, 2, 12}));
}

TEST(Sequential, AppliesItsLayersInOrder) {
  Sequential net{Flatten(), Linear(2, 2, {.bias = false}), ReLU()};
  net.load({{"1.weight", tensor({{1.f, -1.f}, {-1.f, 1.f}})}});
  EXPECT_THAT(values(net(tensor({{{5.f}, {3.f}}}))), ElementsAre(2, 0));
  EXPECT_EQ(net.size(), 3u);
  EXPECT_EQ(net[2].name(), "ReLU");
}

TEST(Sequential, OfNothingChangesNothing) {
  EXPECT_THAT(values(Sequential()(tensor({1.f, 2.f}))), ElementsAre(1, 2));
}

TEST(Sequential, NamesTheLayerThatRefuses) {
  const Sequential net{Linear(4, 4), Sequential{ReLU(), Linear(5, 4)}};
  EXPECT_ERROR(net(ones({2, 4})), ShapeError,
               "Sequential: layer 1: Sequential: layer 1: Linear(5, 4): x is (2,4), not (..., 5)");
}

// ---- random parameters

TEST(RandomParameters, AreUniformWithinTheBoundOfTheFanIn) {
  manual_seed(7);
  const Conv2d layer(4, 32, 5);  // 100 products in each sum
  for (const auto& [name, tensor] : layer.parameters()) {
    EXPECT_THAT(values(tensor), Each(FloatNear(0.f, 0.1f))) << name;
  }
  const Tensor weight = layer.parameters()[0].second;
  EXPECT_NEAR(weight.mean().item<float>(), 0, 0.004);
  EXPECT_NEAR(weight.var().item<float>(), 0.01 / 3, 0.0002);  // of a uniform one: bound² / 3
}

TEST(RandomParameters, FollowManualSeed) {
  const auto weight = [] { return values(Linear(8, 8).parameters()[0].second); };
  manual_seed(1);
  const std::vector<float> first = weight(), second = weight();
  manual_seed(1);
  EXPECT_EQ(weight(), first);
  EXPECT_EQ(weight(), second);
  EXPECT_NE(first, second);
}

TEST(RandomParameters, AreComputedAtTheFirstPassAndKept) {
  const Device device;
  const Linear layer(64, 64, {.device = device});
  EXPECT_EQ(counters(device).launches, 0u);
  const Tensor x = ones({1, 64}, {.device = device}).contiguous().realize();
  const std::vector<float> first = values(layer(x));
  const Counters before = counters(device);
  EXPECT_EQ(values(layer(x)), first);
  EXPECT_EQ((counters(device) - before).launches, 1u);
}

}  // namespace
}  // namespace tarn::nn
