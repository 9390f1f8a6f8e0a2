// What the writer and the reader of traces have to agree on beyond the table in README.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/memory/trace_event.hpp"

namespace tarn::memory {

inline constexpr std::string_view kTraceMagic = "tarntrace";
inline constexpr std::uint64_t kTraceVersion = 2;
inline constexpr std::uint8_t kHostVisible = 16;  // beside the kind in an event's first byte

/// Which fields follow the time of an event, in this order.
struct TraceFields {
  bool bytes = false, id = false, duration = false;
};

constexpr TraceFields fields_of(TraceKind kind) {
  switch (kind) {
    case TraceKind::request:
      return {.bytes = true, .id = true};
    case TraceKind::failed_request:
    case TraceKind::cache_limit:
      return {.bytes = true};
    case TraceKind::release:
      return {.id = true};
    case TraceKind::driver_allocation:
      return {.bytes = true, .id = true, .duration = true};
    case TraceKind::driver_failure:
      return {.bytes = true, .duration = true};
    case TraceKind::driver_release:
      return {.id = true, .duration = true};
    case TraceKind::trim:
    case TraceKind::reset:
    case TraceKind::step:
    case TraceKind::end:
      return {};
  }
  return {};
}

/// Differences of either sign as small numbers: 0, -1, 1, -2 ... become 0, 1, 2, 3 ...
constexpr std::uint64_t zigzag(std::uint64_t difference) {
  return (difference << 1) ^ (difference >> 63 ? ~std::uint64_t{0} : 0);
}
constexpr std::uint64_t unzigzag(std::uint64_t value) {
  return (value >> 1) ^ (value & 1 ? ~std::uint64_t{0} : 0);
}

}  // namespace tarn::memory
