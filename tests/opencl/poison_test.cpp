// Kernels that touch what is not theirs, planted, and each seen under TARN_POISON=1.
#include "runtime/opencl/poison.hpp"

#include <gmock/gmock.h>

#include <memory>

#include "opencl/fixture.hpp"

namespace tarn::opencl {
namespace {

using test::kBytes;
using test::kItems;
using test::kLocal;
using test::text_of;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;

const KernelSource kCopy{"copy",
                         "kernel void copy(global const int* x, global int* y) {\n"
                         "  y[get_global_id(0)] = x[get_global_id(0)];\n}"};
const KernelSource kPut{"put_one", "kernel void put_one(global char* x, int at) { x[at] = 1; }"};

class PoisonTest : public test::DeviceTest {
 protected:
  std::unique_ptr<Buffer> buffer(std::size_t bytes = kBytes) const {
    return std::make_unique<Buffer>(device_.allocator(), bytes);
  }
  // Writes one byte, by a kernel that may write anywhere.
  void put_one(const Block& block, std::size_t at) const {
    Kernel kernel = kernel_of(device_, kPut);
    kernel.set(0, block);
    kernel.set(1, static_cast<std::int32_t>(at));
    device_.state()->stream().launch(kernel, {1, 1});
  }
  void copy(const Block& from, const Block& to) const {
    Kernel kernel = kernel_of(device_, kCopy);
    kernel.set(0, from);
    kernel.set(1, to);
    device_.state()->stream().launch(kernel, {kItems, kLocal});
  }

 private:
  test::ScopedVariable poison_{"TARN_POISON", "1"};

 protected:
  const Device device_;
};

TEST_F(PoisonTest, WhatIsRightGoesUnnoticed) {
  const auto x = buffer();
  write(device_, x->block(), counted());
  for (int i = 0; i < 20; ++i) {
    const auto y = buffer(), z = buffer(100 + static_cast<std::size_t>(i));
    copy(x->block(), y->block());
    put_one(z->block(), z->bytes() - 1);
    EXPECT_EQ(read(device_, y->block()), counted());
  }
}

TEST_F(PoisonTest, AWritePastTheRequestNamesTheKernel) {
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{103}, kBytes}) {
    const auto x = buffer(bytes);
    put_one(x->block(), bytes - 1);
    EXPECT_THAT(
        text_of<DeviceError>([&] { put_one(x->block(), bytes); }),
        AllOf(HasSubstr("kernel 'put_one' has written"),
              HasSubstr("past the end of block " + std::to_string(x->id()) + " of " +
                        std::to_string(bytes) + " bytes, at byte " + std::to_string(bytes))));
    put_one(x->block(), 0);  // reported once
  }
}

TEST_F(PoisonTest, AWriteAfterReleaseNamesTheKernel) {
  auto x = buffer();
  const Block stale = x->block();
  x.reset();
  EXPECT_THAT(text_of<DeviceError>([&] { put_one(stale, 40); }),
              AllOf(HasSubstr("kernel 'put_one' has written"),
                    HasSubstr("to block " + std::to_string(stale.id) + " of " +
                              std::to_string(kBytes) + " bytes after its release, at byte 40")));
}

TEST_F(PoisonTest, AReadAfterReleaseShowsInWhatIsRead) {
  auto x = buffer();
  write(device_, x->block(), counted());
  const Block stale = x->block();
  x.reset();
  const auto y = buffer();
  copy(stale, y->block());
  EXPECT_THAT(text_of<DeviceError>([&] { read(device_, y->block()); }),
              HasSubstr("the NaN of released memory: a kernel has read a block after its release"));
}

TEST_F(PoisonTest, WhatNothingHasBeenWrittenToShowsInWhatIsRead) {
  const auto x = buffer();
  EXPECT_THAT(text_of<DeviceError>([&] { read(device_, x->block()); }),
              HasSubstr("the NaN of memory that nothing has been written to"));
}

TEST_F(PoisonTest, WhatIsKeptIsGivenUpWhenMemoryRunsOut) {
  const Device small({.memory_limit = 1 << 20});
  for (int i = 0; i < 20; ++i) Buffer(small.allocator(), 700 << 10);
  EXPECT_EQ(small.allocator_stats().failures, 19u);  // each answered when it was asked again
}

TEST_F(PoisonTest, ItIsOffUnlessAskedFor) {
  const test::ScopedVariable off("TARN_POISON", "0");
  const Device device;
  Buffer(device.allocator(), kBytes);
  EXPECT_EQ(device.allocator_stats().live.now, 0u);
}

}  // namespace
}  // namespace tarn::opencl
