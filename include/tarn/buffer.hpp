// One block and the duty to release it. Shared as std::shared_ptr<Buffer> by all that use the
// bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "tarn/allocator.hpp"

namespace tarn {

class Buffer {
 public:
  /// Allocates. Throws: OutOfMemory.
  explicit Buffer(std::shared_ptr<Allocator> allocator, std::size_t bytes,
                  BufferOptions options = {})
      : allocator_(std::move(allocator)), block_(allocator_->allocate(bytes, options)) {}
  ~Buffer() { allocator_->release(block_); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  void* handle() const { return block_.handle; }
  std::uint64_t id() const { return block_.id; }
  std::size_t bytes() const { return block_.requested; }  ///< as asked; the block may have more
  const Block& block() const { return block_; }

 private:
  std::shared_ptr<Allocator> allocator_;
  Block block_;
};

}  // namespace tarn
