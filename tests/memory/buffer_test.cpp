#include "tarn/buffer.hpp"

#include <gtest/gtest.h>

#include "fake_driver.hpp"
#include "runtime/memory/allocator_stack.hpp"

namespace tarn {
namespace {

struct Fixture {
  std::shared_ptr<test::FakeDriver> driver = std::make_shared<test::FakeDriver>();
  std::shared_ptr<Allocator> stack =
      memory::make_allocator_stack(driver, {.mode = AllocatorMode::direct});
};

TEST(Buffer, ReleasesItsBlockWithItsLastOwner) {
  Fixture f;
  auto buffer = std::make_shared<Buffer>(f.stack, 1000);
  const auto other = buffer;
  EXPECT_EQ(buffer->bytes(), 1000u);
  EXPECT_EQ(buffer->block().bytes, 1024u);
  EXPECT_EQ(buffer->id(), buffer->block().id);
  EXPECT_EQ(buffer->handle(), buffer->block().handle);
  buffer.reset();
  EXPECT_EQ(f.driver->live_blocks(), 1u);
}

TEST(Buffer, KeepsItsAllocatorAlive) {
  const auto driver = std::make_shared<test::FakeDriver>();
  auto buffer =
      std::make_unique<Buffer>(memory::make_allocator_stack(driver, {.cache_limit = 1024}), 1000);
  EXPECT_EQ(driver->live_blocks(), 1u);
  buffer.reset();  // the last to hold the stack, and so the cache
  EXPECT_EQ(driver->live_blocks(), 0u);
}

TEST(Buffer, MayBeEmpty) {
  Fixture f;
  const Buffer buffer(f.stack, 0);
  EXPECT_EQ(buffer.bytes(), 0u);
  EXPECT_EQ(buffer.id(), 0u);
  EXPECT_EQ(buffer.handle(), nullptr);
}

}  // namespace
}  // namespace tarn
