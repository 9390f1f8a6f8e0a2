// MLX's BufferCache: the smallest free block that is large enough, if it is smaller than twice the
// request and than the request and two pages; sizes above a page are rounded up to pages. A release
// keeps the block while less than the limit is free; the next request gives back what exceeds it,
// released longest ago first, or all where that is nine tenths: the bound is soft.
// The window is BufferCache::reuse_from_cache, the nine tenths release_cached_buffers, the pages
// MetalAllocator::malloc; its heap for requests below 256 bytes is left out.
// https://github.com/ml-explore/mlx
#pragma once

#include <algorithm>
#include <list>
#include <map>
#include <utility>

#include "tarn/allocator.hpp"

namespace examples {

class BestFit final : public tarn::Allocator {
 public:
  BestFit(tarn::Allocator& driver, std::size_t limit) : driver_(driver), limit_(limit) {}
  ~BestFit() override { evict(free_bytes_); }

  tarn::Block allocate(std::size_t bytes, tarn::BufferOptions options) override {
    if (bytes > kPage) bytes = (bytes + kPage - 1) / kPage * kPage;
    const tarn::Block block = find(bytes, options);
    if (free_bytes_ > limit_) evict(free_bytes_ - limit_);
    return block;
  }

  void release(tarn::Block block) noexcept override {
    if (free_bytes_ >= limit_) return driver_.release(block);
    by_age_.push_back(block);
    by_size_.emplace(Key{block.options.host_visible, block.bytes}, std::prev(by_age_.end()));
    free_bytes_ += block.bytes;
  }
  tarn::AllocatorStats stats() const override { return driver_.stats(); }

 private:
  using Key = std::pair<bool, std::size_t>;
  static constexpr std::size_t kPage = 16384;  // of Apple's machines

  tarn::Block find(std::size_t bytes, tarn::BufferOptions options) {
    const auto found = by_size_.lower_bound({options.host_visible, bytes});
    const std::size_t bound = std::min(2 * bytes, bytes + 2 * kPage);
    if (found == by_size_.end() || found->first.first != options.host_visible ||
        found->first.second >= bound) {
      return driver_.allocate(bytes, options);
    }
    const tarn::Block block = *found->second;
    by_age_.erase(found->second);
    by_size_.erase(found);
    free_bytes_ -= block.bytes;
    return block;
  }

  void evict(std::size_t bytes) {
    const bool all = static_cast<double>(bytes) >= 0.9 * static_cast<double>(free_bytes_);
    const std::size_t end = all ? 0 : free_bytes_ - bytes;
    while (!by_age_.empty() && free_bytes_ > end) evict_oldest();
  }

  void evict_oldest() {
    const tarn::Block block = by_age_.front();
    auto [at, last] = by_size_.equal_range({block.options.host_visible, block.bytes});
    while (at != last && at->second != by_age_.begin()) ++at;
    by_size_.erase(at);
    by_age_.pop_front();
    free_bytes_ -= block.bytes;
    driver_.release(block);
  }

  tarn::Allocator& driver_;
  const std::size_t limit_;
  std::list<tarn::Block> by_age_;  // oldest first
  std::multimap<Key, std::list<tarn::Block>::iterator> by_size_;
  std::size_t free_bytes_ = 0;
};

}  // namespace examples
