// A kernel and its arguments. Each handle has arguments of its own, which stay as they are until
// they are set again. Not thread-safe: one thread at a time.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/opencl/opencl.hpp"
#include "tarn/allocator.hpp"

namespace tarn::opencl {

/// A program that has been built; its kernels keep it alive.
struct Program {
  cl::Program handle;
  std::string identity;  ///< what its binary is filed under
  mutable std::atomic<bool> launched = false;
};

/// An int16 as an argument: sixteen numbers of 32 bits.
using KernelWords = std::array<std::int32_t, 16>;

class Kernel {
 public:
  /// Throws: DeviceError when the program has no kernel of this name.
  Kernel(std::shared_ptr<const Program> program, std::string_view name);

  const std::string& name() const { return name_; }
  cl_kernel handle() const { return kernel_(); }
  /// Notes a launch. Returns: whether it is the first of any kernel of the program.
  bool note_launch() const { return !program_->launched.exchange(true); }
  /// Whether any kernel of the program has been launched.
  bool launched() const { return program_->launched; }

  /// OpenCL does not retain the block: whoever launches must hold it until then. A block without
  /// bytes is a null pointer.
  void set(unsigned index, const Block& block);
  void set(unsigned index, std::int32_t value);
  void set(unsigned index, std::int64_t value);
  void set(unsigned index, float value);
  void set(unsigned index, const KernelWords& words);
  /// So many bytes of local memory.
  void set_local(unsigned index, std::size_t bytes);

 private:
  void call_set(unsigned index, std::size_t bytes, const void* value);

  std::shared_ptr<const Program> program_;
  std::string name_;
  cl::Kernel kernel_;
};

}  // namespace tarn::opencl
