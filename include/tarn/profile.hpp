// What a device has been asked to do: counted always, and timed while a profiler is on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "tarn/device.hpp"

namespace tarn {

struct Counters {
  std::uint64_t realizations = 0;     ///< calls that had something to compute
  std::uint64_t plans = 0;            ///< ... of which the plan had to be made
  std::uint64_t launches = 0;         ///< kernels that were submitted
  std::uint64_t kernels_built = 0;    ///< kernels that the driver compiled
  std::uint64_t programs_built = 0;   ///< ... in so many programs
  std::uint64_t programs_loaded = 0;  ///< programs whose binaries came from disk

  friend Counters operator-(const Counters& a, const Counters& b) {
    return {a.realizations - b.realizations,
            a.plans - b.plans,
            a.launches - b.launches,
            a.kernels_built - b.kernels_built,
            a.programs_built - b.programs_built,
            a.programs_loaded - b.programs_loaded};
  }
};

/// Since the device was opened.
Counters counters(const Device& device);

/// How a plan comes by memory for what it computes on the way.
enum class PlanMemory {
  drop,   ///< each intermediate asks the allocator, and is released after its last reader
  share,  ///< intermediates that are never needed at the same time have one block: fewer requests,
          ///< held for longer. To measure what it saves without a cache
};
/// Sets it for plans on this device from now on, and forgets those that it has. At first: drop.
/// Throws: DeviceError when the device is lost or closed.
void set_plan_memory(const Device& device, PlanMemory memory);

/// The most that a device was seen to do: its memory's bandwidth, and float32 arithmetic in
/// registers, a multiply and an add counted as two.
struct DeviceRates {
  double gigabytes_per_second = 0;
  double gigaflops = 0;
};
/// Measured by two small kernels, in about a tenth of a second; the most that any process has
/// measured is kept on disk beside the binaries of kernels. Zeros on a simulator, whose time says
/// nothing. Throws: DeviceError.
DeviceRates device_rates(const Device& device);

/// What all launches of a kernel over the same loops took on the device.
struct KernelTime {
  std::string name;
  std::string expression;  ///< what it computes
  std::string loops;       ///< the extents: kept ones | reduced ones
  std::uint64_t calls = 0;
  std::uint64_t nanoseconds = 0;
  std::int64_t bytes = 0;       ///< of a call: each operand and the result once
  std::int64_t operations = 0;  ///< of a call, in floating point

  double gigabytes_per_second() const { return rate(bytes); }
  double gigaflops() const { return rate(operations); }

 private:
  double rate(std::int64_t amount) const {
    if (nanoseconds == 0) return 0;
    return static_cast<double>(amount) * static_cast<double>(calls) /
           static_cast<double>(nanoseconds);
  }
};

/// Times what a device does, from its construction until stop() or its destruction: kernels by the
/// device's own clock, and on the host planning, builds, launches, waits, and what the allocators
/// do. A program that is not to be changed sets TARN_PROFILE=file.json instead, which writes the
/// trace when the device is closed, and the table to standard error.
///
///   tarn::Profiler profiler(device);
///   y.realize();
///   profiler.stop();
///   std::cout << profiler;               // a table by kernel
///   profiler.write_trace("trace.json");  // for ui.perfetto.dev
class Profiler {
 public:
  /// Waits for what was submitted. Throws: ValueError when the device is being profiled already,
  /// DeviceError.
  explicit Profiler(const Device& device = Device::default_device());
  ~Profiler();
  Profiler(const Profiler&) = delete;
  Profiler& operator=(const Profiler&) = delete;

  /// Waits for what was submitted, and ends the recording; the second time it does nothing.
  void stop();
  /// The longest total first. Requires: stopped.
  std::vector<KernelTime> kernels() const;
  /// In Chrome's trace event format. Requires: stopped. Throws: ValueError when the file cannot be
  /// written.
  void write_trace(const std::filesystem::path& path) const;
  /// A table by kernel: calls, time, rates, and their share of device_rates(). Requires: stopped.
  friend std::ostream& operator<<(std::ostream& out, const Profiler& profiler);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tarn
