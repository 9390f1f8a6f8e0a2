#include "runtime/opencl/stream.hpp"

#include <utility>

#include "runtime/opencl/error.hpp"
#include "tarn/error.hpp"

namespace tarn::opencl {
namespace {

// Launches that wait for their times to be asked for, at most: drivers keep something for each.
constexpr std::size_t kRecorded = 4096;

cl_mem memory(const Block& block) { return static_cast<cl_mem>(block.handle); }

void check_range(const char* function, const Block& block, std::size_t offset, std::size_t bytes) {
  if (offset <= block.bytes && bytes <= block.bytes - offset) return;
  throw DeviceError(std::string(function) + ": " + std::to_string(bytes) + " bytes at " +
                    std::to_string(offset) + " of a block of " + std::to_string(block.bytes));
}

// By the device's clock, in nanoseconds.
std::uint64_t time_of(const cl::Event& event, cl_profiling_info which) {
  cl_ulong time = 0;
  check(clGetEventProfilingInfo(event(), which, sizeof time, &time, nullptr),
        "clGetEventProfilingInfo");
  return time;
}

std::uint64_t run_time(const cl::Event& event) {
  return time_of(event, CL_PROFILING_COMMAND_END) - time_of(event, CL_PROFILING_COMMAND_START);
}

// A device that runs kernels in the calling thread takes one thread at a time, whichever streams
// they come from.
std::mutex* owner_of(const cl::Device& device) {
  static auto* const caller = new std::mutex;
  return runs_in_caller(device.getInfo<CL_DEVICE_NAME>()) ? caller : nullptr;
}

std::unique_lock<std::mutex> own(std::mutex* owner) {
  return owner ? std::unique_lock(*owner) : std::unique_lock<std::mutex>();
}

}  // namespace

Stream::Stream(const cl::Context& context, const LaneDevices& devices,
               std::shared_ptr<DeviceStatus> status, std::function<void()> after_first_launch)
    : devices_(devices),
      status_(std::move(status)),
      after_first_launch_(std::move(after_first_launch)),
      context_(context),
      copies_(devices.has_serial() ? Lane::serial : Lane::parallel) {
  open_queues();
}

void Stream::open_queues() {
  const cl_command_queue_properties properties =
      timing_ || recording_ ? CL_QUEUE_PROFILING_ENABLE : 0;
  guarded([&] {
    for (const Lane lane : kLanes) {
      const cl::Device& device = devices_.on(lane);
      if (!device()) continue;
      queue(lane) = {cl::CommandQueue(context_, device, properties), owner_of(device)};
    }
  });
}

// Waits for a lane. What fails may be anything that was submitted to it, so that no result can be
// trusted any more.
void Stream::finish_lane(Lane lane) {
  Queue& there = queue(lane);
  if (!there.pending) return;
  const profile::ScopedSpan span(recorder_, profile::Track::host, "wait");
  const auto owned = own(there.owner);
  there.pending = false;
  const cl_int code = clFinish(there.handle());
  if (code == CL_SUCCESS) return;
  status_->lose(describe("clFinish", code));
  status_->check();
}

// To be done before each command: commands take effect in their order, whatever their lane.
void Stream::enter(Lane lane) {
  status_->check();
  for (const Lane other : kLanes) {
    if (other != lane) finish_lane(other);
  }
}

// A command that does not wait: when it is refused, nothing has happened.
template <class Command>
void Stream::submit(Lane lane, const char* call, const Command& command) {
  const std::lock_guard lock(mutex_);
  enter(lane);
  const auto owned = own(queue(lane).owner);
  queue(lane).pending = true;
  check(command(queue(lane).handle()), call);
}

// A command that waits for all before it in its lane.
template <class Command>
void Stream::wait(Lane lane, const char* call, const Command& command) {
  const std::lock_guard lock(mutex_);
  enter(lane);
  const profile::ScopedSpan span(recorder_, profile::Track::host, call);
  const auto owned = own(queue(lane).owner);
  queue(lane).pending = false;
  const cl_int code = command(queue(lane).handle());
  if (code == CL_SUCCESS) return;
  status_->lose(describe(call, code));
  status_->check();
}

std::optional<std::uint64_t> Stream::launch(const Kernel& kernel, std::size_t global,
                                            std::size_t local, std::size_t recorded_as) {
  cl::Event event;
  const bool recorded = recording_;
  cl_event* const wanted = timing() || recorded ? &event() : nullptr;
  const Lane lane = kernel.lane();
  std::uint64_t submitted = 0;
  submit(lane, "clEnqueueNDRangeKernel", [&](cl_command_queue queue) {
    if (recorded) submitted = profile::now();
    return clEnqueueNDRangeKernel(queue, kernel.handle(), 1, nullptr, &global, &local, 0, nullptr,
                                  wanted);
  });
  if (recorded) keep_for_recorder({event, recorded_as, lane, submitted});
  if (kernel.note_launch() && after_first_launch_) {
    finish();
    after_first_launch_();
  }
  if (checks_.launched) checks_.launched(kernel);
  if (!timing()) return std::nullopt;
  wait(lane, "clWaitForEvents", [&](cl_command_queue) { return clWaitForEvents(1, wanted); });
  return run_time(event);
}

void Stream::write(const Block& to, std::size_t offset, std::span<const std::byte> from) {
  check_range("write", to, offset, from.size());
  if (from.empty()) return;
  wait(copies_, "clEnqueueWriteBuffer", [&](cl_command_queue queue) {
    return clEnqueueWriteBuffer(queue, memory(to), CL_TRUE, offset, from.size(), from.data(), 0,
                                nullptr, nullptr);
  });
}

void Stream::read(const Block& from, std::size_t offset, std::span<std::byte> to) {
  read_unchecked(from, offset, to);
  if (checks_.read) checks_.read(from, to);
}

// Mapping and copying here is no faster: drivers on the host copy too, and wake up once less.
void Stream::read_unchecked(const Block& from, std::size_t offset, std::span<std::byte> to) {
  check_range("read", from, offset, to.size());
  if (to.empty()) return;
  wait(copies_, "clEnqueueReadBuffer", [&](cl_command_queue queue) {
    return clEnqueueReadBuffer(queue, memory(from), CL_TRUE, offset, to.size(), to.data(), 0,
                               nullptr, nullptr);
  });
}

void Stream::copy(const Block& from, std::size_t from_offset, const Block& to,
                  std::size_t to_offset, std::size_t bytes) {
  check_range("copy from", from, from_offset, bytes);
  check_range("copy to", to, to_offset, bytes);
  if (bytes == 0) return;
  submit(copies_, "clEnqueueCopyBuffer", [&](cl_command_queue queue) {
    return clEnqueueCopyBuffer(queue, memory(from), memory(to), from_offset, to_offset, bytes, 0,
                               nullptr, nullptr);
  });
}

void Stream::fill(const Block& block, std::size_t offset, std::size_t bytes, std::uint32_t word) {
  check_range("fill", block, offset, bytes);
  if (bytes == 0) return;
  submit(copies_, "clEnqueueFillBuffer", [&](cl_command_queue queue) {
    return clEnqueueFillBuffer(queue, memory(block), &word, sizeof word, offset, bytes, 0, nullptr,
                               nullptr);
  });
}

void Stream::finish() {
  const std::lock_guard lock(mutex_);
  status_->check();
  for (const Lane lane : kLanes) finish_lane(lane);
}

void Stream::set_timing(bool on) {
  if (on == timing()) return;
  finish();
  const std::lock_guard lock(mutex_);
  timing_ = on;
  open_queues();
}

void Stream::set_recording(bool on) {
  if (on == recording_) return;
  finish();
  hand_over_launches();
  const std::lock_guard lock(mutex_);
  recording_ = on;
  open_queues();
}

void Stream::keep_for_recorder(Recorded launch) {
  const bool many = [&] {
    const std::lock_guard lock(mutex_);
    recorded_.push_back(std::move(launch));
    return recorded_.size() >= kRecorded;
  }();
  if (!many) return;
  finish();
  hand_over_launches();
}

// Requires: they have been waited for.
void Stream::hand_over_launches() {
  const auto launches = [this] {
    const std::lock_guard lock(mutex_);
    return std::exchange(recorded_, {});
  }();
  for (const Recorded& launch : launches) {
    const auto time = [&](cl_profiling_info which) { return time_of(launch.event, which); };
    recorder_->launched({.kernel = launch.kernel,
                         .lane = launch.lane,
                         .submitted = launch.submitted,
                         .queued = time(CL_PROFILING_COMMAND_QUEUED),
                         .start = time(CL_PROFILING_COMMAND_START),
                         .end = time(CL_PROFILING_COMMAND_END)});
  }
}

void Stream::close() noexcept {
  const std::lock_guard lock(mutex_);
  queues_ = {};
}

}  // namespace tarn::opencl
