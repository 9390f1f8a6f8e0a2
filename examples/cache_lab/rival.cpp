#include "cache_lab/rival.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "cache_lab/rivals/best_fit.hpp"
#include "cache_lab/rivals/bit_buckets.hpp"
#include "cache_lab/rivals/class_stacks.hpp"
#include "cache_lab/rivals/exact_lists.hpp"
#include "cache_lab/rivals/greedy_dual.hpp"
#include "cache_lab/rivals/reserved_list.hpp"
#include "cache_lab/rivals/s3_fifo.hpp"
#include "cache_lab/rivals/split_segments.hpp"
#include "runtime/memory/allocator_stack.hpp"

namespace examples {
namespace {

using tarn::Allocator;
using tarn::AllocatorStats;
using tarn::Block;
using tarn::BufferOptions;
using tarn::memory::TraceEvent;
using tarn::memory::TraceKind;

class CountingDriver final : public Allocator {
 public:
  Block allocate(std::size_t bytes, BufferOptions options) override {
    ++score.driver_allocations;
    score.driver_bytes += bytes;
    held_ += bytes;
    score.peak_held = std::max(score.peak_held, held_);
    return {.requested = bytes, .bytes = bytes, .options = options, .id = score.driver_allocations};
  }
  void release(Block block) noexcept override { held_ -= block.bytes; }
  AllocatorStats stats() const override { return {}; }

  Score score;

 private:
  std::size_t held_ = 0;
};

// The driver's owner outlives the stack, which wants to share it.
std::unique_ptr<Allocator> make_stack(Allocator& driver, std::size_t limit, bool admit_all) {
  const std::shared_ptr<Allocator> shared(&driver, [](Allocator*) {});
  return std::make_unique<tarn::memory::AllocatorStack>(
      shared, tarn::memory::StackOptions{.cache_limit = limit, .admit_all = admit_all},
      tarn::memory::StackHooks{});
}

std::unique_ptr<Allocator> make_ours(Allocator& driver, std::size_t limit) {
  return make_stack(driver, limit, false);
}

std::unique_ptr<Allocator> make_plain_lru(Allocator& driver, std::size_t limit) {
  return make_stack(driver, limit, true);
}

template <class T>
std::unique_ptr<Allocator> make(Allocator& driver, std::size_t limit) {
  return std::make_unique<T>(driver, limit);
}

constexpr std::array kRivals = {
    Rival{"tarn", "runtime/memory", true, make_ours},
    Rival{"plain LRU", "the same, without its rule of admission", true, make_plain_lru},
    Rival{"exact lists", "tinygrad, LRUAllocator in tinygrad/device.py", false, make<ExactLists>},
    Rival{"best fit", "MLX, BufferCache in mlx/backend/common/buffer_cache.h", true, make<BestFit>},
    Rival{"bit buckets", "pyopencl, memory_pool in src/mempool.hpp", false, make<BitBuckets>},
    Rival{"split segments", "PyTorch, c10/cuda/CUDACachingAllocator.cpp", false,
          make<SplitSegments>},
    Rival{"reserved list", "OpenCV, OpenCLBufferPool in modules/core/src/ocl.cpp", true,
          make<ReservedList>},
    Rival{"greedy dual", "GreedyDual-Size, Cao and Irani, USITS 1997", true, make<GreedyDual>},
    Rival{"S3-FIFO", "Yang et al., SOSP 2023", true, make<S3Fifo>},
    Rival{"class stacks", "plain LIFO free lists by size class", true, make<ClassStacks>}};

}  // namespace

std::span<const Rival> rivals() { return kRivals; }

const Rival& rival(std::string_view name) {
  return *std::ranges::find(kRivals, name, &Rival::name);
}

Score score(const tarn::memory::Trace& trace, const Rival& rival, std::size_t limit) {
  CountingDriver driver;
  const auto cache = rival.make(driver, limit);
  std::unordered_map<std::uint64_t, Block> live;  // by the id that they had in the trace
  std::size_t live_bytes = 0, peak_live = 0;
  for (const TraceEvent& event : trace.events) {
    if (event.kind == TraceKind::request) {
      Block block = cache->allocate(event.bytes, event.options);
      block.requested = event.bytes;
      live[event.id] = block;
      live_bytes += event.bytes;
      peak_live = std::max(peak_live, live_bytes);
    } else if (event.kind == TraceKind::release) {
      const auto found = live.find(event.id);
      if (found == live.end()) continue;
      live_bytes -= found->second.requested;
      cache->release(found->second);
      live.erase(found);
    }
  }
  const Score seen{.driver_allocations = driver.score.driver_allocations,
                   .driver_bytes = driver.score.driver_bytes,
                   .peak_held = driver.score.peak_held,
                   .peak_live = peak_live};
  for (const auto& [id, block] : live) cache->release(block);
  return seen;
}

}  // namespace examples
