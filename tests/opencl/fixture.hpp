// What the tests on a device share: a device of their own, kernels, and bytes as numbers.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "poison.hpp"
#include "runtime/opencl/device_state.hpp"
#include "tarn/buffer.hpp"
#include "tarn/device.hpp"
#include "tarn/error.hpp"

namespace tarn::test {

/// An environment variable that is as it was again at the end; no value unsets it.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, std::optional<std::string> value) : name_(name) {
    if (const char* old = getenv(name)) old_ = old;
    set(value);
  }
  ~ScopedVariable() { set(old_); }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  void set(const std::optional<std::string>& value) {
    value ? setenv(name_, value->c_str(), 1) : unsetenv(name_);
  }
  const char* name_;
  std::optional<std::string> old_;
};

/// A directory that is empty now and gone at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tarn-test-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp");
    path_ = pattern;
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The text of the exception that a function throws.
template <class Exception, class Function>
std::string text_of(const Function& function) {
  try {
    function();
  } catch (const Exception& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

inline const opencl::KernelSource kAddSource{
    "add", "kernel void add(global int* x, int n) { x[get_global_id(0)] += n; }"};
/// y = x after `steps` steps of a linear congruential generator: as long in flight as is wanted.
inline const opencl::KernelSource kScrambleSource{
    "scramble",
    "kernel void scramble(global const uint* x, global uint* y, int steps) {\n"
    "  uint s = x[get_global_id(0)];\n"
    "  for (int i = 0; i < steps; ++i) s = s * 1664525u + 1013904223u;\n"
    "  y[get_global_id(0)] = s;\n"
    "}"};

inline std::uint32_t scrambled(std::uint32_t x, int steps) {
  for (int i = 0; i < steps; ++i) x = x * 1664525u + 1013904223u;
  return x;
}

constexpr std::size_t kItems = 1024;
constexpr std::size_t kLocal = 64;
constexpr std::size_t kBytes = kItems * sizeof(std::int32_t);

class DeviceTest : public testing::Test {
 protected:
  /// No binaries on disk, so that counts of builds do not depend on earlier runs.
  ScopedVariable no_binaries_{"TARN_CACHE_DIR", "off"};

  static opencl::Kernel kernel_of(const Device& device, const opencl::KernelSource& source) {
    return std::move(device.state()->kernels().get({&source, 1}).front());
  }
  static std::vector<std::int32_t> read(const Device& device, const Block& block,
                                        std::size_t count = kItems) {
    std::vector<std::int32_t> values(count);
    device.state()->stream().read(block, 0, std::as_writable_bytes(std::span(values)));
    return values;
  }
  static void write(const Device& device, const Block& block,
                    const std::vector<std::int32_t>& values) {
    device.state()->stream().write(block, 0, std::as_bytes(std::span(values)));
  }
  static std::vector<std::int32_t> counted(std::int32_t first = 0) {
    std::vector<std::int32_t> values(kItems);
    std::iota(values.begin(), values.end(), first);
    return values;
  }
  static void add(const Device& device, opencl::Kernel& kernel, const Block& block,
                  std::int32_t number) {
    kernel.set(0, block);
    kernel.set(1, number);
    device.state()->stream().launch(kernel, {kItems, kLocal});
  }
};

}  // namespace tarn::test
