// How other runtimes keep freed blocks, to be compared on the same traces. A rival is an Allocator
// over a driver that counts; what it holds beyond its bound it gives back as its model does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "runtime/memory/trace_event.hpp"
#include "tarn/allocator.hpp"

namespace examples {

struct Rival {
  const char* name;
  const char* source;  ///< where its behaviour is published
  bool bounded;        ///< whether it has a limit at all
  std::unique_ptr<tarn::Allocator> (*make)(tarn::Allocator& driver, std::size_t limit);
};

/// Ours is the first.
std::span<const Rival> rivals();

/// The one of that name. Requires: there is one.
const Rival& rival(std::string_view name);

/// What a cache cost on a trace.
struct Score {
  std::uint64_t driver_allocations = 0;
  std::uint64_t driver_bytes = 0;  ///< sum over the blocks that the driver made
  std::size_t peak_held = 0;       ///< bytes of the driver at once
  std::size_t peak_live = 0;       ///< bytes that the program had asked for and not released
  std::size_t wasted() const { return peak_held - peak_live; }

  friend bool operator==(const Score&, const Score&) = default;
};

/// The requests and releases of the trace; its trims and changes of limits are ours alone, and left
/// out. Requires: `limit` > 0.
Score score(const tarn::memory::Trace& trace, const Rival& rival, std::size_t limit);

}  // namespace examples
