// The plainest cache with a bound: our size classes, a stack of free blocks each, and what does not
// fit into the bound goes back to the driver at once. It shows what recency is worth.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "runtime/memory/size_class.hpp"
#include "tarn/allocator.hpp"

namespace examples {

class ClassStacks final : public tarn::Allocator {
 public:
  ClassStacks(tarn::Allocator& driver, std::size_t limit) : driver_(driver), limit_(limit) {}
  ~ClassStacks() override {
    for (const auto& [key, blocks] : free_) {
      for (const tarn::Block& block : blocks) driver_.release(block);
    }
  }

  tarn::Block allocate(std::size_t bytes, tarn::BufferOptions options) override {
    bytes = tarn::memory::size_class(bytes);
    auto& blocks = free_[{bytes, options.host_visible}];
    if (blocks.empty()) return driver_.allocate(bytes, options);
    const tarn::Block block = blocks.back();
    blocks.pop_back();
    free_bytes_ -= block.bytes;
    return block;
  }
  void release(tarn::Block block) noexcept override {
    if (block.bytes > limit_ - free_bytes_) return driver_.release(block);
    free_[{block.bytes, block.options.host_visible}].push_back(block);
    free_bytes_ += block.bytes;
  }
  tarn::AllocatorStats stats() const override { return driver_.stats(); }

 private:
  tarn::Allocator& driver_;
  const std::size_t limit_;
  std::map<std::pair<std::size_t, bool>, std::vector<tarn::Block>> free_;
  std::size_t free_bytes_ = 0;
};

}  // namespace examples
