// Free blocks by size class, found as our cache finds them: what the rivals that differ from it in
// whom they evict are made of.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/memory/lru_allocator.hpp"
#include "runtime/memory/size_class.hpp"
#include "tarn/allocator.hpp"

namespace examples {

class ClassBlocks {
 public:
  /// The youngest free block of the smallest class that will do.
  std::optional<tarn::Block> take(std::size_t bytes, tarn::BufferOptions options) {
    const auto found = free_.lower_bound({options.host_visible, bytes});
    if (found == free_.end() || found->first.first != options.host_visible ||
        found->first.second - bytes > tarn::memory::Slack().above(bytes)) {
      return std::nullopt;
    }
    const tarn::Block block = found->second.back();
    found->second.pop_back();
    if (found->second.empty()) free_.erase(found);
    bytes_ -= block.bytes;
    return block;
  }

  void add(const tarn::Block& block) {
    free_[{block.options.host_visible, block.bytes}].push_back(block);
    bytes_ += block.bytes;
  }

  /// Requires: the block is free.
  void remove(const tarn::Block& block) {
    const auto found = free_.find({block.options.host_visible, block.bytes});
    std::erase(found->second, block);
    if (found->second.empty()) free_.erase(found);
    bytes_ -= block.bytes;
  }

  std::size_t bytes() const { return bytes_; }

 private:
  std::map<std::pair<bool, std::size_t>, std::vector<tarn::Block>> free_;
  std::size_t bytes_ = 0;
};

}  // namespace examples
