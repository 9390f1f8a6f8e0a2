// Writes down what passes by and changes nothing but this: at the top of a stack, requests and
// releases take turns while they are traced, so that the file has them in the order in which the
// cache met them.
#pragma once

#include "runtime/memory/trace_writer.hpp"
#include "tarn/allocator.hpp"

namespace tarn::memory {

/// Above a whole stack: its requests and releases.
class RequestTracer final : public Allocator {
 public:
  RequestTracer(Allocator& upstream, TraceWriter& writer) : upstream_(upstream), writer_(writer) {}

  Block allocate(std::size_t bytes, BufferOptions options) override;
  void release(Block block) noexcept override;
  AllocatorStats stats() const override { return upstream_.stats(); }

 private:
  Allocator& upstream_;
  TraceWriter& writer_;
};

/// Above a driver: its calls, and how long they took.
class DriverTracer final : public Allocator {
 public:
  DriverTracer(Allocator& upstream, TraceWriter& writer) : upstream_(upstream), writer_(writer) {}

  Block allocate(std::size_t bytes, BufferOptions options) override;
  void release(Block block) noexcept override;
  AllocatorStats stats() const override { return upstream_.stats(); }

 private:
  Allocator& upstream_;
  TraceWriter& writer_;
};

}  // namespace tarn::memory
