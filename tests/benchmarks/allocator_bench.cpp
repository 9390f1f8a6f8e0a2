// What the allocator stack itself costs, without a device: a request answered from the cache and
// its release, beside malloc and free of the same sizes. The driver is a fake one.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>
#include <vector>

#include "fake_driver.hpp"
#include "runtime/memory/allocator_stack.hpp"

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

void malloc_and_free(benchmark::State& state) {
  const auto bytes = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    void* memory = std::malloc(bytes);
    benchmark::DoNotOptimize(memory);
    std::free(memory);
  }
}
BENCHMARK(malloc_and_free)->Arg(1 << 10)->Arg(1 << 16)->Arg(1 << 22);

// Every release evicts the oldest block: the most that a release costs, the fake driver included.
void miss_evict_and_release(benchmark::State& state) {
  const auto stack = make_allocator_stack(std::make_shared<tarn::test::FakeDriver>(),
                                          {.cache_limit = 1 << 16, .slack = 0});
  std::size_t i = 0;
  for (auto _ : state) stack->release(stack->allocate(4096 + 1024 * (i++ % 16), {}));
}
BENCHMARK(miss_evict_and_release);

}  // namespace

BENCHMARK_MAIN();
