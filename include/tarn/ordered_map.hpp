// A hash map that remembers an order: the C++ of Python's OrderedDict. Find, insert, erase,
// move_to_end and pop_first are O(1); iteration goes from the oldest entry to the youngest.
//
// An entry lives in a node, and a node is in two lists at once: a doubly linked one in order,
// between two sentinels (so that linking and unlinking know no special case), and the singly linked
// chain of its hash bucket. Nodes come from chunks that the map keeps, and an erased node is used
// again: a map that no longer grows does not call malloc. Pointers to values stay valid until their
// entry is erased. Not thread-safe.
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <new>
#include <optional>
#include <ostream>
#include <utility>
#include <vector>

namespace tarn {

template <class Hash, class Key>
concept HashOf = requires(const Hash& hash, const Key& key) {
  { hash(key) } -> std::convertible_to<std::size_t>;
};

/// Keys and values may be move-only. Hash may be weak in any of its bits.
template <class K, class V, HashOf<K> Hash = std::hash<K>,
          std::equivalence_relation<const K&, const K&> Equal = std::equal_to<K>>
class OrderedMap {
 public:
  struct Entry {
    K key;
    V value;
  };
  class const_iterator;

  OrderedMap() = default;
  explicit OrderedMap(Hash hash, Equal equal = {})
      : hash_(std::move(hash)), equal_(std::move(equal)) {}
  OrderedMap(OrderedMap&& other) noexcept { take(other); }
  OrderedMap& operator=(OrderedMap&& other) noexcept;
  ~OrderedMap() { clear(); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool contains(const K& key) const { return find_node(key) != nullptr; }

  /// The value, or null. The order stays as it is.
  V* find(const K& key) { return value_of(find_node(key)); }
  const V* find(const K& key) const { return value_of(find_node(key)); }

  /// Adds an entry as the youngest, unless the key is there already. Returns: the value that is
  /// now there, and whether it is the new one. `key` and `value` must not be parts of this map.
  std::pair<V*, bool> insert(K key, V value);

  /// Makes the entry the youngest. Returns: its value, or null when there is none.
  V* move_to_end(const K& key);

  bool erase(const K& key) { return pop(key).has_value(); }
  /// Takes the entry out.
  std::optional<Entry> pop(const K& key);
  /// Takes the oldest entry out.
  std::optional<Entry> pop_first();
  /// Destroys all entries and keeps their memory for later ones.
  void clear() noexcept;

  /// From the oldest entry to the youngest. Values are changed through find().
  const_iterator begin() const { return const_iterator(first_.next); }
  const_iterator end() const { return const_iterator(&last_); }

 private:
  struct Link {
    Link* previous = nullptr;
    Link* next = nullptr;
  };
  struct Node : Link {
    Node() {}
    ~Node() {}
    Node* chain = nullptr;  // the next of its bucket, or of the free nodes
    std::size_t hash = 0;
    union {
      Entry entry;  // alive while the node is in the order
    };
  };

  static V* value_of(Node* node) { return node ? &node->entry.value : nullptr; }
  static void link_before(Link& place, Node& node);
  static void unlink(Node& node);

  // Fibonacci hashing: the upper bits of a product depend on all bits of the hash, so that keys
  // that are all multiples of a page do not share a bucket.
  std::size_t bucket_of(std::size_t hash) const {
    return static_cast<std::size_t>((std::uint64_t{hash} * 0x9E3779B97F4A7C15u) >> shift_);
  }
  Node* find_node(const K& key) const;
  void leave_bucket(Node& node);
  Entry remove(Node& node);
  void make_room();
  void grow_buckets();
  void take(OrderedMap& other) noexcept;

  Link first_{nullptr, &last_}, last_{&first_, nullptr};  // the sentinels of the order
  std::vector<Node*> buckets_;                            // as many as a power of two, or none
  int shift_ = 64;                                        // 64 - log2(buckets)
  std::vector<std::unique_ptr<Node[]>> chunks_;
  Node* free_ = nullptr;
  std::size_t size_ = 0;
  [[no_unique_address]] Hash hash_{};
  [[no_unique_address]] Equal equal_{};
};

template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
class OrderedMap<K, V, H, E>::const_iterator {
 public:
  using iterator_category = std::bidirectional_iterator_tag;
  using value_type = Entry;
  using difference_type = std::ptrdiff_t;
  using pointer = const Entry*;
  using reference = const Entry&;

  const_iterator() = default;
  reference operator*() const { return static_cast<const Node*>(link_)->entry; }
  pointer operator->() const { return &**this; }
  const_iterator& operator++() { return link_ = link_->next, *this; }
  const_iterator& operator--() { return link_ = link_->previous, *this; }
  const_iterator operator++(int) { return const_iterator(std::exchange(link_, link_->next)); }
  const_iterator operator--(int) { return const_iterator(std::exchange(link_, link_->previous)); }
  friend bool operator==(const const_iterator&, const const_iterator&) = default;

 private:
  friend class OrderedMap;
  explicit const_iterator(const Link* link) : link_(link) {}
  const Link* link_ = nullptr;
};

template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
auto OrderedMap<K, V, H, E>::operator=(OrderedMap&& other) noexcept -> OrderedMap& {
  if (this != &other) {
    clear();
    take(other);
  }
  return *this;
}

template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
auto OrderedMap<K, V, H, E>::insert(K key, V value) -> std::pair<V*, bool> {
  if (Node* node = find_node(key)) return {&node->entry.value, false};
  make_room();
  Node& node = *free_;
  node.hash = hash_(key);
  ::new (&node.entry) Entry{std::move(key), std::move(value)};
  free_ = node.chain;  // only now: had the constructor thrown, the node would still be free
  Node*& bucket = buckets_[bucket_of(node.hash)];
  node.chain = std::exchange(bucket, &node);
  link_before(last_, node);
  ++size_;
  return {&node.entry.value, true};
}

template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
V* OrderedMap<K, V, H, E>::move_to_end(const K& key) {
  Node* node = find_node(key);
  if (node && node->next != &last_) {
    unlink(*node);
    link_before(last_, *node);
  }
  return value_of(node);
}

template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
auto OrderedMap<K, V, H, E>::pop(const K& key) -> std::optional<Entry> {
  Node* node = find_node(key);
  if (!node) return std::nullopt;
  return remove(*node);
}

template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
auto OrderedMap<K, V, H, E>::pop_first() -> std::optional<Entry> {
  if (empty()) return std::nullopt;
  return remove(static_cast<Node&>(*first_.next));
}

template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
void OrderedMap<K, V, H, E>::clear() noexcept {
  for (Link* link = first_.next; link != &last_;) {
    Node& node = static_cast<Node&>(*link);
    link = link->next;
    node.entry.~Entry();
    node.chain = std::exchange(free_, &node);
  }
  std::ranges::fill(buckets_, nullptr);
  first_.next = &last_;
  last_.previous = &first_;
  size_ = 0;
}

template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
void OrderedMap<K, V, H, E>::link_before(Link& place, Node& node) {
  node.next = &place;
  node.previous = std::exchange(place.previous, &node);
  node.previous->next = &node;
}

template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
void OrderedMap<K, V, H, E>::unlink(Node& node) {
  node.previous->next = node.next;
  node.next->previous = node.previous;
}

template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
auto OrderedMap<K, V, H, E>::find_node(const K& key) const -> Node* {
  if (empty()) return nullptr;
  const std::size_t hash = hash_(key);
  Node* node = buckets_[bucket_of(hash)];
  while (node && !(node->hash == hash && equal_(node->entry.key, key))) node = node->chain;
  return node;
}

template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
void OrderedMap<K, V, H, E>::leave_bucket(Node& node) {
  Node** link = &buckets_[bucket_of(node.hash)];
  while (*link != &node) link = &(*link)->chain;
  *link = node.chain;
}

template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
auto OrderedMap<K, V, H, E>::remove(Node& node) -> Entry {
  Entry entry{std::move(node.entry.key), std::move(node.entry.value)};
  leave_bucket(node);
  unlink(node);
  node.entry.~Entry();
  node.chain = std::exchange(free_, &node);
  --size_;
  return entry;
}

// A free node, and a bucket for it. Chunks grow with the map, but never by more than a quarter of
// it: half-empty chunks would cost more than the entries' links do.
template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
void OrderedMap<K, V, H, E>::make_room() {
  if (size_ >= buckets_.size()) grow_buckets();
  if (free_) return;
  const std::size_t count = std::max<std::size_t>(8, size_ / 4);
  Node* chunk = chunks_.emplace_back(std::make_unique<Node[]>(count)).get();
  for (std::size_t i = count; i-- > 0;) chunk[i].chain = std::exchange(free_, &chunk[i]);
}

template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
void OrderedMap<K, V, H, E>::grow_buckets() {
  buckets_ = std::vector<Node*>(std::max<std::size_t>(8, 2 * buckets_.size()));
  shift_ = 64 - std::countr_zero(buckets_.size());
  for (Link* link = first_.next; link != &last_; link = link->next) {
    Node& node = static_cast<Node&>(*link);
    node.chain = std::exchange(buckets_[bucket_of(node.hash)], &node);
  }
}

// The sentinels stay where they are, so the outermost nodes are linked to ours.
template <class K, class V, HashOf<K> H, std::equivalence_relation<const K&, const K&> E>
void OrderedMap<K, V, H, E>::take(OrderedMap& other) noexcept {
  if (!other.empty()) {
    first_.next = std::exchange(other.first_.next, &other.last_);
    last_.previous = std::exchange(other.last_.previous, &other.first_);
    first_.next->previous = &first_;
    last_.previous->next = &last_;
  }
  buckets_ = std::exchange(other.buckets_, {});
  shift_ = std::exchange(other.shift_, 64);
  chunks_ = std::exchange(other.chunks_, {});
  free_ = std::exchange(other.free_, nullptr);
  size_ = std::exchange(other.size_, 0);
  hash_ = other.hash_;
  equal_ = other.equal_;
}

/// `{two: 2, three: 3}`, oldest first, as Python prints a dict.
template <class K, class V, class H, class E>
std::ostream& operator<<(std::ostream& out, const OrderedMap<K, V, H, E>& map) {
  const char* separator = "{";
  for (const auto& [key, value] : map)
    out << std::exchange(separator, ", ") << key << ": " << value;
  return out << (map.empty() ? "{}" : "}");
}

}  // namespace tarn
