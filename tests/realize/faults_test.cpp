// Random failures of the driver while small programs are realized: each is right or ends with
// OutOfMemory and its report, nothing is lost, and once the driver no longer fails it is right.
#include <cstdlib>
#include <random>

#include "fixture.hpp"
#include "runtime/memory/allocator_stack.hpp"

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

Tensor upload(std::size_t count, const Shape& shape, const Device& device) {
  return tensor(numbers(count), shape, {.dtype = {}, .device = device});
}

// ---- Programs: several kernels, several sizes, some results that are kept

Floats network(const Device& device) {
  const Tensor x = upload(256, {8, 32}, device);
  const Tensor w = upload(1024, {32, 32}, device);
  const Tensor hidden = relu(matmul(x, w)).realize();
  return softmax(matmul(hidden, w) + hidden.mean(1, {.keepdim = true})).to_vector<float>();
}

Floats convolution(const Device& device) {
  const Tensor x = upload(4 * 3 * 64, {4, 3, 8, 8}, device);
  const Tensor w = upload(8 * 3 * 9, {8, 3, 3, 3}, device).as_weight();
  const Tensor images = relu(conv2d(x, w, {}, {.padding = 1}));
  return max_pool2d(images, 2).flatten(1).sum(1).to_vector<float>();
}

Floats loop(const Device& device) {
  const Tensor w = upload(1024, {32, 32}, device);
  Tensor x = upload(256, {8, 32}, device);
  for (int i = 0; i < 4; ++i) x = tanh(matmul(x, w)).realize();
  return x.to_vector<float>();
}

// Large enough for fine size classes, and two results of one realization.
Floats two_results(const Device& device) {
  const Tensor x = upload(64 * 1024, {64, 1024}, device);
  const Tensor rows = x - x.mean(1, {.keepdim = true});
  const Tensor columns = (x.T() * 2).contiguous();
  realize({rows, columns});
  Floats all = rows.to_vector<float>();
  const Floats more = columns.to_vector<float>();
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

struct Program {
  Floats (*run)(const Device& device);
  Floats expected;
};

const std::vector<Program>& programs() {
  static const auto all = [] {
    const Device device;
    std::vector<Program> made;
    for (const auto run : {network, convolution, loop, two_results}) {
      made.push_back({run, run(device)});
    }
    return made;
  }();
  return all;
}

// ---- Plans

std::string random_plan(std::mt19937& dice) {
  const bool large = dice() % 2 == 0;  // what only the largest blocks exceed, or most
  switch (dice() % 4) {
    case 0:
      return "every:" + std::to_string(1 + dice() % 6);
    case 1:
      return "after:" + std::to_string(dice() % 12);
    case 2:
      return "bytes:" + std::to_string(dice() % (large ? 1 << 20 : 16 << 10));
    default:
      return "p:0." + std::to_string(dice() % 10) + "," + std::to_string(dice() % 1000);
  }
}

void expect_nothing_lost(const Device& device, const std::string& plan) {
  const AllocatorStats stats = device.allocator_stats();
  EXPECT_EQ(stats.live.now, 0u) << plan;
  EXPECT_EQ(stats.moving.now, 0u) << plan;
  EXPECT_EQ(stats.held.now, stats.idle.now) << plan;
  EXPECT_EQ(stats.requests - stats.failures, stats.releases) << plan;
}

// How often programs came to an end, and how often they were refused.
struct Outcomes {
  int right = 0, refused = 0;
};

void run_under(const std::string& plan, const Device& device, const Program& program,
               Outcomes& outcomes) {
  try {
    EXPECT_EQ(program.run(device), program.expected) << plan;
    ++outcomes.right;
  } catch (const OutOfMemory& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("largest live requests")) << plan;
    ++outcomes.refused;
  }
  expect_nothing_lost(device, plan);
}

// Simulators take a second for what others do in a millisecond.
int plans_for(const Device& device) {
  return device.info().kind == DeviceKind::simulator ? 8 : 500;
}

// A plan after the other on one device; between them the driver does not fail.
Outcomes under_plans(AllocatorMode mode, unsigned seed) {
  std::mt19937 dice(seed);
  const Device device = failing("after:1000000000", mode);
  auto& stack = dynamic_cast<memory::AllocatorStack&>(*device.allocator());
  Outcomes outcomes;
  for (int i = 0; i < plans_for(device) && !testing::Test::HasFailure(); ++i) {
    const Program& program = programs()[dice() % programs().size()];
    const std::string plan = random_plan(dice);
    if (dice() % 2 == 0) device.trim();
    stack.set_faults(memory::parse_fault_plan(plan));
    for (int pass = 0; pass < 2; ++pass) run_under(plan, device, program, outcomes);
    stack.set_faults({});
    EXPECT_EQ(program.run(device), program.expected) << "after " << plan;
    expect_nothing_lost(device, plan);
  }
  return outcomes;
}

TEST(RealizeFaults, UnderAThousandPlansResultsAreRightOrOutOfMemoryAndNothingIsLost) {
  SKIP_UNDER_POISON();
  for (const AllocatorMode mode : {AllocatorMode::lru, AllocatorMode::direct}) {
    const Outcomes outcomes = under_plans(mode, 11);
    EXPECT_GT(outcomes.right, plans_for(Device()) / 8);  // else this would have tested little
    EXPECT_GT(outcomes.refused, plans_for(Device()) / 8);
  }
}

TEST(RealizeFaults, FailuresFromTheStartLeaveADeviceUsable) {
  SKIP_UNDER_POISON();
  std::mt19937 dice(11);
  Outcomes outcomes;
  for (int i = 0; i < 40 && !testing::Test::HasFailure(); ++i) {
    const std::string plan = random_plan(dice);
    const Device device = failing(plan, i % 2 == 0 ? AllocatorMode::lru : AllocatorMode::direct);
    for (const Program& program : programs()) run_under(plan, device, program, outcomes);
    device.trim();
    EXPECT_EQ(device.allocator_stats().held.now, 0u) << plan;
  }
  EXPECT_GT(outcomes.right, 30);
  EXPECT_GT(outcomes.refused, 30);
}

TEST(RealizeFaults, TheLadderHidesAFailureThatDoesNotLast) {
  SKIP_UNDER_POISON();
  const Device device = failing("every:2", AllocatorMode::lru);
  const Program& program = programs().front();
  for (int pass = 0; pass < 10; ++pass) EXPECT_EQ(program.run(device), program.expected);
  EXPECT_GT(device.allocator_stats().out_of_memory_retries, 0u);
  EXPECT_EQ(device.allocator_stats().failures, 0u);
}

TEST(RealizeFaults, WhatFailedCanBeRealizedOnceThereIsMemory) {
  SKIP_UNDER_POISON();
  const Device device = failing("bytes:12KiB", AllocatorMode::lru);
  std::optional<Tensor> ballast = upload(2048, {2048}, device).realize();
  const Tensor x = upload(1024, {1024}, device);
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
