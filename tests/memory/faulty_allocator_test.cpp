// Plans of failures as text, what each makes fail, and a thousand random ones under whole stacks:
// a request is answered or refused with a report, and nothing is lost.
#include "runtime/memory/faulty_allocator.hpp"

#include <gmock/gmock.h>

#include <random>
#include <vector>

#include "fake_driver.hpp"
#include "runtime/memory/allocator_stack.hpp"
#include "throws.hpp"

namespace tarn::memory {
namespace {

using test::FakeDriver;

constexpr std::size_t kKiB = 1024;

TEST(FaultPlan, IsReadFromText) {
  EXPECT_EQ(parse_fault_plan("every:7"), FaultPlan{.every = 7});
  EXPECT_EQ(parse_fault_plan("after:0"), FaultPlan{.after = 0});
  EXPECT_EQ(parse_fault_plan("bytes:64MiB"), FaultPlan{.bytes = std::size_t{64} << 20});
  EXPECT_EQ(parse_fault_plan("p:0.25,42"), (FaultPlan{.probability = 0.25, .seed = 42}));
}

TEST(FaultPlan, OtherTextIsRefusedWithWhatIsAllowed) {
  for (const char* text :
       {"", "every", "every:", "every:0", "every:-1", "every:7x", "after:", "bytes:", "bytes:some",
        "p:0.5", "p:1.5,1", "p:-0.5,1", "p:nan,1", "p:0.5,", "p:,1", "often:3"}) {
    EXPECT_ERROR(parse_fault_plan(text), ValueError,
                 "'" + std::string(text) + "' is no plan of failures; allowed are every:N");
  }
}

// Which of these calls fail, as a string: x for a failure. All blocks are given back at the end.
std::string failures(const FaultPlan& plan, const std::vector<std::size_t>& sizes) {
  FakeDriver driver;
  FaultyAllocator faulty(driver, plan);
  std::vector<Block> blocks;
  std::string text;
  for (const std::size_t bytes : sizes) {
    try {
      blocks.push_back(faulty.allocate(bytes, {}));
      text += '.';
    } catch (const OutOfMemory&) {
      text += 'x';
    }
  }
  for (const Block& block : blocks) faulty.release(block);
  EXPECT_EQ(driver.live_blocks(), 0u);
  return text;
}

TEST(FaultyAllocator, FailsAsPlanned) {
  const std::vector<std::size_t> sizes(8, 256);
  EXPECT_EQ(failures({}, sizes), "........");
  EXPECT_EQ(failures({.every = 3}, sizes), "..x..x..");
  EXPECT_EQ(failures({.after = 5}, sizes), ".....xxx");
  EXPECT_EQ(failures({.bytes = 1000}, {400, 700, 600, 1, 2000}), ".x.xx");
  EXPECT_EQ(failures({.probability = 1}, sizes), "xxxxxxxx");
  const std::vector<std::size_t> many(1000, 256);
  const std::string some = failures({.probability = 0.1, .seed = 7}, many);
  EXPECT_EQ(some, failures({.probability = 0.1, .seed = 7}, many));
  EXPECT_NE(some, failures({.probability = 0.1, .seed = 8}, many));
  EXPECT_NEAR(static_cast<double>(std::ranges::count(some, 'x')), 100, 40);
}

TEST(FaultyAllocator, WhatIsGivenBackCanBeHadAgain) {
  FakeDriver driver;
  FaultyAllocator faulty(driver, {.bytes = 1000});
  const Block block = faulty.allocate(900, {});
  EXPECT_ERROR(faulty.allocate(200, {}), OutOfMemory, "would hold more than 1000 B");
  faulty.release(block);
  faulty.release(faulty.allocate(1000, {}));
}

TEST(FaultyAllocator, ADriverThatFailsByItselfReservesNothing) {
  FakeDriver driver;
  FaultyAllocator faulty(driver, {.bytes = 1000});
  driver.fail_next(1);
  EXPECT_ERROR(faulty.allocate(900, {}), OutOfMemory, "fake failure");
  faulty.release(faulty.allocate(900, {}));
}

TEST(FaultyAllocator, AnotherPlanCountsCallsAnewAndKeepsTheBytes) {
  FakeDriver driver;
  FaultyAllocator faulty(driver, {.after = 1});
  const Block block = faulty.allocate(600, {});
  EXPECT_THROW((void)faulty.allocate(1, {}), OutOfMemory);
  faulty.set_plan({.after = 1, .bytes = 1000});
  EXPECT_THROW((void)faulty.allocate(500, {}), OutOfMemory);  // the first call: too many bytes
  EXPECT_THROW((void)faulty.allocate(1, {}), OutOfMemory);    // the second
  faulty.set_plan({});
  faulty.release(faulty.allocate(500, {}));
  faulty.release(block);
}

FaultPlan random_plan(std::mt19937& dice) {
  switch (dice() % 4) {
    case 0:
      return {.every = 1 + dice() % 9};
    case 1:
      return {.after = dice() % 60};
    case 2:
      return {.bytes = dice() % (96 * kKiB)};
    default:
      return {.probability = static_cast<double>(dice() % 100) / 100,
              .seed = static_cast<std::uint32_t>(dice())};
  }
}

// Random requests and releases of one stack; all blocks are given back at the end.
std::uint64_t use(AllocatorStack& stack, std::mt19937& dice) {
  std::vector<Block> live;
  std::uint64_t refused = 0;
  for (int i = 0; i < 200; ++i) {
    if (dice() % 5 < 2 && !live.empty()) {
      std::swap(live[dice() % live.size()], live.back());
      stack.release(live.back());
      live.pop_back();
      continue;
    }
    try {
      live.push_back(stack.allocate(1 + dice() % (8 * kKiB), {}));
    } catch (const OutOfMemory& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr("largest live requests"));
      ++refused;
    }
  }
  for (const Block& block : live) stack.release(block);
  return refused;
}

TEST(FaultyAllocator, AThousandRandomPlansLoseNothing) {
  std::mt19937 dice(2024);
  std::uint64_t refused = 0, retried = 0;
  for (int i = 0; i < 1000 && !HasFailure(); ++i) {
    const auto driver = std::make_shared<FakeDriver>();
    const auto mode = i % 4 == 0 ? AllocatorMode::direct : AllocatorMode::lru;
    const auto stack = make_allocator_stack(driver,
                                            {.mode = mode,
                                             .cache_limit = 48 * kKiB,
                                             .memory_limit = 256 * kKiB,
                                             .faults = random_plan(dice)},
                                            {.finish = [] {}});
    const std::uint64_t failed = use(*stack, dice);
    const AllocatorStats stats = stack->stats();
    EXPECT_EQ(stats.failures, failed);
    EXPECT_EQ(stats.requests - stats.failures, stats.releases);
    EXPECT_EQ(stats.live.now, 0u);
    EXPECT_EQ(stats.moving.now, 0u);
    EXPECT_EQ(stats.held.now, stats.idle.now);
    EXPECT_EQ(stats.held.now, driver->held());
    stack->trim();
    EXPECT_EQ(driver->live_blocks(), 0u) << "plan " << i;
    EXPECT_EQ(driver->wrong_releases(), 0u);
    refused += failed;
    retried += stats.out_of_memory_retries;
  }
  EXPECT_GT(refused, 1000u);  // else this would have tested little
  EXPECT_GT(retried, 1000u);
}

}  // namespace
}  // namespace tarn::memory
