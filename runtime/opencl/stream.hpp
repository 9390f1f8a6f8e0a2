// A device's order of commands. Every touch of a block's bytes is a command submitted here, and
// commands take effect in the order of submission: so a block that is released and handed out again
// needs no wait in between. Thread-safe.
//
// It owns a queue for each worker (lanes.hpp). The first one's is for all that is not shared.
// Before work is shared the first has nothing left to do, and afterwards the others have not:
// events of one in the wait list of another are what drivers get wrong.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "runtime/opencl/device_status.hpp"
#include "runtime/opencl/kernel.hpp"
#include "runtime/opencl/lanes.hpp"
#include "runtime/opencl/opencl.hpp"
#include "runtime/opencl/team.hpp"
#include "runtime/profile/recorder.hpp"
#include "tarn/allocator.hpp"

namespace tarn::opencl {

/// What looks at the device after each command that can go wrong unseen; may be empty. Called
/// without a lock; what it throws is thrown on.
struct StreamChecks {
  std::function<void(const Kernel& kernel)> launched;
  std::function<void(const Block& from, std::span<const std::byte> bytes)> read;
};

/// What a launch runs over: `global` work items with ids from `first` on, in groups of `local`. It
/// may be cut into pieces for a team, each enqueued by itself. Then the kernel sees the global
/// size, the number of groups and the ids of groups of a piece, and must use none of them; and some
/// of its items may lie behind the last one, and must do nothing.
struct Range {
  std::size_t global, local;
  std::size_t first = 0;  // Stream::origin, where the kernel is told of it
  std::size_t pieces = 1;
};

/// All functions throw DeviceError when the device is lost or closed. A wait that fails loses it.
class Stream {
 public:
  Stream(const cl::Context& context, const Workers& workers, std::shared_ptr<DeviceStatus> status,
         std::function<void()> after_first_launch = {});

  /// What ids should begin with. PoCL compiles a kernel for launches from 0 and again for others,
  /// so what may be shared never begins with 0.
  std::size_t origin() const { return caller_ ? 1 : 0; }

  /// Submits a kernel with the arguments that it has now. The first launch of a program waits, and
  /// calls `after_first_launch`: drivers compile then. Returns: how many nanoseconds it ran, when
  /// timing is on. While its recorder is on, the launch is recorded as one of `recorded_as`.
  /// Requires: global a multiple of local.
  std::optional<std::uint64_t> launch(const Kernel& kernel, const Range& range,
                                      std::size_t recorded_as = 0);

  /// The same, but on a device in the calling thread it is only taken down: it is submitted with
  /// those after it, by submit_held() or before any other command. What readies a launch then finds
  /// the caches as it left them, not as a kernel does. Until then the kernel's arguments must stay,
  /// and the blocks that they name with the driver. Throws: also what one that was held has met.
  void hold(const Kernel& kernel, const Range& range, std::size_t recorded_as = 0);
  /// Submits what is held. Throws: what any of it has met; none after that one is submitted.
  void submit_held();
  /// The same, whoever holds it: what is met waits for the next who holds or submits.
  void submit_held_by_anyone() noexcept;
  /// Forgets what is held, and what it has met.
  void drop_held() noexcept;

  /// Copies from the host. `from` may go once it returns.
  void write(const Block& to, std::size_t offset, std::span<const std::byte> from);
  /// Waits for all before, and copies to the host.
  void read(const Block& from, std::size_t offset, std::span<std::byte> to);
  /// The same, without a check of what has been read.
  void read_unchecked(const Block& from, std::size_t offset, std::span<std::byte> to);
  /// Copies within the device. Requires: no overlap.
  void copy(const Block& from, std::size_t from_offset, const Block& to, std::size_t to_offset,
            std::size_t bytes);
  /// Fills with a word of four bytes. Requires: offset and bytes multiples of four.
  void fill(const Block& block, std::size_t offset, std::size_t bytes, std::uint32_t word);
  /// Waits until all that was submitted has been done.
  void finish();

  /// Whether launches are timed. A timed launch waits for its end. Changing it waits for all.
  void set_timing(bool on);
  bool timing() const { return timing_; }

  /// Whom to tell what the stream does while it is on. Requires: nobody else uses the stream yet.
  void record_to(profile::Recorder& recorder) { recorder_ = &recorder; }
  /// Whether launches are recorded, without a wait for each: their times are asked for when many
  /// have come together, or it is turned off. Changing it waits for all. Requires: a recorder.
  void set_recording(bool on);

  /// From now on. Requires: nobody else uses the stream yet.
  void set_checks(StreamChecks checks) { checks_ = std::move(checks); }

  /// Lets go of the queues. Requires: the device's status is closed.
  void close() noexcept;

 private:
  // A launch that was asked for.
  struct Launch {
    cl_kernel kernel;
    Range range;
    std::size_t recorded_as;
  };
  // A launch whose times are not known yet.
  struct Recorded {
    cl::Event event;
    std::size_t kernel;
    std::uint64_t submitted;
  };
  template <class Command>
  void submit(const char* call, const Command& command);
  template <class Command>
  void wait(const char* call, const Command& command);
  void drain();
  void open_queues();
  bool can_hold(const Kernel& kernel) const;
  void launch_held() noexcept;
  std::size_t enqueue_from(std::size_t first);
  bool shared(const Launch& launch) const { return launch.range.pieces > 1 && team_; }
  void throw_failure();
  std::optional<std::uint64_t> launch_here(const Launch& launch);
  std::optional<std::uint64_t> run(const Launch& launch);
  std::optional<std::uint64_t> launch_there(const Launch& launch);
  void keep_for_recorder(Recorded launch);
  void hand_over_launches();

  const Workers workers_;
  const std::shared_ptr<DeviceStatus> status_;
  const std::function<void()> after_first_launch_;
  const cl::Context context_;
  std::mutex* const caller_;  // what a device in the calling thread needs besides; null: it is none
  StreamChecks checks_;
  std::mutex mutex_;
  std::vector<cl::CommandQueue> queues_;  // of each worker
  std::vector<Launch> held_;
  std::atomic<bool> holding_ = false;  // anything, for who looks without the lock
  std::exception_ptr failure_;         // of what was held
  bool pending_ = false;  // something was submitted to the first since it was last finished
  std::optional<Team> team_;
  std::atomic<bool> timing_ = false;
  std::atomic<bool> recording_ = false;
  profile::Recorder* recorder_ = nullptr;
  std::vector<Recorded> recorded_;
};

}  // namespace tarn::opencl
