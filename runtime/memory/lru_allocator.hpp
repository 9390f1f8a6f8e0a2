// The cache of freed blocks: keeps what is released, within two bounds, and answers requests from
// it.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "tarn/allocator.hpp"
#include "tarn/ordered_map.hpp"

namespace tarn::memory {

/// How much larger than a request's class a block may be that answers it: by a share of the class,
/// or by so many bytes if that is more, though never more than twice as large by these. Bytes serve
/// small requests, where blocks are many and waste is little. The search goes from class to class,
/// of which ten at most are within the default.
struct Slack {
  double share = 1.0 / 4;
  std::size_t bytes = std::size_t{64} << 10;

  /// How many bytes larger than the class `size` a block may be.
  std::size_t above(std::size_t size) const {
    const auto part = static_cast<std::size_t>(static_cast<double>(size) * share);
    return std::max(part, std::min(size, bytes));
  }
  friend bool operator==(const Slack&, const Slack&) = default;
};

struct LruOptions {
  std::size_t cache_limit = 0;         ///< idle bytes at most; 0 = off
  std::size_t max_idle_blocks = 4096;  ///< idle blocks at most, at least 1
  Slack slack = {};
  bool admit_all = false;  ///< plain LRU: keeps what was evicted in vain before, too
  /// Called without a lock before a miss is handed on; what it throws is thrown on. May be empty.
  std::function<void(std::size_t bytes, MissReason reason)> on_miss = {};
  /// Called without a lock before a block goes back to the driver. Must not throw. May be empty.
  std::function<void(std::size_t bytes, EvictionReason reason)> on_eviction = {};
};

/// Idle blocks are in one OrderedMap by id, oldest first, and that is the only list: eviction takes
/// its first entry. A hit wants the youngest block of a size class instead, so each class is a
/// stack threaded through the same entries: the class knows its youngest block's id, each entry the
/// id of the next older block of its class. Eviction leaves these ids alone. It takes the oldest
/// block of all, which is the oldest of its class too, so what is left dangling is the last id of a
/// stack, and since ids are never used again, an id that is not in the map simply means that the
/// stack ends here. Hit, release and eviction are O(1), and need no further bookkeeping.
///
/// Ghosts, what is known of the last blocks evicted, are numbered and kept in a ring, and threaded
/// by their numbers in the same way: a stack per class, which ends at a number that the ring has
/// left behind. A miss that finds one was caused by that eviction.
///
/// Eviction is LRU, always; admission is not blind. Where a program goes round through more bytes
/// than the limit, each block drives out what is wanted before it, and LRU answers nothing. So a
/// block that would evict others, of more than a quarter of the limit, is itself what is evicted
/// if its class was evicted in vain before: twice wanted again, and never hit in between. Each
/// eighth such miss lets it try again. To predict reuse by what became of a class is from SHiP (Wu
/// et al., MICRO 2011), to give way in a loop and try again now and then from BIP (Qureshi et al.,
/// ISCA 2007).
///
/// The driver is called outside the lock.
class LruAllocator final : public Allocator {
 public:
  LruAllocator(Allocator& upstream, LruOptions options);
  /// Gives all idle blocks back.
  ~LruAllocator() override;

  /// The youngest idle block of the same size; else of the next size classes within the slack; else
  /// a new one.
  Block allocate(std::size_t bytes, BufferOptions options) override;
  /// Keeps the block, evicting the oldest ones to make room; one larger than the limit goes
  /// straight back, and so does one that was kept in vain before and would evict others.
  void release(Block block) noexcept override;
  AllocatorStats stats() const override;
  void reset_stats();

  /// Bounds the idle bytes from now on. 0 turns the cache off and drains it.
  void set_cache_limit(std::size_t bytes) noexcept;
  std::size_t cache_limit() const;
  /// How many blocks are idle, by their size. Looks at each.
  std::map<std::size_t, std::uint64_t> idle_by_size() const;
  /// Evicts, oldest first, until so many bytes are freed or nothing is idle. Returns: bytes freed.
  std::size_t evict(std::size_t bytes, EvictionReason reason) noexcept;
  /// Evicts for want of memory. Where nothing is idle, waits for evictions under way in other
  /// threads. Returns: bytes freed, by whomever.
  std::size_t reclaim(std::size_t bytes) noexcept;

 private:
  using Id = std::uint64_t;
  static constexpr Id kNone = 0;  // no block has this id
  struct ClassKey {
    std::size_t bytes;
    BufferOptions options;
    bool operator==(const ClassKey&) const = default;
  };
  struct ClassHash {
    std::size_t operator()(const ClassKey& key) const {
      return key.bytes * 2 + (key.options.host_visible ? 1 : 0);
    }
  };
  struct SizeClass {
    Id youngest = kNone;               // idle, if it still is
    std::uint64_t youngest_ghost = 0;  // evicted, if that is still remembered
    std::uint64_t regrets = 0;         // misses by evictions since its last hit
  };
  struct Idle {
    Block block;
    Id older;  // the next in its class's stack
  };
  struct Ghost {
    EvictionReason reason;
    std::uint32_t back_to_older;  // to the next in its class's stack, or one that is forgotten
  };

  std::variant<Block, MissReason> take(std::size_t bytes, BufferOptions options);
  std::optional<Block> pop_within_slack(std::size_t bytes, BufferOptions options);
  std::optional<Block> pop_youngest(SizeClass& size_class);
  MissReason explain(SizeClass& size_class, bool first, std::size_t bytes);
  std::pair<SizeClass&, bool> class_of(const ClassKey& key);
  bool refuses(const Block& block) const;
  void give_back(std::unique_lock<std::mutex>& lock, const Block& block,
                 EvictionReason reason) noexcept;
  bool make_room(std::unique_lock<std::mutex>& lock, std::size_t bytes) noexcept;
  bool keep(const Block& block) noexcept;
  std::size_t evict_oldest(std::unique_lock<std::mutex>& lock, EvictionReason reason) noexcept;
  void remember(const Block& block, EvictionReason reason) noexcept;
  bool remembers(std::uint64_t ghost) const;
  Ghost& ghost_of(std::uint64_t number);
  void set_idle(std::size_t bytes);

  Allocator& upstream_;
  const std::size_t max_idle_blocks_;
  const Slack slack_;
  const bool admit_all_;
  const std::function<void(std::size_t, MissReason)> on_miss_;
  const std::function<void(std::size_t, EvictionReason)> on_eviction_;
  mutable std::mutex mutex_;
  std::size_t cache_limit_;
  OrderedMap<Id, Idle> idle_;
  std::vector<Ghost> ghosts_;  // a ring once it is full; the first number is 1
  std::uint64_t last_ghost_ = 0;
  OrderedMap<ClassKey, SizeClass, ClassHash> classes_;  // the last used is the youngest
  AllocatorStats own_;                                  // the fields that this layer fills in

  std::condition_variable evicted_;
  std::size_t evicting_bytes_ = 0;   // the driver is releasing them
  std::uint64_t bytes_evicted_ = 0;  // since ever
};

}  // namespace tarn::memory
