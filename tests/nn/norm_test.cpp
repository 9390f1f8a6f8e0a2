// Layers that normalize, against values that a reader can check.
#include <gmock/gmock.h>

#include <cmath>
#include <string>
#include <vector>

#include "tarn/error.hpp"
#include "tarn/nn.hpp"
#include "throws.hpp"

namespace tarn::nn {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;

std::vector<float> values(const Tensor& x) { return x.to_vector<float>(); }

TEST(LayerNorm, NormalizesTheLastAxisThenScalesAndShifts) {
  LayerNorm layer(2, {.eps = 3});  // of (1, 3): mean 2, variance 1, divided by sqrt(1 + 3)
  layer.load({{"weight", tensor({10.f, 100.f})}, {"bias", tensor({1.f, 2.f})}});
  EXPECT_THAT(values(layer(tensor({{1.f, 3.f}, {3.f, 1.f}}))), ElementsAre(-4, 52, 6, -48));
}

TEST(LayerNorm, HasPyTorchsEpsilonAndNeitherScalesNorShiftsUntilLoaded) {
  const float edge = static_cast<float>(1 / std::sqrt(1 + 1e-5));
  EXPECT_THAT(values(LayerNorm(2)(tensor({1.f, 3.f}))),
              ElementsAre(FloatNear(-edge, 1e-6f), FloatNear(edge, 1e-6f)));
}

TEST(LayerNorm, NamesItselfAndBothShapes) {
  EXPECT_ERROR(LayerNorm(8)(ones({2, 4})), ShapeError, "LayerNorm(8): x is (2,4), not (..., 8)");
}

// ---- BatchNorm2d

// Two channels with other numbers everywhere; sqrt(var + eps) is 2 and 4.
io::NamedTensors statistics(const std::string& prefix) {
  return {{prefix + "weight", tensor({3.f, 8.f})},
          {prefix + "bias", tensor({10.f, 20.f})},
          {prefix + "running_mean", tensor({1.f, 5.f})},
          {prefix + "running_var", tensor({3.f, 15.f})}};
}

TEST(BatchNorm2d, NormalizesEachChannelByWhatWasSeen) {
  BatchNorm2d layer(2, {.eps = 1});
  layer.load(statistics(""));
  const Tensor x = tensor({3.f, 5.f, 5.f, 9.f}).reshape({1, 2, 1, 2});
  EXPECT_THAT(values(layer(x)), ElementsAre(13, 16, 20, 28));
  EXPECT_EQ(layer(x).shape(), x.shape());
}

TEST(BatchNorm2d, NamesItselfAndBothShapes) {
  EXPECT_ERROR(BatchNorm2d(8)(ones({1, 4, 2, 2})), ShapeError,
               "BatchNorm2d(8): x is (1,4,2,2), not (N, 8, H, W)");
}

// Weights 2 and 3, biases 1 and 5: the norms see 2x + 1 and 3x + 5.
TEST(Fold, MakesOneConvolutionOfTwoLayers) {
  Conv2d conv(1, 2, 1);
  conv.load({{"weight", tensor({2.f, 3.f}).reshape({2, 1, 1, 1})}, {"bias", tensor({1.f, 5.f})}});
  BatchNorm2d norm(2, {.eps = 1});
  norm.load(statistics(""));
  const Conv2d folded = fold(conv, norm);
  EXPECT_THAT(values(folded.parameters()[0].second), ElementsAre(3, 6));
  EXPECT_THAT(values(folded.parameters()[1].second), ElementsAre(10, 20));
  EXPECT_EQ(conv.parameters().size(), 2u);
  EXPECT_THAT(values(conv.parameters()[0].second), ElementsAre(2, 3));  // as it was
}

TEST(Fold, RefusesANormOfOtherChannels) {
  EXPECT_ERROR(fold(Conv2d(1, 2, 1), BatchNorm2d(3)), ShapeError,
               "fold: BatchNorm2d(3) does not fit Conv2d(1, 2, 1), which gives 2 channels");
}

TEST(FoldBatchNorms, LeavesOnlyNormsThatFollowNoConvolution) {
  Sequential net{BatchNorm2d(1), Conv2d(1, 2, 3, {.padding = 1, .bias = false}),
                 BatchNorm2d(2, {.eps = 1}), ReLU(), Sequential{Conv2d(2, 2, 3), BatchNorm2d(2)}};
  const Tensor x = randn({2, 1, 6, 6}, {.seed = 1});
  const Tensor before = net(x).realize();
  net.fold_batch_norms();
  EXPECT_EQ(net.size(), 4u);
  EXPECT_EQ(net[1].name(), "Conv2d(1, 2, 3)");
  EXPECT_EQ(net[2].name(), "ReLU");
  EXPECT_EQ(net.parameters().size(), 8u);  // a norm's four, and a weight and a bias twice
  EXPECT_TRUE(allclose(net(x), before, {.relative = 1e-4, .absolute = 1e-5}));
}

// ---- BasicBlock

std::vector<std::string> names(const Module& module) {
  std::vector<std::string> result;
  for (const auto& [name, tensor] : module.parameters()) result.push_back(name);
  return result;
}

// Kernels that pass on the middle of the window: relu(relu(x) + x).
TEST(BasicBlock, AddsWhatItWasGiven) {
  const Tensor middle = ones({1, 1, 1, 1}).pad({0, 0, 1, 1}, {0, 0, 1, 1});
  BasicBlock block(1, 1, {.norm = false});
  block.load({{"conv1.weight", middle},
              {"conv1.bias", zeros({1})},
              {"conv2.weight", middle},
              {"conv2.bias", tensor({0.5f})}});
  const Tensor x = tensor({-3.f, 1.f, 2.f, -0.25f}).reshape({1, 1, 2, 2});
  EXPECT_THAT(values(block(x)), ElementsAre(0, 2.5f, 4.5f, 0.25f));
}

TEST(BasicBlock, HasTorchvisionsParametersAndShapes) {
  const BasicBlock same(4, 4), half(4, 8, {.stride = 2});
  EXPECT_EQ(names(same).size(), 10u);
  EXPECT_EQ(same(ones({1, 4, 7, 7})).shape(), (Shape{1, 4, 7, 7}));
  EXPECT_EQ(half(ones({1, 4, 7, 7})).shape(), (Shape{1, 8, 4, 4}));
  EXPECT_THAT(names(half), ElementsAre("conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean",
                                       "bn1.running_var", "conv2.weight", "bn2.weight", "bn2.bias",
                                       "bn2.running_mean", "bn2.running_var", "downsample.0.weight",
                                       "downsample.1.weight", "downsample.1.bias",
                                       "downsample.1.running_mean", "downsample.1.running_var"));
}

TEST(BasicBlock, GivesTheSameWithItsNormsFolded) {
  BasicBlock block(2, 2, {.stride = 2});
  io::NamedTensors parameters = block.parameters();
  for (const char* norm : {"bn1.", "bn2.", "downsample.1."}) {
    for (const auto& [name, value] : statistics(norm)) {
      for (auto& [own, tensor] : parameters) {
        if (own == name) tensor = value;
      }
    }
  }
  block.load(parameters);
  const Tensor x = randn({2, 2, 6, 6}, {.seed = 2});
  const Tensor before = block(x).realize();
  block.fold_batch_norms();
  EXPECT_THAT(names(block), ElementsAre("conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias",
                                        "downsample.0.weight", "downsample.0.bias"));
  EXPECT_TRUE(allclose(block(x), before, {.relative = 1e-4, .absolute = 1e-4}));
}

}  // namespace
}  // namespace tarn::nn
