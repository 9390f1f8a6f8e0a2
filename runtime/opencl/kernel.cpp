#include "runtime/opencl/kernel.hpp"

#include <utility>

#include "runtime/opencl/error.hpp"

namespace tarn::opencl {

Kernel::Kernel(std::shared_ptr<const Program> program, std::string_view name)
    : program_(std::move(program)), name_(name) {
  guarded([this] { kernel_ = cl::Kernel(program_->handle, name_.c_str()); });
}

void Kernel::call_set(unsigned index, std::size_t bytes, const void* value) {
  const cl_int code = clSetKernelArg(kernel_(), index, bytes, value);
  if (code == CL_SUCCESS) return;
  raise("clSetKernelArg(" + name_ + ", " + std::to_string(index) + ")", code);
}

void Kernel::set(unsigned index, const Block& block) {
  const auto memory = static_cast<cl_mem>(block.handle);
  call_set(index, sizeof memory, block.empty() ? nullptr : &memory);
}

void Kernel::set(unsigned index, std::int32_t value) { call_set(index, sizeof value, &value); }

void Kernel::set(unsigned index, std::int64_t value) { call_set(index, sizeof value, &value); }

void Kernel::set(unsigned index, float value) { call_set(index, sizeof value, &value); }

void Kernel::set(unsigned index, const KernelWords& words) {
  call_set(index, sizeof words, words.data());
}

void Kernel::set_local(unsigned index, std::size_t bytes) { call_set(index, bytes, nullptr); }

}  // namespace tarn::opencl
