// Layers that normalize, against values that a reader can check.
#include <gmock/gmock.h>

#include <cmath>
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

}  // namespace
}  // namespace tarn::nn
