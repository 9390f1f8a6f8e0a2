// A driver without a device: hands out numbers for memory, checks how it is used, and runs out of
// memory when told to. It stands at the bottom of the allocator stacks under test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "tarn/allocator.hpp"
#include "tarn/error.hpp"

namespace tarn::test {

class FakeDriver final : public Allocator {
 public:
  /// Bytes that it has; more makes it run out of memory.
  std::size_t capacity = std::numeric_limits<std::size_t>::max();
  /// Called at the start of each call, without the driver's lock; what it throws is thrown on.
  std::function<void()> on_allocate, on_release;

  Block allocate(std::size_t bytes, BufferOptions options) override {
    if (on_allocate) on_allocate();
    const std::lock_guard lock(mutex_);
    asked_.push_back(bytes);
    if (failures_to_come_ > 0) {
      --failures_to_come_;
      throw OutOfMemory("fake failure");
    }
    if (bytes > capacity - held_) throw OutOfMemory("fake memory is full");
    const std::uint64_t id = ++last_id_;
    held_ += bytes;
    const Block block{take_handle(), bytes, bytes, options, id};
    live_.emplace(id, block);
    ++made_;
    return block;
  }

  void release(Block block) noexcept override {
    if (on_release) on_release();
    const std::lock_guard lock(mutex_);
    const auto known = live_.find(block.id);
    if (known == live_.end() || known->second.bytes != block.bytes ||
        known->second.handle != block.handle || known->second.options != block.options) {
      ++wrong_releases_;
      return;
    }
    held_ -= block.bytes;
    free_handles_.insert(block.handle);
    live_.erase(known);
    released_.push_back(block.id);
  }

  AllocatorStats stats() const override { return {}; }

  /// Makes the next `count` allocations fail.
  void fail_next(int count) {
    const std::lock_guard lock(mutex_);
    failures_to_come_ = count;
  }

  // What it has seen.
  std::size_t held() const { return locked(held_); }
  std::size_t live_blocks() const {
    const std::lock_guard lock(mutex_);
    return live_.size();
  }
  std::uint64_t made() const { return locked(made_); }
  std::uint64_t wrong_releases() const { return locked(wrong_releases_); }  ///< unknown or altered
  std::size_t asked_count() const {
    const std::lock_guard lock(mutex_);
    return asked_.size();
  }
  std::vector<std::size_t> asked() const { return locked(asked_); }          ///< failed ones too
  std::vector<std::uint64_t> released() const { return locked(released_); }  ///< ids, in order

 private:
  template <class T>
  T locked(const T& member) const {
    const std::lock_guard lock(mutex_);
    return member;
  }

  // Handles are used again, as drivers do; ids never are.
  void* take_handle() {
    if (free_handles_.empty()) return reinterpret_cast<void*>(++handles_ * 64);
    return free_handles_.extract(free_handles_.begin()).value();
  }

  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, Block> live_;
  std::set<void*> free_handles_;
  std::vector<std::size_t> asked_;
  std::vector<std::uint64_t> released_;
  std::size_t held_ = 0;
  std::uintptr_t handles_ = 0;
  std::uint64_t last_id_ = 0, made_ = 0, wrong_releases_ = 0;
  int failures_to_come_ = 0;
};

}  // namespace tarn::test
