// The driver's allocator, alone and under its stack, on the real device.
#include "runtime/opencl/direct_allocator.hpp"

#include <gmock/gmock.h>

#include <cstdint>
#include <fstream>
#include <sstream>

#include "opencl/faults.hpp"
#include "opencl/fixture.hpp"
#include "runtime/opencl/platforms.hpp"

namespace tarn::opencl {
namespace {

using test::Call;
using test::kAddSource;
using test::kBytes;
using test::text_of;

// What the system notes of the memory at an address: "VmFlags: rd wr ... hg ".
std::string page_flags(const void* place) {
  const auto address = reinterpret_cast<std::uintptr_t>(place);
  std::ifstream maps("/proc/self/smaps");
  bool here = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t first = 0, last = 0;
    char dash = 0;
    std::istringstream range(line);
    if (range >> std::hex >> first >> dash >> last && dash == '-') {
      here = first <= address && address < last;
    } else if (here && line.starts_with("VmFlags:")) {
      return line;
    }
  }
  return {};
}

class DirectAllocatorTest : public test::DeviceTest {
 protected:
  cl::Device handle() const {
    return discover().workers[static_cast<std::size_t>(device_.info().index)].front();
  }
  std::shared_ptr<DirectAllocator> allocator(Placement placement) const {
    return std::make_shared<DirectAllocator>(cl::Context(handle()), handle(),
                                             DirectOptions{.placement = placement}, status_);
  }
  // Whether the system has been asked for large pages for a block of so many bytes.
  bool in_huge_pages(std::size_t bytes, bool wanted) const {
    const cl::Context context(handle());
    DirectAllocator direct(context, handle(), {.huge_pages = wanted}, status_);
    const Block block = direct.allocate(bytes, {});
    const auto memory = static_cast<cl_mem>(block.handle);
    const cl::CommandQueue queue(context, handle());
    void* const place = clEnqueueMapBuffer(queue(), memory, CL_TRUE, CL_MAP_READ, 0, bytes, 0,
                                           nullptr, nullptr, nullptr);
    const bool huge =
        page_flags(static_cast<char*>(place) + bytes / 2).find(" hg") != std::string::npos;
    clEnqueueUnmapMemObject(queue(), memory, place, 0, nullptr, nullptr);
    queue.finish();
    direct.release(block);
    return huge;
  }

  const Device device_;
  const std::shared_ptr<DeviceStatus> status_ = std::make_shared<DeviceStatus>("under test");
};

TEST_F(DirectAllocatorTest, BlocksHaveIdsThatAreNeverUsedTwice) {
  const auto direct = allocator(Placement::host);
  const auto other = allocator(Placement::host);
  const Block a = direct->allocate(256, {});
  direct->release(a);
  const Block b = direct->allocate(256, {});
  const Block c = other->allocate(256, {});
  EXPECT_LT(a.id, b.id);
  EXPECT_LT(b.id, c.id);
  EXPECT_EQ(b.bytes, 256u);
  EXPECT_EQ(b.requested, 256u);
  direct->release(b);
  other->release(c);
}

TEST_F(DirectAllocatorTest, AsksForHugePagesForLargeBlocks) {
  if (device_.info().platform != "Portable Computing Language") GTEST_SKIP() << "memory of its own";
  if (!std::ifstream("/sys/kernel/mm/transparent_hugepage/enabled"))
    GTEST_SKIP() << "no such pages";
  EXPECT_TRUE(in_huge_pages(16 << 20, true));
  EXPECT_FALSE(in_huge_pages(64 << 10, true));
  EXPECT_FALSE(in_huge_pages(40 << 20, false));
}

TEST_F(DirectAllocatorTest, MovesBlocksToADeviceWithMemoryOfItsOwn) {
  const auto direct = allocator(Placement::device);
  const auto before = test::calls(Call::migrate);
  direct->release(direct->allocate(4096, {}));
  EXPECT_EQ(test::calls(Call::migrate), before + 1);
}

TEST_F(DirectAllocatorTest, AMoveThatFailsIsOutOfMemoryAndLosesNothing) {
  const auto direct = allocator(Placement::device);
  const auto released = test::calls(Call::release_memory);
  test::fail_next(Call::migrate, CL_OUT_OF_RESOURCES);
  EXPECT_EQ(text_of<OutOfMemory>([&] { (void)direct->allocate(4096, {}); }),
            "clEnqueueMigrateMemObjects: CL_OUT_OF_RESOURCES (-5)");
  EXPECT_EQ(test::calls(Call::release_memory), released + 1);
}

TEST_F(DirectAllocatorTest, OnlyLackOfMemoryIsOutOfMemory) {
  const auto direct = allocator(Placement::host);
  for (const cl_int code :
       {CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_RESOURCES, CL_OUT_OF_HOST_MEMORY}) {
    test::fail_next(Call::create_buffer, code);
    EXPECT_THROW((void)direct->allocate(256, {}), OutOfMemory);
  }
  test::fail_next(Call::create_buffer, CL_INVALID_CONTEXT);
  EXPECT_EQ(text_of<DeviceError>([&] { (void)direct->allocate(256, {}); }),
            "clCreateBuffer: CL_INVALID_CONTEXT (-34)");
}

TEST_F(DirectAllocatorTest, ClosingGivesAllBackAndReleasesDoNothingAfterwards) {
  const auto direct = allocator(Placement::host);
  const Block a = direct->allocate(256, {});
  const Block b = direct->allocate(256, {});
  const auto released = test::calls(Call::release_memory);
  direct->close();
  EXPECT_EQ(test::calls(Call::release_memory), released + 2);
  direct->release(a);
  direct->release(b);
  EXPECT_EQ(test::calls(Call::release_memory), released + 2);
}

TEST_F(DirectAllocatorTest, ALostDeviceAllocatesNothing) {
  const auto direct = allocator(Placement::host);
  status_->lose("a reason");
  EXPECT_THROW((void)direct->allocate(256, {}), DeviceError);
}

TEST_F(DirectAllocatorTest, AddressesAreMultiplesOf64) {
  Kernel kernel =
      kernel_of(device_, {"address",
                          "kernel void address(global char* x, global int* remainder) {\n"
                          "  remainder[get_global_id(0)] = (int)((ulong)x & 63);\n}"});
  const Buffer remainder(device_.allocator(), 64 * sizeof(std::int32_t));
  kernel.set(1, remainder.block());
  for (const std::size_t bytes : {1u, 100u, 4096u, 5000u, 1u << 20}) {
    const Buffer buffer(device_.allocator(), bytes);
    kernel.set(0, buffer.block());
    device_.state()->stream().launch(kernel, {64, 64});
    EXPECT_THAT(read(device_, remainder.block(), 64), testing::Each(0)) << bytes;
  }
}

// ---- The stack over it

// Allocates and releases `passes` times, and computes with the block each time.
AllocatorStats traffic(const Device& device, Kernel& kernel, int passes) {
  device.reset_allocator_stats();
  for (int pass = 0; pass < passes; ++pass) {
    const Buffer buffer(device.allocator(), kBytes);
    kernel.set(0, buffer.block());
    kernel.set(1, 1);
    device.state()->stream().launch(kernel, {test::kItems, test::kLocal});
  }
  device.synchronize();
  return device.allocator_stats();
}

TEST_F(DirectAllocatorTest, DirectModeAsksTheDriverEachTime) {
  SKIP_UNDER_POISON();
  const Device direct({.allocator = AllocatorMode::direct});
  Kernel kernel = kernel_of(direct, kAddSource);
  const AllocatorStats stats = traffic(direct, kernel, 10);
  EXPECT_EQ(stats.requests, 10u);
  EXPECT_EQ(stats.driver_allocations, 10u);
  EXPECT_EQ(stats.driver_releases, 10u);
  EXPECT_EQ(stats.misses_by[MissReason::disabled], 10u);
  EXPECT_EQ(stats.saved(), 0);
}

TEST_F(DirectAllocatorTest, TheCacheAsksTheDriverOnce) {
  SKIP_UNDER_POISON();
  const Device lru({.allocator = AllocatorMode::lru});
  Kernel kernel = kernel_of(lru, kAddSource);
  AllocatorStats stats = traffic(lru, kernel, 10);
  EXPECT_EQ(stats.requests, 10u);
  EXPECT_EQ(stats.driver_allocations, 1u);
  EXPECT_EQ(stats.hits(), 9u);
  stats = traffic(lru, kernel, 10);
  EXPECT_EQ(stats.driver_allocations, 0u);
  EXPECT_EQ(stats.saved(), 1);
}

TEST_F(DirectAllocatorTest, WhenTheDriverIsOutOfMemoryIdleBlocksMakeRoom) {
  SKIP_UNDER_POISON();
  const Device device({.allocator = AllocatorMode::lru});
  { const Buffer idle(device.allocator(), 1 << 16); }
  test::fail_next(Call::create_buffer, CL_OUT_OF_HOST_MEMORY);
  const Buffer other(device.allocator(), 1 << 18);
  const AllocatorStats stats = device.allocator_stats();
  EXPECT_EQ(stats.evictions_by[EvictionReason::memory], 1u);
  EXPECT_EQ(stats.out_of_memory_retries, 1u);
  EXPECT_EQ(stats.idle.now, 0u);
}

TEST_F(DirectAllocatorTest, OutOfMemoryReportsWhatIsLiveAndTheLimits) {
  SKIP_UNDER_POISON();
  const Device device({.cache_limit = 0, .memory_limit = 1 << 20});
  const Buffer half(device.allocator(), 1 << 19);
  EXPECT_THAT(
      text_of<OutOfMemory>([&] { const Buffer more(device.allocator(), 1 << 20); }),
      testing::AllOf(testing::HasSubstr("asked for 1.00 MiB"), testing::HasSubstr("live 512 KiB"),
                     testing::HasSubstr("memory 1.00 MiB")));
  const Buffer fits(device.allocator(), 1 << 19);
}

TEST_F(DirectAllocatorTest, ARequestAboveTheLargestBufferThrowsAtOnce) {
  const auto created = test::calls(Call::create_buffer);
  const std::size_t bytes = device_.info().max_block_bytes + 1;
  EXPECT_THROW(const Buffer huge(device_.allocator(), bytes), OutOfMemory);
  EXPECT_EQ(test::calls(Call::create_buffer), created);
}

}  // namespace
}  // namespace tarn::opencl
