#include "runtime/memory/lru_allocator.hpp"

#include <algorithm>
#include <limits>
#include <new>

#include "runtime/memory/size_class.hpp"

namespace tarn::memory {
namespace {

constexpr std::uint64_t kMaxGhosts = 4096;
// With rounded sizes there are 770 classes at most, for each kind of block. Exact sizes can be any
// number: then the classes used longest ago are forgotten, and idle blocks that they may have had
// can only be evicted.
constexpr std::size_t kMaxClasses = 16384;
// When a class has been kept in vain, what of it gives way, and how often it is tried again. Chosen
// by replay among neighbours (see the README): one regret more learns later, one less is fooled by
// chance; smaller shares and rarer trials need fewer calls in loops and more of them elsewhere.
constexpr std::uint64_t kEnoughRegrets = 2;
constexpr std::uint64_t kRegretsToTryAgain = 8;
constexpr std::size_t kLargeShare = 4;

}  // namespace

LruAllocator::LruAllocator(Allocator& upstream, LruOptions options)
    : upstream_(upstream),
      max_idle_blocks_(std::max<std::size_t>(1, options.max_idle_blocks)),
      slack_(options.slack),
      admit_all_(options.admit_all),
      on_miss_(std::move(options.on_miss)),
      on_eviction_(std::move(options.on_eviction)),
      cache_limit_(options.cache_limit) {}

LruAllocator::~LruAllocator() {
  evict(std::numeric_limits<std::size_t>::max(), EvictionReason::trim);
}

Block LruAllocator::allocate(std::size_t bytes, BufferOptions options) {
  auto taken = take(bytes, options);
  if (Block* block = std::get_if<Block>(&taken)) {
    block->requested = bytes;
    return *block;
  }
  if (on_miss_) on_miss_(bytes, std::get<MissReason>(taken));
  return upstream_.allocate(bytes, options);
}

// An idle block, or why there is none: a miss, counted.
std::variant<Block, MissReason> LruAllocator::take(std::size_t bytes, BufferOptions options) {
  const std::lock_guard lock(mutex_);
  const auto miss = [this](MissReason reason) {
    ++own_.misses_by[reason];
    return reason;
  };
  if (bytes > cache_limit_) {
    return miss(cache_limit_ == 0 ? MissReason::disabled : MissReason::oversize);
  }
  const auto [own_class, first] = class_of({bytes, options});
  if (auto block = pop_youngest(own_class)) {
    ++own_.exact_hits;
    return *block;
  }
  if (auto block = pop_within_slack(bytes, options)) {
    ++own_.slack_hits;
    return *block;
  }
  return miss(explain(own_class, first, bytes));
}

std::optional<Block> LruAllocator::pop_within_slack(std::size_t bytes, BufferOptions options) {
  const std::size_t most = bytes + std::min(slack_.above(bytes), cache_limit_ - bytes);
  for (std::size_t i = class_index(bytes) + 1; i < kClassCount && class_bytes(i) <= most; ++i) {
    SizeClass* larger = classes_.find({class_bytes(i), options});
    if (!larger) continue;
    if (auto block = pop_youngest(*larger)) return block;
  }
  return std::nullopt;
}

std::optional<Block> LruAllocator::pop_youngest(SizeClass& size_class) {
  const auto entry = idle_.pop(size_class.youngest);
  if (!entry) return std::nullopt;
  size_class.youngest = entry->value.older;
  size_class.regrets = 0;
  set_idle(own_.idle.now - entry->value.block.bytes);
  return entry->value.block;
}

MissReason LruAllocator::explain(SizeClass& size_class, bool first, std::size_t bytes) {
  if (first) return MissReason::first;
  if (remembers(size_class.youngest_ghost)) {
    const Ghost& ghost = ghost_of(size_class.youngest_ghost);
    size_class.youngest_ghost -= ghost.back_to_older;  // it explains one miss only
    ++own_.regretted_by[ghost.reason];
    ++size_class.regrets;
    return MissReason::evicted;
  }
  return own_.idle.now >= bytes ? MissReason::size_class : MissReason::concurrent;
}

// The class, and whether it is new.
auto LruAllocator::class_of(const ClassKey& key) -> std::pair<SizeClass&, bool> {
  if (SizeClass* known = classes_.move_to_end(key)) return {*known, false};
  SizeClass& added = *classes_.insert(key, {}).first;
  if (classes_.size() > kMaxClasses) classes_.pop_first();
  return {added, true};
}

void LruAllocator::release(Block block) noexcept {
  std::unique_lock lock(mutex_);
  if (refuses(block)) {
    give_back(lock, block, EvictionReason::bytes);
    return;
  }
  own_.moving.now += block.bytes;  // neither live nor idle while others are evicted for it
  const bool kept = make_room(lock, block.bytes) && keep(block);
  own_.moving.now -= block.bytes;
  lock.unlock();
  if (!kept) upstream_.release(block);
}

// Whether others would have to go for a block that would most likely go before it is wanted.
bool LruAllocator::refuses(const Block& block) const {
  if (admit_all_ || block.bytes > cache_limit_) return false;
  if (own_.idle.now + block.bytes <= cache_limit_) return false;
  if (block.bytes <= cache_limit_ / kLargeShare) return false;
  const SizeClass* own_class = classes_.find({block.bytes, block.options});
  return own_class && own_class->regrets >= kEnoughRegrets &&
         own_class->regrets % kRegretsToTryAgain != 0;
}

// Returns: false when so many bytes may never be idle. Eviction opens the lock, so all is looked at
// again after each.
bool LruAllocator::make_room(std::unique_lock<std::mutex>& lock, std::size_t bytes) noexcept {
  while (bytes <= cache_limit_) {
    if (own_.idle.now + bytes > cache_limit_) {
      evict_oldest(lock, EvictionReason::bytes);
    } else if (idle_.size() >= max_idle_blocks_) {
      evict_oldest(lock, EvictionReason::blocks);
    } else {
      return true;
    }
  }
  return false;
}

// Returns: false when the host has no memory to note the block down.
bool LruAllocator::keep(const Block& block) noexcept try {
  SizeClass& own_class = class_of({block.bytes, block.options}).first;
  idle_.insert(block.id, {block, own_class.youngest});
  own_class.youngest = block.id;
  set_idle(own_.idle.now + block.bytes);
  return true;
} catch (const std::bad_alloc&) {
  return false;
}

// Returns: bytes freed, 0 when nothing is idle. The lock is open while the driver is called.
std::size_t LruAllocator::evict_oldest(std::unique_lock<std::mutex>& lock,
                                       EvictionReason reason) noexcept {
  const auto oldest = idle_.pop_first();
  if (!oldest) return 0;
  const Block& block = oldest->value.block;
  set_idle(own_.idle.now - block.bytes);
  give_back(lock, block, reason);
  return block.bytes;
}

// Evicts a block that is no longer idle, or not yet.
void LruAllocator::give_back(std::unique_lock<std::mutex>& lock, const Block& block,
                             EvictionReason reason) noexcept {
  ++own_.evictions_by[reason];
  remember(block, reason);
  evicting_bytes_ += block.bytes;
  own_.moving.peak = std::max(own_.moving.peak, own_.moving.now + evicting_bytes_);
  lock.unlock();
  if (on_eviction_) on_eviction_(block.bytes, reason);
  upstream_.release(block);
  lock.lock();
  evicting_bytes_ -= block.bytes;
  bytes_evicted_ += block.bytes;
  evicted_.notify_all();
}

void LruAllocator::remember(const Block& block, EvictionReason reason) noexcept try {
  SizeClass* own_class = classes_.find({block.bytes, block.options});
  if (!own_class) return;
  if (ghosts_.size() < kMaxGhosts) ghosts_.emplace_back();
  const std::uint64_t back = ++last_ghost_ - own_class->youngest_ghost;
  ghost_of(last_ghost_) = {reason, static_cast<std::uint32_t>(std::min(back, kMaxGhosts))};
  own_class->youngest_ghost = last_ghost_;
} catch (const std::bad_alloc&) {  // one miss will be explained less well
}

// The ring has no more ghosts than there were, so 0 is none of them.
bool LruAllocator::remembers(std::uint64_t ghost) const {
  return last_ghost_ - ghost < ghosts_.size();
}

LruAllocator::Ghost& LruAllocator::ghost_of(std::uint64_t number) {
  return ghosts_[(number - 1) % kMaxGhosts];
}

void LruAllocator::set_cache_limit(std::size_t bytes) noexcept {
  std::unique_lock lock(mutex_);
  cache_limit_ = bytes;
  while (own_.idle.now > cache_limit_) evict_oldest(lock, EvictionReason::capacity);
}

std::size_t LruAllocator::cache_limit() const {
  const std::lock_guard lock(mutex_);
  return cache_limit_;
}

std::map<std::size_t, std::uint64_t> LruAllocator::idle_by_size() const {
  const std::lock_guard lock(mutex_);
  std::map<std::size_t, std::uint64_t> blocks;
  for (const auto& entry : idle_) ++blocks[entry.value.block.bytes];
  return blocks;
}

std::size_t LruAllocator::evict(std::size_t bytes, EvictionReason reason) noexcept {
  std::unique_lock lock(mutex_);
  std::size_t freed = 0;
  while (freed < bytes) {
    const std::size_t more = evict_oldest(lock, reason);
    if (more == 0) break;
    freed += more;
  }
  return freed;
}

std::size_t LruAllocator::reclaim(std::size_t bytes) noexcept {
  if (const std::size_t freed = evict(bytes, EvictionReason::memory)) return freed;
  std::unique_lock lock(mutex_);
  const std::uint64_t before = bytes_evicted_;
  evicted_.wait(lock, [&] { return evicting_bytes_ == 0 || bytes_evicted_ != before; });
  return static_cast<std::size_t>(bytes_evicted_ - before);
}

void LruAllocator::set_idle(std::size_t bytes) {
  own_.idle.now = bytes;
  own_.idle.peak = std::max(own_.idle.peak, bytes);
}

AllocatorStats LruAllocator::stats() const {
  AllocatorStats stats = upstream_.stats();
  const std::lock_guard lock(mutex_);
  stats.exact_hits = own_.exact_hits;
  stats.slack_hits = own_.slack_hits;
  stats.misses_by = own_.misses_by;
  stats.evictions_by = own_.evictions_by;
  stats.regretted_by = own_.regretted_by;
  stats.idle = own_.idle;
  stats.moving.now += own_.moving.now;
  stats.moving.peak = std::max(stats.moving.peak, own_.moving.peak);
  stats.idle_blocks = idle_.size();
  return stats;
}

void LruAllocator::reset_stats() {
  const std::lock_guard lock(mutex_);
  const std::size_t idle = own_.idle.now, moving = own_.moving.now;
  own_ = {};
  own_.idle = {.now = idle, .peak = idle};
  own_.moving = {.now = moving, .peak = moving};
}

}  // namespace tarn::memory
