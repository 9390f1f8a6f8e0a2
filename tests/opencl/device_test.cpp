#include "tarn/device.hpp"

#include <gmock/gmock.h>

#include "opencl/faults.hpp"
#include "opencl/fixture.hpp"

namespace tarn {
namespace {

using opencl::Kernel;
using test::Call;
using test::kAddSource;
using test::kBytes;
using test::text_of;
using testing::HasSubstr;

class DeviceHandle : public test::DeviceTest {};

TEST_F(DeviceHandle, IsOneOfTheList) {
  const std::vector<DeviceInfo> list = Device::list();
  const Device device;
  const auto index = static_cast<std::size_t>(device.info().index);
  ASSERT_LT(index, list.size());
  EXPECT_EQ(list[index].name, device.info().name);
  for (std::size_t i = 0; i < list.size(); ++i) {
    EXPECT_EQ(list[i].index, static_cast<int>(i));
    EXPECT_FALSE(list[i].name.empty());
    EXPECT_FALSE(list[i].platform.empty());
    EXPECT_GE(list[i].compute_units, 1u);
    EXPECT_GE(list[i].memory_bytes, list[i].max_block_bytes);
    EXPECT_GE(list[i].max_group_size, 64u);
    EXPECT_GE(list[i].max_parameter_bytes, 1024u);
    EXPECT_GE(list[i].vector_width, 1u);
  }
}

TEST_F(DeviceHandle, CanBeOpenedByIndexAndByName) {
  const Device device;
  EXPECT_EQ(Device({.device = std::to_string(device.info().index)}).info().name,
            device.info().name);
  EXPECT_EQ(Device({.device = device.info().name}).info().name, device.info().name);
  EXPECT_THAT(text_of<DeviceError>([] { Device({.device = "no such device"}); }),
              HasSubstr("no OpenCL device is called 'no such device'; found 0: "));
}

TEST_F(DeviceHandle, TheDefaultIsOneDevice) {
  EXPECT_EQ(Device::default_device(), Device::default_device());
  EXPECT_FALSE(Device() == Device::default_device());
}

TEST_F(DeviceHandle, BuffersKeepTheDevice) {
  std::unique_ptr<Buffer> buffer;
  std::weak_ptr<DeviceState> state;
  {
    const Device device;
    state = device.state();
    buffer = std::make_unique<Buffer>(device.allocator(), kBytes);
    write(device, buffer->block(), counted());
  }
  ASSERT_FALSE(state.expired());
  EXPECT_EQ(read(Device(state.lock()), buffer->block()), counted());
  buffer.reset();
  EXPECT_TRUE(state.expired());
}

TEST_F(DeviceHandle, SeveralWorkSideBySide) {
  const Device one;
  const Device two;
  Kernel add_one = kernel_of(one, kAddSource);
  Kernel add_two = kernel_of(two, kAddSource);
  const Buffer x(one.allocator(), kBytes);
  const Buffer y(two.allocator(), kBytes);
  write(one, x.block(), counted());
  write(two, y.block(), counted());
  add(one, add_one, x.block(), 1);
  add(two, add_two, y.block(), 2);
  EXPECT_EQ(read(one, x.block()), counted(1));
  EXPECT_EQ(read(two, y.block()), counted(2));
  EXPECT_EQ(one.allocator_stats().requests, 1u);
  one.close();
  EXPECT_EQ(read(two, y.block()), counted(2)) << "which closing the other leaves alone";
}

TEST_F(DeviceHandle, AfterClosingUsesThrow) {
  const Device device;
  Kernel kernel = kernel_of(device, kAddSource);
  const Buffer x(device.allocator(), kBytes);
  kernel.set(0, x.block());
  kernel.set(1, 1);
  device.close();
  const std::string closed = "device " + device.info().name + " is closed";
  const auto refused = [&](auto use) { EXPECT_EQ(text_of<DeviceError>(use), closed); };
  refused([&] { device.synchronize(); });
  refused([&] { device.set_cache_limit(1); });
  refused([&] { device.trim(); });
  refused([&] { device.reset_allocator_stats(); });
  refused([&] { const Buffer y(device.allocator(), kBytes); });
  refused([&] { read(device, x.block()); });
  refused([&] { write(device, x.block(), counted()); });
  refused([&] { device.state()->stream().launch(kernel, {test::kItems, test::kLocal}); });
  refused([&] { device.state()->kernels().get({}); });
  EXPECT_EQ(device.allocator_stats().requests, 2u) << "what was counted can be read";
  EXPECT_NO_THROW(device.close());
}

TEST_F(DeviceHandle, AfterClosingReleasesDoNothing) {
  for (const AllocatorMode mode : {AllocatorMode::lru, AllocatorMode::direct}) {
    const Device device({.allocator = mode});
    const auto released = test::calls(Call::release_memory);
    {
      const Buffer x(device.allocator(), kBytes);
      { const Buffer idle(device.allocator(), kBytes); }
      device.close();
      EXPECT_EQ(test::calls(Call::release_memory), released + 2) << "closing gives all back";
    }
    EXPECT_EQ(test::calls(Call::release_memory), released + 2);
    EXPECT_EQ(device.allocator_stats().idle.now, 0u);
    EXPECT_EQ(device.allocator_stats().live.now, 0u);
  }
}

TEST_F(DeviceHandle, WhatIsAttachedIsClosedWhileTheDeviceCanStillBeUsed) {
  struct Attached : Attachment {
    Attached(const Device& on, bool& flag) : state(*on.state()), closed(flag) {}
    void close() noexcept override {
      EXPECT_NO_THROW(state.check_usable());
      closed = true;
    }
    DeviceState& state;
    bool& closed;
  };
  bool closed = false;
  const Device device;
  device.state()->attachment() = std::make_unique<Attached>(device, closed);
  device.close();
  EXPECT_TRUE(closed);
}

TEST_F(DeviceHandle, TheCacheLimitCanChangeAtRunTime) {
  SKIP_UNDER_POISON();
  const Device device({.allocator = AllocatorMode::lru, .cache_limit = 1 << 20});
  { const Buffer x(device.allocator(), kBytes); }
  EXPECT_EQ(device.allocator_stats().idle.now, kBytes);
  device.set_cache_limit(0);
  EXPECT_EQ(device.allocator_stats().idle.now, 0u);
  { const Buffer x(device.allocator(), kBytes); }
  EXPECT_EQ(device.allocator_stats().idle.now, 0u);
  device.set_cache_limit(1 << 20);
  { const Buffer x(device.allocator(), kBytes); }
  EXPECT_EQ(device.trim(), kBytes);
}

TEST_F(DeviceHandle, TheAllocatorCanBeChosen) {
  EXPECT_EQ(Device({.allocator = AllocatorMode::direct}).allocator_mode(), AllocatorMode::direct);
  const test::ScopedVariable variable("TARN_ALLOCATOR", "direct");
  EXPECT_EQ(Device().allocator_mode(), AllocatorMode::direct);
  EXPECT_EQ(Device({.allocator = AllocatorMode::lru}).allocator_mode(), AllocatorMode::lru);
}

TEST_F(DeviceHandle, ExactSizesAreNotRounded) {
  SKIP_UNDER_POISON();
  const Device exact({.exact_sizes = true});
  EXPECT_EQ(Buffer(exact.allocator(), 4097).block().bytes, 4097u);
  EXPECT_GT(Buffer(Device().allocator(), 4097).block().bytes, 4097u);
}

}  // namespace
}  // namespace tarn
