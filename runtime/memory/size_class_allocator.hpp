// Rounds requests up to size classes, so that blocks of requests that differ a little can stand in
// for each other. It also knows how many requests of each class are live, for the report of an
// out-of-memory error: a count per class costs an increment where a list of blocks would cost a
// map.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "runtime/memory/size_class.hpp"
#include "tarn/allocator.hpp"

namespace tarn::memory {

enum class Rounding {
  classes,
  exact,  ///< asks for exactly what it is asked for
};

class SizeClassAllocator final : public Allocator {
 public:
  explicit SizeClassAllocator(Allocator& upstream, Rounding rounding = Rounding::classes)
      : upstream_(upstream), rounding_(rounding) {}

  Block allocate(std::size_t bytes, BufferOptions options) override;
  void release(Block block) noexcept override;
  AllocatorStats stats() const override { return upstream_.stats(); }

  /// How many requests are live, by their class.
  std::map<std::size_t, std::uint64_t> live_by_class() const;
  /// The classes of the `count` largest live requests: `2 x 64.0 MiB, 1 x 1.00 KiB`; `none`.
  std::string largest_live(std::size_t count) const;

 private:
  Allocator& upstream_;
  const Rounding rounding_;
  std::array<std::atomic<std::uint32_t>, kClassCount> live_{};  // requests, by class
};

}  // namespace tarn::memory
