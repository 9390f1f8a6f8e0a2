#include "runtime/profile/recorder.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace tarn::profile {

void Recorder::start() {
  const std::lock_guard lock(mutex_);
  recording_ = {};
  recording_.start = now();
  launches_.clear();
  numbers_.clear();
  threads_.clear();
  on_ = true;
}

Recording Recorder::stop() {
  const std::lock_guard lock(mutex_);
  on_ = false;
  recording_.end = now();
  place_launches();
  return std::exchange(recording_, {});
}

// From the device's clock to the host's, each lane by itself. Unsigned arithmetic wraps, so an
// offset may be negative; which of two is larger is seen from their difference.
void Recorder::place_launches() {
  constexpr std::size_t kLanes = 2;
  std::array<bool, kLanes> known{};
  std::array<std::uint64_t, kLanes> offsets{};
  for (const TimedLaunch& launch : launches_) {
    const auto lane = static_cast<std::size_t>(launch.lane);
    const std::uint64_t offset = launch.submitted - launch.queued;
    const bool larger = static_cast<std::int64_t>(offset - offsets[lane]) > 0;
    if (!known[lane] || larger) offsets[lane] = offset;
    known[lane] = true;
  }
  for (const TimedLaunch& launch : launches_) {
    const std::uint64_t offset = offsets[static_cast<std::size_t>(launch.lane)];
    recording_.launches.push_back(
        {launch.kernel, launch.lane, launch.start + offset, launch.end + offset});
  }
  std::ranges::stable_sort(recording_.launches, {}, &Launch::start);
  launches_.clear();
}

std::size_t Recorder::number_of(const Kernel& kernel) {
  const std::lock_guard lock(mutex_);
  const auto [at, added] =
      numbers_.try_emplace(kernel.name + ' ' + kernel.loops, recording_.kernels.size());
  if (added) recording_.kernels.push_back(kernel);
  return at->second;
}

void Recorder::launched(const TimedLaunch& launch) {
  const std::lock_guard lock(mutex_);
  if (on()) launches_.push_back(launch);
}

void Recorder::span(Track track, std::uint64_t start, std::uint64_t end, std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (!on()) return;
  const unsigned thread =
      threads_.try_emplace(std::this_thread::get_id(), static_cast<unsigned>(threads_.size()))
          .first->second;
  recording_.spans.push_back({track, thread, start, end, std::string(name)});
}

void Recorder::instant(Track track, std::string_view name, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (on()) recording_.instants.push_back({track, now(), std::string(name), bytes});
}

}  // namespace tarn::profile
