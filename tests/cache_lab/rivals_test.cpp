#include <gtest/gtest.h>

#include <limits>
#include <sstream>
#include <string_view>

#include "cache_lab/rival.hpp"
#include "runtime/memory/replay.hpp"
#include "runtime/memory/trace_reader.hpp"

namespace examples {
namespace {

using tarn::memory::import_trace;
using tarn::memory::Trace;

constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();

Score score_of(const char* name, const char* requests, std::size_t limit = kUnbounded) {
  std::istringstream text(requests);
  return score(import_trace(text, name), rival(name), limit);
}

TEST(Rivals, AllReuseABlockOfTheSameSize) {
  for (const Rival& each : rivals()) {
    const Score seen = score_of(each.name, "allocate 1 65536\nrelease 1\nallocate 2 65536\n");
    EXPECT_EQ(seen.driver_allocations, 1u) << each.name;
    EXPECT_EQ(seen.peak_live, 65536u) << each.name;
  }
}

TEST(Rivals, OursCountsWhatTheStackCounts) {
  std::stringstream text;
  for (int i = 0; i < 500; ++i) {
    text << "allocate " << i << ' ' << 1000 + i * 7919 % 50000 << '\n';
    if (i >= 10) text << "release " << i - 10 << '\n';
  }
  const Trace trace = import_trace(text, "mixed");
  const tarn::AllocatorStats stats =
      replay(trace, {.cache_limit = 100'000}, tarn::memory::ReplayDriver::unlimited);
  const Score seen = score(trace, rival("tarn"), 100'000);
  EXPECT_EQ(seen.driver_allocations, stats.driver_allocations);
  EXPECT_EQ(seen.driver_bytes, stats.driver_bytes);
  EXPECT_GT(stats.evictions(), 0u);
}

TEST(Rivals, ExactListsReuseNoOtherSize) {
  const char* requests = "allocate 1 65536\nrelease 1\nallocate 2 65535\n";
  EXPECT_EQ(score_of("exact lists", requests).driver_allocations, 2u);
  EXPECT_EQ(score_of("exact lists", requests).driver_bytes, 65536u + 65535u);
}

TEST(Rivals, BestFitTakesTheSmallestThatIsLargeEnough) {
  const char* fits =
      "allocate 1 65536\nallocate 2 81920\nrelease 2\nrelease 1\nallocate 3 60000\n"
      "allocate 4 81920\n";
  EXPECT_EQ(score_of("best fit", fits).driver_allocations, 2u);
  // Two pages larger is too large.
  const char* large = "allocate 1 98304\nrelease 1\nallocate 2 65536\n";
  EXPECT_EQ(score_of("best fit", large).driver_allocations, 2u);
}

TEST(Rivals, BestFitEvictsTheOldestAtTheNextRequest) {
  const char* requests =
      "allocate 1 65536\nallocate 2 32768\nrelease 1\nrelease 2\n"
      "allocate 3 1024\nallocate 4 32768\nallocate 5 65536\n";
  EXPECT_EQ(score_of("best fit", requests, 98304).driver_allocations, 3u);
  EXPECT_EQ(score_of("best fit", requests, 66000).driver_allocations, 4u);  // without the 64 KiB
}

TEST(Rivals, BitBucketsRoundToTheLargestOfTheirBin) {
  // 32768 to 34815 share their five leading bits.
  const char* same = "allocate 1 32768\nrelease 1\nallocate 2 34815\n";
  EXPECT_EQ(score_of("bit buckets", same).driver_allocations, 1u);
  EXPECT_EQ(score_of("bit buckets", same).driver_bytes, 34815u);
  const char* next = "allocate 1 32768\nrelease 1\nallocate 2 34816\n";
  EXPECT_EQ(score_of("bit buckets", next).driver_allocations, 2u);
}

TEST(Rivals, SplitSegmentsServeSmallRequestsFromOneSegment) {
  const char* small = "allocate 1 1000\nallocate 2 1000000\nallocate 3 1000000\n";
  EXPECT_EQ(score_of("split segments", small).driver_allocations, 1u);
  EXPECT_EQ(score_of("split segments", small).driver_bytes, 2u << 20);
  const char* full = "allocate 1 1048576\nallocate 2 1048576\nallocate 3 1\n";
  EXPECT_EQ(score_of("split segments", full).driver_allocations, 2u);
}

TEST(Rivals, SplitSegmentsMergeFreeNeighbours) {
  // Four quarters of a segment, released in an order that meets both neighbours.
  const char* merged =
      "allocate 1 524288\nallocate 2 524288\nallocate 3 524288\nallocate 4 524288\n"
      "release 1\nrelease 3\nrelease 2\nallocate 5 1048576\nallocate 6 524288\n";
  EXPECT_EQ(score_of("split segments", merged).driver_allocations, 1u);
  const char* apart =
      "allocate 1 524288\nallocate 2 524288\nallocate 3 524288\nallocate 4 524288\n"
      "release 1\nrelease 3\nallocate 5 1048576\n";
  EXPECT_EQ(score_of("split segments", apart).driver_allocations, 2u);
}

TEST(Rivals, SplitSegmentsServeLargeRequestsFromWhatIsLeft) {
  const char* fits = "allocate 1 2097152\nallocate 2 12000000\n";
  EXPECT_EQ(score_of("split segments", fits).driver_bytes, 20u << 20);
  const char* apart = "allocate 1 2097152\nallocate 2 20000000\n";
  EXPECT_EQ(score_of("split segments", apart).driver_bytes, (20u << 20) + (20u << 20));
}

TEST(Rivals, TheReservedListTakesTheClosestThatIsLittleLarger) {
  const char* closest =
      "allocate 1 1000000\nallocate 2 940000\nrelease 1\nrelease 2\n"
      "allocate 3 900000\nallocate 4 950000\n";
  EXPECT_EQ(score_of("reserved list", closest).driver_allocations, 2u);
  // An eighth larger is too large; 4 KiB is the least that is rounded up to.
  const char* large = "allocate 1 1179648\nrelease 1\nallocate 2 1048576\nallocate 3 1\n";
  EXPECT_EQ(score_of("reserved list", large).driver_allocations, 3u);
  EXPECT_EQ(score_of("reserved list", large).driver_bytes, 1179648u + 1048576u + 4096u);
}

TEST(Rivals, TheReservedListKeepsNothingAboveAnEighthOfItsLimit) {
  const char* requests = "allocate 1 65536\nrelease 1\nallocate 2 65536\n";
  EXPECT_EQ(score_of("reserved list", requests, 8 * 65536).driver_allocations, 1u);
  EXPECT_EQ(score_of("reserved list", requests, 8 * 65536 - 8).driver_allocations, 2u);
}

TEST(Rivals, TheReservedListEvictsTheOldest) {
  std::string requests = "allocate 1 4096\nallocate 2 4096\n";
  for (int i = 3; i <= 10; ++i) requests += "allocate " + std::to_string(i) + " 8192\n";
  for (int i = 1; i <= 10; ++i) requests += "release " + std::to_string(i) + "\n";
  for (int i = 3; i <= 10; ++i) requests += "allocate " + std::to_string(i) + " 8192\n";
  requests += "allocate 1 4096\n";
  EXPECT_EQ(score_of("reserved list", requests.c_str(), 8 * 8192).driver_allocations, 11u);
  EXPECT_EQ(score_of("reserved list", requests.c_str(), 9 * 8192).driver_allocations, 10u);
}

TEST(Rivals, GreedyDualEvictsTheLargestWhateverItsAge) {
  const char* requests =
      "allocate 1 1024\nallocate 2 65536\nallocate 3 4096\nrelease 1\nrelease 2\nrelease 3\n"
      "allocate 4 1024\nallocate 5 4096\n";
  EXPECT_EQ(score_of("greedy dual", requests, 65536 + 4096).driver_allocations, 3u);
  const char* again = "allocate 1 1024\nallocate 2 65536\nrelease 2\nrelease 1\nallocate 3 65536\n";
  EXPECT_EQ(score_of("greedy dual", again, 65536).driver_allocations, 3u);
}

// Each eviction raises what newcomers are worth: a small block that nobody wants goes in the end.
TEST(Rivals, GreedyDualForgetsWhatIsNotAskedFor) {
  const auto calls = [](int between) {
    std::string requests = "allocate 1 1024\nrelease 1\n";
    for (int i = 0; i < between; ++i) {  // none of them hits
      requests += std::string("allocate 2 ") + (i % 2 == 0 ? "65536" : "16384") + "\nrelease 2\n";
    }
    requests += "allocate 3 1024\n";
    return score_of("greedy dual", requests.c_str(), 65536 + 1024).driver_allocations;
  };
  EXPECT_EQ(calls(10), 11u);
  EXPECT_EQ(calls(40), 42u);
}

// A tenth of the limit is for newcomers: those whose class is not wanted leave by it.
TEST(Rivals, S3FifoKeepsWhatIsHitAgain) {
  std::string requests = "allocate 1 65536\nrelease 1\n";
  for (int i = 0; i < 2; ++i) requests += "allocate 1 65536\nrelease 1\n";  // two hits
  for (int i = 0; i < 8; ++i) {  // each of its own size, larger than the slack
    requests += "allocate 2 " + std::to_string(262144 << i) + "\nrelease 2\n";
  }
  requests += "allocate 1 65536\n";
  EXPECT_EQ(score_of("S3-FIFO", requests.c_str(), 40 << 20).driver_allocations, 9u);
  EXPECT_EQ(score_of("tarn", requests.c_str(), 40 << 20).driver_allocations, 10u);
}

TEST(Rivals, ClassStacksGiveBackWhatDoesNotFit) {
  const char* requests =
      "allocate 1 65536\nallocate 2 1024\nrelease 1\nrelease 2\nallocate 3 1024\n"
      "allocate 4 65536\n";
  EXPECT_EQ(score_of("class stacks", requests, 65536).driver_allocations, 3u);
  EXPECT_EQ(score_of("class stacks", requests, 66560).driver_allocations, 2u);
}

}  // namespace
}  // namespace examples
