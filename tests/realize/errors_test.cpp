// Mistakes, several devices, closed devices, several threads.
#include <atomic>
#include <thread>

#include "fixture.hpp"
#include "opencl/faults.hpp"
#include "ops/realize/lane_plan.hpp"
#include "tarn/buffer.hpp"

namespace tarn {
namespace {

using Floats = std::vector<float>;

class RealizeErrors : public test::RealizeTest {
 protected:
  bool simulated() const { return device_.info().kind == DeviceKind::simulator; }
};

/// That `statement` throws a `Type` that says exactly `text`.
#define EXPECT_EXACT_ERROR(statement, Type, text) \
  EXPECT_THAT([&] { (void)(statement); }, ::testing::ThrowsMessage<Type>(::testing::StrEq(text)))

TEST_F(RealizeErrors, ReadingAnotherDType) {
  const Tensor x = counted({1});
  EXPECT_EXACT_ERROR(x.item<std::int32_t>(), DTypeError,
                     "item: the tensor is float32, asked for int32");
  EXPECT_EXACT_ERROR((x > 0).to_vector<float>(), DTypeError,
                     "to_vector: the tensor is bool, asked for float32");
  Floats room(1);
  EXPECT_EXACT_ERROR(x.cast(DType::int32).copy_to(std::span<float>(room)), DTypeError,
                     "copy_to: the tensor is int32, asked for float32");
}

TEST_F(RealizeErrors, ReadingAnotherNumberOfElements) {
  const Tensor x = counted({2, 3});
  EXPECT_EXACT_ERROR(x.item<float>(), ShapeError,
                     "item: one element is wanted, the shape is (2,3)");
  EXPECT_EXACT_ERROR(counted({0}).item<float>(), ShapeError,
                     "item: one element is wanted, the shape is (0,)");
  Floats room(5);
  EXPECT_EXACT_ERROR(x.copy_to(std::span<float>(room)), ShapeError,
                     "copy_to: 6 elements of shape (2,3), room for 5");
}

TEST_F(RealizeErrors, ReadingCopiesInRowMajorOrder) {
  Floats room(6);
  counted({2, 3}).T().copy_to(std::span<float>(room));
  EXPECT_EQ(room, (Floats{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(counted({1, 1}).item<float>(), 0);
}

TEST_F(RealizeErrors, TensorsOfTwoDevicesDoNotMeet) {
  const Device other;
  const Tensor here = counted({2});
  const Tensor there = tensor(Floats{1, 2}, {2}, {.dtype = {}, .device = other});
  EXPECT_EXACT_ERROR(here + there, DeviceError,
                     "add: tensors of different devices: (2,) on one and (2,) on another");
  EXPECT_ERROR(matmul(here, there), DeviceError, "different devices");
  EXPECT_ERROR(concatenate({here, there}), DeviceError, "different devices");
  EXPECT_ERROR(where(here > 0, there, there), DeviceError, "different devices");
  EXPECT_ERROR(realize({here, there}), DeviceError,
               "realize: the tensors are on different devices: ");
}

TEST_F(RealizeErrors, WhatWasCountedCanBeReadAfterClosing) {
  counted({2}).exp().realize();
  const std::uint64_t launches = counters(device_).launches;
  EXPECT_GT(launches, 0u);
  device_.close();
  EXPECT_EQ(counters(device_).launches, launches);
}

TEST_F(RealizeErrors, AClosedDeviceRefusesByName) {
  const Tensor x = counted({4});
  const Tensor y = x + 1;
  device_.close();
  const std::string& name = device_.info().name;
  EXPECT_ERROR(y.realize(), DeviceError, name);
  EXPECT_ERROR(y.to_vector<float>(), DeviceError, name);
  EXPECT_ERROR(x.to_vector<float>(), DeviceError, name);
  EXPECT_ERROR(counted({2}), DeviceError, "closed");
  EXPECT_FALSE(y.is_realized());
}

TEST_F(RealizeErrors, TensorsMayOutliveTheirDevice) {
  std::optional<Tensor> x = counted({64, 100});
  std::optional<Tensor> w = counted({96, 100}).as_weight();
  std::optional<Tensor> y = matmul(*x, w->T()).realize();  // and the packed copy of w
  std::optional<Tensor> lazy = *y + 1;
  device_.close();
  const Tensor more = *lazy * 2;  // a node is no use of the device
  for (auto* tensor : {&lazy, &y, &w, &x}) tensor->reset();
  EXPECT_EQ(more.shape(), (Shape{64, 96}));
}

TEST_F(RealizeErrors, ATensorKeepsItsDeviceUsable) {
  std::optional<Device> device = Device();
  const Tensor x = tensor(Floats{1, 2}, {2}, {.dtype = {}, .device = *device});
  device.reset();
  EXPECT_EQ((x * 3).to_vector<float>(), (Floats{3, 6}));
}

TEST_F(RealizeErrors, TwoOpeningsOfOneDeviceCountApart) {
  const Device other;
  EXPECT_FALSE(other == device_);
  const std::uint64_t launches = counters(device_).launches;
  const std::size_t bytes = live();
  const Tensor there = tensor(Floats{1, 2}, {2}, {.dtype = {}, .device = other}).exp().realize();
  EXPECT_EQ(counters(device_).launches, launches);
  EXPECT_EQ(live(), bytes);
  other.close();
  EXPECT_EQ((counted({2}) + 1).to_vector<float>(), (Floats{1, 2}));
}

TEST_F(RealizeErrors, FourThreadsOnTwoDevices) {
  if (simulated()) GTEST_SKIP() << "simulators take one thread";
  const std::vector<Device> devices{device_, Device()};
  const auto work = [&](std::size_t thread) {
    const TensorOptions there{.dtype = {}, .device = devices[thread % 2]};
    for (int i = 0; i < 50; ++i) {
      const auto n = static_cast<float>(i);
      const Tensor x = tensor(Floats(64, n), {64}, there);
      ASSERT_EQ((x * 2 + 1).sum().item<float>(), 128 * n + 64) << "thread " << thread;
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < 4; ++thread) threads.emplace_back(work, thread);
  for (std::thread& thread : threads) thread.join();
}

TEST_F(RealizeErrors, ClosingRefusesTheThreadsThatRealize) {
  if (simulated()) GTEST_SKIP() << "simulators take one thread";
  const Tensor x = counted({64});
  std::atomic<int> computed = 0, refused = 0;
  const auto work = [&] {
    try {
      for (int i = 0; i < 1'000'000; ++i) {
        const int n = i % 1000;
        ASSERT_EQ((x * n).sum().item<float>(), static_cast<float>(2016 * n));
        ++computed;
      }
    } catch (const DeviceError&) {
      ++refused;
    }
  };
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 3; ++thread) threads.emplace_back(work);
  while (computed < 30) std::this_thread::yield();
  device_.close();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 3);
}

TEST_F(RealizeErrors, FourThreadsOnOneDevice) {
  constexpr int kRounds = 50;
  const Tensor shared = counted({64}) * 2;  // whoever is first computes it
  const auto work = [&](int thread) {
    for (int i = 0; i < kRounds; ++i) {
      const auto n = static_cast<float>(thread * kRounds + i);
      const Tensor y = (shared + upload(Floats(64, n), {64})).sum() - n;
      // 2 * (0 + ... + 63) + 64 n - n
      ASSERT_EQ(y.item<float>(), 4032 + 63 * n) << "thread " << thread << ", round " << i;
    }
  };
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) threads.emplace_back(work, thread);
  for (std::thread& thread : threads) thread.join();
}

// Another thread's requests evict what a pass has dropped and not launched yet.
TEST_F(RealizeErrors, BlocksGoWhileAPassIsReadied) {
  if (simulated()) GTEST_SKIP() << "one host thread only";
  const Device small({.device = {},
                      .allocator = AllocatorMode::lru,
                      .cache_limit = 512 << 10,
                      .memory_limit = {},
                      .exact_sizes = {}});
  const Tensor w =
      tensor(Floats(256 * 256, 0.0078125f), {256, 256}, {.dtype = {}, .device = small});
  const auto pass = [&] {
    Tensor x = w * 64;
    for (int i = 0; i < 5; ++i) x = matmul(x, w);  // twice as large each time
    return x;
  };
  const Floats expected(256 * 256, 16);
  std::atomic<bool> done = false;
  std::thread other([&] {
    for (std::size_t i = 0; !done; ++i) const Buffer block(small.allocator(), (1 + i % 7) << 16);
  });
  const bool holds_launches = device_.info().platform == "Portable Computing Language";
  for (int i = 0; i < (holds_launches ? 100 : 2); ++i) {
    EXPECT_EQ(pass().to_vector<float>(), expected);
  }
  done = true;
  other.join();
  EXPECT_GT(small.allocator_stats().evictions(), 0u);
}

// Whichever argument is refused, the number of the last step at the end: no kernel has run by then.
TEST_F(RealizeErrors, AWarmPassIsReadiedBeforeItsFirstLaunch) {
  using test::Call;
  if (device_.info().platform != "Portable Computing Language" || test::poisoned()) {
    GTEST_SKIP() << "nothing is held";
  }
  const Tensor x = ones({96, 512}).realize();
  const auto pass = [&](float factor) {
    const Tensor product = matmul(x, x.T());
    return matmul(product, product).sum(1) * factor;
  };
  for (int i = 0; i < seam::LanePlan::kMostRuns; ++i) pass(1).realize();
  int refused = 0;
  for (;; ++refused) {
    const Tensor result = pass(2 + static_cast<float>(refused));
    const std::uint64_t launches = test::calls(Call::launch);
    test::fail_after(Call::set_argument, CL_INVALID_ARG_VALUE, refused);
    try {
      result.realize();
      break;  // so many arguments it does not set
    } catch (const DeviceError& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("clSetKernelArg"));
    }
    EXPECT_EQ(test::calls(Call::launch), launches);
  }
  test::fail_next(Call::set_argument, CL_SUCCESS, 0);
  EXPECT_GE(refused, 1);
  EXPECT_EQ(pass(3).to_vector<float>(), Floats(96, 3.0f * 96 * 96 * 512 * 512));
}

// A block of the cache is the one that the kernel knows; one from the driver is not, even in the
// same memory.
TEST_F(RealizeErrors, ArgumentsAreSetWhereTheyChange) {
  if (test::poisoned()) GTEST_SKIP() << "what is released is kept for a while";
  const Tensor x = counted({96, 512});
  const auto sets_of_a_pass = [&] {
    const std::uint64_t before = test::calls(test::Call::set_argument);
    relu(matmul(x, x.T())).sum(1).realize();
    return test::calls(test::Call::set_argument) - before;
  };
  for (int i = 0; i < seam::LanePlan::kMostRuns; ++i) sets_of_a_pass();
  EXPECT_EQ(sets_of_a_pass(), 0u);
  device_.set_cache_limit(0);
  EXPECT_GT(sets_of_a_pass(), 0u);
  const std::uint64_t each = sets_of_a_pass();
  EXPECT_GT(each, 0u);
  EXPECT_EQ(sets_of_a_pass(), each);
}

// Whichever launch of a warm pass it is: the graph is as it was, and can be realized again.
TEST_F(RealizeErrors, ALaunchThatIsRefusedLosesNothing) {
  const Shape shape = simulated() ? Shape{8, 32} : Shape{96, 512};
  const auto pass = [&] {
    const Tensor x = counted(shape);
    const Tensor hidden = softmax(matmul(x, x.T()));
    return matmul(hidden, hidden).sum(1);
  };
  const Floats expected = pass().to_vector<float>();
  int refused = 0;
  for (;; ++refused) {
    const Tensor result = pass();
    test::fail_after(test::Call::launch, CL_OUT_OF_RESOURCES, refused);
    try {
      result.realize();
      break;  // so many launches it does not have
    } catch (const DeviceError& error) {
      EXPECT_STREQ(error.what(), "clEnqueueNDRangeKernel: CL_OUT_OF_RESOURCES (-5)");
    }
    EXPECT_FALSE(result.is_realized());
    EXPECT_EQ(result.to_vector<float>(), expected);
  }
  test::fail_next(test::Call::launch, CL_SUCCESS, 0);
  EXPECT_GT(refused, simulated() ? 0 : 1);  // small steps may share a launch
}

}  // namespace
}  // namespace tarn
