// Collects what happens on one device while it is on. Off, each function is a load and a branch.
// Thread-safe. It takes no other lock while it holds its own, but for the one that `sample` says.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "runtime/profile/recording.hpp"

namespace tarn::profile {

/// Of the host's steady clock.
inline std::uint64_t now() {
  using Clock = std::chrono::steady_clock;
  return static_cast<std::uint64_t>(
      std::chrono::nanoseconds(Clock::now().time_since_epoch()).count());
}

/// A launch as it was timed: `submitted` by the host before the driver was called, all else by the
/// device's clock.
struct TimedLaunch {
  std::size_t kernel;
  Lane lane;
  std::uint64_t submitted, queued, start, end;
};

class Recorder {
 public:
  bool on() const { return on_.load(std::memory_order_relaxed); }
  void start();
  /// Returns: all since start(), device times put on the host's clock (README.md).
  Recording stop();

  /// The number of a kernel, for `launched`. Its name and loops say which it is.
  std::size_t number_of(const Kernel& kernel);
  void launched(const TimedLaunch& launch);
  void span(Track track, std::uint64_t start, std::uint64_t end, std::string_view name);
  void instant(Track track, std::string_view name, std::size_t bytes);
  /// Notes live and idle bytes. `read` returns them as a pair; it is called under the recorder's
  /// lock, so that samples are in the order of their times.
  template <class Read>
  void sample(const Read& read) {
    const std::lock_guard lock(mutex_);
    if (!on()) return;
    const auto [live, idle] = read();
    recording_.samples.push_back({now(), live, idle});
  }

 private:
  void place_launches();

  std::atomic<bool> on_ = false;
  std::mutex mutex_;  // of all below
  Recording recording_;
  std::vector<TimedLaunch> launches_;
  std::map<std::string, std::size_t, std::less<>> numbers_;  // of kernels, by name and loops
  std::map<std::thread::id, unsigned> threads_;
};

/// Records its own lifetime as a span, where a recorder is there and on when it begins. Requires:
/// the name outlives it.
class ScopedSpan {
 public:
  ScopedSpan(Recorder* recorder, Track track, std::string_view name)
      : recorder_(recorder && recorder->on() ? recorder : nullptr), track_(track), name_(name) {
    if (recorder_) [[unlikely]]
      start_ = now();
  }
  ~ScopedSpan() {
    if (recorder_) [[unlikely]]
      recorder_->span(track_, start_, now(), name_);
  }
  ScopedSpan(const ScopedSpan&) = delete;
  ScopedSpan& operator=(const ScopedSpan&) = delete;

 private:
  Recorder* const recorder_;
  const Track track_;
  const std::string_view name_;
  std::uint64_t start_ = 0;
};

}  // namespace tarn::profile
