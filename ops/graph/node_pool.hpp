// Where nodes lie. A loop makes and forgets the same few hundred nodes again and again, so the
// thread that frees one keeps its piece of memory for the next: a piece costs a few instructions
// then, where the heap takes as long as the rest of making a node.
#pragma once

#include <cstddef>
#include <new>

namespace tarn::graph {

/// Pieces of memory. A thread keeps those of one size at a time.
class NodePool {
 public:
  static constexpr std::size_t kMostKept = 4096;  ///< pieces that a thread keeps

  /// Throws: std::bad_alloc.
  static void* take(std::size_t bytes);
  /// On any thread, also when its own objects have gone already.
  static void put(void* piece, std::size_t bytes) noexcept;
};

/// The same as a standard allocator, for std::allocate_shared.
template <class T>
struct NodeAllocator {
  using value_type = T;

  NodeAllocator() = default;
  template <class U>
  NodeAllocator(const NodeAllocator<U>&) {}  // NOLINT: it is the same pool

  T* allocate(std::size_t) { return static_cast<T*>(NodePool::take(sizeof(T))); }
  void deallocate(T* piece, std::size_t) noexcept { NodePool::put(piece, sizeof(T)); }
  template <class U>
  bool operator==(const NodeAllocator<U>&) const {
    return true;
  }
};

}  // namespace tarn::graph
