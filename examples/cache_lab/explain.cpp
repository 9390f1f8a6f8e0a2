#include "cache_lab/explain.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <unordered_map>

namespace examples {
namespace {

using tarn::memory::Trace;
using tarn::memory::TraceEvent;
using tarn::memory::TraceKind;

class Explainer {
 public:
  explicit Explainer(std::uint64_t within) : within_(within) {}

  void apply(const TraceEvent& event) {
    switch (event.kind) {
      case TraceKind::driver_allocation:
        bytes_[event.id] = event.bytes;
        regret(event.bytes);
        break;
      case TraceKind::request:
        ++requests_;
        leave(event.id);
        strand();
        break;
      case TraceKind::release:
        idle_[event.id] = {requests_, false};
        ageing_.push_back({event.id, requests_});
        break;
      case TraceKind::driver_release:
        go(event.id);
        break;
      default:
        break;
    }
    last_ = event;
  }

  Explanation finish() {
    std::sort(seen_.ages.begin(), seen_.ages.end());
    seen_.stranded_at_end = stranded_;
    return std::move(seen_);
  }

 private:
  struct Idle {
    std::uint64_t since;  // the number of the last request before its release
    bool stranded;
  };
  struct Ageing {
    std::uint64_t id, since;
  };

  // Explains one eviction for one driver allocation: the oldest that is recent enough.
  void regret(std::size_t bytes) {
    std::deque<std::uint64_t>& evictions = evicted_[bytes];
    while (!evictions.empty() && requests_ - evictions.front() > within_) evictions.pop_front();
    if (evictions.empty()) return;
    evictions.pop_front();
    ++seen_.regretted;
  }

  void go(std::uint64_t id) {
    const auto found = idle_.find(id);
    if (found == idle_.end()) return;
    const std::size_t bytes = bytes_[id];
    if (last_.kind == TraceKind::release && last_.id == id) {
      ++seen_.given_back;
    } else {
      seen_.ages.push_back(requests_ - found->second.since);
      evicted_[bytes].push_back(requests_);
    }
    leave(id);
    bytes_.erase(id);
  }

  // No longer idle.
  void leave(std::uint64_t id) {
    const auto found = idle_.find(id);
    if (found == idle_.end()) return;
    if (found->second.stranded) {
      const std::size_t bytes = bytes_[id];
      stranded_bytes_ -= bytes;
      if ((stranded_[bytes] -= bytes) == 0) stranded_.erase(bytes);
    }
    idle_.erase(found);
  }

  // Blocks are looked at once, in the order of their release, when they have become old.
  void strand() {
    for (; !ageing_.empty() && requests_ - ageing_.front().since > within_; ageing_.pop_front()) {
      const auto [id, since] = ageing_.front();
      const auto found = idle_.find(id);
      if (found == idle_.end() || found->second.since != since || found->second.stranded) continue;
      found->second.stranded = true;
      stranded_[bytes_[id]] += bytes_[id];
      stranded_bytes_ += bytes_[id];
    }
    if (stranded_bytes_ <= seen_.peak_stranded) return;
    seen_.peak_stranded = stranded_bytes_;
    seen_.stranded_at_peak = stranded_;
  }

  const std::uint64_t within_;
  Explanation seen_;
  std::uint64_t requests_ = 0;
  TraceEvent last_;
  std::unordered_map<std::uint64_t, std::size_t> bytes_;                // of blocks, by id
  std::unordered_map<std::uint64_t, Idle> idle_;                        // by id
  std::deque<Ageing> ageing_;                                           // since rises
  std::unordered_map<std::size_t, std::deque<std::uint64_t>> evicted_;  // when, by bytes
  BytesByClass stranded_;
  std::size_t stranded_bytes_ = 0;
};

}  // namespace

std::uint64_t Explanation::age(double share) const {
  if (ages.empty()) return 0;
  const double rank = std::ceil(share * static_cast<double>(ages.size()));
  const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return ages[std::min(index, ages.size() - 1)];
}

Explanation explain(const Trace& trace, std::uint64_t within) {
  Explainer explainer(within);
  for (const TraceEvent& event : trace.events) explainer.apply(event);
  return explainer.finish();
}

}  // namespace examples
