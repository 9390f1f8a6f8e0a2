#include "cache_lab/advisor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "runtime/memory/byte_size.hpp"
#include "runtime/memory/replay.hpp"

namespace examples {
namespace {

using tarn::AllocatorStats;
using tarn::memory::ReplayDriver;
using tarn::memory::StackOptions;
using tarn::memory::Trace;
using tarn::memory::TraceEvent;
using tarn::memory::TraceKind;

constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();
constexpr int kCapacities = 20;

// Nanoseconds, 0 without calls.
double mean_driver_allocation(const Trace& trace) {
  double total = 0;
  std::uint64_t calls = 0;
  for (const TraceEvent& event : trace.events) {
    if (event.kind != TraceKind::driver_allocation) continue;
    total += static_cast<double>(event.duration);
    ++calls;
  }
  return calls == 0 ? 0 : total / static_cast<double>(calls);
}

AllocatorStats at(const Trace& trace, std::size_t bytes) {
  StackOptions options = recorded_options(trace);
  options.mode = tarn::AllocatorMode::lru;
  options.cache_limit = bytes;
  return replay(trace, options, ReplayDriver::unlimited);
}

// What the second half of the requests got, when the first half had filled the cache.
AllocatorStats second_half(const Trace& trace) {
  const auto is_request = [](const TraceEvent& event) { return event.kind == TraceKind::request; };
  const auto requests = std::count_if(trace.events.begin(), trace.events.end(), is_request);
  Trace halved = trace;
  std::erase_if(halved.events,
                [](const TraceEvent& event) { return event.kind == TraceKind::reset; });
  std::int64_t seen = 0;
  const auto middle = std::find_if(
      halved.events.begin(), halved.events.end(),
      [&](const TraceEvent& event) { return is_request(event) && seen++ == requests / 2; });
  halved.events.insert(middle, {.kind = TraceKind::reset});
  return at(halved, kUnbounded);
}

// 0, then in equal ratios from a thousandth of what an unbounded cache holds idle to all of it.
std::vector<std::size_t> capacities_to(std::size_t most) {
  std::vector<std::size_t> bytes{0};
  for (int i = 0; i < kCapacities - 1; ++i) {
    const double share = std::pow(1000.0, i / (kCapacities - 2.0) - 1);
    bytes.push_back(static_cast<std::size_t>(std::ceil(static_cast<double>(most) * share)));
  }
  bytes.back() = most;
  return bytes;
}

}  // namespace

Advice advise(const Trace& trace, double share) {
  const std::size_t most = at(trace, kUnbounded).idle.peak;
  const double nanoseconds = mean_driver_allocation(trace);
  Advice advice;
  for (const std::size_t bytes : capacities_to(most)) {
    const AllocatorStats stats = at(trace, bytes);
    const double saved = static_cast<double>(stats.hits()) * nanoseconds * 1e-9;
    advice.capacities.push_back({bytes, stats, saved});
  }
  const auto all = static_cast<double>(advice.capacities.back().stats.hits());
  const auto knee = std::find_if(advice.capacities.begin(), advice.capacities.end(),
                                 [&](const Capacity& capacity) {
                                   return static_cast<double>(capacity.stats.hits()) >= share * all;
                                 });
  advice.knee = static_cast<std::size_t>(knee - advice.capacities.begin());
  advice.best = bracket(trace, knee->bytes);
  const std::size_t twice_live = 2 * at(trace, kUnbounded).live.peak;
  advice.twice_live = {twice_live, at(trace, twice_live), 0};
  advice.steady = second_half(trace);
  advice.kept = all == 0 ? 1 : static_cast<double>(knee->stats.hits()) / all;
  return advice;
}

std::size_t scarce_limit(const Trace& trace) {
  return std::max<std::size_t>(1, at(trace, kUnbounded).idle.peak / 2);
}

std::string sentence(const Advice& advice) {
  const Capacity& knee = advice.capacities[advice.knee];
  std::ostringstream text;
  text.precision(3);
  text << "with " << tarn::memory::format_bytes(knee.bytes) << " you would keep "
       << advice.kept * 100 << " % of the hits of an unbounded cache, which holds up to "
       << tarn::memory::format_bytes(advice.capacities.back().bytes) << " idle; it would make "
       << knee.stats.driver_allocations << " driver calls there, and one that knows what comes ";
  if (!advice.best.exact()) text << "between " << advice.best.lower << " and ";
  text << advice.best.upper;
  return text.str();
}

std::string expectations(const Advice& advice) {
  const auto share = [](const AllocatorStats& stats) {
    return stats.requests == 0
               ? 100.0
               : 100.0 * static_cast<double>(stats.hits()) / static_cast<double>(stats.requests);
  };
  std::ostringstream text;
  text << std::fixed;
  text.precision(1);
  text << "with twice the live peak, " << tarn::memory::format_bytes(advice.twice_live.bytes)
       << ", " << share(advice.twice_live.stats) << " % of the requests hit; in the second half, "
       << "without a limit, " << share(advice.steady) << " %";
  return text.str();
}

}  // namespace examples
