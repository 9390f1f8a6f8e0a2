// Random requests and releases by four threads on a real device: the bounds hold at each step, and
// what a thread has written to its block is there when it releases it, so no bytes are handed out
// twice.
#include "memory/random_requests.hpp"

#include <array>
#include <thread>

#include "opencl/fixture.hpp"

namespace tarn::opencl {
namespace {

using test::kCacheLimit;
using test::kMemoryLimit;
using test::User;

constexpr unsigned kThreads = 4;

class RandomRequests {
 public:
  explicit RandomRequests(AllocatorMode mode)
      : device_({.allocator = mode,
                 .cache_limit = mode == AllocatorMode::lru ? kCacheLimit : 0,
                 .memory_limit = kMemoryLimit}) {}

  const DeviceInfo& info() const { return device_.info(); }

  void run(int operations_each) {
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < kThreads; ++t) {
      threads.emplace_back([=, this] { use(User(device_.state()->stack(), t), operations_each); });
    }
    for (std::thread& thread : threads) thread.join();
    device_.trim();
    test::expect_all_accounted_for(device_.allocator_stats());
  }

 private:
  void use(User user, int operations) {
    for (int i = 0; i < operations; ++i) {
      if (user.dice().below(24) >= user.live().size()) {
        request(user);
      } else {
        release(user);
      }
      const AllocatorStats stats = device_.allocator_stats();
      EXPECT_LE(stats.held.peak, kMemoryLimit);
      EXPECT_LE(stats.idle.peak, kCacheLimit);
    }
    while (!user.live().empty()) release(user);
  }

  void request(User& user) try {
    const Block block = user.request(user.dice().bytes(), false);
    if (block.empty()) return;
    const std::array mark{block.id};
    device_.state()->stream().write(block, 0, std::as_bytes(std::span(mark)));
  } catch (const OutOfMemory&) {  // the four together want more than there is
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
  requests.run(requests.info().serial_lane ? 250'000 : 500);  // others wake up for each write
}

TEST(RandomRequestsOnADevice, WithTheCache) { by_four_threads(AllocatorMode::lru); }

TEST(RandomRequestsOnADevice, Direct) { by_four_threads(AllocatorMode::direct); }

}  // namespace
}  // namespace tarn::opencl
