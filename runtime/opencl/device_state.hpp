// What is behind a Device: its context, its stack of allocators, its stream and its kernels, wired
// in one place. Buffers keep it alive; close() ends its use whoever still holds it.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "runtime/memory/allocator_stack.hpp"
#include "runtime/opencl/device_status.hpp"
#include "runtime/opencl/direct_allocator.hpp"
#include "runtime/opencl/kernel_cache.hpp"
#include "runtime/opencl/lanes.hpp"
#include "runtime/opencl/memory_recorder.hpp"
#include "runtime/opencl/poison.hpp"
#include "runtime/opencl/settings.hpp"
#include "runtime/opencl/stats_page.hpp"
#include "runtime/opencl/stream.hpp"
#include "runtime/profile/recorder.hpp"
#include "tarn/device.hpp"
#include "tarn/profile.hpp"

namespace tarn {

/// What the layer above remembers of a device, for as long as the state lives.
class Attachment {
 public:
  virtual ~Attachment() = default;
  /// Lets go of all that uses the device, which closes next.
  virtual void close() noexcept = 0;
};

class DeviceState : public std::enable_shared_from_this<DeviceState> {
 public:
  /// Opens the device of these options; it is closed at exit at the latest. Throws: DeviceError,
  /// ValueError.
  static std::shared_ptr<DeviceState> open(const DeviceOptions& options);

  DeviceState(const DeviceInfo& info, const opencl::Workers& workers,
              const opencl::Settings& settings);
  ~DeviceState();

  const DeviceInfo& info() const { return info_; }
  /// Held by whoever realizes on the device.
  std::recursive_mutex& mutex() { return mutex_; }
  /// Throws: DeviceError when the device is lost or closed.
  void check_usable() const { status_->check(); }

  /// The top of the stack; as long as somebody has it, the state lives.
  std::shared_ptr<Allocator> allocator();
  memory::AllocatorStack& stack() { return *stack_; }
  opencl::Stream& stream() { return stream_; }
  opencl::KernelCache& kernels() { return kernels_; }
  /// Threads that can share a launch.
  std::size_t workers() const { return workers_.size(); }
  /// Settings for the layer above.
  LaneMode lanes() const { return lanes_; }
  bool winograd() const { return winograd_; }
  bool tune() const { return tune_; }

  /// Told what the device does; off but while it is profiled.
  profile::Recorder& recorder() { return recorder_; }
  /// Waits for what was submitted. Throws: ValueError when it is being profiled already,
  /// DeviceError.
  void start_profile();
  /// Waits for what was submitted. Requires: started.
  profile::Recording stop_profile();
  /// See tarn/profile.hpp.
  DeviceRates rates();

  /// A place for what the layer above remembers of the device. Requires: mutex().
  std::unique_ptr<Attachment>& attachment() { return attachment_; }

  /// Waits for all that was submitted. Throws: DeviceError.
  void synchronize();
  void close() noexcept;

 private:
  void watch_memory();
  void end_profile() noexcept;
  void end_trace() noexcept;
  void log_totals() const noexcept;

  const DeviceInfo info_;
  const std::shared_ptr<opencl::DeviceStatus> status_;
  cl::Context context_;
  std::shared_ptr<opencl::DirectAllocator> driver_;
  const opencl::Workers workers_;
  const LaneMode lanes_;
  const bool winograd_, tune_;
  opencl::Stream stream_;
  std::shared_ptr<memory::AllocatorStack> stack_;
  std::optional<opencl::Poison> poison_;             // on top of the stack, where it is asked for
  std::optional<opencl::StatsPublisher> published_;  // where it is asked for
  opencl::KernelCache kernels_;
  const std::optional<std::filesystem::path> profile_;  // where it is to be written at the end
  profile::Recorder recorder_;
  opencl::MemoryRecorder memory_recorder_{*stack_, recorder_};
  std::recursive_mutex mutex_;
  std::unique_ptr<Attachment> attachment_;
  bool closed_ = false;
};

}  // namespace tarn
