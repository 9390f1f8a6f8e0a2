#include <gtest/gtest.h>

#include <sstream>

#include "tarn/allocator.hpp"

namespace tarn {
namespace {

TEST(AllocatorStats, PrintsAShortTable) {
  AllocatorStats stats;
  stats.requests = 12345;
  stats.releases = 12000;
  stats.failures = 5;
  stats.exact_hits = 12000;
  stats.slack_hits = 40;
  stats.misses_by[MissReason::first] = 300;
  stats.misses_by[MissReason::evicted] = 5;
  stats.evictions_by[EvictionReason::bytes] = 7;
  stats.driver_allocations = 1234;
  stats.driver_releases = 200;
  stats.create_nanoseconds = 1'500'000;
  stats.release_nanoseconds = 250'000;
  stats.requested_bytes = std::uint64_t{3} << 30;
  stats.block_bytes = std::uint64_t{3} << 30;
  stats.driver_bytes = std::uint64_t{1} << 28;
  stats.live = {1024, 2048};
  std::ostringstream out;
  out << stats;
  EXPECT_EQ(out.str(),
            "requests             12,345   released 12,000, failed 5\n"
            "hits                 12,040   exact 12,000, slack 40\n"
            "misses                  305   first 300, evicted 5\n"
            "evictions                 7   bytes 7\n"
            "driver calls          1,234   released 200, asked again 0, saved 90.0 %\n"
            "driver time         1.75 ms   making 1.50 ms, releasing 0.25 ms\n"
            "bytes asked        3.00 GiB   in blocks of 3.00 GiB, of the driver 256 MiB\n"
            "live               1.00 KiB   peak 2.00 KiB\n"
            "idle                    0 B   peak 0 B\n"
            "moving                  0 B   peak 0 B\n"
            "held                    0 B   peak 0 B\n");
}

TEST(AllocatorStats, WhatFailedIsNotSaved) {
  AllocatorStats stats;
  EXPECT_EQ(stats.saved(), 0.0);
  stats.requests = 10;
  stats.failures = 2;
  stats.driver_allocations = 8;
  EXPECT_EQ(stats.saved(), 0.0);
  stats.driver_allocations = 2;
  EXPECT_EQ(stats.saved(), 0.75);
}

}  // namespace
}  // namespace tarn
