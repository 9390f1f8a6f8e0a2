// What a device has been asked to do, counted.
#pragma once

#include <cstdint>

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

}  // namespace tarn
