// Parameters by name: listing, loading, and all that can be wrong with what is loaded, at once.
#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "io/files.hpp"
#include "ops/graph/node.hpp"
#include "tarn/error.hpp"
#include "tarn/nn.hpp"
#include "throws.hpp"

namespace tarn::nn {
namespace {

using io::test::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

// A module as a user writes one.
struct Residual : Module {
  Linear inner{2, 2};
  Tensor scale = ones({2});

  std::string name() const override { return "Residual"; }
  Tensor forward(const Tensor& x) const override { return x + inner(x) * scale; }
  void visit(Members& members) override {
    members("inner", inner);
    members("scale", scale);
  }
};

std::vector<std::string> names(const Module& module) {
  std::vector<std::string> result;
  for (const auto& [name, tensor] : module.parameters()) result.push_back(name);
  return result;
}

std::vector<float> values(const Tensor& x) { return x.to_vector<float>(); }

TEST(Parameters, AreNamedByTheLayersPlace) {
  const Sequential net{Conv2d(1, 6, 5), ReLU(), Flatten(), Linear(10, 4, {.bias = false})};
  EXPECT_THAT(names(net), ElementsAre("0.weight", "0.bias", "3.weight"));
  EXPECT_EQ(net.parameters()[0].second.shape(), (Shape{6, 1, 5, 5}));
  EXPECT_EQ(net.parameters()[2].second.shape(), (Shape{4, 10}));
}

TEST(Parameters, OfModulesWithinHaveDottedNames) {
  const Sequential net{ReLU(), Sequential{Linear(2, 2), Residual()}};
  EXPECT_THAT(names(net), ElementsAre("1.0.weight", "1.0.bias", "1.1.inner.weight",
                                      "1.1.inner.bias", "1.1.scale"));
}

TEST(Load, SetsAModuleOfTheUsersOwn) {
  Residual module;
  module.load({{"scale", tensor({1.f, 10.f})},
               {"inner.bias", tensor({1.f, 1.f})},
               {"inner.weight", eye(2)}});
  EXPECT_THAT(values(module(tensor({2.f, 3.f}))), ElementsAre(5, 43));
}

TEST(Load, MarksWeights) {
  Linear layer(2, 2);
  EXPECT_FALSE(layer.parameters()[0].second.node()->attributes.weight);
  layer.load({{"weight", eye(2)}, {"bias", zeros({2})}});
  for (const auto& [name, tensor] : layer.parameters()) {
    EXPECT_TRUE(tensor.node()->attributes.weight) << name;
    EXPECT_TRUE(tensor.is_realized()) << name;
  }
}

TEST(Load, ChangesNoCopyOfTheLayer) {
  Linear layer(1, 1, {.bias = false});
  layer.load({{"weight", tensor({{2.f}})}});
  const Linear copy = layer;
  layer.load({{"weight", tensor({{3.f}})}});
  EXPECT_THAT(values(copy(tensor({1.f}))), ElementsAre(2));
  EXPECT_THAT(values(layer(tensor({1.f}))), ElementsAre(3));
}

TEST(Load, NamesEverythingThatDoesNotFitAtOnce) {
  Sequential net{Linear(3, 2), ReLU(), Linear(2, 1)};
  EXPECT_THAT(
      [&] {
        net.load({{"0.weight", ones({3, 2})},
                  {"0.bias", full({2}, 1)},
                  {"2.weight", ones({1, 2})},
                  {"2.weight", ones({1, 2})},
                  {"fc.weight", ones({7})}});
      },
      ThrowsMessage<ValueError>("Sequential does not fit what was given:\n"
                                "  twice: 2.weight\n"
                                "  misfit: 0.weight is (2,3) float32, not (3,2) float32\n"
                                "  misfit: 0.bias is (2,) float32, not (2,) int32\n"
                                "  missing: 2.bias (1,) float32\n"
                                "  unexpected: fc.weight (7,) float32"));
}

TEST(Load, ThatFailsChangesNothing) {
  Linear layer(2, 1);
  layer.load({{"weight", tensor({{1.f, 2.f}})}, {"bias", tensor({3.f})}});
  EXPECT_THROW(layer.load({{"weight", ones({1, 2})}}), ValueError);
  EXPECT_THAT(values(layer(ones({2}))), ElementsAre(6));
}

TEST(LoadSafetensors, TakesBackWhatParametersGave) {
  const TemporaryFolder folder;
  Sequential net{Conv2d(1, 2, 3), ReLU(), Flatten(), Linear(8, 3)};
  io::save_safetensors(folder / "net.safetensors", net.parameters());
  Sequential other{Conv2d(1, 2, 3), ReLU(), Flatten(), Linear(8, 3)};
  const Tensor x = rand({2, 1, 4, 4}).realize();
  EXPECT_NE(values(other(x)), values(net(x)));
  other.load_safetensors(folder / "net.safetensors");
  EXPECT_EQ(values(other(x)), values(net(x)));
}

TEST(LoadSafetensors, NamesTheFileThatDoesNotFit) {
  const TemporaryFolder folder;
  const std::string path = folder / "net.safetensors";
  io::save_safetensors(path, {{"weight", ones({2, 3})}});
  Linear layer(3, 2);
  EXPECT_THAT([&] { layer.load_safetensors(path); },
              ThrowsMessage<ValueError>("Linear(3, 2) does not fit " + path +
                                        ":\n  missing: bias (2,) float32"));
}

TEST(LoadSafetensors, PutsTheNetworkOnADevice) {
  const TemporaryFolder folder;
  io::save_safetensors(folder / "net", Linear(3, 2).parameters());
  const Device other;
  Linear layer(3, 2);
  layer.load_safetensors(folder / "net", {other});
  EXPECT_EQ(layer(ones({3}, {.device = other})).device(), other);
}

}  // namespace
}  // namespace tarn::nn
