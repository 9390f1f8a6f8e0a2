// Kernels by their source. What is not known is built, everything asked for at once as one program:
// a driver takes about as long for ten kernels in one program as for one. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/opencl/binary_cache.hpp"
#include "runtime/opencl/device_status.hpp"
#include "runtime/opencl/kernel.hpp"
#include "runtime/opencl/lanes.hpp"
#include "runtime/opencl/opencl.hpp"
#include "runtime/profile/recorder.hpp"
#include "tarn/lru_cache.hpp"

namespace tarn::opencl {

/// OpenCL C with one kernel function. Equal texts are one kernel.
struct KernelSource {
  std::string name;
  std::string text;
};

struct KernelCounters {
  std::uint64_t hits = 0;             ///< kernels asked for that were there
  std::uint64_t kernels_built = 0;    ///< kernels that the driver compiled
  std::uint64_t programs_built = 0;   ///< ... in so many programs
  std::uint64_t programs_loaded = 0;  ///< programs whose binaries came from disk
};

class KernelCache {
 public:
  static constexpr std::size_t kCapacity = 4096;  // kernels

  KernelCache(const cl::Context& context, const Workers& workers,
              std::shared_ptr<DeviceStatus> status, BinaryCache binaries);

  /// One kernel a source, in order, each with arguments of its own. Throws: BuildError naming the
  /// kernel that does not build; all others can still be had.
  std::vector<Kernel> get(std::span<const KernelSource> sources);

  /// Whether a kernel of this source is there.
  bool knows(const KernelSource& source) const;
  /// Whether the program of exactly these kernels is on disk.
  bool on_disk(std::span<const KernelSource> sources) const;

  /// Whether there is a folder on disk for what is built.
  bool keeps_binaries() const { return binaries_.enabled(); }

  /// A fact about the device that an earlier process has found out, and that is on disk beside the
  /// binaries; empty when there is none.
  std::string fact(std::string_view name) const;
  void keep_fact(std::string_view name, std::string_view value) const;

  /// Whom to tell what is built while it is on. Requires: nobody else uses the cache yet.
  void record_to(profile::Recorder& recorder) { recorder_ = &recorder; }

  /// Files the binaries of programs that were built since the last call. To be called when their
  /// kernels have run: drivers compile at the first launch, and only then have all to file.
  void save_binaries() noexcept;
  /// Files nothing of them.
  void discard_unsaved() noexcept;
  std::size_t unsaved_programs() const;
  KernelCounters counters() const;

  /// Saves, unless the device is lost, and lets go of all kernels.
  void close() noexcept;

 private:
  using ProgramPtr = std::shared_ptr<const Program>;
  using Programs = std::unordered_map<std::string_view, ProgramPtr>;  // by a kernel's text
  using Sources = std::vector<const KernelSource*>;

  void add(const Sources& sources, Programs& programs);
  std::string identity_of(const std::string& text) const { return device_identity_ + text; }
  ProgramPtr make_program(const Sources& sources);
  cl::Program build(const std::string& text, const Sources& sources) const;
  ProgramPtr load(const std::string& identity) const;
  void save_unsaved() noexcept;

  const Workers workers_;
  const std::shared_ptr<DeviceStatus> status_;
  const std::string device_identity_;  // all but the source that a binary depends on
  const cl::Context context_;
  const BinaryCache binaries_;
  mutable std::mutex mutex_;
  LruCache<std::string, ProgramPtr> programs_;  // by a kernel's text
  std::vector<ProgramPtr> unsaved_;
  KernelCounters counters_;
  profile::Recorder* recorder_ = nullptr;
};

}  // namespace tarn::opencl
