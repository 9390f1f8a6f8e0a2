// What the allocator stack is measured against: heaps, and the simplest cache there could be.
#pragma once

#include <cstddef>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "tarn/allocator.hpp"

namespace tarn::bench {

/// mimalloc, where it is installed. Loaded by hand: linked, it would replace malloc too.
struct Mimalloc {
  void* (*allocate)(std::size_t bytes) = nullptr;
  void (*release)(void* memory) = nullptr;

  static Mimalloc load();
  explicit operator bool() const { return allocate && release; }
};

/// A list of free blocks by exact size, under one mutex: no bound, no order, no counters.
class FreeLists {
 public:
  explicit FreeLists(Allocator& upstream) : upstream_(upstream) {}

  Block allocate(std::size_t bytes) {
    {
      const std::lock_guard lock(mutex_);
      std::vector<Block>& free = free_[bytes];
      if (!free.empty()) {
        const Block block = free.back();
        free.pop_back();
        return block;
      }
    }
    return upstream_.allocate(bytes, {});
  }
  void release(const Block& block) {
    const std::lock_guard lock(mutex_);
    free_[block.bytes].push_back(block);
  }

 private:
  Allocator& upstream_;
  std::mutex mutex_;
  std::unordered_map<std::size_t, std::vector<Block>> free_;
};

}  // namespace tarn::bench
