// How AllocatorStats reads: one row a subject, amounts in one column, what explains them behind.
#include <array>
#include <cstdio>
#include <ostream>
#include <string>

#include "runtime/memory/byte_size.hpp"
#include "tarn/allocator.hpp"

namespace tarn {
namespace {

using memory::format_bytes;

// 1234567 as 1,234,567.
std::string count(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", 100 * share);
  return text;
}

std::string milliseconds(std::uint64_t nanoseconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f ms", static_cast<double>(nanoseconds) / 1e6);
  return text;
}

// `first 20, evicted 4`: the reasons that occurred.
template <class Reason, std::size_t N>
std::string reasons(const Tally<Reason, N>& tally) {
  std::string text;
  for (std::size_t i = 0; i < N; ++i) {
    if (tally.counts[i] == 0) continue;
    if (!text.empty()) text += ", ";
    text += to_string(static_cast<Reason>(i)) + (" " + count(tally.counts[i]));
  }
  return text;
}

std::string row(const char* subject, const std::string& amount, const std::string& explanation) {
  char text[160];
  std::snprintf(text, sizeof text, "%-14s %12s", subject, amount.c_str());
  return text + (explanation.empty() ? "" : "   " + explanation) + "\n";
}

std::string row(const char* subject, const Gauge& gauge) {
  return row(subject, format_bytes(gauge.now), "peak " + format_bytes(gauge.peak));
}

}  // namespace

double AllocatorStats::saved() const {
  const std::uint64_t answered = requests - failures;
  if (answered == 0 || driver_allocations >= answered) return 0;
  return 1 - static_cast<double>(driver_allocations) / static_cast<double>(answered);
}

std::ostream& operator<<(std::ostream& out, const AllocatorStats& stats) {
  return out << row("requests", count(stats.requests),
                    "released " + count(stats.releases) + ", failed " + count(stats.failures))
             << row("hits", count(stats.hits()),
                    "exact " + count(stats.exact_hits) + ", slack " + count(stats.slack_hits))
             << row("misses", count(stats.misses()), reasons(stats.misses_by))
             << row("evictions", count(stats.evictions()), reasons(stats.evictions_by))
             << row("driver calls", count(stats.driver_allocations),
                    "released " + count(stats.driver_releases) + ", asked again " +
                        count(stats.out_of_memory_retries) + ", saved " + percent(stats.saved()))
             << row("driver time",
                    milliseconds(stats.create_nanoseconds + stats.release_nanoseconds),
                    "making " + milliseconds(stats.create_nanoseconds) + ", releasing " +
                        milliseconds(stats.release_nanoseconds))
             << row("bytes asked", format_bytes(stats.requested_bytes),
                    "in blocks of " + format_bytes(stats.block_bytes) + ", of the driver " +
                        format_bytes(stats.driver_bytes))
             << row("live", stats.live) << row("idle", stats.idle) << row("moving", stats.moving)
             << row("held", stats.held);
}

const char* to_string(AllocatorMode mode) { return mode == AllocatorMode::lru ? "lru" : "direct"; }

const char* to_string(MissReason reason) {
  constexpr std::array names = {"disabled", "oversize", "first", "evicted", "class", "concurrent"};
  static_assert(names.size() == decltype(MissTally::counts){}.size());
  return names[static_cast<std::size_t>(reason)];
}

const char* to_string(EvictionReason reason) {
  constexpr std::array names = {"bytes", "blocks", "memory", "trim", "capacity"};
  static_assert(names.size() == decltype(EvictionTally::counts){}.size());
  return names[static_cast<std::size_t>(reason)];
}

}  // namespace tarn
