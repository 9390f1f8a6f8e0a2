#include "cache_lab/offline.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <unordered_map>
#include <vector>

#include "runtime/memory/lru_allocator.hpp"
#include "runtime/memory/size_class.hpp"

namespace examples {
namespace {

using tarn::memory::Trace;
using tarn::memory::TraceEvent;
using tarn::memory::TraceKind;

// A size class of one kind of block. Host-visible blocks never stand in for others.
struct Class {
  bool host_visible = false;
  std::size_t bytes = 0;
  auto operator<=>(const Class&) const = default;
};

bool serves(const Class& block, const Class& request) {
  return block.host_visible == request.host_visible && block.bytes >= request.bytes &&
         block.bytes - request.bytes <= tarn::memory::Slack().above(request.bytes);
}

// A request, or the release of what an earlier one got.
struct Step {
  bool request = true;
  Class wanted;
  std::size_t index = 0;  // of the request, from 0
};

struct Steps {
  std::vector<Step> all;
  std::vector<Class> requests;
};

Steps steps_of(const Trace& trace) {
  Steps steps;
  std::unordered_map<std::uint64_t, std::size_t> live;  // the request by its block's id
  for (const TraceEvent& event : trace.events) {
    if (event.kind == TraceKind::request) {
      const Class wanted{event.options.host_visible, tarn::memory::size_class(event.bytes)};
      live[event.id] = steps.requests.size();
      steps.all.push_back({true, wanted, steps.requests.size()});
      steps.requests.push_back(wanted);
    } else if (event.kind == TraceKind::release) {
      const auto found = live.find(event.id);
      if (found == live.end()) continue;
      steps.all.push_back({false, steps.requests[found->second], found->second});
      live.erase(found);
    }
  }
  return steps;
}

// What a cache has been through, as far as it matters for what comes.
struct State {
  std::vector<Class> idle;            // ascending
  std::map<std::size_t, Class> live;  // by request
  auto operator<=>(const State&) const = default;
  std::size_t idle_bytes() const {
    std::size_t bytes = 0;
    for (const Class& block : idle) bytes += block.bytes;
    return bytes;
  }
};

// All states that can be reached, each with the fewest calls, one step after the other. A block
// that would be evicted later is given back at its release: the choice is made there.
class Search {
 public:
  Search(const Steps& steps, std::size_t limit, std::uint64_t enough)
      : limit_(limit), enough_(enough) {
    for (const Step& step : steps.all) {
      if (step.request) ++coming_[step.wanted];
    }
  }

  void take(const Step& step) {
    next_.clear();
    if (step.request) --coming_[step.wanted];
    for (const auto& [state, calls] : states_)
      step.request ? request(state, calls, step) : release(state, calls, step);
    states_.swap(next_);
  }

  std::size_t size() const { return states_.size(); }
  std::uint64_t fewest() const {
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    for (const auto& [state, calls] : states_) least = std::min(least, calls);
    return least;
  }

 private:
  void request(const State& state, std::uint64_t calls, const Step& step) {
    for (std::size_t i = 0; i < state.idle.size(); ++i) {
      if (i > 0 && state.idle[i] == state.idle[i - 1]) continue;  // it makes no difference which
      if (!serves(state.idle[i], step.wanted)) continue;
      State hit = state;
      hit.live[step.index] = hit.idle[i];
      hit.idle.erase(hit.idle.begin() + static_cast<std::ptrdiff_t>(i));
      add(std::move(hit), calls);
    }
    State miss = state;
    miss.live[step.index] = step.wanted;
    add(std::move(miss), calls + 1);
  }

  void release(const State& state, std::uint64_t calls, const Step& step) {
    State dropped = state;
    const Class block = dropped.live.extract(step.index).mapped();
    const bool fits = block.bytes <= limit_ && state.idle_bytes() <= limit_ - block.bytes;
    if (fits && is_wanted(block)) {
      State kept = dropped;
      kept.idle.insert(std::upper_bound(kept.idle.begin(), kept.idle.end(), block), block);
      add(std::move(kept), calls);
    }
    add(std::move(dropped), calls);
  }

  bool is_wanted(const Class& block) const {
    return std::any_of(coming_.begin(), coming_.end(), [&](const auto& coming) {
      return coming.second > 0 && serves(block, coming.first);
    });
  }

  void add(State state, std::uint64_t calls) {
    if (calls > enough_) return;
    const auto [at, is_new] = next_.emplace(std::move(state), calls);
    if (!is_new) at->second = std::min(at->second, calls);
  }

  const std::size_t limit_;
  const std::uint64_t enough_;  // a cache is known that needs no more calls
  std::map<Class, std::size_t> coming_;
  std::map<State, std::uint64_t> states_{{State{}, 0}}, next_;
};

// The most requests of classes from `first` to `last` that are live at once.
std::uint64_t peak_live(const Steps& steps, const Class& first, const Class& last) {
  std::uint64_t live = 0, peak = 0;
  for (const Step& step : steps.all) {
    if (step.wanted < first || last < step.wanted) continue;
    step.request ? peak = std::max(peak, ++live) : --live;
  }
  return peak;
}

// Of all ways to cut the classes into ranges that share no block, the one with the most live at
// once.
std::uint64_t live_at_once(const Steps& steps) {
  std::vector<Class> classes = steps.requests;
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  std::vector<std::uint64_t> best(classes.size() + 1, 0);  // of the classes before
  for (std::size_t end = 1; end <= classes.size(); ++end) {
    best[end] = best[end - 1];
    for (std::size_t begin = end; begin-- > 0;) {
      // Those before whose blocks are all too small for this range.
      std::size_t before = begin;
      const auto shares = [&](const Class& smaller) {
        const Class largest{smaller.host_visible,
                            smaller.bytes + tarn::memory::Slack().above(smaller.bytes)};
        return smaller.host_visible == classes[begin].host_visible &&
               largest.bytes >= classes[begin].bytes;
      };
      while (before > 0 && shares(classes[before - 1])) --before;
      const std::uint64_t here = peak_live(steps, classes[begin], classes[end - 1]);
      best[end] = std::max(best[end], best[before] + here);
    }
  }
  return best.back();
}

// Requests that cannot hit because all hits together would occupy more than there is.
std::uint64_t beyond_capacity(const Steps& steps, std::size_t limit) {
  std::vector<double> areas;              // of the requests that may hit, at least
  std::map<Class, std::size_t> released;  // when a block for this class was last given back
  for (std::size_t now = 0; now < steps.all.size(); ++now) {
    const Step& step = steps.all[now];
    if (!step.request) {
      released[step.wanted] = now;
      continue;
    }
    // What it got may be as large as the slack of its class allows: whoever was released may serve
    // whatever such a block serves.
    std::optional<std::size_t> last;
    for (const auto& [smaller, when] : released) {
      const std::size_t largest = smaller.bytes + tarn::memory::Slack().above(smaller.bytes);
      const bool may =
          smaller.host_visible == step.wanted.host_visible && largest >= step.wanted.bytes &&
          smaller.bytes <= step.wanted.bytes + tarn::memory::Slack().above(step.wanted.bytes);
      if (may) last = std::max(last.value_or(0), when);
    }
    if (!last || step.wanted.bytes > limit) continue;
    areas.push_back(static_cast<double>(step.wanted.bytes) * static_cast<double>(now - *last));
  }
  std::sort(areas.begin(), areas.end());
  double left = static_cast<double>(limit) * static_cast<double>(steps.all.size());
  std::uint64_t hits = 0;
  for (; hits < areas.size() && areas[hits] <= left; ++hits) left -= areas[hits];
  return steps.requests.size() - hits;
}

// Evicts the idle block that is needed last: of the k youngest of a class, the k-th is needed at
// the k-th request of the class from now.
class Foresight {
 public:
  Foresight(const Steps& steps, std::size_t limit, bool by_bytes)
      : limit_(limit), by_bytes_(by_bytes), live_(steps.requests.size()) {
    for (const Step& step : steps.all) {
      if (step.request) coming_[step.wanted].push_back(step.index);
    }
  }

  void take(const Step& step) { step.request ? request(step) : release(live_[step.index]); }
  std::uint64_t calls() const { return calls_; }

 private:
  void request(const Step& step) {
    now_ = step.index + 1;
    const auto found = idle_.lower_bound(step.wanted);
    const bool hit = found != idle_.end() && serves(found->first, step.wanted);
    live_[step.index] = hit ? found->first : step.wanted;
    hit ? drop(found) : void(++calls_);
  }

  void release(const Class& block) {
    ++idle_[block];
    idle_bytes_ += block.bytes;
    while (idle_bytes_ > limit_) drop(needed_last());
  }

  using Idle = std::map<Class, std::size_t>;
  Idle::iterator needed_last() {
    auto worst = idle_.begin();
    double most = -1;
    for (auto it = idle_.begin(); it != idle_.end(); ++it) {
      double distance = distance_of(it->first, it->second);
      if (by_bytes_) distance *= static_cast<double>(it->first.bytes);
      if (distance <= most) continue;
      most = distance;
      worst = it;
    }
    return worst;
  }

  // In requests, to the `count`-th of the class; those never needed are furthest.
  double distance_of(const Class& block, std::size_t count) const {
    const auto found = coming_.find(block);
    if (found == coming_.end()) return 1e18;
    const auto next = std::lower_bound(found->second.begin(), found->second.end(), now_);
    if (static_cast<std::size_t>(found->second.end() - next) < count) return 1e18;
    return static_cast<double>(next[static_cast<std::ptrdiff_t>(count) - 1] - now_ + 1);
  }

  void drop(Idle::iterator at) {
    idle_bytes_ -= at->first.bytes;
    if (--at->second == 0) idle_.erase(at);
  }

  const std::size_t limit_;
  const bool by_bytes_;
  std::vector<Class> live_;                           // what each request got
  std::map<Class, std::vector<std::size_t>> coming_;  // requests
  Idle idle_;                                         // how many
  std::size_t idle_bytes_ = 0;
  std::size_t now_ = 0;  // the next request
  std::uint64_t calls_ = 0;
};

}  // namespace

std::optional<std::uint64_t> optimum(const Trace& trace, std::size_t limit,
                                     std::size_t max_states) {
  const Steps steps = steps_of(trace);
  Search search(steps, limit, upper_bound(trace, limit));
  for (const Step& step : steps.all) {
    search.take(step);
    if (search.size() > max_states) return std::nullopt;
  }
  return search.fewest();
}

std::uint64_t lower_bound(const Trace& trace, std::size_t limit) {
  const Steps steps = steps_of(trace);
  return std::max(live_at_once(steps), beyond_capacity(steps, limit));
}

std::uint64_t upper_bound(const Trace& trace, std::size_t limit) {
  const Steps steps = steps_of(trace);
  Foresight by_time(steps, limit, false), by_area(steps, limit, true);
  for (const Step& step : steps.all) {
    by_time.take(step);
    by_area.take(step);
  }
  return std::min(by_time.calls(), by_area.calls());
}

Bracket bracket(const Trace& trace, std::size_t limit) {
  constexpr std::size_t kStates = 2000;
  const Bracket bounds{lower_bound(trace, limit), upper_bound(trace, limit)};
  if (bounds.exact()) return bounds;
  const auto found = optimum(trace, limit, kStates);
  return found ? Bracket{*found, *found} : bounds;
}

}  // namespace examples
