// pyopencl's memory pool: a request is rounded up to a bin, given by its exponent and the four bits
// after the leading one; each bin keeps a stack of free blocks. It gives nothing back by itself.
// https://documen.tician.de/pyopencl/tools.html
#pragma once

#include <bit>
#include <map>
#include <utility>
#include <vector>

#include "tarn/allocator.hpp"

namespace examples {

class BitBuckets final : public tarn::Allocator {
 public:
  BitBuckets(tarn::Allocator& driver, std::size_t /*limit*/) : driver_(driver) {}
  ~BitBuckets() override {
    for (const auto& [key, blocks] : free_) {
      for (const tarn::Block& block : blocks) driver_.release(block);
    }
  }

  tarn::Block allocate(std::size_t bytes, tarn::BufferOptions options) override {
    bytes = largest_of_bin(bytes);
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
  static constexpr int kMantissaBits = 4;  // leading_bits_in_bin_id of memory_pool

  /// alloc_size there. All bits below the mantissa set: a bin's blocks have the size of its largest
  /// request.
  static std::size_t largest_of_bin(std::size_t bytes) {
    const int below = static_cast<int>(std::bit_width(bytes)) - 1 - kMantissaBits;
    return below <= 0 ? bytes : bytes | ((std::size_t{1} << below) - 1);
  }

  tarn::Allocator& driver_;
  std::map<std::pair<std::size_t, bool>, std::vector<tarn::Block>> free_;
};

}  // namespace examples
