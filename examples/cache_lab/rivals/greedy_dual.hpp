// GreedyDual-Size over our classes, with the cost of one driver call for each block: a block's
// worth is 1 / bytes plus what the last one evicted was worth, and the least worth goes first.
// Large blocks go early, and what is not asked for ages. P. Cao, S. Irani: Cost-Aware WWW Proxy
// Caching Algorithms, USITS 1997
#pragma once

#include <map>
#include <unordered_map>

#include "cache_lab/rivals/class_blocks.hpp"

namespace examples {

class GreedyDual final : public tarn::Allocator {
 public:
  GreedyDual(tarn::Allocator& driver, std::size_t limit) : driver_(driver), limit_(limit) {}
  ~GreedyDual() override {
    while (!by_worth_.empty()) evict();
  }

  tarn::Block allocate(std::size_t bytes, tarn::BufferOptions options) override {
    bytes = tarn::memory::size_class(bytes);
    const auto found = blocks_.take(bytes, options);
    if (!found) return driver_.allocate(bytes, options);
    by_worth_.erase(worth_.extract(found->id).mapped());
    return *found;
  }

  void release(tarn::Block block) noexcept override {
    if (block.bytes > limit_) return driver_.release(block);
    while (block.bytes > limit_ - blocks_.bytes()) evict();
    blocks_.add(block);
    const auto at = by_worth_.emplace(inflation_ + 1 / static_cast<double>(block.bytes), block);
    worth_.emplace(block.id, at);
  }
  tarn::AllocatorStats stats() const override { return driver_.stats(); }

 private:
  using ByWorth = std::multimap<double, tarn::Block>;  // equals in the order of their release

  void evict() {
    const auto [worth, block] = *by_worth_.begin();
    inflation_ = worth;
    blocks_.remove(block);
    worth_.erase(block.id);
    by_worth_.erase(by_worth_.begin());
    driver_.release(block);
  }

  tarn::Allocator& driver_;
  const std::size_t limit_;
  ClassBlocks blocks_;
  ByWorth by_worth_;
  std::unordered_map<std::uint64_t, ByWorth::iterator> worth_;  // by the block's id
  double inflation_ = 0;
};

}  // namespace examples
