#include "runtime/memory/limiting_allocator.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/memory/byte_size.hpp"
#include "tarn/error.hpp"

namespace tarn::memory {

LimitingAllocator::LimitingAllocator(Allocator& upstream, Limits limits, Relief relief,
                                     Admission admit)
    : upstream_(upstream), limits_(limits), relief_(std::move(relief)), admit_(std::move(admit)) {}

Block LimitingAllocator::allocate(std::size_t bytes, BufferOptions options) {
  if (admit_) admit_(bytes);
  if (bytes > limits_.block) {
    refuse(bytes, "one block has at most " + format_bytes(limits_.block));
  }
  if (bytes > limits_.memory) refuse_for_the_limit(bytes);
  reserve(bytes);
  try {
    const Block block = ask(bytes, options);
    const std::lock_guard lock(mutex_);
    arriving_ -= bytes;
    note_change();
    return block;
  } catch (...) {
    cancel(bytes);
    throw;
  }
}

void LimitingAllocator::release(Block block) noexcept {
  if (relief_.submit) relief_.submit();
  {
    const std::lock_guard lock(mutex_);
    leaving_ += block.bytes;
    note_change();
  }
  upstream_.release(block);
  {
    const std::lock_guard lock(mutex_);
    leaving_ -= block.bytes;
    held_.now -= block.bytes;
    note_change();
  }
  left_.notify_all();
}

// Gives up only if nothing was idle, no release was under way, and nothing changed meanwhile: then
// all was live or being allocated at one moment. Without the last, a block could slip by: idle only
// after we had looked for idle ones, its room taken by another thread before we looked for room.
void LimitingAllocator::reserve(std::size_t bytes) {
  std::unique_lock lock(mutex_);
  while (bytes > room()) {
    const std::uint64_t seen = changes_;
    const std::size_t missing = bytes - room();
    lock.unlock();
    const bool freed = reclaim(missing) > 0;
    lock.lock();
    if (freed || changes_ != seen) continue;
    if (leaving_ == 0) {
      lock.unlock();
      refuse_for_the_limit(bytes);
    }
    left_.wait(lock, [&] { return changes_ != seen; });
  }
  held_.now += bytes;
  arriving_ += bytes;
  note_change();
}

void LimitingAllocator::cancel(std::size_t bytes) noexcept {
  {
    const std::lock_guard lock(mutex_);
    arriving_ -= bytes;
    held_.now -= bytes;
    note_change();
  }
  left_.notify_all();
}

Block LimitingAllocator::ask(std::size_t bytes, BufferOptions options) {
  constexpr std::array steps = {Step::reclaim_enough, Step::reclaim_all, Step::finish};
  for (auto step = steps.begin();;) {
    try {
      return upstream_.allocate(bytes, options);
    } catch (const OutOfMemory& error) {
      step = std::find_if(step, steps.end(), [&](Step next) { return climb(next, bytes); });
      if (step == steps.end()) refuse(bytes, std::string("the driver says: ") + error.what());
      ++step;
    }
    const std::lock_guard lock(mutex_);
    ++retries_;
  }
}

// Returns: whether the step may have helped.
bool LimitingAllocator::climb(Step step, std::size_t bytes) {
  switch (step) {
    case Step::reclaim_enough:
      return reclaim(bytes) > 0;
    case Step::reclaim_all:
      return reclaim(std::numeric_limits<std::size_t>::max()) > 0;
    case Step::finish:
      if (relief_.finish) relief_.finish();
      return relief_.finish != nullptr;
  }
  return false;
}

std::size_t LimitingAllocator::reclaim(std::size_t bytes) {
  return relief_.reclaim ? relief_.reclaim(bytes) : 0;
}

void LimitingAllocator::refuse(std::size_t bytes, const std::string& cause) const {
  std::string text = "out of memory: asked for " + format_bytes(bytes) + ", but " + cause;
  if (relief_.report) text += "; " + relief_.report();
  throw OutOfMemory(text);
}

void LimitingAllocator::refuse_for_the_limit(std::size_t bytes) const {
  refuse(bytes, "the memory limit is " + format_bytes(limits_.memory));
}

void LimitingAllocator::note_change() {
  ++changes_;
  held_.peak = std::max(held_.peak, held_.now);
  moving_.now = arriving_ + leaving_;
  moving_.peak = std::max(moving_.peak, moving_.now);
}

AllocatorStats LimitingAllocator::stats() const {
  AllocatorStats stats = upstream_.stats();
  const std::lock_guard lock(mutex_);
  stats.held = held_;
  stats.moving = moving_;
  stats.out_of_memory_retries = retries_;
  return stats;
}

void LimitingAllocator::reset_stats() {
  const std::lock_guard lock(mutex_);
  held_.peak = held_.now;
  moving_.peak = moving_.now;
  retries_ = 0;
}

}  // namespace tarn::memory
