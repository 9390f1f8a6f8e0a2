// A device: where tensors live and kernels run. A shared handle; whatever lives on the device
// (tensors, buffers, plans) keeps its state alive.
//
// Several devices may be open at once, the same hardware twice among them: each has its own memory,
// allocators, limits and kernels. An expression has one device: tensors of two do not meet, which
// the function that is given them says (DeviceError); to_vector() and from_span() carry numbers
// over.
//
// All functions, and those of tensors on the device, may be called from any thread. Realizations
// of one device take turns on the host, and their commands take effect in the order of submission,
// so a tensor that one thread has realized can be read by another; of what several threads ask for
// at once, the first computes it and the others find it. Two devices do not wait for each other,
// but where both run kernels in the calling thread: PoCL's takes one thread at a time.
//
// A tensor may outlive all handles of its device, and keeps it usable. It may outlive close() too:
// then it can be built upon and destroyed, but neither realized nor read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tarn/allocator.hpp"

namespace tarn {

class DeviceState;

enum class DeviceKind { cpu, gpu, accelerator, simulator };

/// Where a kernel runs. Every device has the parallel lane; PoCL has a serial one too: the calling
/// thread alone, which takes a small kernel in less time than it takes to share it. There both are
/// done when what realizes returns.
enum class Lane : std::uint8_t { parallel, serial };

/// Which lanes to use of a device that has two. Results are the same to the bit.
enum class LaneMode { both, serial, parallel };

/// What a device says of itself.
struct DeviceInfo {
  int index = 0;         ///< its place in Device::list()
  std::string name;      ///< CL_DEVICE_NAME
  std::string platform;  ///< CL_PLATFORM_NAME
  std::string icd;       ///< the suffix of its driver's ICD, such as "POCL"; may be empty
  std::string version;   ///< CL_DEVICE_VERSION
  std::string driver;    ///< CL_DRIVER_VERSION
  DeviceKind kind = DeviceKind::cpu;
  unsigned compute_units = 1;
  std::size_t memory_bytes = 0;            ///< CL_DEVICE_GLOBAL_MEM_SIZE
  std::size_t max_block_bytes = 0;         ///< CL_DEVICE_MAX_MEM_ALLOC_SIZE
  std::size_t local_memory_bytes = 0;      ///< CL_DEVICE_LOCAL_MEM_SIZE
  std::size_t max_group_size = 1;          ///< CL_DEVICE_MAX_WORK_GROUP_SIZE
  std::size_t max_parameter_bytes = 1024;  ///< CL_DEVICE_MAX_PARAMETER_SIZE
  unsigned vector_width = 1;               ///< floats in the widest register that pays
  bool unified_memory = false;             ///< shares the host's memory
  bool serial_lane = false;                ///< runs small kernels in the calling thread
};

/// What to open, and how. An empty field is read from the environment, and has a default after
/// that.
struct DeviceOptions {
  /// An index of Device::list(), or a part of the name of a platform, an ICD or a device, in any
  /// case. Else TARN_DEVICE; else a GPU, PoCL, another CPU, in this order.
  std::string device = {};
  std::optional<AllocatorMode> allocator = {};  ///< else TARN_ALLOCATOR=lru|direct; else lru
  std::optional<std::size_t> cache_limit =
      {};  ///< bytes idle at most; else TARN_CACHE_LIMIT; else memory_limit / 4
  std::optional<std::size_t> memory_limit =
      {};  ///< bytes held at most; else TARN_MEMORY_LIMIT; else 0.9 of what there is
  std::optional<bool> exact_sizes =
      {};  ///< no size classes and no slack: to compare with exact-size caches
  std::optional<LaneMode> lanes = {};  ///< else TARN_LANES=both|serial|parallel; else both
  /// Whether convolutions of 3 × 3 by weights may be computed by Winograd's algorithm: faster, with
  /// errors of up to some 1e-5 of the largest result instead of 1e-6, and an infinity or NaN in the
  /// input reaches all results of the 2 × 2 or 4 × 4 that are computed with one that it belongs to.
  /// Else TARN_WINOGRAD=0|1; else yes.
  std::optional<bool> winograd = {};
  /// Whether contractions are tried in several ways when a plan first runs, and computed in the
  /// fastest: it takes some seconds a kernel once, and is remembered on disk. Results may then
  /// differ in their last bits from those without. Else TARN_TUNE=0|1; else no.
  std::optional<bool> tune = {};
};

class Device {
 public:
  /// Opens a device. Throws: DeviceError when there is none or none fits, saying what was found and
  /// what to install; ValueError for a setting that is not allowed.
  explicit Device(const DeviceOptions& options = {});

  /// The device of tensors that name none: opened at first use, closed at exit.
  static Device default_device();
  /// All devices of all platforms. A platform without devices is skipped.
  static std::vector<DeviceInfo> list();

  const DeviceInfo& info() const;
  AllocatorMode allocator_mode() const;

  /// Waits until all that was submitted has been done. Throws: DeviceError.
  void synchronize() const;

  /// The top of the device's stack of allocators: every buffer of the device comes from it, and
  /// keeps the device.
  std::shared_ptr<Allocator> allocator() const;
  AllocatorStats allocator_stats() const;
  /// Sets all counters to zero and all peaks to the current values.
  void reset_allocator_stats() const;
  /// Bounds the idle bytes from now on, evicting the oldest where needed; 0 turns the cache off.
  /// Throws: ValueError for more than 0 in direct mode, which has no cache.
  void set_cache_limit(std::size_t bytes) const;
  /// Gives all idle blocks back to the driver. Returns: their bytes.
  std::size_t trim() const;
  /// Runs `scope`, in which every request must be answered from the cache: one that would go to the
  /// driver, whichever thread makes it, throws UnexpectedAllocation instead, which names the
  /// request and why the cache could not answer it. So a test pins what the cache saves. Scopes may
  /// be nested. Throws: what `scope` throws.
  void expect_no_driver_allocations(const std::function<void()>& scope) const;

  /// Finishes what was submitted, saves binaries and gives all memory back to the driver, whoever
  /// still has buffers. Releasing them afterwards does nothing; what has been counted can still be
  /// read; every other use throws DeviceError.
  void close() const;

  friend bool operator==(const Device&, const Device&) = default;

  /// The state behind the handle, for the layers inside.
  explicit Device(std::shared_ptr<DeviceState> state) : state_(std::move(state)) {}
  const std::shared_ptr<DeviceState>& state() const { return state_; }

 private:
  std::shared_ptr<DeviceState> state_;
};

}  // namespace tarn
