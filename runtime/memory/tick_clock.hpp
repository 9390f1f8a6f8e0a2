// A clock for many short intervals: nanoseconds since it was made, by the processor's own counter
// where the system trusts it. The system's clock takes three times as long to read.
#pragma once

#include <chrono>
#include <cstdint>
#include <fstream>
#include <string>

namespace tarn::memory {

class TickClock {
 public:
  /// Compares the counter with the system's clock for 0.2 ms, so times are right to about a
  /// thousandth.
  TickClock() {
#if defined(__x86_64__)
    if (!counter_is_trusted()) return;
    const Moment first = moment();
    while (by_system() < first.nanoseconds + kCalibration) {
    }
    const Moment last = moment();
    nanoseconds_per_tick_ = static_cast<double>(last.nanoseconds - first.nanoseconds) /
                            static_cast<double>(last.ticks - first.ticks);
    first_ = first.ticks;
#endif
  }

  std::uint64_t now() const {
#if defined(__x86_64__)
    if (nanoseconds_per_tick_ > 0) {
      // Signed, which the processor converts in one instruction.
      const auto ticks = static_cast<std::int64_t>(__builtin_ia32_rdtsc() - first_);
      return static_cast<std::uint64_t>(
          static_cast<std::int64_t>(static_cast<double>(ticks) * nanoseconds_per_tick_));
    }
#endif
    return by_system();
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::uint64_t kCalibration = 200'000;

  std::uint64_t by_system() const {
    return static_cast<std::uint64_t>(std::chrono::nanoseconds(Clock::now() - start_).count());
  }
#if defined(__x86_64__)
  struct Moment {
    std::uint64_t nanoseconds, ticks;
  };
  // Both clocks at once: between two looks at the system's that lie close together, so that nothing
  // has come between.
  Moment moment() const {
    constexpr std::uint64_t kClose = 1000;
    std::uint64_t before = by_system();
    for (int i = 0;; ++i) {
      const std::uint64_t ticks = __builtin_ia32_rdtsc();
      const std::uint64_t after = by_system();
      if (after - before < kClose || i == 1000) return {after, ticks};
      before = after;
    }
  }
  // Linux reads it for its own clock only where it has one rate, on all cores and in their sleep.
  static bool counter_is_trusted() {
    std::string source;
    std::ifstream("/sys/devices/system/clocksource/clocksource0/current_clocksource") >> source;
    return source == "tsc";
  }
#endif

  Clock::time_point start_ = Clock::now();
  double nanoseconds_per_tick_ = 0;  // 0: there is no such counter
  std::uint64_t first_ = 0;
};

}  // namespace tarn::memory
