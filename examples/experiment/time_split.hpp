// Where the time goes that a pass takes more without the cache: into the driver, into memory that
// is touched for the first time, or into the layers of the allocator.
//
// Measured: the passes, the time in the driver, the page faults and the requests. Estimated: what a
// page fault costs, and what the layers cost a request. Both are calibrated apart from the passes,
// on blocks of the program's mean size. What neither explains is shown as the rest.
#pragma once

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <tarn/tarn.hpp>
#include <vector>

#include "arm.hpp"
#include "comparison.hpp"
#include "statistics.hpp"

namespace examples {

/// What a pass of one arm took, on average.
struct PassCosts {
  double driver_ms = 0;
  double page_faults = 0;
  double requests = 0;
};

inline double driver_ns(const tarn::AllocatorStats& stats) {
  return static_cast<double>(stats.create_nanoseconds + stats.release_nanoseconds);
}

inline PassCosts costs_of(const Arm& arm) {
  const tarn::AllocatorStats stats = arm.device().allocator_stats();
  const auto passes = static_cast<double>(arm.milliseconds().size());
  return {driver_ns(stats) * 1e-6 / passes, static_cast<double>(arm.usage().page_faults) / passes,
          static_cast<double>(stats.requests) / passes};
}

/// What the parts cost by themselves.
struct UnitCosts {
  double fault_us = 0;         ///< a page touched for the first time; 0 where none could be seen
  double direct_layer_ns = 0;  ///< a request and its release, without the driver
  double cached_layer_ns = 0;  ///< the same where the cache answers
};

/// Milliseconds of a pass: of the direct arm less the cached one's.
struct TimeSplit {
  double all = 0;
  double driver = 0;
  double first_touch = 0;
  double layer = 0;  ///< below 0: what the cache itself costs
  double rest() const { return all - driver - first_touch - layer; }
};

inline TimeSplit split_time(double all_ms, const PassCosts& direct, const PassCosts& cached,
                            const UnitCosts& unit) {
  return {all_ms, direct.driver_ms - cached.driver_ms,
          (direct.page_faults - cached.page_faults) * unit.fault_us * 1e-3,
          (direct.requests * unit.direct_layer_ns - cached.requests * unit.cached_layer_ns) * 1e-6};
}

/// The nanoseconds that a request of so many bytes and its release spend outside of the driver: the
/// median of some batches, of which a busy machine may disturb one.
inline double layer_ns(const tarn::Device& device, std::size_t bytes, int pairs) {
  const auto allocator = device.allocator();
  allocator->release(allocator->allocate(bytes, {}));
  std::vector<double> batches;
  for (int batch = 0; batch < 9; ++batch) {
    device.reset_allocator_stats();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < pairs; ++i) allocator->release(allocator->allocate(bytes, {}));
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    batches.push_back((took.count() - driver_ns(device.allocator_stats())) / pairs);
  }
  return median(batches);
}

/// Launches of one kernel, each into a block of its own.
struct Launches {
  std::vector<double> microseconds;  // of each, without the driver
  double page_faults = 0;            // of all
};

/// The results are held until all have been launched: no launch can use the block of another.
inline Launches launch_into_own_blocks(const tarn::Device& device, const tarn::Tensor& x,
                                       int count) {
  Launches seen;
  std::vector<tarn::Tensor> held;
  for (int i = 0; i < count; ++i) {
    device.reset_allocator_stats();
    const Usage before = Usage::now();
    const auto start = std::chrono::steady_clock::now();
    held.push_back((x * 0.5f + 0.25f).realize());
    device.synchronize();
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
    Usage usage;
    usage.add_since(before);
    seen.microseconds.push_back(took.count() - driver_ns(device.allocator_stats()) * 1e-3);
    seen.page_faults += static_cast<double>(usage.page_faults);
  }
  return seen;
}

/// The microseconds of a page fault: the same kernel is launched into fresh blocks and, when these
/// have been released, into the same ones again; the difference is shared out among the faults.
inline double fault_us(const tarn::Device& device, std::size_t bytes) {
  constexpr int kBlocks = 8, kRounds = 3;
  const auto elements = static_cast<std::int64_t>(bytes / sizeof(float));
  const tarn::Tensor x = tarn::rand({elements}, {.seed = 1, .device = device}).realize();
  launch_into_own_blocks(device, x, 2);  // builds the kernel
  std::vector<double> fresh, reused;
  double faults = 0;
  for (int round = 0; round < kRounds; ++round) {
    device.trim();
    malloc_trim(0);  // or the heap hands out pages that it has kept
    const Launches first = launch_into_own_blocks(device, x, kBlocks);
    const Launches again = launch_into_own_blocks(device, x, kBlocks);
    fresh.insert(fresh.end(), first.microseconds.begin(), first.microseconds.end());
    reused.insert(reused.end(), again.microseconds.begin(), again.microseconds.end());
    faults += first.page_faults - again.page_faults;
  }
  const double each = faults / (kRounds * kBlocks);
  return each < 0.5 ? 0 : std::max(0.0, (median(fresh) - median(reused)) / each);
}

/// Calibrates on devices of their own, with the program's lanes and its mean block.
inline UnitCosts calibrate(const Comparison& seen) {
  const tarn::AllocatorStats stats = seen.arms.front().device().allocator_stats();
  const std::size_t mean =
      stats.driver_allocations == 0 ? 0 : stats.driver_bytes / stats.driver_allocations;
  const std::size_t bytes = std::clamp<std::size_t>(mean / 64 * 64, 4096, std::size_t{16} << 20);
  const tarn::Device direct({.allocator = tarn::AllocatorMode::direct, .lanes = seen.lanes});
  const tarn::Device cached({.allocator = tarn::AllocatorMode::lru, .lanes = seen.lanes});
  return {fault_us(cached, bytes), layer_ns(direct, bytes, 200), layer_ns(cached, bytes, 2000)};
}

/// Of the direct arm against the cached one.
inline TimeSplit split_time(const Comparison& seen, const UnitCosts& unit) {
  std::vector<double> more;
  const auto &direct = seen.block_ms.front(), &cached = seen.block_ms.back();
  for (std::size_t i = 0; i < direct.size(); ++i) more.push_back((direct[i] - cached[i]) / 2);
  return split_time(median(more), costs_of(seen.arms.front()), costs_of(seen.arms.back()), unit);
}

}  // namespace examples
