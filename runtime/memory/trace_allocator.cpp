#include "runtime/memory/trace_allocator.hpp"

#include <chrono>

namespace tarn::memory {
namespace {

class Stopwatch {
 public:
  std::uint64_t nanoseconds() const {
    return static_cast<std::uint64_t>(std::chrono::nanoseconds(Clock::now() - start_).count());
  }

 private:
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start_ = Clock::now();
};

}  // namespace

Block RequestTracer::allocate(std::size_t bytes, BufferOptions options) {
  const std::lock_guard lock(writer_.order());
  try {
    const Block block = upstream_.allocate(bytes, options);
    writer_.write({.kind = TraceKind::request, .bytes = bytes, .options = options, .id = block.id});
    return block;
  } catch (...) {
    writer_.write({.kind = TraceKind::failed_request, .bytes = bytes, .options = options});
    throw;
  }
}

void RequestTracer::release(Block block) noexcept {
  const std::lock_guard lock(writer_.order());
  writer_.write({.kind = TraceKind::release, .id = block.id});
  upstream_.release(block);
}

Block DriverTracer::allocate(std::size_t bytes, BufferOptions options) {
  const Stopwatch watch;
  try {
    const Block block = upstream_.allocate(bytes, options);
    writer_.write({.kind = TraceKind::driver_allocation,
                   .bytes = block.bytes,
                   .options = options,
                   .id = block.id,
                   .duration = watch.nanoseconds()});
    return block;
  } catch (...) {
    writer_.write({.kind = TraceKind::driver_failure,
                   .bytes = bytes,
                   .options = options,
                   .duration = watch.nanoseconds()});
    throw;
  }
}

void DriverTracer::release(Block block) noexcept {
  const Stopwatch watch;
  upstream_.release(block);
  writer_.write(
      {.kind = TraceKind::driver_release, .id = block.id, .duration = watch.nanoseconds()});
}

}  // namespace tarn::memory
