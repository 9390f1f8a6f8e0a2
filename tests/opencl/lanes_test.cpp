#include "runtime/opencl/lanes.hpp"

#include <gmock/gmock.h>

#include <random>

#include "opencl/fixture.hpp"

namespace tarn::opencl {
namespace {

using test::kAddSource;
using test::kBytes;
using test::kItems;
using test::kLocal;
using test::text_of;

class LanesTest : public test::DeviceTest {
 protected:
  void SetUp() override {
    test::DeviceTest::SetUp();
    if (!Device().info().serial_lane) GTEST_SKIP() << "the device has one lane";
  }
  static Kernel kernel_for(const Device& device, Lane lane, const KernelSource& source) {
    return std::move(device.state()->kernels(lane).get({&source, 1}).front());
  }
};

TEST_F(LanesTest, APairIsListedAsOneDevice) {
  int of_pocl = 0;
  for (const DeviceInfo& device : Device::list()) {
    of_pocl += device.platform == "Portable Computing Language" ? 1 : 0;
    EXPECT_FALSE(runs_in_caller(device.name));
  }
  EXPECT_EQ(of_pocl, 1);
}

TEST_F(LanesTest, OneLaneIsTakenWhereOneIsWanted) {
  EXPECT_TRUE(Device().state()->has_lane(Lane::serial));
  EXPECT_FALSE(Device({.lanes = LaneMode::parallel}).state()->has_lane(Lane::serial));
  EXPECT_FALSE(Device({.lanes = LaneMode::serial}).state()->has_lane(Lane::serial));
}

// What a kernel on one lane writes, one on the other reads: each must wait for the one before.
TEST_F(LanesTest, CommandsTakeEffectInTheirOrderWhateverTheirLane) {
  const Device device;
  std::array<Kernel, 2> add{kernel_for(device, Lane::parallel, kAddSource),
                            kernel_for(device, Lane::serial, kAddSource)};
  Stream& stream = device.state()->stream();
  const Buffer x(device.allocator(), kBytes);
  stream.fill(x.block(), 0, kBytes, 0);
  std::mt19937 random(1);
  std::uint32_t expected = 0;
  for (int i = 0; i < 2000; ++i) {
    Kernel& kernel = add[random() % 2];
    kernel.set(0, x.block());
    kernel.set(1, i);
    stream.launch(kernel, kItems, kLocal);
    expected += static_cast<std::uint32_t>(i);
  }
  std::vector<std::uint32_t> values(kItems);
  stream.read(x.block(), 0, std::as_writable_bytes(std::span(values)));
  EXPECT_THAT(values, testing::Each(expected));
}

// A long kernel is in flight when its input is released, handed out again and overwritten on the
// other lane.
TEST_F(LanesTest, ABlockIsReusedOnTheOtherLaneWhileItsLastReaderIsInFlight) {
  SKIP_UNDER_POISON();
  constexpr int kSteps = 50'000;
  const Device device({.allocator = AllocatorMode::lru});
  Kernel scramble = kernel_for(device, Lane::parallel, test::kScrambleSource);
  Kernel add = kernel_for(device, Lane::serial, kAddSource);
  Stream& stream = device.state()->stream();
  const Buffer y(device.allocator(), kBytes);
  void* first = nullptr;
  {
    const Buffer x(device.allocator(), kBytes);
    first = x.handle();
    stream.fill(x.block(), 0, kBytes, 1);
    scramble.set(0, x.block());
    scramble.set(1, y.block());
    scramble.set(2, kSteps);
    stream.launch(scramble, kItems, kLocal);
  }
  const Buffer again(device.allocator(), kBytes);
  ASSERT_EQ(again.handle(), first);
  add.set(0, again.block());
  add.set(1, 5);
  stream.launch(add, kItems, kLocal);
  std::vector<std::uint32_t> values(kItems);
  stream.read(y.block(), 0, std::as_writable_bytes(std::span(values)));
  EXPECT_THAT(values, testing::Each(test::scrambled(1, kSteps)));
  stream.read(again.block(), 0, std::as_writable_bytes(std::span(values)));
  EXPECT_THAT(values, testing::Each(6u));
}

TEST(Lanes, OnlyTheParallelOneIsThereWithoutAPair) {
  const LaneDevices one;
  EXPECT_FALSE(choose_lanes(one, LaneMode::both, "gpu").has_serial());
  EXPECT_EQ(text_of<DeviceError>([&] { choose_lanes(one, LaneMode::serial, "gpu"); }),
            "the serial lane is wanted, and gpu has only the parallel one");
}

}  // namespace
}  // namespace tarn::opencl
