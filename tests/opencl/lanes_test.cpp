#include "runtime/opencl/lanes.hpp"

#include <gmock/gmock.h>

#include <array>
#include <random>
#include <vector>

#include "opencl/fixture.hpp"

namespace tarn::opencl {
namespace {

using test::kBytes;
using test::kItems;
using test::text_of;

class LanesTest : public test::DeviceTest {
 protected:
  void SetUp() override {
    test::DeviceTest::SetUp();
    if (!Device().info().serial_lane) GTEST_SKIP() << "the device has one lane";
  }
};

TEST_F(LanesTest, ATeamIsListedAsOneDevice) {
  int of_pocl = 0;
  for (const DeviceInfo& device : Device::list()) {
    if (!runs_in_caller(device.name)) continue;
    ++of_pocl;
    EXPECT_EQ(device.compute_units, Device().state()->workers());
  }
  EXPECT_EQ(of_pocl, 1);
}

TEST_F(LanesTest, TheSerialOneIsTheCallerAlone) {
  EXPECT_GT(Device().state()->workers(), 1u);
  EXPECT_GT(Device({.lanes = LaneMode::parallel}).state()->workers(), 1u);
  EXPECT_EQ(Device({.lanes = LaneMode::serial}).state()->workers(), 1u);
}

// Adds to each element that an item of the launch has, and to none behind the last.
constexpr int kItem = 7;
const KernelSource kShareSource{"share", R"(
kernel void share(global int* x, int n, int item_0, int items) {
  const int item = (int)get_global_id(0) - item_0;
  if (item < items) x[item] += n;
})"};

TEST_F(LanesTest, WhatIsSharedIsDoneOnceWhateverThePieces) {
  const Device device;
  Kernel kernel = std::move(device.state()->kernels().get({&kShareSource, 1}).front());
  Stream& stream = device.state()->stream();
  const Buffer x(device.allocator(), kBytes);
  stream.fill(x.block(), 0, kBytes, 0);
  std::mt19937 random(1);
  std::vector<std::int32_t> expected(kItems), values(kItems);
  for (int i = 0; i < 5000; ++i) {
    const std::size_t items = 1 + random() % kItems;
    kernel.set(0, x.block());
    kernel.set(1, std::int32_t{kItem});
    kernel.set(2, static_cast<std::int32_t>(stream.origin()));
    kernel.set(3, static_cast<std::int32_t>(items));
    stream.launch(kernel,
                  {items, 1, stream.origin(), 1 + random() % std::min<std::size_t>(items, 9)});
    for (std::size_t k = 0; k < items; ++k) expected[k] += kItem;
  }
  stream.read(x.block(), 0, std::as_writable_bytes(std::span(values)));
  EXPECT_EQ(values, expected);
}

// Each kernel reads what all pieces of the one before have written.
TEST_F(LanesTest, CommandsTakeEffectInTheirOrderWhateverTheirLane) {
  const KernelSource source{"turn", R"(
kernel void turn(global const int* x, global int* y, int item_0, int items) {
  const int item = (int)get_global_id(0) - item_0;
  if (item < items) y[item] = x[items - 1 - item] + 1;
})"};
  const Device device;
  Kernel kernel = std::move(device.state()->kernels().get({&source, 1}).front());
  Stream& stream = device.state()->stream();
  const std::array<Buffer, 2> blocks{Buffer(device.allocator(), kBytes),
                                     Buffer(device.allocator(), kBytes)};
  stream.fill(blocks[0].block(), 0, kBytes, 0);
  kernel.set(2, static_cast<std::int32_t>(stream.origin()));
  kernel.set(3, static_cast<std::int32_t>(kItems));
  std::mt19937 random(1);
  constexpr int kSteps = 2000;
  for (std::size_t i = 0; i < kSteps; ++i) {
    kernel.set(0, blocks[i % 2].block());
    kernel.set(1, blocks[1 - i % 2].block());
    stream.launch(kernel, {kItems, 1, stream.origin(), 1 + random() % 8});
  }
  std::vector<std::int32_t> values(kItems);
  stream.read(blocks[kSteps % 2].block(), 0, std::as_writable_bytes(std::span(values)));
  EXPECT_THAT(values, testing::Each(kSteps));
}

TEST(Lanes, OnlyADeviceInTheCallingThreadHasASerialOne) {
  const Workers one(1);
  EXPECT_EQ(choose_workers(one, LaneMode::both, "gpu").size(), 1u);
  EXPECT_EQ(text_of<DeviceError>([&] { choose_workers(one, LaneMode::serial, "gpu"); }),
            "the serial lane is wanted, and gpu has only the parallel one");
  EXPECT_EQ(choose_workers(Workers(3), LaneMode::serial, "basic").size(), 1u);
  EXPECT_EQ(choose_workers(Workers(3), LaneMode::parallel, "basic").size(), 3u);
}

}  // namespace
}  // namespace tarn::opencl
