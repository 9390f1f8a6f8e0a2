// What realizing asks of the allocator: both modes alike, early drops, loops that do not grow, and
// failures that lose nothing.
#include <chrono>
#include <iostream>

#include "fixture.hpp"

namespace tarn {
namespace {

using Floats = std::vector<float>;

class RealizeMemory : public test::RealizeTest {
 protected:
  void SetUp() override { SKIP_UNDER_POISON(); }
};

Device open(AllocatorMode mode) {
  return Device(
      {.device = {}, .allocator = mode, .cache_limit = {}, .memory_limit = {}, .exact_sizes = {}});
}

Device with_memory(std::size_t bytes) {
  return Device({.device = {},
                 .allocator = AllocatorMode::lru,
                 .cache_limit = {},
                 .memory_limit = bytes,
                 .exact_sizes = {}});
}

Tensor ramp(const Shape& shape, const Device& device) {
  Floats values(static_cast<std::size_t>(shape.elements()));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i % 17) / 16 - 0.5f;
  return tensor(values, shape, {.dtype = {}, .device = device});
}

// Two products and two reductions: several kernels, several sizes.
Tensor pass(const Tensor& x, const Tensor& w) {
  const Tensor hidden = relu(matmul(x, w));
  return softmax(matmul(hidden, w) + hidden.mean(1, {.keepdim = true}));
}

TEST_F(RealizeMemory, ALoopThatRealizesNeitherRecomputesNorGrows) {
  const Tensor w = ramp({32, 32}, device_);
  Tensor x = ramp({8, 32}, device_);
  const auto step = [&] { x = tanh(matmul(x, w)).realize(); };
  for (int warm = 0; warm < 2; ++warm) step();
  const std::size_t bytes = live();
  const std::uint64_t launches = during(step).launches;
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(during(step).launches, launches) << "pass " << i;
    ASSERT_EQ(live(), bytes) << "pass " << i;
  }
}

TEST_F(RealizeMemory, AChainInOneRealizationReusesWhatItDrops) {
  const Device device = open(AllocatorMode::lru);
  const Tensor w = ramp({128, 128}, device);  // smaller ones would be one launch
  Tensor x = ramp({128, 128}, device);
  device.reset_allocator_stats();
  for (int i = 0; i < 6; ++i) x = tanh(matmul(x, w));
  x.realize();
  const AllocatorStats stats = device.allocator_stats();
  EXPECT_GE(stats.requests, 6u);
  EXPECT_GE(stats.exact_hits, 3u);
}

TEST_F(RealizeMemory, TheCacheAsksTheDriverForNothingAfterTheSecondPass) {
  const Device device = open(AllocatorMode::lru);
  const Tensor x = ramp({8, 32}, device);
  const Tensor w = ramp({32, 32}, device);
  for (int warm = 0; warm < 2; ++warm) pass(x, w).realize();
  device.reset_allocator_stats();
  for (int i = 0; i < 10; ++i) pass(x, w).realize();
  EXPECT_GT(device.allocator_stats().requests, 0u);
  EXPECT_EQ(device.allocator_stats().driver_allocations, 0u);
}

// The result of four passes, and the requests that they made.
std::pair<Floats, std::uint64_t> four_passes(const Tensor& x, const Tensor& w) {
  const Device device = x.device();
  const AllocatorStats before = device.allocator_stats();
  Tensor y = x;
  for (int i = 0; i < 4; ++i) y = pass(y, w);
  Floats result = y.to_vector<float>();
  return {std::move(result), device.allocator_stats().requests - before.requests};
}

TEST_F(RealizeMemory, SharedBlocksComputeTheSameBits) {
  const Device device = open(AllocatorMode::direct);
  const Tensor w = ramp({32, 32}, device);
  const Tensor x = ramp({8, 32}, device);
  const Floats dropped = four_passes(x, w).first;
  set_plan_memory(device, PlanMemory::share);
  EXPECT_EQ(four_passes(x, w).first, dropped);
}

// Of steps that are too large to share launches, and with them blocks, as it is.
TEST_F(RealizeMemory, SharedBlocksAskForLess) {
  const Device device = open(AllocatorMode::direct);
  const Tensor w = ramp({256, 256}, device);
  const Tensor x = ramp({64, 256}, device);
  const std::uint64_t dropped = four_passes(x, w).second;
  set_plan_memory(device, PlanMemory::share);
  EXPECT_LE(four_passes(x, w).second, dropped / 2);
  set_plan_memory(device, PlanMemory::drop);
  EXPECT_EQ(four_passes(x, w).second, dropped);
}

TEST_F(RealizeMemory, ASteadyStateCanBeExpectedToLeaveTheDriverAlone) {
  const Device device = open(AllocatorMode::lru);
  const Tensor x = ramp({8, 32}, device);
  const Tensor w = ramp({32, 32}, device);
  const Tensor cold = pass(x, w);
  EXPECT_ERROR(device.expect_no_driver_allocations([&] { cold.realize(); }), UnexpectedAllocation,
               "the cache has no block for 1.00 KiB; reason: concurrent");
  EXPECT_FALSE(cold.is_realized());
  for (int warm = 0; warm < 2; ++warm) pass(x, w).realize();
  device.expect_no_driver_allocations([&] {
    for (int i = 0; i < 10; ++i) pass(x, w).realize();
  });
  EXPECT_EQ(cold.to_vector<float>(), pass(x, w).to_vector<float>());
}

TEST_F(RealizeMemory, BothModesAskAlikeAndComputeTheSameBits) {
  struct Run {
    AllocatorStats stats;
    Floats result;
  };
  const auto run = [](AllocatorMode mode) {
    const Device device = open(mode);
    const Tensor w = ramp({32, 32}, device);
    Tensor x = ramp({8, 32}, device);
    for (int i = 0; i < 5; ++i) x = pass(x, w).realize();
    return Run{device.allocator_stats(), x.to_vector<float>()};
  };
  const Run cached = run(AllocatorMode::lru);
  const Run direct = run(AllocatorMode::direct);
  EXPECT_EQ(direct.result, cached.result);
  EXPECT_EQ(direct.stats.requests, cached.stats.requests);
  EXPECT_EQ(direct.stats.requested_bytes, cached.stats.requested_bytes);
  EXPECT_EQ(direct.stats.driver_allocations, direct.stats.requests);
  EXPECT_EQ(direct.stats.hits(), 0u);
  EXPECT_EQ(direct.stats.misses_by[MissReason::disabled], direct.stats.requests);
  EXPECT_LT(cached.stats.driver_allocations, cached.stats.requests);
}

// 1 MiB of memory: x has 256 KiB, the ballast 640 KiB. The sum is small and fits; the difference,
// of 256 KiB, does not.
TEST_F(RealizeMemory, WithoutMemoryNothingIsLostAndTheTensorCanBeComputedLater) {
  const Device device = with_memory(1 << 20);
  const Tensor x = ramp({256, 256}, device);
  std::optional<Tensor> ballast = ramp({160, 1024}, device);
  const Tensor y = x - x.sum(0);
  const std::size_t before = device.allocator_stats().live.now;
  EXPECT_ERROR(y.realize(), OutOfMemory, "256");
  EXPECT_FALSE(y.is_realized());
  EXPECT_EQ(device.allocator_stats().live.now, before);
  EXPECT_ERROR(y.realize(), OutOfMemory, "256");  // it is as it was
  ballast.reset();
  const Floats got = y.to_vector<float>();
  Floats want = x.to_vector<float>();
  const Floats sums = x.sum(0).to_vector<float>();
  for (std::size_t i = 0; i < want.size(); ++i) want[i] -= sums[i % 256];
  EXPECT_EQ(got, want);
}

TEST_F(RealizeMemory, AllIsGivenBack) {
  const std::size_t before = live();
  {
    const Tensor w = ramp({32, 32}, device_);
    const Tensor x = ramp({8, 32}, device_);
    const Tensor lazy = pass(x, w) * 2;
    (void)(pass(pass(x, w), w) + lazy).to_vector<float>();
  }
  EXPECT_EQ(live(), before);
}

TEST_F(RealizeMemory, AChainOfAMillionNodes) {
  constexpr int kNodes = 1'000'000;
  const auto start = std::chrono::steady_clock::now();
  {
    Tensor x = counted({4});
    for (int i = 0; i < kNodes; ++i) x += 1;
    EXPECT_EQ(x.to_vector<float>(), (Floats{1'000'000, 1'000'001, 1'000'002, 1'000'003}));
    for (int i = 0; i < kNodes; ++i) x += 1;  // and one that nobody computes
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::cout << "built, computed and destroyed in " << seconds.count() << " s\n";
}

}  // namespace
}  // namespace tarn
