#include "runtime/opencl/stream.hpp"

#include <utility>

#include "runtime/opencl/environment.hpp"
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

// Devices that run kernels in the calling thread take one thread at a time, whichever streams they
// come from.
std::mutex* caller_of(const cl::Device& device) {
  static auto* const caller = new std::mutex;
  return runs_in_caller(device.getInfo<CL_DEVICE_NAME>()) ? caller : nullptr;
}

std::unique_lock<std::mutex> own(std::mutex* owner) {
  return owner ? std::unique_lock(*owner) : std::unique_lock<std::mutex>();
}

// All of a kernel, for the thread that calls. Throws: DeviceError.
void enqueue(cl_command_queue queue, cl_kernel kernel, const Range& range) {
  check(clEnqueueNDRangeKernel(queue, kernel, 1, &range.first, &range.global, &range.local, 0,
                               nullptr, nullptr),
        "clEnqueueNDRangeKernel");
}

// A kernel in pieces, all equally wide: PoCL keeps a compiled kernel for launches up to the width
// of the one that it was compiled for, and counts its users wrongly, up to an abort, when two
// launches at the same time need two of them. So the last piece may reach over the end.
class SharedLaunch final : public Team::Job {
 public:
  SharedLaunch(cl_kernel kernel, const Range& range, const std::vector<cl::CommandQueue>& queues)
      : kernel_(kernel),
        first_(range.first),
        local_(range.local),
        width_((range.global / local_ + range.pieces - 1) / range.pieces * local_),
        pieces_((range.global + width_ - 1) / width_),
        queues_(queues) {}

  std::size_t pieces() const { return pieces_; }
  void run(std::size_t worker, std::size_t piece) noexcept override {
    const std::size_t first = first_ + piece * width_;
    const cl_command_queue queue = queues_[worker]();
    cl_int code =
        clEnqueueNDRangeKernel(queue, kernel_, 1, &first, &width_, &local_, 0, nullptr, nullptr);
    if (code == CL_SUCCESS) code = clFinish(queue);
    if (code != CL_SUCCESS) code_ = code;
  }
  cl_int code() const { return code_; }

 private:
  const cl_kernel kernel_;
  const std::size_t first_, local_, width_, pieces_;
  const std::vector<cl::CommandQueue>& queues_;
  std::atomic<cl_int> code_ = CL_SUCCESS;
};

}  // namespace

Stream::Stream(const cl::Context& context, const Workers& workers,
               std::shared_ptr<DeviceStatus> status, std::function<void()> after_first_launch)
    : workers_(workers),
      status_(std::move(status)),
      after_first_launch_(std::move(after_first_launch)),
      context_(context),
      caller_(caller_of(workers.front())) {
  open_queues();
  if (workers.size() > 1) team_.emplace(workers.size() - 1, may_place_threads());
}

// A launch in the calling thread is timed by the host.
void Stream::open_queues() {
  const bool by_events = !caller_ && (timing_ || recording_);
  const cl_command_queue_properties properties = by_events ? CL_QUEUE_PROFILING_ENABLE : 0;
  guarded([&] {
    queues_.clear();
    for (const cl::Device& worker : workers_) {
      queues_.emplace_back(context_, worker, properties);
    }
  });
}

// Waits for all. What fails may be anything that was submitted, so that no result can be trusted
// any more.
void Stream::drain() {
  if (!pending_) return;
  const profile::ScopedSpan span(recorder_, profile::Track::host, "wait");
  const auto owned = own(caller_);
  pending_ = false;
  const cl_int code = clFinish(queues_.front()());
  if (code == CL_SUCCESS) return;
  status_->lose(describe("clFinish", code));
  status_->check();
}

// A command that does not wait: when it is refused, nothing has happened.
template <class Command>
void Stream::submit(const char* call, const Command& command) {
  const std::lock_guard lock(mutex_);
  status_->check();
  launch_held();
  const auto owned = own(caller_);
  pending_ = true;
  check(command(queues_.front()()), call);
}

// A command that waits for all before it.
template <class Command>
void Stream::wait(const char* call, const Command& command) {
  const std::lock_guard lock(mutex_);
  status_->check();
  launch_held();
  const profile::ScopedSpan span(recorder_, profile::Track::host, call);
  const auto owned = own(caller_);
  pending_ = false;
  const cl_int code = command(queues_.front()());
  if (code == CL_SUCCESS) return;
  status_->lose(describe(call, code));
  status_->check();
}

std::optional<std::uint64_t> Stream::launch(const Kernel& kernel, const Range& range,
                                            std::size_t recorded_as) {
  const Launch launch{kernel.handle(), range, recorded_as};
  const auto took = caller_ ? launch_here(launch) : launch_there(launch);
  if (kernel.note_launch() && after_first_launch_) {
    finish();
    after_first_launch_();
  }
  if (checks_.launched) checks_.launched(kernel);
  return took;
}

// Whether nobody waits for what becomes of a launch.
bool Stream::can_hold(const Kernel& kernel) const {
  return caller_ && kernel.launched() && !timing_ && !checks_.launched;
}

void Stream::hold(const Kernel& kernel, const Range& range, std::size_t recorded_as) {
  if (!can_hold(kernel)) {
    launch(kernel, range, recorded_as);
    return;
  }
  const std::lock_guard lock(mutex_);
  status_->check();
  throw_failure();
  held_.push_back({kernel.handle(), range, recorded_as});
  holding_ = true;
}

void Stream::submit_held() {
  const std::lock_guard lock(mutex_);
  launch_held();
  throw_failure();
}

void Stream::submit_held_by_anyone() noexcept {
  if (!holding_) return;
  const std::lock_guard lock(mutex_);
  launch_held();
}

void Stream::drop_held() noexcept {
  const std::lock_guard lock(mutex_);
  held_.clear();
  holding_ = false;
  failure_ = nullptr;
}

// Requires: the lock.
void Stream::launch_held() noexcept {
  if (held_.empty()) return;
  const bool timed = timing_ || recording_;
  try {
    for (std::size_t i = 0; i < held_.size();) {
      if (timed || shared(held_[i])) {
        run(held_[i++]);
      } else {
        i = enqueue_from(i);
      }
    }
  } catch (...) {
    failure_ = std::current_exception();
  }
  held_.clear();
  holding_ = false;
}

// Those that are not shared, up to the next that is: little is read between two kernels. Returns:
// where it stands.
std::size_t Stream::enqueue_from(std::size_t first) {
  status_->check();
  const auto owned = own(caller_);
  pending_ = true;
  const cl_command_queue queue = queues_.front()();
  std::size_t i = first;
  do {
    enqueue(queue, held_[i].kernel, held_[i].range);
  } while (++i < held_.size() && !shared(held_[i]));
  return i;
}

void Stream::throw_failure() {
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

std::optional<std::uint64_t> Stream::launch_here(const Launch& launch) {
  const std::lock_guard lock(mutex_);
  launch_held();
  return run(launch);
}

// In the calling thread, and those that help it. Requires: the lock.
std::optional<std::uint64_t> Stream::run(const Launch& launch) {
  status_->check();
  const Range& range = launch.range;
  const bool timed = timing_ || recording_;
  const bool shared = this->shared(launch);
  if (shared) drain();
  std::uint64_t start = 0;
  {
    const auto owned = own(caller_);
    if (timed) start = profile::now();
    if (shared) {
      SharedLaunch job(launch.kernel, range, queues_);
      team_->run(job, job.pieces());
      check(job.code(), "clEnqueueNDRangeKernel");
    } else {
      pending_ = true;
      enqueue(queues_.front()(), launch.kernel, range);
    }
  }
  if (!timed) return std::nullopt;
  if (!shared) drain();
  const std::uint64_t end = profile::now();
  if (recording_) {
    const Lane lane = shared ? Lane::parallel : Lane::serial;
    recorder_->launched({launch.recorded_as, lane, start, start, start, end});
  }
  return timing_ ? std::optional(end - start) : std::nullopt;
}

// Where the driver has a queue of its own.
std::optional<std::uint64_t> Stream::launch_there(const Launch& launch) {
  cl::Event event;
  const bool timed = timing_, recorded = recording_;
  cl_event* const wanted = timed || recorded ? &event() : nullptr;
  std::uint64_t submitted = 0;
  const Range& range = launch.range;
  submit("clEnqueueNDRangeKernel", [&](cl_command_queue queue) {
    if (recorded) submitted = profile::now();
    return clEnqueueNDRangeKernel(queue, launch.kernel, 1, range.first ? &range.first : nullptr,
                                  &range.global, &range.local, 0, nullptr, wanted);
  });
  if (recorded) keep_for_recorder({event, launch.recorded_as, submitted});
  if (!timed) return std::nullopt;
  wait("clWaitForEvents", [&](cl_command_queue) { return clWaitForEvents(1, wanted); });
  return run_time(event);
}

void Stream::write(const Block& to, std::size_t offset, std::span<const std::byte> from) {
  check_range("write", to, offset, from.size());
  if (from.empty()) return;
  wait("clEnqueueWriteBuffer", [&](cl_command_queue queue) {
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
  wait("clEnqueueReadBuffer", [&](cl_command_queue queue) {
    return clEnqueueReadBuffer(queue, memory(from), CL_TRUE, offset, to.size(), to.data(), 0,
                               nullptr, nullptr);
  });
}

void Stream::copy(const Block& from, std::size_t from_offset, const Block& to,
                  std::size_t to_offset, std::size_t bytes) {
  check_range("copy from", from, from_offset, bytes);
  check_range("copy to", to, to_offset, bytes);
  if (bytes == 0) return;
  submit("clEnqueueCopyBuffer", [&](cl_command_queue queue) {
    return clEnqueueCopyBuffer(queue, memory(from), memory(to), from_offset, to_offset, bytes, 0,
                               nullptr, nullptr);
  });
}

void Stream::fill(const Block& block, std::size_t offset, std::size_t bytes, std::uint32_t word) {
  check_range("fill", block, offset, bytes);
  if (bytes == 0) return;
  submit("clEnqueueFillBuffer", [&](cl_command_queue queue) {
    return clEnqueueFillBuffer(queue, memory(block), &word, sizeof word, offset, bytes, 0, nullptr,
                               nullptr);
  });
}

void Stream::finish() {
  const std::lock_guard lock(mutex_);
  status_->check();
  launch_held();
  drain();
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
                         .lane = Lane::parallel,
                         .submitted = launch.submitted,
                         .queued = time(CL_PROFILING_COMMAND_QUEUED),
                         .start = time(CL_PROFILING_COMMAND_START),
                         .end = time(CL_PROFILING_COMMAND_END)});
  }
}

void Stream::close() noexcept {
  const std::lock_guard lock(mutex_);
  team_.reset();
  queues_.clear();
}

}  // namespace tarn::opencl
