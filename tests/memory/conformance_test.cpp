// What every allocator promises, held against each of them alone and against whole stacks.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "fake_driver.hpp"
#include "runtime/memory/allocator_stack.hpp"

namespace tarn::memory {
namespace {

using test::FakeDriver;
using Made = std::shared_ptr<Allocator>;

struct Candidate {
  const char* name;
  Made (*make)(std::shared_ptr<FakeDriver> driver);
};

void PrintTo(const Candidate& candidate, std::ostream* out) { *out << candidate.name; }

Made stack(std::shared_ptr<FakeDriver> driver, const StackOptions& options) {
  return make_allocator_stack(std::move(driver), options);
}

constexpr std::size_t kLimit = 1 << 20;

// The driver outlives the allocators: the tests hold it.
const Candidate kCandidates[] = {
    {"FakeDriver", [](std::shared_ptr<FakeDriver> driver) -> Made { return driver; }},
    {"CountingRequests",
     [](std::shared_ptr<FakeDriver> driver) -> Made {
       return std::make_shared<CountingAllocator>(*driver, CountingAllocator::Place::requests);
     }},
    {"CountingDriver",
     [](std::shared_ptr<FakeDriver> driver) -> Made {
       return std::make_shared<CountingAllocator>(*driver, CountingAllocator::Place::driver);
     }},
    {"SizeClasses",
     [](std::shared_ptr<FakeDriver> driver) -> Made {
       return std::make_shared<SizeClassAllocator>(*driver);
     }},
    {"ExactSizes",
     [](std::shared_ptr<FakeDriver> driver) -> Made {
       return std::make_shared<SizeClassAllocator>(*driver, Rounding::exact);
     }},
    {"Limiting",
     [](std::shared_ptr<FakeDriver> driver) -> Made {
       return std::make_shared<LimitingAllocator>(*driver, Limits{.memory = kLimit}, Relief{});
     }},
    {"Faulty",
     [](std::shared_ptr<FakeDriver> driver) -> Made {
       return std::make_shared<FaultyAllocator>(*driver, FaultPlan{.bytes = kLimit});
     }},
    {"Lru",
     [](std::shared_ptr<FakeDriver> driver) -> Made {
       return std::make_shared<LruAllocator>(*driver, LruOptions{.cache_limit = kLimit});
     }},
    {"LruOff",
     [](std::shared_ptr<FakeDriver> driver) -> Made {
       return std::make_shared<LruAllocator>(*driver, LruOptions{.cache_limit = 0});
     }},
    {"StackLru",
     [](std::shared_ptr<FakeDriver> driver) { return stack(driver, {.cache_limit = kLimit}); }},
    {"StackSmallCache",
     [](std::shared_ptr<FakeDriver> driver) {
       return stack(driver, {.cache_limit = 3000, .max_idle_blocks = 3, .memory_limit = kLimit});
     }},
    {"StackExact",
     [](std::shared_ptr<FakeDriver> driver) {
       return stack(driver, {.cache_limit = kLimit, .exact = true});
     }},
    {"StackOff",
     [](std::shared_ptr<FakeDriver> driver) { return stack(driver, {.cache_limit = 0}); }},
    {"StackDirect",
     [](std::shared_ptr<FakeDriver> driver) {
       return stack(driver, {.mode = AllocatorMode::direct});
     }},
};

class AllocatorConformance : public ::testing::TestWithParam<Candidate> {
 protected:
  void TearDown() override {
    allocator.reset();
    EXPECT_EQ(driver->live_blocks(), 0u);
    EXPECT_EQ(driver->wrong_releases(), 0u);
  }

  std::shared_ptr<FakeDriver> driver = std::make_shared<FakeDriver>();
  std::shared_ptr<Allocator> allocator = GetParam().make(driver);
};

TEST_P(AllocatorConformance, ABlockHasAtLeastTheBytesRequested) {
  for (const std::size_t bytes : {1u, 255u, 256u, 257u, 1000u, 4096u, 4097u, 65537u}) {
    const Block block = allocator->allocate(bytes, {});
    EXPECT_EQ(block.requested, bytes);
    EXPECT_GE(block.bytes, bytes);
    EXPECT_FALSE(block.empty());
    EXPECT_NE(block.handle, nullptr);
    allocator->release(block);
  }
}

TEST_P(AllocatorConformance, AReusedBlockSaysWhatWasRequestedThisTime) {
  allocator->release(allocator->allocate(1024, {}));
  const Block block = allocator->allocate(1000, {});
  EXPECT_EQ(block.requested, 1000u);
  EXPECT_GE(block.bytes, 1000u);
  allocator->release(block);
}

TEST_P(AllocatorConformance, ABlockHasTheOptionsAskedFor) {
  for (int i = 0; i < 3; ++i) {
    for (const bool visible : {false, true}) {
      const Block block = allocator->allocate(1024, {.host_visible = visible});
      EXPECT_EQ(block.options.host_visible, visible);
      allocator->release(block);
    }
  }
}

TEST_P(AllocatorConformance, LiveBlocksAreDistinct) {
  std::set<std::uint64_t> ids;
  std::set<void*> handles;
  std::vector<Block> blocks;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 50; ++i) {
      blocks.push_back(allocator->allocate(static_cast<std::size_t>(1 + i % 7) * 100, {}));
      EXPECT_TRUE(ids.insert(blocks.back().id).second);
      EXPECT_TRUE(handles.insert(blocks.back().handle).second);
    }
    for (int i = 0; i < 30; ++i) {
      ids.erase(blocks.back().id);
      handles.erase(blocks.back().handle);
      allocator->release(blocks.back());
      blocks.pop_back();
    }
  }
  for (const Block& block : blocks) allocator->release(block);
}

TEST_P(AllocatorConformance, AnIdNeverMeansTwoHandles) {
  std::map<std::uint64_t, void*> handle_of;
  for (int i = 0; i < 200; ++i) {
    const Block block = allocator->allocate(static_cast<std::size_t>(1 + i * 37 % 5) * 1000, {});
    const auto [known, added] = handle_of.emplace(block.id, block.handle);
    EXPECT_EQ(known->second, block.handle);
    allocator->release(block);
  }
}

TEST_P(AllocatorConformance, AFailureIsOutOfMemoryAndLosesNothing) {
  const Block kept = allocator->allocate(1000, {});
  driver->fail_next(10);
  EXPECT_THROW((void)allocator->allocate(5000, {}), OutOfMemory);
  driver->fail_next(0);
  const Block block = allocator->allocate(5000, {});
  EXPECT_GE(block.bytes, 5000u);
  allocator->release(block);
  allocator->release(kept);
}

TEST_P(AllocatorConformance, NoLockIsHeldWhileTheDriverIsCalled) {
  int calls = 0;
  driver->on_allocate = driver->on_release = [&] {
    ++calls;
    (void)allocator->stats();  // would wait forever
  };
  allocator->release(allocator->allocate(kLimit / 2, {}));
  EXPECT_GE(calls, 1);
  driver->on_allocate = driver->on_release = nullptr;
}

TEST_P(AllocatorConformance, FourThreadsMayUseIt) {
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (unsigned i = 0; i < 1000; ++i) {
        const Block a = allocator->allocate((i * 7 + t) % 5 * 300 + 1, {});
        const Block b = allocator->allocate((i * 3 + t) % 4 * 300 + 1, {});
        EXPECT_NE(a.id, b.id);
        allocator->release(a);
        allocator->release(b);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

INSTANTIATE_TEST_SUITE_P(All, AllocatorConformance, ::testing::ValuesIn(kCandidates),
                         [](const auto& candidate) { return candidate.param.name; });

}  // namespace
}  // namespace tarn::memory
