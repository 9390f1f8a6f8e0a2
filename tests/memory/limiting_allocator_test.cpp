#include "runtime/memory/limiting_allocator.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <latch>
#include <thread>

#include "fake_driver.hpp"

namespace tarn::memory {
namespace {

using test::FakeDriver;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

// Records what was done to make room. `idle` blocks are what a cache above would give back.
class LimitingAllocatorTest : public ::testing::Test {
 protected:
  std::size_t reclaim(std::size_t bytes) {
    steps.push_back(bytes == kAll ? "reclaim all" : "reclaim " + std::to_string(bytes));
    std::size_t freed = 0;
    while (freed < bytes && !idle.empty()) {
      freed += idle.back().bytes;
      limits.release(idle.back());
      idle.pop_back();
    }
    return freed;
  }

  void make_idle(std::size_t bytes) { idle.push_back(limits.allocate(bytes, {})); }

  FakeDriver driver;
  std::vector<std::string> steps;
  std::vector<Block> idle;
  LimitingAllocator limits{driver,
                           {.memory = 1000, .block = 600},
                           {.reclaim = [this](std::size_t bytes) { return reclaim(bytes); },
                            .finish = [this] { steps.push_back("finish"); },
                            .report = [] { return std::string("the report"); }}};
};

TEST_F(LimitingAllocatorTest, ABlockAboveTheLimitOfOneThrowsBeforeAnythingElse) {
  make_idle(400);
  EXPECT_THAT(
      [&] { (void)limits.allocate(601, {}); },
      ThrowsMessage<OutOfMemory>("out of memory: asked for 601 B, but one block has at most 600 B; "
                                 "the report"));
  EXPECT_THAT(steps, IsEmpty());
  EXPECT_THAT(driver.asked(), ElementsAre(400));
}

TEST_F(LimitingAllocatorTest, FillsTheLimitToTheLastByte) {
  const Block a = limits.allocate(600, {}), b = limits.allocate(400, {});
  EXPECT_EQ(limits.stats().held.now, 1000u);
  EXPECT_THAT([&] { (void)limits.allocate(1, {}); },
              ThrowsMessage<OutOfMemory>(AllOf(HasSubstr("asked for 1 B"),
                                               HasSubstr("the memory limit is 1000 B"),
                                               HasSubstr("the report"))));
  limits.release(a);
  limits.release(b);
  EXPECT_EQ(limits.stats().held, (Gauge{.now = 0, .peak = 1000}));
}

TEST_F(LimitingAllocatorTest, ReclaimsExactlyWhatIsMissing) {
  make_idle(600);
  make_idle(300);
  EXPECT_EQ(limits.allocate(250, {}).bytes, 250u);
  EXPECT_THAT(steps, ElementsAre("reclaim 150"));
  EXPECT_EQ(limits.stats().held.now, 850u);
}

TEST_F(LimitingAllocatorTest, ARequestAboveTheMemoryLimitReclaimsNothing) {
  LimitingAllocator small(driver, {.memory = 100},
                          {.reclaim = [this](std::size_t bytes) { return reclaim(bytes); },
                           .finish = {},
                           .report = {}});
  EXPECT_THAT(
      [&] { (void)small.allocate(101, {}); },
      ThrowsMessage<OutOfMemory>("out of memory: asked for 101 B, but the memory limit is 100 B"));
  EXPECT_THAT(steps, IsEmpty());
}

TEST_F(LimitingAllocatorTest, WhenTheDriverIsFullReclaimingJustEnoughComesFirst) {
  make_idle(200);
  make_idle(200);
  driver.capacity = 450;
  EXPECT_EQ(limits.allocate(150, {}).bytes, 150u);
  EXPECT_THAT(steps, ElementsAre("reclaim 150"));
  EXPECT_EQ(limits.stats().out_of_memory_retries, 1u);
}

TEST_F(LimitingAllocatorTest, ThenReclaimingAllThenFinishing) {
  make_idle(200);
  make_idle(200);
  driver.fail_next(3);
  EXPECT_EQ(limits.allocate(100, {}).bytes, 100u);
  EXPECT_THAT(steps, ElementsAre("reclaim 100", "reclaim all", "finish"));
  EXPECT_THAT(driver.asked(), ElementsAre(200, 200, 100, 100, 100, 100));
  EXPECT_EQ(limits.stats().out_of_memory_retries, 3u);
}

TEST_F(LimitingAllocatorTest, ThenItThrowsWithTheDriversWordsAndTheReport) {
  make_idle(200);
  driver.fail_next(100);
  EXPECT_THAT(
      [&] { (void)limits.allocate(100, {}); },
      ThrowsMessage<OutOfMemory>("out of memory: asked for 100 B, but the driver says: fake "
                                 "failure; the report"));
  EXPECT_EQ(limits.stats().held.now, 0u);
  driver.fail_next(0);
  EXPECT_EQ(limits.allocate(100, {}).bytes, 100u);
}

TEST_F(LimitingAllocatorTest, AStepThatFreesNothingAsksTheDriverNothing) {
  driver.fail_next(100);
  EXPECT_THROW((void)limits.allocate(100, {}), OutOfMemory);
  EXPECT_THAT(steps, ElementsAre("reclaim 100", "reclaim all", "finish"));
  EXPECT_THAT(driver.asked(), ElementsAre(100, 100));  // at first, and after finish
}

TEST_F(LimitingAllocatorTest, WithoutReliefItThrowsAtOnce) {
  LimitingAllocator alone(driver, {}, {});
  driver.fail_next(1);
  EXPECT_THROW((void)alone.allocate(100, {}), OutOfMemory);
  EXPECT_THAT(driver.asked(), ElementsAre(100));
}

TEST_F(LimitingAllocatorTest, OtherErrorsPassAndGiveTheReservationBack) {
  driver.on_allocate = [] { throw DeviceError("device lost"); };
  EXPECT_THAT([&] { (void)limits.allocate(100, {}); }, ThrowsMessage<DeviceError>("device lost"));
  EXPECT_THAT(steps, IsEmpty());
  EXPECT_EQ(limits.stats().held.now, 0u);
  EXPECT_EQ(limits.stats().moving.now, 0u);
}

TEST_F(LimitingAllocatorTest, AFailingFinishGivesTheReservationBack) {
  LimitingAllocator failing(
      driver, {}, {.reclaim = {}, .finish = [] { throw DeviceError("lost"); }, .report = {}});
  driver.fail_next(1);
  EXPECT_THROW((void)failing.allocate(100, {}), DeviceError);
  EXPECT_EQ(failing.stats().held.now, 0u);
}

TEST_F(LimitingAllocatorTest, BytesAreReservedWhileTheDriverIsCalled) {
  std::vector<std::size_t> held, moving;
  driver.on_allocate = driver.on_release = [&] {
    held.push_back(limits.stats().held.now);
    moving.push_back(limits.stats().moving.now);
  };
  limits.release(limits.allocate(100, {}));
  EXPECT_THAT(held, ElementsAre(100, 100));
  EXPECT_THAT(moving, ElementsAre(100, 100));
  EXPECT_EQ(limits.stats().moving, (Gauge{.now = 0, .peak = 100}));
}

TEST_F(LimitingAllocatorTest, WaitsForReleasesOfOtherThreads) {
  const Block block = limits.allocate(600, {});
  std::latch releasing{1};
  driver.on_release = [&] {
    releasing.count_down();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // time to be waited for
  };
  std::thread other([&] { limits.release(block); });
  releasing.wait();
  EXPECT_NO_THROW((void)limits.allocate(500, {}));
  other.join();
  EXPECT_LE(limits.stats().held.peak, 1000u);
}

TEST_F(LimitingAllocatorTest, WhatWasHeldIsSubmittedBeforeABlockGoes) {
  std::size_t live = 0;
  LimitingAllocator holding(
      driver, {},
      {.reclaim = {}, .finish = {}, .submit = [&] { live = driver.live_blocks(); }, .report = {}});
  holding.release(holding.allocate(100, {}));
  EXPECT_EQ(live, 1u);
}

}  // namespace
}  // namespace tarn::memory
