// Contractions in tiles by groups of work items: planned as for a GPU, run on whatever device is
// here. Sizes are small, since a simulator runs them too.
#include <functional>
#include <limits>

#include "device_check.hpp"
#include "ops/kernel/launch.hpp"
#include "ops/realize/executable.hpp"
#include "runtime/opencl/device_state.hpp"

namespace tarn {
namespace {

using Form = plan::Contraction::Form;

// Sums of a work item.
struct Tile {
  int rows = 4, vectors = 4;
};

// What a test computes, and of what.
class Blocks : public testing::Test {
 protected:
  Tensor make(const Shape& shape) {
    return leaves_.add(test::random_floats(static_cast<std::size_t>(shape.elements()), ++seed_),
                       shape);
  }

  // Computes it as a GPU would, in these tiles.
  static std::vector<double> compute(const Tensor& tensor, Tile tile = {}) {
    DeviceState& device = *Device::default_device().state();
    const std::vector<graph::NodePtr> nodes{tensor.node()};
    graph::Walker walker;
    const graph::Traversal& graph = walker.walk(nodes);
    const plan::DeviceTraits traits{
        .cpu = false, .lanes = 1, .local_bytes = device.info().local_memory_bytes};
    plan::Plan plan = plan::make_plan(graph, traits);
    plan::Contraction& contraction = plan.steps.back().kernel.contraction;
    EXPECT_EQ(contraction.form, Form::blocks) << to_string(plan);
    contraction.tile_rows = tile.rows;
    contraction.tile_vectors = tile.vectors;
    seam::Executable executable(device, plan, kernel::render(plan, traits));
    nodes[0]->set_result(executable.run(device, graph)[0]);
    return test::read_back(tensor);
  }

  void expect_like_host(const Tensor& tensor, Tile tile = {}) const {
    const auto want = test::evaluate(std::vector<graph::NodePtr>{tensor.node()}, leaves_.values());
    EXPECT_EQ(
        test::difference(compute(tensor, tile), want[0], {.relative = 4e-6, .absolute = 4e-5}), "");
  }

 private:
  test::Leaves leaves_;
  unsigned seed_ = 300;
};

TEST_F(Blocks, OfOneTileExactly) { expect_like_host(matmul(make({64, 16}), make({16, 64}))); }

TEST_F(Blocks, OneShortOfATile) { expect_like_host(matmul(make({63, 17}), make({17, 63}))); }

TEST_F(Blocks, OneOverATile) { expect_like_host(matmul(make({65, 18}), make({18, 65}))); }

TEST_F(Blocks, OfOtherTiles) {
  for (const Tile tile : {Tile{2, 2}, Tile{2, 4}, Tile{4, 2}}) {
    expect_like_host(matmul(make({65, 19}), make({19, 63})), tile);
    expect_like_host(conv2d(make({1, 3, 9, 10}), make({33, 3, 3, 3}), {}, {.padding = 1}), tile);
  }
}

TEST_F(Blocks, OfNarrowTiles) {
  expect_like_host(matmul(make({8, 50}), make({50, 100})));
  expect_like_host(matmul(make({100, 50}), make({50, 16})));
}

TEST_F(Blocks, OfBatches) {
  expect_like_host(matmul(make({3, 33, 20}), make({3, 20, 30})));
  expect_like_host(matmul(make({2, 3, 17, 20}), make({3, 20, 30})));
}

TEST_F(Blocks, OfTransposedOperands) {
  expect_like_host(matmul(make({31, 40}).T(), make({31, 50})));
  expect_like_host(matmul(make({40, 31}), make({50, 31}).T()));
  expect_like_host(matmul(make({31, 40}).T(), make({50, 31}).T()));
}

TEST_F(Blocks, OfOneTensorWithItself) {
  const Tensor x = make({40, 31});
  expect_like_host(matmul(x, x.T()));
}

TEST_F(Blocks, OfRowsAndSumsOverSeveralLoops) {
  const Tensor rows = make({11, 3, 20}).permute({1, 0, 2});
  expect_like_host(matmul(rows, make({20, 50})));
  expect_like_host((make({24, 1, 20, 1}) * make({1, 25, 20, 3})).sum({2, 3}));
  expect_like_host((make({24, 1, 5, 9}).permute({0, 1, 3, 2}) * make({1, 32, 9, 5})).sum({2, 3}));
}

TEST_F(Blocks, ThatGoOnWithTheirSums) {
  expect_like_host(relu(matmul(make({40, 30}), make({50, 30}).T()) + make({50})));
  expect_like_host(tanh(matmul(make({33, 30}), make({30, 40})) * 0.25f) +
                   make({33, 1}) * make({33, 40}));
}

TEST_F(Blocks, OfPartsOfTensors) {
  expect_like_host(matmul(make({50, 45}).slice({{3, 41}, {5, 39}}),
                          make({40, 60}).slice({{2, 36}, {{}, {}, -1}})));
}

TEST_F(Blocks, OfConvolutions) {
  const Tensor image = make({2, 3, 13, 15});
  expect_like_host(conv2d(image, make({18, 3, 3, 3}), make({18}), {.stride = 2}));
  expect_like_host(conv2d(image, make({24, 3, 3, 3}), std::nullopt, {.stride = 2, .dilation = 2}));
  expect_like_host(conv2d(make({2, 4, 9, 9}), make({32, 2, 3, 3}), std::nullopt, {.groups = 2}));
}

// The items that load an element see whether it is padding.
TEST_F(Blocks, OfPaddedConvolutions) {
  const Tensor image = make({1, 3, 9, 10});
  expect_like_host(relu(conv2d(image, make({17, 3, 3, 3}), make({17}), {.padding = 1})));
  expect_like_host(conv2d(image.pad({0, 0, 2, 1}, {0, 0, 1, 3}, 7.5f), make({17, 3, 3, 3})));
  const Tensor channels_last = make({1, 8, 9, 20}).permute({0, 3, 1, 2});
  expect_like_host(conv2d(channels_last, make({17, 20, 1, 1}), std::nullopt, {.padding = 1}));
}

// 27 products, and five more in the last block: no padding comes into these.
TEST_F(Blocks, OfAnImageInInfinity) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  expect_like_host(
      conv2d(make({1, 3, 9, 10}).pad({0, 0, 1, 1}, {0, 0, 1, 1}, kInf), make({17, 3, 3, 3})));
}

TEST_F(Blocks, AreEqualFromRunToRun) {
  const Tensor x = make({40, 100}), y = make({100, 24});
  EXPECT_EQ(compute(matmul(x, y)), compute(matmul(x, y)));
}

}  // namespace
}  // namespace tarn
