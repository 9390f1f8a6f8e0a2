#include "runtime/memory/size_class.hpp"

#include <gtest/gtest.h>

#include "fake_driver.hpp"
#include "runtime/memory/size_class_allocator.hpp"

namespace tarn::memory {
namespace {

using test::FakeDriver;

TEST(SizeClass, SmallRequestsGet256Bytes) {
  EXPECT_EQ(size_class(1), 256u);
  EXPECT_EQ(size_class(256), 256u);
  EXPECT_EQ(size_class(257), 384u);
}

TEST(SizeClass, PowersOfTwoStayExact) {
  for (int e = 8; e < 63; ++e) EXPECT_EQ(size_class(std::size_t{1} << e), std::size_t{1} << e);
}

TEST(SizeClass, TwoClassesToTheOctaveBelow128KiB) {
  EXPECT_EQ(size_class(1025), 1024u + 512);
  EXPECT_EQ(size_class(1024 + 512), 1024u + 512);
  EXPECT_EQ(size_class(1024 + 513), 2048u);
  EXPECT_EQ(size_class(98305), 131072u);
}

TEST(SizeClass, SixteenClassesToTheOctaveAbove128KiB) {
  EXPECT_EQ(size_class(131073), 131072u + 8192);
  EXPECT_EQ(size_class(131072 + 8192), 131072u + 8192);
  EXPECT_EQ(size_class(131072 + 8193), 131072u + 16384);
  EXPECT_EQ(size_class(262143), 262144u);
}

TEST(SizeClass, WastesLessThanAHalfAndAbove128KiBASixteenth) {
  for (std::size_t bytes = 256; bytes < 600000; ++bytes) {
    const std::size_t rounded = size_class(bytes);
    ASSERT_GE(rounded, bytes);
    ASSERT_LT((rounded - bytes) * (bytes < 131072 ? 2 : 16), bytes);
    ASSERT_EQ(size_class(rounded), rounded);
  }
}

TEST(SizeClass, DoesNotOverflow) {
  constexpr std::size_t most = ~std::size_t{0};
  EXPECT_EQ(size_class(most), most);
  EXPECT_EQ(size_class(most / 2 + 1), most / 2 + 1);
  EXPECT_EQ(class_index(most), kClassCount - 1);
}

TEST(SizeClass, IndexAndBytesAreInverse) {
  for (std::size_t i = 0; i < kClassCount; ++i) ASSERT_EQ(class_index(class_bytes(i)), i);
  for (std::size_t i = 1; i < kClassCount; ++i) {
    ASSERT_EQ(size_class(class_bytes(i - 1) + 1), class_bytes(i));
  }
}

TEST(SizeClassAllocator, AsksForTheClassAndRemembersTheRequest) {
  FakeDriver driver;
  SizeClassAllocator allocator(driver);
  const Block block = allocator.allocate(1000, {});
  EXPECT_EQ(block.requested, 1000u);
  EXPECT_EQ(block.bytes, 1024u);
  EXPECT_EQ(driver.asked(), std::vector<std::size_t>{1024});
  allocator.release(block);
}

TEST(SizeClassAllocator, ExactRoundsNothing) {
  FakeDriver driver;
  SizeClassAllocator allocator(driver, Rounding::exact);
  const Block block = allocator.allocate(1, {});
  EXPECT_EQ(block.bytes, 1u);
  allocator.release(block);
}

TEST(SizeClassAllocator, KnowsTheLargestLiveRequests) {
  FakeDriver driver;
  SizeClassAllocator allocator(driver);
  EXPECT_EQ(allocator.largest_live(3), "none");
  const Block small = allocator.allocate(10, {});
  const Block large = allocator.allocate(4096, {});
  const Block large_too = allocator.allocate(4000, {});
  EXPECT_EQ(allocator.largest_live(3), "2 x 4.00 KiB, 1 x 256 B");
  EXPECT_EQ(allocator.largest_live(1), "1 x 4.00 KiB");
  allocator.release(large);
  allocator.release(large_too);
  EXPECT_EQ(allocator.largest_live(3), "1 x 256 B");
  allocator.release(small);
  EXPECT_EQ(allocator.largest_live(3), "none");
}

}  // namespace
}  // namespace tarn::memory
