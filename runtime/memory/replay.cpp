#include "runtime/memory/replay.hpp"

#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "tarn/error.hpp"

namespace tarn::memory {
namespace {

class CountingDriver final : public Allocator {
 public:
  explicit CountingDriver(std::unordered_set<std::uint64_t> failing)
      : failing_(std::move(failing)) {}

  Block allocate(std::size_t bytes, BufferOptions options) override {
    if (failing_.contains(++calls_)) throw OutOfMemory("as in the trace");
    return {.requested = bytes, .bytes = bytes, .options = options, .id = calls_};
  }
  void release(Block) noexcept override {}
  AllocatorStats stats() const override { return {}; }

 private:
  const std::unordered_set<std::uint64_t> failing_;  // numbers of calls, from 1
  std::uint64_t calls_ = 0;
};

std::unordered_set<std::uint64_t> failing_calls(const Trace& trace) {
  std::unordered_set<std::uint64_t> failing;
  std::uint64_t calls = 0;
  for (const TraceEvent& event : trace.events) {
    if (event.kind == TraceKind::driver_allocation) ++calls;
    if (event.kind == TraceKind::driver_failure) failing.insert(++calls);
  }
  return failing;
}

class Replayer {
 public:
  Replayer(const Trace& trace, const StackOptions& options, ReplayDriver driver)
      : changes_limit_(options.mode == AllocatorMode::lru &&
                       options.cache_limit == trace.settings.cache_limit),
        driver_(std::make_shared<CountingDriver>(driver == ReplayDriver::as_recorded
                                                     ? failing_calls(trace)
                                                     : std::unordered_set<std::uint64_t>{})),
        stack_(driver_, options, {.finish = [] {}}) {}

  void apply(const TraceEvent& event) {
    switch (event.kind) {
      case TraceKind::request:
        try {
          live_[event.id] = stack_.allocate(event.bytes, event.options);
        } catch (const OutOfMemory&) {  // counted as a failure; its release finds nothing
        }
        return;
      case TraceKind::failed_request:
        try {
          stack_.release(stack_.allocate(event.bytes, event.options));
        } catch (const OutOfMemory&) {
        }
        return;
      case TraceKind::release:
        release(event.id);
        return;
      case TraceKind::cache_limit:
        if (changes_limit_) stack_.set_cache_limit(event.bytes);
        return;
      case TraceKind::trim:
        stack_.trim();
        return;
      case TraceKind::reset:
        stack_.reset_stats();
        return;
      case TraceKind::driver_allocation:
      case TraceKind::driver_failure:
      case TraceKind::driver_release:
      case TraceKind::step:
      case TraceKind::end:
        return;
    }
  }

  AllocatorStats stats() const { return stack_.stats(); }

  // The blocks that the program still had at the end go back afterwards.
  AllocatorStats finish() {
    AllocatorStats stats = stack_.stats();
    stats.create_nanoseconds = stats.release_nanoseconds = 0;
    for (const auto& [id, block] : live_) stack_.release(block);
    return stats;
  }

 private:
  void release(std::uint64_t id) {
    const auto found = live_.find(id);
    if (found == live_.end()) return;
    stack_.release(found->second);
    live_.erase(found);
  }

  const bool changes_limit_;
  const std::shared_ptr<CountingDriver> driver_;
  AllocatorStack stack_;
  std::unordered_map<std::uint64_t, Block> live_;  // by the id that they had in the trace
};

}  // namespace

StackOptions recorded_options(const Trace& trace) {
  const TraceSettings& settings = trace.settings;
  return {.mode = settings.mode,
          .cache_limit = static_cast<std::size_t>(settings.cache_limit),
          .max_idle_blocks = static_cast<std::size_t>(settings.max_idle_blocks),
          .memory_limit = static_cast<std::size_t>(settings.memory_limit),
          .max_block_bytes = static_cast<std::size_t>(settings.max_block_bytes),
          .exact = settings.exact,
          .slack = {.share = settings.slack_share,
                    .bytes = static_cast<std::size_t>(settings.slack_bytes)}};
}

AllocatorStats replay(const Trace& trace, const StackOptions& options, ReplayDriver driver) {
  Replayer replayer(trace, options, driver);
  for (const TraceEvent& event : trace.events) replayer.apply(event);
  return replayer.finish();
}

AllocatorStats replay(const Trace& trace, const StackOptions& options, ReplayDriver driver,
                      const ReplayObserver& after) {
  Replayer replayer(trace, options, driver);
  for (const TraceEvent& event : trace.events) {
    replayer.apply(event);
    after(event, replayer.stats());
  }
  return replayer.finish();
}

}  // namespace tarn::memory
