#include "runtime/memory/size_class_allocator.hpp"

#include <algorithm>

#include "runtime/memory/byte_size.hpp"

namespace tarn::memory {

Block SizeClassAllocator::allocate(std::size_t bytes, BufferOptions options) {
  const std::size_t rounded = rounding_ == Rounding::exact ? bytes : size_class(bytes);
  Block block = upstream_.allocate(rounded, options);
  block.requested = bytes;
  live_[class_index(bytes)].fetch_add(1, std::memory_order_relaxed);
  return block;
}

void SizeClassAllocator::release(Block block) noexcept {
  live_[class_index(block.requested)].fetch_sub(1, std::memory_order_relaxed);
  upstream_.release(block);
}

std::map<std::size_t, std::uint64_t> SizeClassAllocator::live_by_class() const {
  std::map<std::size_t, std::uint64_t> requests;
  for (std::size_t i = 0; i < kClassCount; ++i) {
    const std::uint64_t live = live_[i].load(std::memory_order_relaxed);
    if (live > 0) requests[class_bytes(i)] = live;
  }
  return requests;
}

std::string SizeClassAllocator::largest_live(std::size_t count) const {
  std::string text;
  for (std::size_t i = kClassCount; i-- > 0 && count > 0;) {
    const std::size_t live = live_[i].load(std::memory_order_relaxed);
    if (live == 0) continue;
    const std::size_t shown = std::min(live, count);
    if (!text.empty()) text += ", ";
    text += std::to_string(shown) + " x " + format_bytes(class_bytes(i));
    count -= shown;
  }
  return text.empty() ? "none" : text;
}

}  // namespace tarn::memory
