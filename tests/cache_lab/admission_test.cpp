// What the rule of admission does to traces that nobody chose: random programs of several kinds, at
// limits from a tenth to nine tenths of what they hold, beside plain LRU. Prints what it finds.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iostream>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "cache_lab/advisor.hpp"
#include "cache_lab/rival.hpp"
#include "golden_trace.hpp"

namespace examples {
namespace {

using tarn::memory::Trace;
using tarn::memory::TraceKind;

constexpr int kPrograms = 30;  // of each kind

// A program that is being written: its dice, its sizes, what it has live.
class Program {
 public:
  explicit Program(unsigned seed) : dice_(seed), sizes_(4 + below(40)) {
    for (std::size_t& size : sizes_) size = any_size();
  }

  std::size_t below(std::size_t n) { return dice_() % n; }
  /// From 256 bytes to 4 MiB, each octave as often as any other.
  std::size_t any_size() {
    return static_cast<std::size_t>(std::exp2(std::uniform_real_distribution<>(8, 22)(dice_)));
  }
  std::vector<std::size_t>& sizes() { return sizes_; }
  std::mt19937& dice() { return dice_; }
  std::size_t live() const { return live_.size(); }

  void request(std::size_t bytes) {
    trace_.events.push_back({.kind = TraceKind::request, .bytes = bytes, .id = ++last_id_});
    live_.push_back(last_id_);
  }
  void release(std::size_t i) {
    trace_.events.push_back({.kind = TraceKind::release, .id = live_[i]});
    live_.erase(live_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  /// The oldest first, until so many are left.
  void release_down_to(std::size_t left) {
    while (live_.size() > left) release(0);
  }
  Trace trace() && { return std::move(trace_); }

 private:
  std::mt19937 dice_;
  std::vector<std::size_t> sizes_;
  std::vector<std::uint64_t> live_;
  std::uint64_t last_id_ = 0;
  Trace trace_;
};

void pass(Program& program, const std::function<std::size_t(std::size_t)>& size_of) {
  for (std::size_t i = 0; i < program.sizes().size(); ++i) {
    program.request(size_of(i));
    program.release_down_to(3);
  }
  program.release_down_to(0);
}

void same_passes(Program& program) {
  for (int i = 0; i < 60; ++i) pass(program, [&](std::size_t k) { return program.sizes()[k]; });
}

// Every ten passes half of the sizes change.
void passes_in_phases(Program& program) {
  for (int i = 0; i < 80; ++i) {
    if (i % 10 == 0) {
      for (std::size_t& size : program.sizes()) {
        if (program.below(2) == 0) size = program.any_size();
      }
    }
    pass(program, [&](std::size_t k) { return program.sizes()[k]; });
  }
}

// Every fourth size was never seen before.
void passes_with_new_sizes(Program& program) {
  for (int i = 0; i < 60; ++i) {
    pass(program,
         [&](std::size_t k) { return k % 4 == 0 ? program.any_size() : program.sizes()[k]; });
  }
}

// Requests and releases in no order, of sizes drawn with these weights.
void at_random(Program& program, const std::function<double(std::size_t)>& weight) {
  std::vector<double> weights;
  for (std::size_t i = 0; i < program.sizes().size(); ++i) weights.push_back(weight(i));
  std::discrete_distribution<std::size_t> draw(weights.begin(), weights.end());
  for (int i = 0; i < 4000; ++i) {
    const bool room = program.live() < program.sizes().size() / 2;
    if (program.live() == 0 || (room && program.below(2) == 0)) {
      program.request(program.sizes()[draw(program.dice())]);
    } else {
      program.release(program.below(program.live()));
    }
  }
}

struct Kind {
  const char* name;
  void (*write)(Program&);
  double most_calls;  // of plain LRU's, over all programs of the kind
};

// What was seen, and a little more.
const Kind kKinds[] = {
    {"the same passes", same_passes, 0.70},
    {"passes in phases", passes_in_phases, 0.80},
    {"passes with new sizes", passes_with_new_sizes, 0.90},
    {"at random, evenly",
     [](Program& program) { at_random(program, [](std::size_t) { return 1.0; }); }, 0.92},
    {"at random, a few often",
     [](Program& program) {
       at_random(program, [](std::size_t i) { return 1.0 / static_cast<double>(i + 1); });
     },
     0.92},
};

TEST(Admission, NeedsFewerCallsThanPlainLruInTheMeanAndHardlyMoreAtWorst) {
  const Rival& ours = rival("tarn");
  const Rival& plain = rival("plain LRU");
  for (const Kind& kind : kKinds) {
    double our_calls = 0, plain_calls = 0, our_bytes = 0, plain_bytes = 0, worst = 0;
    int more = 0, fewer = 0;
    for (unsigned seed = 1; seed <= kPrograms; ++seed) {
      Program program(seed);
      kind.write(program);
      const Trace trace = std::move(program).trace();
      const std::size_t all =
          score(trace, plain, std::numeric_limits<std::size_t>::max()).peak_held;
      for (std::size_t tenths = 1; tenths < 10; ++tenths) {
        const Score a = score(trace, ours, all / 10 * tenths);
        const Score b = score(trace, plain, all / 10 * tenths);
        our_calls += static_cast<double>(a.driver_allocations);
        plain_calls += static_cast<double>(b.driver_allocations);
        our_bytes += static_cast<double>(a.driver_bytes);
        plain_bytes += static_cast<double>(b.driver_bytes);
        worst = std::max(worst, static_cast<double>(a.driver_allocations) /
                                    static_cast<double>(b.driver_allocations));
        more += a.driver_allocations > b.driver_allocations;
        fewer += a.driver_allocations < b.driver_allocations;
      }
    }
    std::cout << kind.name << ": " << our_calls / plain_calls << " of plain LRU's calls, "
              << our_bytes / plain_bytes << " of its bytes; fewer calls in " << fewer << " of "
              << kPrograms * 9 << ", more in " << more << ", at most " << worst << " times\n";
    EXPECT_LE(our_calls, kind.most_calls * plain_calls) << kind.name;
    EXPECT_LE(our_bytes, 1.05 * plain_bytes) << kind.name;
    EXPECT_LE(worst, 1.4) << kind.name;
  }
}

TEST(Admission, NeverNeedsMoreCallsThanPlainLruOnTheCommittedTraces) {
  const Rival* const three[] = {&rival("tarn"), &rival("plain LRU"), &rival("greedy dual")};
  for (const char* name : tarn::test::kGoldenTraces) {
    const Trace trace = tarn::test::read_golden(name);
    std::array<std::uint64_t, 3> calls = {}, bytes = {};
    for (std::size_t tenths = 1; tenths < 10; ++tenths) {
      const std::size_t limit = scarce_limit(trace) / 5 * tenths;
      std::array<Score, 3> seen;
      for (std::size_t i = 0; i < 3; ++i) {
        seen[i] = score(trace, *three[i], limit);
        calls[i] += seen[i].driver_allocations;
        bytes[i] += seen[i].driver_bytes;
      }
      EXPECT_LE(seen[0].driver_allocations, seen[1].driver_allocations) << name << ", " << limit;
    }
    std::cout << name << ":";
    for (std::size_t i = 0; i < 3; ++i) {
      std::cout << "  " << three[i]->name << " " << calls[i] << " calls, " << (bytes[i] >> 20)
                << " MiB";
    }
    std::cout << "\n";
  }
}

}  // namespace
}  // namespace examples
