#include "runtime/memory/trace_allocator.hpp"

namespace tarn::memory {

using Turn = TraceWriter::Turn;

Block RequestTracer::allocate(std::size_t bytes, BufferOptions options) {
  Turn turn(writer_);
  try {
    const Block block = upstream_.allocate(bytes, options);
    turn.write({.kind = TraceKind::request, .bytes = bytes, .options = options, .id = block.id});
    return block;
  } catch (...) {
    turn.write({.kind = TraceKind::failed_request, .bytes = bytes, .options = options});
    throw;
  }
}

void RequestTracer::release(Block block) noexcept {
  Turn turn(writer_, TraceWriter::Precision::milliseconds);
  turn.write({.kind = TraceKind::release, .id = block.id});
  upstream_.release(block);
}

Block DriverTracer::allocate(std::size_t bytes, BufferOptions options) {
  Turn turn(writer_);
  const std::uint64_t start = turn.look_at_clock();
  try {
    const Block block = upstream_.allocate(bytes, options);
    turn.write({.kind = TraceKind::driver_allocation,
                .bytes = block.bytes,
                .options = options,
                .id = block.id,
                .duration = turn.look_at_clock() - start});
    return block;
  } catch (...) {
    turn.write({.kind = TraceKind::driver_failure,
                .bytes = bytes,
                .options = options,
                .duration = turn.look_at_clock() - start});
    throw;
  }
}

void DriverTracer::release(Block block) noexcept {
  Turn turn(writer_);
  const std::uint64_t start = turn.look_at_clock();
  upstream_.release(block);
  turn.write({.kind = TraceKind::driver_release,
              .id = block.id,
              .duration = turn.look_at_clock() - start});
}

}  // namespace tarn::memory
