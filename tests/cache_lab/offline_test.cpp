#include "cache_lab/offline.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "cache_lab/rival.hpp"
#include "runtime/memory/lru_allocator.hpp"
#include "runtime/memory/size_class.hpp"
#include "runtime/memory/trace_reader.hpp"

namespace examples {
namespace {

using tarn::memory::import_trace;
using tarn::memory::Trace;
using tarn::memory::TraceKind;

constexpr std::size_t kMany = 100'000;  // states

Trace trace_of(const std::string& requests) {
  std::istringstream text(requests);
  return import_trace(text, "requests");
}

// Tries everything that a cache may do: any block that is large enough for a request, or a new one;
// and after each event any idle block may go.
class BruteForce {
 public:
  BruteForce(const Trace& trace, std::size_t limit) : trace_(trace), limit_(limit) { go(0, 0); }
  std::uint64_t fewest() const { return fewest_; }

 private:
  void go(std::size_t at, std::uint64_t calls) {
    if (calls >= fewest_) return;
    if (at == trace_.events.size()) {
      fewest_ = calls;
      return;
    }
    const auto& event = trace_.events[at];
    event.kind == TraceKind::request ? request(at, calls) : release(at, calls);
  }

  void request(std::size_t at, std::uint64_t calls) {
    const auto& event = trace_.events[at];
    const std::size_t wanted = tarn::memory::size_class(event.bytes);
    for (std::size_t i = 0; i < idle_.size(); ++i) {
      const std::size_t block = idle_[i];
      if (block < wanted || block > wanted + tarn::memory::Slack().above(wanted)) continue;
      idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
      live_[event.id] = block;
      go(at + 1, calls);
      live_.erase(event.id);
      idle_.insert(idle_.begin() + static_cast<std::ptrdiff_t>(i), block);
    }
    live_[event.id] = wanted;
    go(at + 1, calls + 1);
    live_.erase(event.id);
  }

  void release(std::size_t at, std::uint64_t calls) {
    const std::uint64_t id = trace_.events[at].id;
    const std::vector<std::size_t> before = idle_;
    const std::size_t block = live_.extract(id).mapped();
    std::vector<std::size_t> all = before;
    all.push_back(block);
    for (unsigned kept = 0; kept < 1u << all.size(); ++kept) {
      idle_.clear();
      std::size_t bytes = 0;
      for (std::size_t i = 0; i < all.size(); ++i) {
        if ((kept >> i & 1) == 0) continue;
        idle_.push_back(all[i]);
        bytes += all[i];
      }
      if (bytes <= limit_) go(at + 1, calls);
    }
    idle_ = before;
    live_[id] = block;
  }

  const Trace& trace_;
  const std::size_t limit_;
  std::vector<std::size_t> idle_;
  std::map<std::uint64_t, std::size_t> live_;
  std::uint64_t fewest_ = ~std::uint64_t{0};
};

// Requests of a few sizes, of which some may stand in for others.
Trace random_trace(std::mt19937& dice, int events) {
  const std::size_t sizes[] = {1024, 1536, 4096, 8192, 20000};
  std::string text;
  std::vector<int> live;
  for (int i = 0; i < events; ++i) {
    if (!live.empty() && (live.size() == 3 || dice() % 2 == 0)) {
      std::swap(live[dice() % live.size()], live.back());
      text += "release " + std::to_string(live.back()) + "\n";
      live.pop_back();
    } else {
      live.push_back(i);
      text += "allocate " + std::to_string(i) + " " + std::to_string(sizes[dice() % 5]) + "\n";
    }
  }
  return trace_of(text);
}

TEST(Offline, KeepsWhatIsNeededFirstWhenBothDoNotFit) {
  const Trace trace = trace_of(
      "allocate 1 65536\nallocate 2 65536\nallocate 3 8192\nrelease 1\nrelease 3\n"
      "allocate 4 8192\nallocate 5 65536\n");
  EXPECT_EQ(optimum(trace, 65536 + 8192, kMany), 3u);
  EXPECT_EQ(optimum(trace, 65536, kMany), 4u);
  EXPECT_EQ(optimum(trace, 8191, kMany), 5u);
}

// Plain LRU gives back what a walk in a circle needs next; who knows the circle keeps half of it.
TEST(Offline, BeatsLruOnACircle) {
  std::string circle;
  for (int i = 0; i < 4; ++i) {
    for (const int size : {65536, 262144, 1048576}) {
      circle += "allocate 1 " + std::to_string(size) + "\nrelease 1\n";
    }
  }
  const Trace trace = trace_of(circle);
  const std::size_t limit = 1048576 + 262144;
  EXPECT_EQ(score(trace, rival("plain LRU"), limit).driver_allocations, 12u);
  EXPECT_EQ(score(trace, rival("tarn"), limit).driver_allocations, 10u);
  EXPECT_EQ(optimum(trace, limit, kMany), 6u);
}

TEST(Offline, TheSearchFindsWhatTryingEverythingFinds) {
  std::mt19937 dice(1);
  for (int i = 0; i < 300; ++i) {
    const Trace trace = random_trace(dice, 12);
    const std::size_t limit = 1024u << dice() % 6;
    ASSERT_EQ(optimum(trace, limit, kMany), BruteForce(trace, limit).fewest()) << "trace " << i;
  }
}

TEST(Offline, TheOptimumLiesBetweenTheBounds) {
  std::mt19937 dice(2);
  int tight = 0;
  for (int i = 0; i < 200; ++i) {
    const Trace trace = random_trace(dice, 40);
    const std::size_t limit = 1024u << dice() % 6;
    const std::uint64_t best = optimum(trace, limit, kMany).value();
    ASSERT_LE(lower_bound(trace, limit), best) << "trace " << i;
    ASSERT_GE(upper_bound(trace, limit), best) << "trace " << i;
    ASSERT_GE(score(trace, rivals().front(), limit).driver_allocations, best) << "trace " << i;
    tight += upper_bound(trace, limit) == best ? 1 : 0;
  }
  EXPECT_GT(tight, 100);
}

TEST(Offline, TheSearchGivesUpBeyondItsStates) {
  std::mt19937 dice(3);
  EXPECT_EQ(optimum(random_trace(dice, 40), 8192, 2), std::nullopt);
}

}  // namespace
}  // namespace examples
