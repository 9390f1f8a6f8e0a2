#include "cache_lab/advisor.hpp"

#include <gmock/gmock.h>

#include <sstream>

#include "runtime/memory/trace_reader.hpp"

namespace examples {
namespace {

using tarn::memory::import_trace;
using tarn::memory::Trace;

// Each pass takes a block of 1 KiB and releases it, then so one of 64 KiB: 1 KiB of cache is enough
// for half of the hits, 65 KiB for all.
Trace two_sizes(int passes) {
  std::stringstream text;
  for (int i = 0; i < passes; ++i) {
    text << "allocate 1 1024\nrelease 1\nallocate 2 65536\nrelease 2\n";
  }
  return import_trace(text, "two sizes");
}

TEST(Advisor, RisesFromNothingToWhatAnUnboundedCacheHolds) {
  const Advice advice = advise(two_sizes(11));
  ASSERT_EQ(advice.capacities.size(), 20u);
  EXPECT_EQ(advice.capacities.front().bytes, 0u);
  EXPECT_EQ(advice.capacities.front().stats.hits(), 0u);
  EXPECT_EQ(advice.capacities.back().bytes, 65u * 1024);
  EXPECT_EQ(advice.capacities.back().stats.hits(), 20u);
  EXPECT_EQ(advice.capacities.back().stats.evictions(), 0u);
}

TEST(Advisor, TheKneeIsTheSmallestCapacityThatKeepsTheShare) {
  const Advice half = advise(two_sizes(11), 0.5);
  EXPECT_EQ(half.kept, 0.5);
  EXPECT_GE(half.capacities[half.knee].bytes, 1024u);
  EXPECT_LT(half.capacities[half.knee].bytes, 2048u);
  EXPECT_LT(half.capacities[half.knee - 1].bytes, 1024u);
  const Advice all = advise(two_sizes(11), 1);
  EXPECT_EQ(all.capacities[all.knee].bytes, 65u * 1024);
  EXPECT_EQ(all.kept, 1.0);
}

TEST(Advisor, SaysItInSentences) {
  EXPECT_EQ(
      sentence(advise(two_sizes(11), 1)),
      "with 65.0 KiB you would keep 100 % of the hits of an unbounded cache, which holds up to "
      "65.0 KiB idle; it would make 2 driver calls there, and one that knows what comes 2");
}

TEST(Advisor, WithoutHitsNothingIsWorthKeeping) {
  std::istringstream text("allocate 1 1000\nrelease 1\n");
  const Advice advice = advise(import_trace(text, "one request"));
  EXPECT_EQ(advice.capacities[advice.knee].bytes, 0u);
  EXPECT_EQ(advice.kept, 1.0);
}

}  // namespace
}  // namespace examples
