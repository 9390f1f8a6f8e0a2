#include "runtime/opencl/direct_allocator.hpp"

#include <atomic>
#include <cstdlib>
#include <utility>

#include "runtime/opencl/address_space.hpp"
#include "runtime/opencl/error.hpp"
#include "runtime/opencl/huge_pages.hpp"
#include "runtime/opencl/log.hpp"
#include "tarn/error.hpp"

namespace tarn::opencl {
namespace {

constexpr cl_uint kAlignmentBits = 64 * 8;  // what kernels rely on: the widest vector's

// One sequence for all devices: an id says which block of the process it is.
std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last = 0;
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

DirectAllocator::DirectAllocator(const cl::Context& context, const cl::Device& device,
                                 DirectOptions options, std::shared_ptr<DeviceStatus> status)
    : status_(std::move(status)),
      options_(options),
      keeps_room_(address_space_is_limited()),
      context_(context) {
  guarded([&] {
    // OpenCL promises 128 bytes; a driver that promises less would fault in aligned accesses.
    const cl_uint bits = device.getInfo<CL_DEVICE_MEM_BASE_ADDR_ALIGN>();
    if (bits < kAlignmentBits) {
      throw DeviceError(device.getInfo<CL_DEVICE_NAME>() + ": buffers are aligned to " +
                        std::to_string(bits / 8) + " bytes, 64 are needed");
    }
    if (options.placement == Placement::device) moves_ = cl::CommandQueue(context, device);
  });
}

Block DirectAllocator::allocate(std::size_t bytes, BufferOptions options) {
  status_->check();
  if (keeps_room_) {
    need_address_space(bytes + kRoomToRun, "a buffer, with what the driver may need,");
  }
  const cl_mem memory = create(bytes, options);
  if (options_.placement == Placement::device) move_to_device(memory);

  const Block block{
      .handle = memory, .requested = bytes, .bytes = bytes, .options = options, .id = next_id()};
  {
    const std::lock_guard lock(mutex_);
    held_.insert(block.id, memory);
  }
  log().trace("block {}: {} bytes from the driver", block.id, bytes);
  return block;
}

cl_mem DirectAllocator::create(std::size_t bytes, BufferOptions options) const {
  if (options_.huge_pages && bytes >= kHugeFrom) return create_in_huge_pages(bytes);
  const bool on_host = options_.placement == Placement::host || options.host_visible;
  const cl_mem_flags flags = CL_MEM_READ_WRITE | (on_host ? CL_MEM_ALLOC_HOST_PTR : 0);
  cl_int code = CL_SUCCESS;
  const cl_mem memory = clCreateBuffer(context_(), flags, bytes, nullptr, &code);
  if (code != CL_SUCCESS) raise_allocation("clCreateBuffer", code);
  return memory;
}

// In memory of ours, which the driver uses where it lies, and lets go of with the buffer.
cl_mem DirectAllocator::create_in_huge_pages(std::size_t bytes) const {
  void* const place = allocate_huge_pages(bytes);
  if (!place) raise_allocation("posix_memalign", CL_OUT_OF_HOST_MEMORY);
  cl_int code = CL_SUCCESS;
  const cl_mem memory =
      clCreateBuffer(context_(), CL_MEM_READ_WRITE | CL_MEM_USE_HOST_PTR, bytes, place, &code);
  if (code != CL_SUCCESS) {
    std::free(place);
    raise_allocation("clCreateBuffer", code);
  }
  const auto give_back = [](cl_mem, void* pages) { std::free(pages); };
  code = clSetMemObjectDestructorCallback(memory, give_back, place);
  if (code == CL_SUCCESS) return memory;
  clReleaseMemObject(memory);
  std::free(place);
  raise_allocation("clSetMemObjectDestructorCallback", code);
}

void DirectAllocator::move_to_device(cl_mem memory) {
  const char* call = "clEnqueueMigrateMemObjects";
  cl_int code = clEnqueueMigrateMemObjects(
      moves_(), 1, &memory, CL_MIGRATE_MEM_OBJECT_CONTENT_UNDEFINED, 0, nullptr, nullptr);
  if (code == CL_SUCCESS) code = clFinish(moves_());
  if (code == CL_SUCCESS) return;
  clReleaseMemObject(memory);
  raise_allocation(call, code);
}

void DirectAllocator::release(Block block) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (!held_.erase(block.id)) return;
  }
  // Commands that use the memory keep it until they are done.
  const cl_int code = clReleaseMemObject(static_cast<cl_mem>(block.handle));
  if (code != CL_SUCCESS) log().error("{}", describe("clReleaseMemObject", code));
  log().trace("block {}: {} bytes back to the driver", block.id, block.bytes);
}

void DirectAllocator::close() noexcept {
  const std::lock_guard lock(mutex_);
  while (const auto held = held_.pop_first()) clReleaseMemObject(held->value);
  moves_ = {};
}

}  // namespace tarn::opencl
