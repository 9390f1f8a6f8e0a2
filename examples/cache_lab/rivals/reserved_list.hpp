// OpenCV's OpenCLBufferPool: one list of free blocks, of which the closest in size is taken if it
// is larger by less than an eighth of the request or by less than 4 KiB; new ones are rounded up to
// 4 KiB, from 1 MiB to 64 KiB, from 16 MiB to 1 MiB. Blocks above an eighth of the limit are not
// kept; what exceeds the limit goes back, released longest ago first.
// https://github.com/opencv/opencv, modules/core/src/ocl.cpp
#pragma once

#include <algorithm>
#include <list>

#include "tarn/allocator.hpp"

namespace examples {

class ReservedList final : public tarn::Allocator {
 public:
  ReservedList(tarn::Allocator& driver, std::size_t limit) : driver_(driver), limit_(limit) {}
  ~ReservedList() override {
    for (const tarn::Block& block : free_) driver_.release(block);
  }

  tarn::Block allocate(std::size_t bytes, tarn::BufferOptions options) override {
    const auto found = closest(bytes, options);
    if (found == free_.end()) return driver_.allocate(round_up(bytes), options);
    const tarn::Block block = *found;
    free_.erase(found);
    free_bytes_ -= block.bytes;
    return block;
  }

  void release(tarn::Block block) noexcept override {
    if (block.bytes > limit_ / 8) return driver_.release(block);
    free_.push_front(block);
    free_bytes_ += block.bytes;
    while (free_bytes_ > limit_) {
      free_bytes_ -= free_.back().bytes;
      driver_.release(free_.back());
      free_.pop_back();
    }
  }
  tarn::AllocatorStats stats() const override { return driver_.stats(); }

 private:
  static constexpr std::size_t kKiB = 1024, kMiB = kKiB * kKiB;

  // _allocationGranularity
  static std::size_t round_up(std::size_t bytes) {
    const std::size_t unit = bytes < kMiB ? 4 * kKiB : bytes < 16 * kMiB ? 64 * kKiB : kMiB;
    return (bytes + unit - 1) / unit * unit;
  }

  // _findAndRemoveEntryFromReservedList
  std::list<tarn::Block>::iterator closest(std::size_t bytes, tarn::BufferOptions options) {
    std::size_t least = std::max(4 * kKiB, bytes / 8);  // the excess must be below
    auto best = free_.end();
    for (auto it = free_.begin(); it != free_.end(); ++it) {
      if (it->options != options || it->bytes < bytes || it->bytes - bytes >= least) continue;
      least = it->bytes - bytes;
      best = it;
    }
    return best;
  }

  tarn::Allocator& driver_;
  const std::size_t limit_;
  std::list<tarn::Block> free_;  // youngest first
  std::size_t free_bytes_ = 0;
};

}  // namespace examples
