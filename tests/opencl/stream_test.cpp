#include "runtime/opencl/stream.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "opencl/faults.hpp"
#include "opencl/fixture.hpp"

namespace tarn::opencl {
namespace {

using test::Call;
using test::kAddSource;
using test::kBytes;
using test::kItems;
using test::kLocal;
using test::text_of;

class StreamTest : public test::DeviceTest {
 protected:
  Buffer buffer(std::size_t bytes = kBytes) const { return Buffer(device_.allocator(), bytes); }
  Stream& stream() const { return device_.state()->stream(); }
  std::vector<std::int32_t> read(const Block& block, std::size_t count = kItems) const {
    return DeviceTest::read(device_, block, count);
  }

  const Device device_;
};

TEST_F(StreamTest, ReadsWhatWasWritten) {
  const Buffer x = buffer();
  write(device_, x.block(), counted(5));
  EXPECT_EQ(read(x.block()), counted(5));
}

TEST_F(StreamTest, WritesAndReadsParts) {
  const Buffer x = buffer();
  write(device_, x.block(), counted());
  const std::int32_t number = -7;
  stream().write(x.block(), 4 * 10, std::as_bytes(std::span(&number, 1)));
  std::int32_t there[3];
  stream().read(x.block(), 4 * 9, std::as_writable_bytes(std::span(there)));
  EXPECT_THAT(there, testing::ElementsAre(9, -7, 11));
}

TEST_F(StreamTest, WhatWasWrittenMayGoAtOnce) {
  const Buffer x = buffer();
  {
    std::vector<std::int32_t> values = counted(1);
    write(device_, x.block(), values);
    std::ranges::fill(values, -1);
  }
  EXPECT_EQ(read(x.block()), counted(1));
}

TEST_F(StreamTest, CopiesWithinTheDevice) {
  const Buffer x = buffer();
  const Buffer y = buffer();
  write(device_, x.block(), counted());
  write(device_, y.block(), counted(5000));
  stream().copy(x.block(), 4 * 100, y.block(), 4 * 2, 4 * 3);
  const auto values = read(y.block());
  EXPECT_EQ(values[1], 5001);
  EXPECT_EQ(values[2], 100);
  EXPECT_EQ(values[4], 102);
  EXPECT_EQ(values[5], 5005);
}

TEST_F(StreamTest, FillsWithAWord) {
  const Buffer x = buffer();
  stream().fill(x.block(), 0, kBytes, 0x01020304);
  stream().fill(x.block(), 4, 8, 7);
  const auto values = read(x.block());
  EXPECT_THAT(std::vector(values.begin(), values.begin() + 4),
              testing::ElementsAre(0x01020304, 7, 7, 0x01020304));
  EXPECT_EQ(values.back(), 0x01020304);
}

TEST_F(StreamTest, CommandsTakeEffectInTheirOrder) {
  Kernel kernel = kernel_of(device_, kAddSource);
  const Buffer x = buffer();
  const Buffer y = buffer();
  stream().fill(x.block(), 0, kBytes, 1);
  add(device_, kernel, x.block(), 10);
  stream().copy(x.block(), 0, y.block(), 0, kBytes);
  add(device_, kernel, x.block(), 100);
  EXPECT_THAT(read(x.block()), testing::Each(111));
  EXPECT_THAT(read(y.block()), testing::Each(11));
}

TEST_F(StreamTest, NothingOfNothingIsNoCommand) {
  EXPECT_NO_THROW(stream().write(Block{}, 0, {}));
  EXPECT_NO_THROW(stream().read(Block{}, 0, {}));
  EXPECT_NO_THROW(stream().fill(Block{}, 0, 0, 1));
  EXPECT_NO_THROW(stream().copy(Block{}, 0, Block{}, 0, 0));
}

TEST_F(StreamTest, RefusesBytesOutsideOfABlock) {
  SKIP_UNDER_POISON();
  const Buffer x = buffer(256);
  std::byte bytes[16];
  EXPECT_EQ(text_of<DeviceError>([&] { stream().read(x.block(), 250, bytes); }),
            "read: 16 bytes at 250 of a block of 256");
  EXPECT_THROW(stream().write(x.block(), 1000, bytes), DeviceError);
  EXPECT_THROW(stream().fill(x.block(), 0, 260, 0), DeviceError);
  EXPECT_THROW(stream().copy(x.block(), 0, x.block(), 128, 256), DeviceError);
  EXPECT_NO_THROW(stream().finish());
}

// A block whose last reader is still in flight is released, handed out again and overwritten.
void reuse_in_flight(const Device& device, Kernel kernel) {
  // llvmpipe ends every loop after 65,535 rounds.
  const int steps = device.info().kind == DeviceKind::simulator ? 50 : 50'000;
  Stream& stream = device.state()->stream();
  const Buffer first(device.allocator(), kBytes);
  const Buffer second(device.allocator(), kBytes);
  const auto run = [&](std::uint32_t input, const Buffer& output) {
    const Buffer x(device.allocator(), kBytes);
    stream.fill(x.block(), 0, kBytes, input);
    kernel.set(0, x.block());
    kernel.set(1, output.block());
    kernel.set(2, steps);
    stream.launch(kernel, {kItems, kLocal});
    return x.handle();
  };
  run(1, first);
  run(2, second);
  std::vector<std::uint32_t> values(kItems);
  stream.read(first.block(), 0, std::as_writable_bytes(std::span(values)));
  EXPECT_THAT(values, testing::Each(test::scrambled(1, steps)));
  stream.read(second.block(), 0, std::as_writable_bytes(std::span(values)));
  EXPECT_THAT(values, testing::Each(test::scrambled(2, steps)));
}

TEST_F(StreamTest, ABlockIsReusedWhileItsLastReaderIsInFlight) {
  SKIP_UNDER_POISON();
  const Device lru({.allocator = AllocatorMode::lru});
  reuse_in_flight(lru, kernel_of(lru, test::kScrambleSource));
  EXPECT_EQ(lru.allocator_stats().exact_hits, 1u);
}

TEST_F(StreamTest, ABlockGoesToTheDriverWhileItsLastReaderIsInFlight) {
  const Device direct({.allocator = AllocatorMode::direct});
  reuse_in_flight(direct, kernel_of(direct, test::kScrambleSource));
  EXPECT_EQ(direct.allocator_stats().driver_allocations, 4u);
}

TEST_F(StreamTest, TimesLaunchesWhenAsked) {
  Kernel kernel = kernel_of(device_, kAddSource);
  const Buffer x = buffer();
  kernel.set(0, x.block());
  kernel.set(1, 1);
  stream().fill(x.block(), 0, kBytes, 0);
  stream().set_timing(true);
  const auto nanoseconds = stream().launch(kernel, {kItems, kLocal});
  ASSERT_TRUE(nanoseconds);
  EXPECT_LT(*nanoseconds, 10'000'000'000u);
  stream().set_timing(false);
  EXPECT_FALSE(stream().launch(kernel, {kItems, kLocal}));
  EXPECT_THAT(read(x.block()), testing::Each(2));
}

TEST_F(StreamTest, FinishingWhatIsFinishedIsNoCall) {
  stream().finish();
  const std::uint64_t before = test::calls(Call::finish);
  stream().finish();
  EXPECT_EQ(test::calls(Call::finish), before);
}

TEST_F(StreamTest, ALaunchThatIsRefusedLeavesTheDeviceUsable) {
  Kernel kernel = kernel_of(device_, kAddSource);
  const Buffer x = buffer();
  write(device_, x.block(), counted());
  kernel.set(0, x.block());
  kernel.set(1, 1);
  test::fail_next(Call::launch, CL_OUT_OF_RESOURCES);
  EXPECT_EQ(text_of<DeviceError>([&] {
              stream().launch(kernel, {kItems, kLocal});
            }),
            "clEnqueueNDRangeKernel: CL_OUT_OF_RESOURCES (-5)");
  stream().launch(kernel, {kItems, kLocal});
  EXPECT_EQ(read(x.block()), counted(1));
}

// ---- Launches that are held until others follow

class HeldLaunches : public StreamTest {
 protected:
  // A kernel that has been launched before, and adds a number to a block.
  Kernel adding(const Block& block, std::int32_t number) const {
    Kernel kernel = kernel_of(device_, kAddSource);
    const Buffer any = buffer();
    add(device_, kernel, any.block(), 0);
    kernel.set(0, block);
    kernel.set(1, number);
    return kernel;
  }
  // Elsewhere, and where each launch is looked at, none waits for those that follow.
  bool holds() const { return stream().origin() > 0 && !test::poisoned(); }

  const Range all_{kItems, kLocal};
};

TEST_F(HeldLaunches, TakeEffectInTheOrderOfCommands) {
  const Buffer x = buffer(), y = buffer();
  const Kernel ten = adding(x.block(), 10), hundred = adding(x.block(), 100);
  stream().fill(x.block(), 0, kBytes, 1);
  stream().hold(ten, all_);
  stream().copy(x.block(), 0, y.block(), 0, kBytes);
  stream().hold(hundred, all_);
  stream().launch(ten, all_);
  stream().hold(hundred, all_);
  EXPECT_THAT(read(x.block()), testing::Each(221));
  EXPECT_THAT(read(y.block()), testing::Each(11));
}

TEST_F(HeldLaunches, AreSubmittedTogether) {
  if (!holds()) GTEST_SKIP() << "nothing is held";
  const Buffer x = buffer();
  const Kernel ten = adding(x.block(), 10), hundred = adding(x.block(), 100);
  stream().fill(x.block(), 0, kBytes, 1);
  const std::uint64_t before = test::calls(Call::launch);
  stream().hold(ten, all_);
  stream().hold(hundred, all_);
  EXPECT_EQ(test::calls(Call::launch), before);
  stream().submit_held();
  EXPECT_EQ(test::calls(Call::launch), before + 2);
  stream().finish();
  EXPECT_EQ(test::calls(Call::launch), before + 2);
  EXPECT_THAT(read(x.block()), testing::Each(111));
}

TEST_F(HeldLaunches, UseABlockBeforeItGoes) {
  SKIP_UNDER_POISON();
  const Device direct({.allocator = AllocatorMode::direct});
  Stream& stream = direct.state()->stream();
  Kernel kernel = kernel_of(direct, test::kScrambleSource);
  const Buffer y(direct.allocator(), kBytes);
  const auto run = [&](std::uint32_t input, bool held) {
    const Buffer x(direct.allocator(), kBytes);
    stream.fill(x.block(), 0, kBytes, input);
    kernel.set(0, x.block());
    kernel.set(1, y.block());
    kernel.set(2, 5);
    if (held) {
      stream.hold(kernel, all_);
    } else {
      stream.launch(kernel, all_);
    }
  };
  run(1, false);
  run(2, true);
  std::vector<std::uint32_t> values(kItems);
  stream.read(y.block(), 0, std::as_writable_bytes(std::span(values)));
  EXPECT_THAT(values, testing::Each(test::scrambled(2, 5)));
}

TEST_F(HeldLaunches, OneThatIsRefusedIsToldToWhoHoldsThem) {
  if (!holds()) GTEST_SKIP() << "nothing is held";
  const Buffer x = buffer();
  const Kernel ten = adding(x.block(), 10), hundred = adding(x.block(), 100);
  stream().fill(x.block(), 0, kBytes, 1);
  const std::string refused = "clEnqueueNDRangeKernel: CL_OUT_OF_RESOURCES (-5)";
  const auto hold_two = [&] {
    stream().hold(ten, all_);
    stream().hold(hundred, all_);
    test::fail_next(Call::launch, CL_OUT_OF_RESOURCES);
  };
  hold_two();
  EXPECT_EQ(text_of<DeviceError>([&] { stream().submit_held(); }), refused);
  EXPECT_NO_THROW(stream().submit_held());
  hold_two();
  EXPECT_THAT(read(x.block()), testing::Each(1));  // reading is not what was refused
  EXPECT_EQ(text_of<DeviceError>([&] { stream().hold(ten, all_); }), refused);
  hold_two();
  stream().submit_held_by_anyone();
  EXPECT_EQ(text_of<DeviceError>([&] { stream().submit_held(); }), refused);
  hold_two();
  stream().submit_held_by_anyone();
  stream().drop_held();
  stream().hold(hundred, all_);
  EXPECT_THAT(read(x.block()), testing::Each(101));
}

TEST_F(HeldLaunches, AreForgottenWhenDropped) {
  if (!holds()) GTEST_SKIP() << "nothing is held";
  const Buffer x = buffer();
  const Kernel ten = adding(x.block(), 10);
  stream().fill(x.block(), 0, kBytes, 1);
  stream().hold(ten, all_);
  stream().drop_held();
  EXPECT_THAT(read(x.block()), testing::Each(1));
}

TEST_F(StreamTest, AWaitThatFailsLosesTheDevice) {
  Kernel kernel = kernel_of(device_, kAddSource);
  const Buffer x = buffer();
  kernel.set(0, x.block());
  kernel.set(1, 1);
  stream().fill(x.block(), 0, kBytes, 1);  // something to wait for
  test::fail_next(Call::finish, CL_OUT_OF_RESOURCES);
  const std::string cause = text_of<DeviceError>([&] { device_.synchronize(); });
  EXPECT_THAT(cause, testing::AllOf(testing::HasSubstr("is lost"),
                                    testing::HasSubstr("clFinish: CL_OUT_OF_RESOURCES (-5)")));
  const auto same = [&](auto use) { EXPECT_EQ(text_of<DeviceError>(use), cause); };
  same([&] { stream().launch(kernel, {kItems, kLocal}); });
  same([&] { read(x.block()); });
  same([&] { stream().finish(); });
  same([&] { device_.state()->check_usable(); });
  same([&] { device_.state()->kernels().get({}); });
  same([&] { const Buffer y(device_.allocator(), 1 << 20); });
  EXPECT_NO_THROW(device_.close());
}

TEST_F(StreamTest, ServesSeveralThreads) {
  if (device_.info().kind == DeviceKind::simulator) GTEST_SKIP() << "one host thread only";
  const auto work = [&](Kernel kernel, int number) {
    for (int i = 0; i < 20; ++i) {
      const Buffer x = buffer();
      write(device_, x.block(), counted());
      add(device_, kernel, x.block(), number);
      EXPECT_EQ(read(x.block()), counted(number));
    }
  };
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work, kernel_of(device_, kAddSource), i);
}

}  // namespace
}  // namespace tarn::opencl
