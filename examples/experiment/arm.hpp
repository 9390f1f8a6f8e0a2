// One arm of the experiment: a program on a device of its own, with one way to come by memory, and
// what its measured passes took.
#pragma once

#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <tarn/tarn.hpp>
#include <vector>

#include "program.hpp"

namespace examples {

struct Way {
  const char* name;
  tarn::AllocatorMode allocator;
  tarn::PlanMemory plan_memory;
};

/// Without any reuse; with reuse inside each plan; with the cache.
inline constexpr Way kWays[] = {
    {"direct", tarn::AllocatorMode::direct, tarn::PlanMemory::drop},
    {"share", tarn::AllocatorMode::direct, tarn::PlanMemory::share},
    {"lru", tarn::AllocatorMode::lru, tarn::PlanMemory::drop},
};

/// What the operating system did for the whole process.
struct Usage {
  std::int64_t page_faults = 0, waits = 0, preemptions = 0;

  static Usage now() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return {usage.ru_minflt + usage.ru_majflt, usage.ru_nvcsw, usage.ru_nivcsw};
  }
  /// Adds what has happened since `before`.
  void add_since(const Usage& before) {
    const Usage after = now();
    page_faults += after.page_faults - before.page_faults;
    waits += after.waits - before.waits;
    preemptions += after.preemptions - before.preemptions;
  }
};

/// The program's lanes, on a device that has two.
inline tarn::LaneMode lanes_of(const Program& program) {
  static const bool two = tarn::Device().info().serial_lane;
  return two ? program.lanes : tarn::LaneMode::both;
}

class Arm {
 public:
  Arm(const Program& program, const Way& way)
      : way_(way), device_({.allocator = way.allocator, .lanes = lanes_of(program)}) {
    tarn::set_plan_memory(device_, way.plan_memory);
    pass_ = program.start(device_);
  }

  /// Runs until every shape has been seen and no kernel has been built or loaded for a while; then
  /// forgets what was counted.
  void warm_up(const Program& program) {
    constexpr int kMost = 40;
    const int wanted = std::max(4, program.period);
    for (int i = 0, quiet = 0; i < kMost && quiet < wanted; ++i) {
      const std::uint64_t before = programs();
      run(i);
      quiet = programs() == before ? quiet + 1 : 0;
    }
    milliseconds_.clear();
    usage_ = {};
    warm_up_allocations_ = device_.allocator_stats().driver_allocations;
    warm_up_programs_ = programs();
    device_.reset_allocator_stats();
  }

  /// Returns: how many milliseconds pass i took.
  double run(int i) {
    const Usage before = Usage::now();
    const auto start = std::chrono::steady_clock::now();
    last_ = pass_(i).realize();  // the result before it is held until now, as by one who uses it
    device_.synchronize();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    usage_.add_since(before);
    milliseconds_.push_back(took.count());
    return took.count();
  }

  const Way& way() const { return way_; }
  const tarn::Device& device() const { return device_; }
  const std::vector<double>& milliseconds() const { return milliseconds_; }
  const Usage& usage() const { return usage_; }
  std::uint64_t warm_up_allocations() const { return warm_up_allocations_; }
  /// Programs built or loaded while it was measured: 0, or the compiler has been measured too.
  std::uint64_t measured_programs() const { return programs() - warm_up_programs_; }
  std::vector<float> last() const { return last_->to_vector<float>(); }

 private:
  std::uint64_t programs() const {
    const tarn::Counters counters = tarn::counters(device_);
    return counters.programs_built + counters.programs_loaded;
  }

  const Way way_;
  const tarn::Device device_;
  Pass pass_;
  std::optional<tarn::Tensor> last_;  // the last result
  std::vector<double> milliseconds_;
  Usage usage_;
  std::uint64_t warm_up_allocations_ = 0, warm_up_programs_ = 0;
};

}  // namespace examples
