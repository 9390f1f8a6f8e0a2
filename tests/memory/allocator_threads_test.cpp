// What allocator_property_test holds on one thread, on four that share a stack. Run under
// ThreadSanitizer too.
#include <atomic>
#include <barrier>
#include <chrono>
#include <functional>
#include <mutex>
#include <numeric>
#include <thread>

#include "fake_driver.hpp"
#include "memory/random_requests.hpp"

namespace tarn::memory {
namespace {

using test::Dice;
using test::FakeDriver;
using test::kCacheLimit;
using test::kMaxBlock;
using test::kMemoryLimit;
using test::small_stack;
using test::User;

constexpr unsigned kThreads = 4;
constexpr int kOperations = 1'000'000;  // of all threads together

void on_all_threads(const std::function<void(unsigned thread)>& work) {
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < kThreads; ++t) threads.emplace_back(work, t);
  for (std::thread& thread : threads) thread.join();
}

// A fifth thread turns the cache up and down and lets the driver fail. Now and then all of them
// stop, and every byte is accounted for. `owned_` says for each id whether it is in somebody's
// hands.
class FourThreads {
 public:
  explicit FourThreads(AllocatorMode mode)
      : stack_(make_allocator_stack(driver_, small_stack(mode), {.finish = [] {}})),
        owned_(kMaxIds) {
    driver_->on_allocate =
        driver_->on_release = [this] { EXPECT_LE(driver_->held(), kMemoryLimit); };
    for (unsigned t = 0; t < kThreads; ++t) users_.emplace_back(*stack_, t);
  }

  void run(int operations) {
    std::atomic<bool> done = false;
    std::thread setter([&] {
      for (Dice dice(99); !done;) change_settings(dice);
    });
    on_all_threads([&](unsigned t) { use(users_[t], operations / static_cast<int>(kThreads)); });
    done = true;
    setter.join();
    stack_->trim();
    EXPECT_EQ(driver_->live_blocks(), 0u);
    EXPECT_EQ(driver_->wrong_releases(), 0u);
    test::expect_all_accounted_for(stack_->stats());
  }

 private:
  static constexpr std::size_t kMaxIds = 1 << 20;
  static constexpr int kBetweenStops = 1000;  // operations of each thread
  struct Account {
    FourThreads* test;
    void operator()() noexcept { test->account(); }
  };

  void use(User& user, int operations) {
    for (int i = 0; i < operations; ++i) {
      // The four together want about as much as there is.
      if (user.dice().below(24) >= user.live().size()) {
        request(user);
      } else {
        release(user);
      }
      test::expect_within_bounds(stack_->stats());
      if (i % kBetweenStops == 0) stop_.arrive_and_wait();
    }
    while (!user.live().empty()) release(user);
  }

  void request(User& user) {
    try {
      const Block block = user.request(user.dice().bytes(), user.dice().one_in(5));
      if (block.empty()) return;
      ASSERT_LT(block.id, kMaxIds);
      EXPECT_FALSE(owned_[block.id].exchange(true)) << "handed out twice";
    } catch (const OutOfMemory&) {
    }
  }

  void release(User& user) {
    const Block block = user.let_go_of_any();
    if (block.empty()) return;
    EXPECT_TRUE(owned_[block.id].exchange(false));
    stack_->release(block);
  }

  void change_settings(Dice& dice) {
    {
      const std::lock_guard lock(setting_);
      if (stack_->mode() == AllocatorMode::lru) {
        stack_->set_cache_limit(dice.one_in(4) ? 0 : dice.below(kCacheLimit));
        if (dice.one_in(10)) stack_->trim();
      }
      if (dice.one_in(10)) driver_->fail_next(static_cast<int>(dice.below(6)));
    }
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }

  // While the four stand still.
  void account() noexcept {
    const std::lock_guard lock(setting_);
    const std::size_t live =
        std::transform_reduce(users_.begin(), users_.end(), std::size_t{0}, std::plus<>(),
                              [](const User& user) { return user.live_bytes(); });
    test::expect_settled(stack_->stats(), driver_->held(), live);
  }

  std::shared_ptr<FakeDriver> driver_ = std::make_shared<FakeDriver>();
  std::shared_ptr<AllocatorStack> stack_;
  std::vector<std::atomic<bool>> owned_;
  std::vector<User> users_;
  std::mutex setting_;  // held while settings change
  std::barrier<Account> stop_{kThreads, Account{this}};
};

TEST(AllocatorThreads, AMillionOperationsWithTheCache) {
  FourThreads(AllocatorMode::lru).run(kOperations);
}

TEST(AllocatorThreads, AMillionOperationsDirect) {
  FourThreads(AllocatorMode::direct).run(kOperations);
}

// Each of four threads keeps to its quarter of the memory limit, so no request may fail, however
// the cache is filled and whatever the others are doing. Releases count once they have returned.
void keep_to_quotas(AllocatorMode mode, int operations_each) {
  constexpr std::size_t kQuota = kMemoryLimit / kThreads;
  const auto driver = std::make_shared<FakeDriver>();
  const auto stack = make_allocator_stack(driver, small_stack(mode));
  driver->on_allocate = driver->on_release = [] { std::this_thread::yield(); };
  const auto use = [&](unsigned seed) {
    User user(*stack, seed);
    for (int i = 0; i < operations_each; ++i) {
      const std::size_t bytes = 1 + user.dice().below(kMaxBlock - 1);
      while (user.live_bytes() + test::most_for(bytes) > kQuota) {
        stack->release(user.let_go_of_any());
      }
      user.request(bytes, false);
    }
    while (!user.live().empty()) stack->release(user.let_go_of_any());
  };
  on_all_threads([&](unsigned t) { EXPECT_NO_THROW(use(t)); });
  EXPECT_EQ(stack->stats().failures, 0u);
  EXPECT_LE(stack->stats().held.peak, kMemoryLimit);
}

TEST(AllocatorThreads, RequestsThatFitNeverFailWithTheCache) {
  keep_to_quotas(AllocatorMode::lru, 100'000);
}

TEST(AllocatorThreads, RequestsThatFitNeverFailDirect) {
  keep_to_quotas(AllocatorMode::direct, 50'000);
}

}  // namespace
}  // namespace tarn::memory
