// Kernels that are tried in several ways: each computes the right thing, and what was fastest is
// known to later devices of the same directory.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "device_check.hpp"
#include "fixture.hpp"
#include "opencl/fixture.hpp"
#include "ops/kernel/launch.hpp"
#include "ops/realize/executable.hpp"
#include "runtime/opencl/device_state.hpp"

namespace tarn {
namespace {

using test::Leaves;

Tensor floats(Leaves& leaves, const Shape& shape, unsigned seed, bool weight = false) {
  const auto count = static_cast<std::size_t>(shape.elements());
  return leaves.add(test::random_floats(count, seed), shape, weight);
}

// Computes `tensor` with the way of this number. Returns: how many ways there are.
std::size_t compute(const Tensor& tensor, std::size_t way) {
  DeviceState& device = *Device::default_device().state();
  const std::vector<graph::NodePtr> nodes{tensor.node()};
  graph::Walker walker;
  const graph::Traversal& graph = walker.walk(nodes);
  const plan::DeviceTraits traits{.local_bytes = device.info().local_memory_bytes};
  std::size_t ways = 0;
  const plan::Plan plan = plan::make_plan(graph, traits, {}, PlanMemory::drop,
                                          [&](std::span<const plan::Trial> trials) {
                                            ways = trials.size();
                                            return std::min(way, ways - 1);
                                          });
  seam::Executable executable(device, plan, kernel::render(plan, traits));
  nodes[0]->set_result(executable.run(device, graph)[0]);
  return ways;
}

void expect_every_way_right(const std::function<Tensor(Leaves&)>& make, test::Closeness closeness) {
  const DeviceInfo info = Device::default_device().info();
  if (info.vector_width == 1 && info.kind != DeviceKind::simulator) {
    GTEST_SKIP() << "takes vectors apart: minutes for each way";
  }
  std::size_t ways = 1;
  for (std::size_t way = 0; way < ways; ++way) {
    Leaves leaves;
    const Tensor result = make(leaves);
    const auto want = test::evaluate(std::vector<graph::NodePtr>{result.node()}, leaves.values());
    ways = compute(result, way);
    EXPECT_EQ(test::difference(test::read_back(result), want[0], closeness), "") << "way " << way;
  }
  EXPECT_GE(ways, 2u);
}

TEST(Ways, OfAProductAreRight) {
  expect_every_way_right(
      [](Leaves& l) {
        return relu(matmul(floats(l, {61, 70}, 1), floats(l, {70, 83}, 2)));
      },
      {.relative = 4e-6, .absolute = 2e-5});
}

TEST(Ways, OfAProductWithCopiedStripsAreRight) {
  for (const std::int64_t columns : {512, 270}) {
    expect_every_way_right(
        [&](Leaves& l) {
          return matmul(floats(l, {96, 130}, 11), floats(l, {130, columns}, 12));
        },
        {.relative = 4e-6, .absolute = 4e-5});
  }
}

TEST(Ways, OfAProductOfAWeightAreRight) {
  expect_every_way_right(
      [](Leaves& l) {
        return matmul(floats(l, {3, 300}, 3), floats(l, {170, 300}, 4, true).T());
      },
      {.relative = 4e-6, .absolute = 4e-5});
}

TEST(Ways, OfAConvolutionWithJoinedRowsAreRight) {
  expect_every_way_right(
      [](Leaves& l) {
        return conv2d(floats(l, {2, 9, 15, 17}, 5), floats(l, {11, 9, 5, 5}, 6));
      },
      {.relative = 4e-6, .absolute = 4e-5});
}

TEST(Ways, OfAPaddedConvolutionOfWideRowsAreRight) {
  expect_every_way_right(
      [](Leaves& l) {
        return conv2d(floats(l, {1, 5, 21, 77}, 7), floats(l, {13, 5, 5, 5}, 8), std::nullopt,
                      {.padding = 2});
      },
      {.relative = 4e-6, .absolute = 4e-5});
}

TEST(Ways, OfAConvolutionByWinogradAreRight) {
  expect_every_way_right(
      [](Leaves& l) {
        return conv2d(floats(l, {1, 64, 14, 14}, 9), floats(l, {16, 64, 3, 3}, 10, true),
                      std::nullopt, {.padding = 1});
      },
      {.relative = 1e-5, .absolute = 1e-3});
}

// Devices whose files lie in a directory of the test's own.
class Tuner : public testing::Test {
 protected:
  // What a product has cost, and whether it was right.
  struct Outcome {
    std::uint64_t built, requests;
    std::string plan;
  };
  Outcome multiply(bool tune) const {
    constexpr std::int64_t kSide = 96;
    const Device device({.tune = tune});
    const TensorOptions on{.dtype = {}, .device = device};
    const Tensor a = full({kSide, kSide}, 2.f, on).realize();
    const Tensor b = full({kSide, kSide}, 3.f, on).realize();
    const Counters before = counters(device);
    const Tensor product = matmul(a, b).realize();
    const std::uint64_t built = (counters(device) - before).kernels_built;
    for (const float each : product.to_vector<float>()) EXPECT_EQ(each, 6 * kSide);
    const std::uint64_t requests = device.allocator_stats().requests;
    std::string plan = matmul(a, b).explain();
    device.close();
    return {built, requests, std::move(plan)};
  }
  static bool has_choice() {  // other devices have no register tiles
    return Device::default_device().info().platform == "Portable Computing Language";
  }
  void damage_files() const {
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (file.is_regular_file()) std::ofstream(file.path()) << "x0 in strips of nonsense";
    }
  }

 private:
  const test::TemporaryDirectory folder_;
  const test::ScopedVariable directory_{"TARN_CACHE_DIR", folder_.path().string()},
      tune_{"TARN_TUNE", {}};
};

TEST_F(Tuner, TriesOnceAndRemembersOnDisk) {
  if (!has_choice()) GTEST_SKIP() << "no register tiles here";
  const Outcome first = multiply(true);
  EXPECT_GE(first.built, 4u);
  const Outcome again = multiply(true);
  EXPECT_LE(again.built, 2u);
  EXPECT_LT(again.requests, first.requests);
  EXPECT_EQ(again.plan, first.plan);
}

TEST_F(Tuner, TriesAgainWhereItsFilesAreDamaged) {
  if (!has_choice()) GTEST_SKIP() << "no register tiles here";
  multiply(true);
  damage_files();
  EXPECT_GE(multiply(true).built, 4u);
}

TEST_F(Tuner, IsOffUnlessAskedFor) {
  const Outcome before = multiply(false);
  multiply(true);
  const Outcome after = multiply(false);
  EXPECT_LE(before.built, 2u);
  EXPECT_EQ(after.requests, before.requests);
  EXPECT_EQ(after.plan, before.plan);
}

TEST_F(Tuner, TriesNothingWhileTheDeviceIsProfiled) {
  const Device device({.tune = true});
  const TensorOptions on{.dtype = {}, .device = device};
  const Tensor a = ones({96, 96}, on).realize();
  Profiler profiler(device);
  const Counters before = counters(device);
  matmul(a, a).realize();
  EXPECT_LE((counters(device) - before).kernels_built, 2u);
  profiler.stop();
}

}  // namespace
}  // namespace tarn
