// A mode for finding kernels that touch what is not theirs, on top of the stack of allocators
// (TARN_POISON=1; slow). What is handed out is filled with one NaN and carries guard bytes behind
// the request; what is released is filled with another, and kept for a while before the stack gets
// it. After each kernel the guards and the kept blocks must be as they were; what the host reads
// must hold neither NaN.
//
// The stack's counters include the guards, and count kept blocks as live.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "runtime/opencl/stream.hpp"
#include "tarn/allocator.hpp"
#include "tarn/ordered_map.hpp"

namespace tarn::opencl {

class Poison final : public Allocator {
 public:
  static constexpr std::uint32_t kUnwritten = 0x7fc0feed;  ///< what is handed out holds this NaN
  static constexpr std::uint32_t kReleased = 0x7fc0dead;   ///< what is released holds this NaN
  static constexpr std::size_t kGuardBytes = 256;

  Poison(Allocator& upstream, Stream& stream) : upstream_(upstream), stream_(stream) {}

  Block allocate(std::size_t bytes, BufferOptions options) override;
  void release(Block block) noexcept override;
  AllocatorStats stats() const override { return upstream_.stats(); }

  /// Throws: DeviceError that names the kernel, which ran last, when a guard or a released block
  /// has changed. Then they are as they should be again: each damage is reported once.
  void check_after(const std::string& kernel);
  /// Throws: DeviceError when these bytes of a block hold what was released or never written.
  static void check_read(const Block& block, std::span<const std::byte> bytes);

  /// Hands all that is kept to the stack.
  void flush() noexcept;

 private:
  using Kept = OrderedMap<std::uint64_t, Block>;  // by id, oldest first; `requested` as asked of us
  void give_back(Block block) noexcept;
  void give_back_oldest() noexcept;
  void guard(const Block& block);

  Allocator& upstream_;
  Stream& stream_;
  std::recursive_mutex mutex_;
  Kept live_, released_;
  std::size_t released_bytes_ = 0;
};

}  // namespace tarn::opencl
