// What the allocator stack itself costs, without a device: a request answered from the cache and
// its release, and a miss, beside malloc, mimalloc and the simplest of caches. Names that end in
// /threads:4 are run by four threads at once: "Time" is then the wall time over all their pairs,
// "CPU" what one thread spends on a pair.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <vector>

#include "fake_driver.hpp"
#include "heaps.hpp"
#include "runtime/memory/allocator_stack.hpp"
#include "runtime/memory/replay.hpp"
#include "runtime/memory/trace_reader.hpp"
#include "runtime/memory/trace_writer.hpp"

namespace {

using tarn::Block;
using tarn::memory::AllocatorStack;
using tarn::memory::make_allocator_stack;

constexpr std::size_t kGiB = std::size_t{1} << 30;

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

// One stack for all threads of a benchmark.
AllocatorStack& shared_stack() {
  static const auto stack = caching_stack();
  return *stack;
}

void hit_and_release_shared(benchmark::State& state) {
  AllocatorStack& stack = shared_stack();
  for (auto _ : state) {
    const Block block = stack.allocate(1 << 16, {});
    benchmark::DoNotOptimize(block.handle);
    stack.release(block);
  }
}
BENCHMARK(hit_and_release_shared)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

void free_lists_shared(benchmark::State& state) {
  static tarn::test::FakeDriver driver;
  static tarn::bench::FreeLists lists(driver);
  for (auto _ : state) {
    const Block block = lists.allocate(1 << 16);
    benchmark::DoNotOptimize(block.handle);
    lists.release(block);
  }
}
BENCHMARK(free_lists_shared)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

void malloc_and_free(benchmark::State& state) {
  const auto bytes = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    void* memory = std::malloc(bytes);
    benchmark::DoNotOptimize(memory);
    std::free(memory);
  }
}
BENCHMARK(malloc_and_free)->Arg(1 << 10)->Arg(1 << 16)->Arg(1 << 22)->Threads(1)->Threads(4);

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
}
BENCHMARK(mimalloc_and_free)->Arg(1 << 10)->Arg(1 << 16)->Arg(1 << 22)->Threads(1)->Threads(4);

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

}  // namespace

BENCHMARK_MAIN();
