#include "runtime/memory/allocator_stack.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <utility>
#include <vector>

#include "runtime/memory/byte_size.hpp"
#include "tarn/error.hpp"

namespace tarn::memory {
namespace {

std::optional<FaultyAllocator> faults_above(Allocator& driver, const StackOptions& options) {
  if (!options.faults) return std::nullopt;
  return std::optional<FaultyAllocator>(std::in_place, driver, *options.faults);
}

template <class Tracer>
std::optional<Tracer> tracer_above(Allocator& upstream, const StackOptions& options) {
  if (!options.trace) return std::nullopt;
  return std::optional<Tracer>(std::in_place, upstream, *options.trace);
}

template <class Layer>
Allocator& top_of(std::optional<Layer>& layer, Allocator& below) {
  return layer ? static_cast<Allocator&>(*layer) : below;
}

// Whether the request that this thread is making has missed, for an observer.
thread_local bool missed_here = false;

}  // namespace

std::optional<LruAllocator> AllocatorStack::cache_above(Allocator& upstream) {
  if (options_.mode == AllocatorMode::direct) return std::nullopt;
  return std::optional<LruAllocator>(
      std::in_place, upstream,
      LruOptions{
          .cache_limit = options_.cache_limit,
          .max_idle_blocks = options_.max_idle_blocks,
          .slack = options_.exact ? Slack{0, 0} : options_.slack,
          .admit_all = options_.admit_all,
          .on_miss = [this](std::size_t bytes, MissReason reason) { note_miss(bytes, reason); },
          .on_eviction =
              [this](std::size_t bytes, EvictionReason reason) {
                if (auto* observer = observer_.load()) observer->evicted(bytes, reason);
              }});
}

AllocatorStack::AllocatorStack(std::shared_ptr<Allocator> driver, const StackOptions& options,
                               StackHooks hooks)
    : options_(options),
      driver_(std::move(driver)),
      faults_(faults_above(*driver_, options)),
      driver_tracer_(tracer_above<DriverTracer>(top_of(faults_, *driver_), options)),
      driver_calls_(top_of(driver_tracer_, top_of(faults_, *driver_)),
                    CountingAllocator::Place::driver,
                    [this](DriverCall call, std::size_t bytes, std::uint64_t nanoseconds) {
                      StackObserver* const observer = observer_.load();
                      if (observer) observer->driver_called(call, bytes, nanoseconds);
                    }),
      limits_(driver_calls_, {.memory = options.memory_limit, .block = options.max_block_bytes},
              {.reclaim = [this](std::size_t bytes) { return lru_ ? lru_->reclaim(bytes) : 0; },
               .finish = std::move(hooks.finish),
               .submit = std::move(hooks.submit),
               .report = [this] { return report(); }},
              [this](std::size_t bytes) {
                if (!lru_) note_miss(bytes, MissReason::disabled);
              }),
      lru_(cache_above(limits_)),
      classes_(top_of(lru_, limits_), options.exact ? Rounding::exact : Rounding::classes),
      requested_(classes_, CountingAllocator::Place::requests),
      tracer_(tracer_above<RequestTracer>(requested_, options)) {
  if (!options.trace) return;
  options.trace->begin({.mode = options.mode,
                        .exact = options.exact,
                        .cache_limit = options.cache_limit,
                        .max_idle_blocks = options.max_idle_blocks,
                        .memory_limit = options.memory_limit,
                        .max_block_bytes = options.max_block_bytes,
                        .slack_share = options.slack.share,
                        .slack_bytes = options.slack.bytes});
}

Block AllocatorStack::allocate(std::size_t bytes, BufferOptions options) {
  if (bytes == 0) return {};
  if (auto* observer = observer_.load()) return allocate_observed(bytes, options, *observer);
  return top_of(tracer_, requested_).allocate(bytes, options);
}

Block AllocatorStack::allocate_observed(std::size_t bytes, BufferOptions options,
                                        StackObserver& observer) {
  missed_here = false;
  const Block block = top_of(tracer_, requested_).allocate(bytes, options);
  if (!missed_here) observer.hit(bytes);
  observer.changed();
  return block;
}

void AllocatorStack::release(Block block) noexcept {
  if (block.empty()) return;
  top_of(tracer_, requested_).release(block);
  if (auto* observer = observer_.load()) observer->changed();
}

std::optional<TraceWriter::Turn> AllocatorStack::note(const TraceEvent& event) const {
  using Noted = std::optional<TraceWriter::Turn>;
  return options_.trace ? Noted(std::in_place, *options_.trace, event) : Noted();
}

StatsSnapshot AllocatorStack::snapshot() const {
  std::map<std::size_t, ClassUse> uses;
  for (const auto& [bytes, live] : classes_.live_by_class()) uses[bytes] = {bytes, live, 0};
  if (lru_) {
    for (const auto& [bytes, idle] : lru_->idle_by_size()) {
      uses[bytes].bytes = bytes;
      uses[bytes].idle = idle;
    }
  }
  std::vector<ClassUse> classes;
  for (const auto& [bytes, use] : uses) classes.push_back(use);
  std::sort(classes.begin(), classes.end(), [](const ClassUse& a, const ClassUse& b) {
    return a.bytes * (a.live + a.idle) > b.bytes * (b.live + b.idle);
  });
  StatsSnapshot seen{.stats = stats(),
                     .cache_limit = lru_ ? lru_->cache_limit() : 0,
                     .memory_limit = options_.memory_limit};
  std::copy_n(classes.begin(), std::min(classes.size(), seen.classes.size()), seen.classes.begin());
  return seen;
}

void AllocatorStack::set_cache_limit(std::size_t bytes) {
  const auto turn = note({.kind = TraceKind::cache_limit, .bytes = bytes});
  if (lru_) {
    lru_->set_cache_limit(bytes);
    if (auto* observer = observer_.load()) observer->changed();
  } else if (bytes > 0) {
    throw ValueError("set_cache_limit: the allocator's mode is direct, which has no cache");
  }
}

std::size_t AllocatorStack::trim() noexcept {
  const auto turn = note({.kind = TraceKind::trim});
  if (!lru_) return 0;
  const std::size_t freed =
      lru_->evict(std::numeric_limits<std::size_t>::max(), EvictionReason::trim);
  if (auto* observer = observer_.load()) observer->changed();
  return freed;
}

void AllocatorStack::set_faults(const FaultPlan& plan) {
  assert(faults_);
  faults_->set_plan(plan);
}

void AllocatorStack::reset_stats() {
  const auto turn = note({.kind = TraceKind::reset});
  // From the top, so that no layer has seen more than the one below it.
  requested_.reset_stats();
  if (lru_) lru_->reset_stats();
  limits_.reset_stats();
  driver_calls_.reset_stats();
}

void AllocatorStack::note_miss(std::size_t bytes, MissReason reason) const {
  missed_here = true;
  if (auto* observer = observer_.load()) observer->missed(bytes, reason);
  if (no_misses_ == 0) return;
  throw UnexpectedAllocation("no driver allocation was expected, but the cache has no block for " +
                             format_bytes(bytes) + "; reason: " + to_string(reason) + "; " +
                             report());
}

std::string AllocatorStack::report() const {
  const AllocatorStats now = stats();
  const auto limit = [](std::size_t bytes) {
    return bytes == std::numeric_limits<std::size_t>::max() ? "none" : format_bytes(bytes);
  };
  return "live " + format_bytes(now.live.now) + ", idle " + format_bytes(now.idle.now) +
         ", moving " + format_bytes(now.moving.now) + "; limits: memory " +
         limit(options_.memory_limit) + ", one block " + limit(options_.max_block_bytes) +
         "; largest live requests: " + classes_.largest_live(8);
}

std::shared_ptr<AllocatorStack> make_allocator_stack(std::shared_ptr<Allocator> driver,
                                                     const StackOptions& options,
                                                     StackHooks hooks) {
  return std::make_shared<AllocatorStack>(std::move(driver), options, std::move(hooks));
}

}  // namespace tarn::memory
