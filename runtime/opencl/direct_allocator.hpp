// The driver's own allocator, at the bottom of the stack, and the only place that creates buffers.
// Memory is really there when allocate() returns, or its lack surfaces there: OpenCL may put off
// both to the first use, where PoCL aborts the process.
#pragma once

#include <memory>
#include <mutex>

#include "runtime/opencl/device_status.hpp"
#include "runtime/opencl/opencl.hpp"
#include "tarn/allocator.hpp"
#include "tarn/ordered_map.hpp"

namespace tarn::opencl {

/// How memory is made to be there.
enum class Placement {
  host,    ///< the device shares the host's memory: allocated by the driver at once
  device,  ///< the device has its own: blocks are moved there, contents undefined
};

struct DirectOptions {
  Placement placement = Placement::host;
  /// Large blocks lie in large pages of the host. For drivers that use such memory where it lies.
  bool huge_pages = false;
};

class DirectAllocator final : public Allocator {
 public:
  DirectAllocator(const cl::Context& context, const cl::Device& device, DirectOptions options,
                  std::shared_ptr<DeviceStatus> status);
  ~DirectAllocator() override { close(); }

  Block allocate(std::size_t bytes, BufferOptions options) override;
  /// Does nothing once closed.
  void release(Block block) noexcept override;
  AllocatorStats stats() const override { return {}; }

  /// Gives all blocks back to the driver, whoever still has them. Their release does nothing.
  void close() noexcept;

 private:
  cl_mem create(std::size_t bytes, BufferOptions options) const;
  cl_mem create_in_huge_pages(std::size_t bytes) const;
  void move_to_device(cl_mem memory);

  const std::shared_ptr<DeviceStatus> status_;
  const DirectOptions options_;
  const bool keeps_room_;  // of the address space, where that is limited
  const cl::Context context_;
  std::mutex mutex_;
  cl::CommandQueue
      moves_;  // only for Placement::device; apart from the stream, which need not wait
  OrderedMap<std::uint64_t, cl_mem> held_;  // by the block's id
};

}  // namespace tarn::opencl
