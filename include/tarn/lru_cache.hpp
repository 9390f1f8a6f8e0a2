// A map of bounded size that forgets what was used longest ago: an OrderedMap with a capacity. It
// never frees by callback: put() and set_capacity() return what had to go, so that whoever called
// can let go of it outside any lock. Not thread-safe.
#pragma once

#include <cstddef>
#include <functional>
#include <ostream>
#include <utility>
#include <vector>

#include "tarn/ordered_map.hpp"

namespace tarn {

template <class K, class V, HashOf<K> Hash = std::hash<K>,
          std::equivalence_relation<const K&, const K&> Equal = std::equal_to<K>>
class LruCache {
 public:
  using Map = OrderedMap<K, V, Hash, Equal>;
  using Entry = typename Map::Entry;
  /// What an entry weighs, such as its bytes. Requires: the same for as long as it is cached.
  using Cost = std::function<std::size_t(const K&, const V&)>;

  /// Holds at most `capacity` entries, or, with a cost function, entries that cost at most
  /// `capacity` together. 0 = off: nothing is kept.
  explicit LruCache(std::size_t capacity, Cost cost = {}, Hash hash = {}, Equal equal = {})
      : entries_(std::move(hash), std::move(equal)),
        capacity_(capacity),
        cost_of_(std::move(cost)) {}

  /// Makes the entry the youngest. Returns: its value, or null when there is none.
  V* get(const K& key) { return entries_.move_to_end(key); }
  /// The same, leaving the order as it is.
  const V* peek(const K& key) const { return entries_.find(key); }
  bool contains(const K& key) const { return entries_.contains(key); }

  /// Inserts, or updates a known key, and makes the entry the youngest. Returns: what had to go,
  /// oldest first; an entry that alone exceeds the capacity goes at once, and nothing else then.
  std::vector<Entry> put(K key, V value);
  bool erase(const K& key);
  void clear() noexcept;

  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  std::size_t capacity() const { return capacity_; }
  std::size_t cost() const { return cost_; }  ///< of all entries; at most capacity()
  /// Returns: what had to go, oldest first.
  std::vector<Entry> set_capacity(std::size_t capacity);

  /// From the oldest entry to the youngest.
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  const Map& entries() const { return entries_; }

 private:
  std::size_t cost_of(const K& key, const V& value) const {
    return cost_of_ ? cost_of_(key, value) : 1;
  }
  std::vector<Entry> evict();

  Map entries_;
  std::size_t capacity_;
  std::size_t cost_ = 0;
  Cost cost_of_;
};

template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
auto LruCache<K, V, H, E>::put(K key, V value) -> std::vector<Entry> {
  const std::size_t cost = cost_of(key, value);
  if (capacity_ == 0 || cost > capacity_) {
    erase(key);
    std::vector<Entry> refused;
    refused.push_back({std::move(key), std::move(value)});
    return refused;
  }
  if (V* known = entries_.move_to_end(key)) {
    cost_ -= cost_of(key, *known);
    *known = std::move(value);
  } else {
    entries_.insert(std::move(key), std::move(value));
  }
  cost_ += cost;
  return evict();
}

template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
bool LruCache<K, V, H, E>::erase(const K& key) {
  const auto entry = entries_.pop(key);
  if (entry) cost_ -= cost_of(entry->key, entry->value);
  return entry.has_value();
}

template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
void LruCache<K, V, H, E>::clear() noexcept {
  entries_.clear();
  cost_ = 0;
}

template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
auto LruCache<K, V, H, E>::set_capacity(std::size_t capacity) -> std::vector<Entry> {
  capacity_ = capacity;
  return evict();
}

template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
auto LruCache<K, V, H, E>::evict() -> std::vector<Entry> {
  std::vector<Entry> evicted;
  while (cost_ > capacity_ || (capacity_ == 0 && !empty())) {
    Entry oldest = *entries_.pop_first();
    cost_ -= cost_of(oldest.key, oldest.value);
    evicted.push_back(std::move(oldest));
  }
  return evicted;
}

/// Two lines: `Capacity: 3`, then `Cache: {two: 2, three: 3, four: 4}`, oldest first.
template <class K, class V, class H, class E>
std::ostream& operator<<(std::ostream& out, const LruCache<K, V, H, E>& cache) {
  return out << "Capacity: " << cache.capacity() << "\nCache: " << cache.entries();
}

}  // namespace tarn
