#include "runtime/memory/tick_clock.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace tarn::memory {
namespace {

using System = std::chrono::steady_clock;

double nanoseconds(System::duration duration) {
  return std::chrono::duration<double, std::nano>(duration).count();
}

// Each look lies between two of the system's, so a test that is kept waiting does not fail.
TEST(TickClock, RunsAsFastAsTheSystems) {
  const TickClock clock;
  const auto before = System::now();
  const std::uint64_t first = clock.now();
  const auto after_first = System::now();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const auto before_last = System::now();
  const std::uint64_t last = clock.now();
  const auto after = System::now();
  EXPECT_GE(static_cast<double>(last - first), nanoseconds(before_last - after_first) * 0.98);
  EXPECT_LE(static_cast<double>(last - first), nanoseconds(after - before) * 1.02);
}

}  // namespace
}  // namespace tarn::memory
