// Random requests and releases on a real device, by one thread and by four: the bounds hold at each
// step, and what a thread has written to its block is there when it releases it, so no bytes are
// handed out twice. Where nobody else is in the midst of a call, all bytes that the driver gave are
// accounted for after each step.
#include "memory/random_requests.hpp"

#include <array>
#include <thread>

#include "opencl/fixture.hpp"

namespace tarn::opencl {
namespace {

using test::kCacheLimit;
using test::kMemoryLimit;
using test::User;

class RandomRequests {
 public:
  explicit RandomRequests(AllocatorMode mode)
      : device_({.allocator = mode,
                 .cache_limit = mode == AllocatorMode::lru ? kCacheLimit : 0,
                 .memory_limit = kMemoryLimit}) {}

  const DeviceInfo& info() const { return device_.info(); }

  void run_alone(int operations) {
    use(User(device_.state()->stack(), 42), operations, [this](const User& user) {
      const AllocatorStats stats = device_.allocator_stats();
      test::expect_settled(stats, stats.held.now, user.live_bytes());
      EXPECT_EQ(stats.driver_allocations - stats.driver_releases,
                user.live().size() + stats.idle_blocks);
    });
    const AllocatorStats stats = device_.allocator_stats();
    EXPECT_GT(stats.requests * 3, static_cast<std::uint64_t>(operations));
    if (device_.allocator_mode() == AllocatorMode::lru) {
      EXPECT_GT(stats.hits(), 0u);
      EXPECT_GT(stats.evictions(), 0u);
    }
    end();
  }

  void run(unsigned threads_at_once, int operations_each) {
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < threads_at_once; ++t) {
      threads.emplace_back([=, this] {
        use(User(device_.state()->stack(), t), operations_each, [](const User&) {});
      });
    }
    for (std::thread& thread : threads) thread.join();
    end();
  }

 private:
  template <class Check>
  void use(User user, int operations, const Check& check) {
    for (int i = 0; i < operations && !::testing::Test::HasFailure(); ++i) {
      if (user.dice().below(24) >= user.live().size()) {
        request(user);
      } else {
        release(user);
      }
      const AllocatorStats stats = device_.allocator_stats();
      EXPECT_LE(stats.held.peak, kMemoryLimit);
      EXPECT_LE(stats.idle.peak, kCacheLimit);
      check(user);
    }
    while (!user.live().empty()) release(user);
  }

  void end() {
    device_.trim();
    test::expect_all_accounted_for(device_.allocator_stats());
  }

  void request(User& user) try {
    const Block block = user.request(user.dice().bytes(), false);
    if (block.empty()) return;
    const std::array mark{block.id};
    device_.state()->stream().write(block, 0, std::as_bytes(std::span(mark)));
  } catch (const OutOfMemory&) {  // they want more than there is, together or alone
  }

  void release(User& user) {
    const Block block = user.let_go_of_any();
    if (block.empty()) return;
    std::array<std::uint64_t, 1> mark{};
    device_.state()->stream().read(block, 0, std::as_writable_bytes(std::span(mark)));
    EXPECT_EQ(mark.front(), block.id);
    device_.state()->stack().release(block);
  }

  const Device device_;
};

void by_four_threads(AllocatorMode mode) {
  SKIP_UNDER_POISON();
  RandomRequests requests(mode);
  if (requests.info().kind == DeviceKind::simulator) GTEST_SKIP() << "simulators take one thread";
  requests.run(4, requests.info().serial_lane ? 250'000 : 500);  // others wake up for each write
}

void by_one_thread(AllocatorMode mode) {
  SKIP_UNDER_POISON();
  RandomRequests requests(mode);
  requests.run_alone(requests.info().serial_lane ? 1'000'000 : 1000);
}

TEST(RandomRequestsOnADevice, ByOneThreadWithTheCache) { by_one_thread(AllocatorMode::lru); }

TEST(RandomRequestsOnADevice, ByOneThreadDirect) { by_one_thread(AllocatorMode::direct); }

TEST(RandomRequestsOnADevice, WithTheCache) { by_four_threads(AllocatorMode::lru); }

TEST(RandomRequestsOnADevice, Direct) { by_four_threads(AllocatorMode::direct); }

}  // namespace
}  // namespace tarn::opencl
