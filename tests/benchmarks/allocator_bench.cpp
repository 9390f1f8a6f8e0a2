// What the allocator stack itself costs, without a device: a request answered from the cache and
// its release, and a miss, beside malloc, mimalloc and the simplest of caches. What is printed is
// the median of nine repetitions, and the spread between them (cv).
//
// Names that end in real_time/threads:N are run by N threads at once, all on one allocator, and by
// the clock on the wall, whichever allocator it is. "pair" is then how long a request and its
// release take as one thread sees it, and items_per_second is the pairs of all threads together.
// "Time" is the reciprocal of that, so a thread's pair over N, and "CPU" the processor's time for a
// pair. Where threads are more than cores, a pair has times in it in which its thread does not run;
// "median ns" is the median of single pairs of the stack, most of which have none.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fake_driver.hpp"
#include "heaps.hpp"
#include "runtime/memory/allocator_stack.hpp"
#include "runtime/memory/replay.hpp"
#include "runtime/memory/tick_clock.hpp"
#include "runtime/memory/trace_reader.hpp"
#include "runtime/memory/trace_writer.hpp"

namespace {

using tarn::Block;
using tarn::memory::AllocatorStack;
using tarn::memory::make_allocator_stack;

constexpr std::size_t kGiB = std::size_t{1} << 30;

// What all threads do together, and what one of them waits for a pair.
void count_pairs(benchmark::State& state) {
  using benchmark::Counter;
  const auto seconds_a_pair = static_cast<Counter::Flags>(Counter::kIsIterationInvariantRate |
                                                          Counter::kInvert | Counter::kAvgThreads);
  state.SetItemsProcessed(state.iterations());
  state.counters["pair"] =
      Counter(1.0 / state.threads(), seconds_a_pair);  // summed over the threads
}

void by_threads(benchmark::internal::Benchmark* benchmark) {
  benchmark->Threads(1)->Threads(2)->Threads(4)->UseRealTime();
}

std::shared_ptr<AllocatorStack> caching_stack() {
  return make_allocator_stack(std::make_shared<tarn::test::FakeDriver>(),
                              {.cache_limit = kGiB, .memory_limit = 4 * kGiB});
}

// The most common case: what was released last is asked for next.
void hit_and_release(benchmark::State& state) {
  const auto stack = caching_stack();
  const auto bytes = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    const Block block = stack->allocate(bytes, {});
    benchmark::DoNotOptimize(block.handle);
    stack->release(block);
  }
}
BENCHMARK(hit_and_release)->Arg(1 << 10)->Arg(1 << 16)->Arg(1 << 22);

// With other blocks idle around it: the cost of a hit must not depend on their number.
void hit_and_release_among_idle_blocks(benchmark::State& state) {
  const auto stack = caching_stack();
  std::vector<Block> blocks;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    blocks.push_back(stack->allocate(1000 * (1 + static_cast<std::size_t>(i) % 64), {}));
  }
  for (const Block& block : blocks) stack->release(block);
  std::size_t i = 0;
  for (auto _ : state) {
    const Block block = stack->allocate(1000 * (1 + i++ * 7 % 64), {});
    benchmark::DoNotOptimize(block.handle);
    stack->release(block);
  }
}
BENCHMARK(hit_and_release_among_idle_blocks)->Arg(64)->Arg(512)->Arg(4096);

// The median of what single pairs take, of every sixteenth, less what looking at the clock takes.
class PairTimes {
 public:
  template <class Pair>
  void take(const Pair& pair) {
    if (++pairs_ % kEvery != 0 || times_.size() == times_.capacity()) return pair();
    const std::uint64_t start = clock().now();
    pair();
    times_.push_back(clock().now() - start);
  }
  double median() {
    if (times_.empty()) return 0;
    return static_cast<double>(middle(times_)) - look();
  }

 private:
  static constexpr std::size_t kEvery = 16, kMost = 100'000;
  static const tarn::memory::TickClock& clock() {
    static const tarn::memory::TickClock clock;
    return clock;
  }
  static std::uint64_t middle(std::vector<std::uint64_t>& times) {
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::ranges::nth_element(times, middle);
    return *middle;
  }
  static double look() {
    std::vector<std::uint64_t> times(1001);
    for (std::uint64_t& time : times) {
      const std::uint64_t start = clock().now();
      time = clock().now() - start;
    }
    return static_cast<double>(middle(times));
  }

  std::size_t pairs_ = 0;
  std::vector<std::uint64_t> times_ = [] {
    std::vector<std::uint64_t> times;
    times.reserve(kMost);
    return times;
  }();
};

// One stack for all threads of a benchmark.
AllocatorStack& shared_stack() {
  static const auto stack = caching_stack();
  return *stack;
}

void hit_and_release_shared(benchmark::State& state) {
  AllocatorStack& stack = shared_stack();
  PairTimes times;
  for (auto _ : state) {
    times.take([&] {
      const Block block = stack.allocate(1 << 16, {});
      benchmark::DoNotOptimize(block.handle);
      stack.release(block);
    });
  }
  count_pairs(state);
  using benchmark::Counter;
  state.counters["median ns"] = Counter(times.median(), Counter::kAvgThreads);
}
BENCHMARK(hit_and_release_shared)->Apply(by_threads);

void free_lists_shared(benchmark::State& state) {
  static tarn::test::FakeDriver driver;
  static tarn::bench::FreeLists lists(driver);
  for (auto _ : state) {
    const Block block = lists.allocate(1 << 16);
    benchmark::DoNotOptimize(block.handle);
    lists.release(block);
  }
  count_pairs(state);
}
BENCHMARK(free_lists_shared)->Apply(by_threads);

void malloc_and_free(benchmark::State& state) {
  const auto bytes = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    void* memory = std::malloc(bytes);
    benchmark::DoNotOptimize(memory);
    std::free(memory);
  }
  count_pairs(state);
}
BENCHMARK(malloc_and_free)->Arg(1 << 10)->Arg(1 << 16)->Arg(1 << 22)->Apply(by_threads);

void mimalloc_and_free(benchmark::State& state) {
  static const auto mimalloc = tarn::bench::Mimalloc::load();
  if (!mimalloc) {
    state.SkipWithError("libmimalloc.so.2 is not installed (package libmimalloc-dev)");
    return;
  }
  const auto bytes = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    void* memory = mimalloc.allocate(bytes);
    benchmark::DoNotOptimize(memory);
    mimalloc.release(memory);
  }
  count_pairs(state);
}
BENCHMARK(mimalloc_and_free)->Arg(1 << 10)->Arg(1 << 16)->Arg(1 << 22)->Apply(by_threads);

// A driver that costs next to nothing, so that what a miss adds to it can be seen.
class InstantDriver final : public tarn::Allocator {
 public:
  Block allocate(std::size_t bytes, tarn::BufferOptions options) override {
    return {.handle = this, .requested = bytes, .bytes = bytes, .options = options, .id = ++id_};
  }
  void release(Block) noexcept override {}
  tarn::AllocatorStats stats() const override { return {}; }

 private:
  std::uint64_t id_ = 0;
};

// Every request misses and every release evicts the oldest block: the most that a pair can cost.
void miss_evict_and_release(benchmark::State& state) {
  const auto stack = make_allocator_stack(std::make_shared<InstantDriver>(),
                                          {.cache_limit = 1 << 16, .exact = true}, {});
  std::size_t i = 0;
  for (auto _ : state) stack->release(stack->allocate(4096 + 1024 * (i++ % 16), {}));
  const tarn::AllocatorStats stats = stack->stats();
  state.counters["misses"] =
      static_cast<double>(stats.misses()) / static_cast<double>(stats.requests);
}
BENCHMARK(miss_evict_and_release);

void direct_and_release(benchmark::State& state) {
  const auto stack = make_allocator_stack(std::make_shared<InstantDriver>(),
                                          {.mode = tarn::AllocatorMode::direct}, {});
  for (auto _ : state) stack->release(stack->allocate(4096, {}));
}
BENCHMARK(direct_and_release);

// The same as hit_and_release with 64 KiB, written down.
void hit_and_release_traced(benchmark::State& state) {
  const auto file = std::filesystem::temp_directory_path() / "tarn_allocator_bench.trace";
  const auto stack = make_allocator_stack(
      std::make_shared<tarn::test::FakeDriver>(),
      {.cache_limit = kGiB, .trace = std::make_shared<tarn::memory::TraceWriter>(file)});
  for (auto _ : state) stack->release(stack->allocate(1 << 16, {}));
  std::filesystem::remove(file);
}
BENCHMARK(hit_and_release_traced);

// Events a second of a recorded trace: at least a million, or nobody would try twenty capacities.
void replay_a_trace(benchmark::State& state) {
  const tarn::memory::Trace trace = tarn::memory::read_trace(
      std::filesystem::path(TARN_SOURCE_DIR) / "examples/cache_lab/traces/growing_cache.trace");
  const auto options = tarn::memory::recorded_options(trace);
  for (auto _ : state) {
    benchmark::DoNotOptimize(replay(trace, options, tarn::memory::ReplayDriver::as_recorded));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(trace.events.size()));
}
BENCHMARK(replay_a_trace);

// Of the aggregates, those that are not swayed by a moment in which somebody else had the machine.
class Medians final : public benchmark::ConsoleReporter {
 public:
  Medians() : ConsoleReporter(isatty(STDOUT_FILENO) == 1 ? OO_ColorTabular : OO_Tabular) {}
  void ReportRuns(const std::vector<Run>& runs) override {
    std::vector<Run> shown;
    std::copy_if(runs.begin(), runs.end(), std::back_inserter(shown), [](const Run& run) {
      return run.aggregate_name != "mean" && run.aggregate_name != "stddev";
    });
    ConsoleReporter::ReportRuns(shown);
  }
};

}  // namespace

// What is said on the command line comes later, and so prevails.
int main(int argc, char** argv) {
  std::string defaults[] = {"--benchmark_repetitions=9", "--benchmark_report_aggregates_only=true",
                            "--benchmark_min_time=0.05"};
  std::vector<char*> arguments(argv, argv + argc);
  for (std::string& option : defaults) arguments.insert(arguments.begin() + 1, option.data());
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 1;
  const auto asks_for_format = [](const char* argument) {
    return std::string_view(argument).starts_with("--benchmark_format");
  };
  Medians medians;
  benchmark::RunSpecifiedBenchmarks(std::any_of(argv, argv + argc, asks_for_format) ? nullptr
                                                                                    : &medians);
}
