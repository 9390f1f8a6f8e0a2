// tinygrad's LRUAllocator: a list of free blocks for each exact size and options, the youngest
// reused, none given back until the driver is out of memory. It has no bound.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "tarn/allocator.hpp"

namespace examples {

class ExactLists final : public tarn::Allocator {
 public:
  ExactLists(tarn::Allocator& driver, std::size_t /*limit*/) : driver_(driver) {}
  ~ExactLists() override {
    for (const auto& [key, blocks] : free_) {
      for (const tarn::Block& block : blocks) driver_.release(block);
    }
  }

  tarn::Block allocate(std::size_t bytes, tarn::BufferOptions options) override {
    auto& blocks = free_[{bytes, options.host_visible}];
    if (blocks.empty()) return driver_.allocate(bytes, options);
    const tarn::Block block = blocks.back();
    blocks.pop_back();
    return block;
  }
  void release(tarn::Block block) noexcept override {
    free_[{block.bytes, block.options.host_visible}].push_back(block);
  }
  tarn::AllocatorStats stats() const override { return driver_.stats(); }

 private:
  tarn::Allocator& driver_;
  std::map<std::pair<std::size_t, bool>, std::vector<tarn::Block>> free_;
};

}  // namespace examples
