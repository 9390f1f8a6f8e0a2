#include "cache_lab/report/history.hpp"

#include <algorithm>
#include <bit>
#include <unordered_map>

#include "runtime/memory/replay.hpp"
#include "runtime/memory/size_class.hpp"

namespace examples {

using tarn::AllocatorStats;
using tarn::memory::ReplayDriver;
using tarn::memory::Trace;
using tarn::memory::TraceEvent;
using tarn::memory::TraceKind;

std::vector<Moment> history(const Trace& trace, std::size_t count) {
  const auto asks = [](const TraceEvent& event) {
    return event.kind == TraceKind::request || event.kind == TraceKind::failed_request;
  };
  const auto all =
      static_cast<std::uint64_t>(std::count_if(trace.events.begin(), trace.events.end(), asks));
  std::vector<Moment> moments;
  std::uint64_t requests = 0;
  std::size_t live = 0, idle = 0;  // the most since the last moment
  const auto look = [&](const TraceEvent& event, const AllocatorStats& stats) {
    requests += asks(event) ? 1 : 0;
    if (stats.live.now + stats.idle.now > live + idle) {
      live = stats.live.now;
      idle = stats.idle.now;
    }
    const bool last = &event == &trace.events.back();
    if (requests * count < (moments.size() + 1) * all && !last) return;
    if (moments.size() == count) moments.pop_back();  // requests have ended, releases have not
    moments.push_back({requests, stats});
    moments.back().stats.live.now = live;
    moments.back().stats.idle.now = idle;
    live = idle = 0;
  };
  replay(trace, recorded_options(trace), ReplayDriver::as_recorded, look);
  return moments;
}

ReuseDistances reuse_distances(const Trace& trace) {
  ReuseDistances distances;
  std::unordered_map<std::uint64_t, std::size_t> live;         // classes by id
  std::map<std::size_t, std::vector<std::uint64_t>> released;  // when, by class; oldest first
  std::uint64_t requests = 0;
  for (const TraceEvent& event : trace.events) {
    if (event.kind == TraceKind::request) {
      ++requests;
      const std::size_t wanted = tarn::memory::size_class(event.bytes);
      live[event.id] = wanted;
      std::vector<std::uint64_t>& idle = released[wanted];
      if (idle.empty()) continue;
      ++distances[{wanted, std::bit_floor(requests - idle.back())}];
      idle.pop_back();
    } else if (event.kind == TraceKind::release) {
      const auto found = live.find(event.id);
      if (found == live.end()) continue;
      released[found->second].push_back(requests);
      live.erase(found);
    }
  }
  return distances;
}

}  // namespace examples
