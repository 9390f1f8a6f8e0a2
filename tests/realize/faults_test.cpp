// Random failures of the driver while small networks are realized: each realization is right or
// ends with OutOfMemory, nothing is lost, and a later one works.
#include <cstdlib>
#include <random>

#include "fixture.hpp"

namespace tarn {
namespace {

using Floats = std::vector<float>;

// A variable of the environment, set while this lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

Device failing(const std::string& plan, AllocatorMode mode) {
  const Variable faults("TARN_FAIL_ALLOC", plan);
  return Device(
      {.device = {}, .allocator = mode, .cache_limit = {}, .memory_limit = {}, .exact_sizes = {}});
}

Floats numbers(std::size_t count) {
  Floats values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i % 13) / 16 - 0.25f;
  return values;
}

// Several kernels, several sizes, several results.
Floats compute(const Device& device) {
  const Tensor x = tensor(numbers(256), {8, 32}, {.dtype = {}, .device = device});
  const Tensor w = tensor(numbers(1024), {32, 32}, {.dtype = {}, .device = device});
  const Tensor hidden = relu(matmul(x, w)).realize();
  return softmax(matmul(hidden, w) + hidden.mean(1, {.keepdim = true})).to_vector<float>();
}

std::string random_plan(std::mt19937& dice) {
  switch (dice() % 4) {
    case 0:
      return "every:" + std::to_string(1 + dice() % 6);
    case 1:
      return "after:" + std::to_string(dice() % 12);
    case 2:
      return "bytes:" + std::to_string(dice() % (16 << 10));
    default:
      return "p:0." + std::to_string(dice() % 10) + "," + std::to_string(dice() % 1000);
  }
}

void expect_nothing_lost(const Device& device, const std::string& plan) {
  const AllocatorStats stats = device.allocator_stats();
  EXPECT_EQ(stats.live.now, 0u) << plan;
  EXPECT_EQ(stats.held.now, stats.idle.now) << plan;
  EXPECT_EQ(stats.requests - stats.failures, stats.releases) << plan;
  device.trim();
  EXPECT_EQ(device.allocator_stats().held.now, 0u) << plan;
}

TEST(RealizeFaults, UnderAnyPlanResultsAreRightOrOutOfMemoryAndNothingIsLost) {
  std::mt19937 dice(11);
  const Floats expected = compute(Device());
  int right = 0, refused = 0;
  for (int i = 0; i < 60 && !testing::Test::HasFailure(); ++i) {
    const std::string plan = random_plan(dice);
    const Device device = failing(plan, i % 2 == 0 ? AllocatorMode::lru : AllocatorMode::direct);
    for (int pass = 0; pass < 6; ++pass) {
      try {
        EXPECT_EQ(compute(device), expected) << plan;
        ++right;
      } catch (const OutOfMemory& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("largest live requests")) << plan;
        ++refused;
      }
    }
    expect_nothing_lost(device, plan);
  }
  EXPECT_GT(right, 50);  // else this would have tested little
  EXPECT_GT(refused, 50);
}

TEST(RealizeFaults, TheLadderHidesAFailureThatDoesNotLast) {
  const Device device = failing("every:2", AllocatorMode::lru);
  const Floats expected = compute(Device());
  for (int pass = 0; pass < 10; ++pass) EXPECT_EQ(compute(device), expected);
  EXPECT_GT(device.allocator_stats().out_of_memory_retries, 0u);
  EXPECT_EQ(device.allocator_stats().failures, 0u);
}

TEST(RealizeFaults, WhatFailedCanBeRealizedOnceThereIsMemory) {
  const Device device = failing("bytes:12KiB", AllocatorMode::lru);
  std::optional<Tensor> ballast =
      tensor(numbers(2048), {2048}, {.dtype = {}, .device = device}).realize();
  const Tensor x = tensor(numbers(1024), {1024}, {.dtype = {}, .device = device});
  const Tensor y = x * 2;
  EXPECT_ERROR(y.realize(), OutOfMemory, "would hold more than 12.0 KiB");
  EXPECT_FALSE(y.is_realized());
  ballast.reset();
  Floats expected = numbers(1024);
  for (float& value : expected) value *= 2;
  EXPECT_EQ(y.to_vector<float>(), expected);
}

}  // namespace
}  // namespace tarn
