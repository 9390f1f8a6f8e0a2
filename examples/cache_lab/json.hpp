// Counts of an allocator as JSON, for the machine that reads them.
#pragma once

#include <nlohmann/json.hpp>

#include "tarn/allocator.hpp"

namespace examples {

inline nlohmann::ordered_json json_of(const tarn::AllocatorStats& stats) {
  nlohmann::ordered_json misses, evictions, regretted;
  for (int i = 0; i < 6; ++i) {
    const auto reason = static_cast<tarn::MissReason>(i);
    misses[to_string(reason)] = stats.misses_by[reason];
  }
  for (int i = 0; i < 5; ++i) {
    const auto reason = static_cast<tarn::EvictionReason>(i);
    evictions[to_string(reason)] = stats.evictions_by[reason];
    regretted[to_string(reason)] = stats.regretted_by[reason];
  }
  return {{"requests", stats.requests},
          {"failures", stats.failures},
          {"releases", stats.releases},
          {"exact_hits", stats.exact_hits},
          {"slack_hits", stats.slack_hits},
          {"misses", misses},
          {"evictions", evictions},
          {"regretted", regretted},
          {"driver_allocations", stats.driver_allocations},
          {"driver_bytes", stats.driver_bytes},
          {"requested_bytes", stats.requested_bytes},
          {"block_bytes", stats.block_bytes},
          {"live_peak", stats.live.peak},
          {"idle_peak", stats.idle.peak},
          {"held_peak", stats.held.peak}};
}

}  // namespace examples
