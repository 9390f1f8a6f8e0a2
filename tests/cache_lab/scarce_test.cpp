// The committed traces where a limit binds: each is replayed with half of what it makes of the idle
// bytes, of the idle blocks, or of the memory beyond what it has live, so that blocks are evicted.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "cache_lab/advisor.hpp"
#include "cache_lab/offline.hpp"
#include "cache_lab/rival.hpp"
#include "golden_trace.hpp"
#include "runtime/memory/replay.hpp"

namespace tarn::memory {
namespace {

using examples::Bracket;
using examples::Rival;
using test::read_golden;

constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();

enum class Scarce { bytes, blocks, memory };

struct Golden {
  const char* trace;
  Scarce what;
  std::uint64_t exact_hits, slack_hits;
  std::array<std::uint64_t, 6> misses;     // in the order of MissReason
  std::array<std::uint64_t, 5> evictions;  // in the order of EvictionReason
};

// All that the sawtooth ever holds is live at its peak: there is no memory beyond to be halved.
const Golden kGolden[] = {
    {"changing_batch", Scarce::bytes, 149, 157, {0, 0, 31, 26, 17, 2}, {38, 0, 0, 0, 0}},
    {"changing_batch", Scarce::blocks, 187, 149, {0, 0, 29, 0, 15, 2}, {0, 23, 0, 0, 0}},
    {"changing_batch", Scarce::memory, 118, 154, {0, 0, 31, 60, 17, 2}, {0, 0, 71, 0, 0}},
    {"encoder", Scarce::bytes, 414, 0, {0, 0, 6, 0, 23, 110}, {70, 0, 0, 0, 0}},
    {"encoder", Scarce::blocks, 414, 0, {0, 0, 6, 0, 23, 110}, {0, 70, 0, 0, 0}},
    {"encoder", Scarce::memory, 346, 0, {0, 0, 6, 68, 23, 110}, {0, 0, 70, 0, 0}},
    {"growing_cache", Scarce::bytes, 4769, 256, {0, 0, 17, 0, 60, 35}, {90, 0, 0, 0, 0}},
    {"growing_cache", Scarce::blocks, 4691, 256, {0, 0, 17, 78, 60, 35}, {0, 134, 0, 0, 0}},
    {"growing_cache", Scarce::memory, 4298, 671, {0, 0, 17, 56, 60, 35}, {0, 0, 98, 0, 0}},
    {"lenet", Scarce::bytes, 179, 29, {0, 0, 18, 53, 4, 2}, {56, 0, 0, 0, 0}},
    {"lenet", Scarce::blocks, 232, 30, {0, 0, 18, 0, 3, 2}, {0, 12, 0, 0, 0}},
    {"lenet", Scarce::memory, 29, 29, {0, 0, 18, 203, 4, 2}, {0, 0, 205, 0, 0}},
    {"mlp", Scarce::bytes, 116, 0, {0, 0, 9, 0, 1, 4}, {9, 0, 0, 0, 0}},
    {"mlp", Scarce::blocks, 116, 0, {0, 0, 9, 0, 1, 4}, {0, 7, 0, 0, 0}},
    {"mlp", Scarce::memory, 58, 0, {0, 0, 9, 58, 1, 4}, {0, 0, 59, 0, 0}},
    {"resnet18", Scarce::bytes, 156, 30, {0, 0, 27, 0, 22, 29}, {68, 0, 0, 0, 0}},
    {"resnet18", Scarce::blocks, 156, 30, {0, 0, 27, 0, 22, 29}, {0, 39, 0, 0, 0}},
    {"resnet18", Scarce::memory, 104, 30, {0, 0, 27, 52, 22, 29}, {0, 0, 53, 0, 0}},
    {"sawtooth", Scarce::bytes, 812, 0, {0, 0, 2, 133, 0, 15}, {145, 0, 0, 0, 0}},
    {"sawtooth", Scarce::blocks, 812, 0, {0, 0, 2, 133, 0, 15}, {0, 142, 0, 0, 0}},
    {"sawtooth", Scarce::memory, 945, 0, {0, 0, 2, 0, 0, 15}, {0, 0, 0, 0, 0}},
    {"taking_turns", Scarce::bytes, 120, 45, {0, 0, 25, 0, 9, 5}, {27, 0, 0, 0, 0}},
    {"taking_turns", Scarce::blocks, 120, 45, {0, 0, 25, 0, 9, 5}, {0, 20, 0, 0, 0}},
    {"taking_turns", Scarce::memory, 74, 50, {0, 0, 25, 41, 9, 5}, {0, 0, 43, 0, 0}},
};

struct GoldenBracket {
  const char* trace;
  Bracket optimum;
  std::uint64_t ours;  // driver calls
};

// Of the idle bytes, as above.
const GoldenBracket kBrackets[] = {
    {"changing_batch", {36, 59}, 76},
    {"encoder", {139, 139}, 139},
    {"growing_cache", {64, 112}, 112},
    {"lenet", {26, 52}, 77},
    {"mlp", {14, 14}, 14},
    {"resnet18", {77, 78}, 78},
    {"sawtooth", {131, 131}, 150},
    {"taking_turns", {34, 39}, 39},
};

struct Plenty {
  AllocatorStats stats;
  std::size_t most_idle_blocks = 0;
};

// What the program makes of a cache in which nothing binds.
Plenty with_plenty(const Trace& trace) {
  StackOptions options = recorded_options(trace);
  options.cache_limit = kUnbounded;
  Plenty seen;
  const auto look = [&](const TraceEvent&, const AllocatorStats& stats) {
    seen.most_idle_blocks = std::max(seen.most_idle_blocks, stats.idle_blocks);
  };
  seen.stats = replay(trace, options, ReplayDriver::unlimited, look);
  return seen;
}

StackOptions options_for(const Trace& trace, Scarce what) {
  const Plenty plenty = with_plenty(trace);
  const std::size_t live = plenty.stats.live.peak, held = plenty.stats.held.peak;
  StackOptions options = recorded_options(trace);
  options.cache_limit = kUnbounded;
  if (what == Scarce::bytes) options.cache_limit = plenty.stats.idle.peak / 2;
  if (what == Scarce::blocks) options.max_idle_blocks = plenty.most_idle_blocks / 2;
  if (what == Scarce::memory) options.memory_limit = live + (held - live) / 2;
  return options;
}

// With a look at the limits after each event.
AllocatorStats replay_within(const StackOptions& options, const Trace& trace) {
  const auto look = [&](const TraceEvent&, const AllocatorStats& stats) {
    EXPECT_LE(stats.idle.peak, options.cache_limit);
    EXPECT_LE(stats.idle_blocks, options.max_idle_blocks);
    EXPECT_LE(stats.held.peak, options.memory_limit);
  };
  return replay(trace, options, ReplayDriver::unlimited, look);
}

TEST(ScarceTraces, ReplayToTheirCounts) {
  constexpr const char* kNames[] = {"bytes", "blocks", "memory"};
  for (const Golden& golden : kGolden) {
    SCOPED_TRACE(std::string(golden.trace) + ", " + kNames[static_cast<int>(golden.what)]);
    const Trace trace = read_golden(golden.trace);
    const AllocatorStats stats = replay_within(options_for(trace, golden.what), trace);
    EXPECT_EQ(stats.exact_hits, golden.exact_hits);
    EXPECT_EQ(stats.slack_hits, golden.slack_hits);
    EXPECT_EQ(stats.misses_by.counts, golden.misses);
    EXPECT_EQ(stats.evictions_by.counts, golden.evictions);
    EXPECT_EQ(stats.driver_allocations, stats.misses());
    EXPECT_EQ(stats.failures, 0u);
  }
}

// Pinned, since a lower bound of 0 would be as true.
TEST(ScarceTraces, HaveTheirBracketOfTheOptimum) {
  for (const GoldenBracket& golden : kBrackets) {
    SCOPED_TRACE(golden.trace);
    const Trace trace = read_golden(golden.trace);
    const Bracket seen = examples::bracket(trace, examples::scarce_limit(trace));
    EXPECT_EQ(seen.lower, golden.optimum.lower);
    EXPECT_EQ(seen.upper, golden.optimum.upper);
  }
}

// Best fit has a limit, but only observes it at the next request.
TEST(ScarceTraces, NobodyWhoKeepsTheLimitNeedsFewerThanTheLowerBound) {
  for (const GoldenBracket& golden : kBrackets) {
    SCOPED_TRACE(golden.trace);
    const Trace trace = read_golden(golden.trace);
    const std::size_t limit = examples::scarce_limit(trace);
    const std::uint64_t fewest = examples::lower_bound(trace, limit);
    EXPECT_GT(fewest, 0u);
    EXPECT_LE(fewest, examples::upper_bound(trace, limit));
    for (const Rival& rival : examples::rivals()) {
      if (!rival.bounded || std::string_view(rival.name) == "best fit") continue;
      EXPECT_LE(fewest, score(trace, rival, limit).driver_allocations) << rival.name;
    }
    EXPECT_EQ(score(trace, examples::rivals().front(), limit).driver_allocations, golden.ours);
  }
}

}  // namespace
}  // namespace tarn::memory
