// From OpenCL's codes to tarn's exceptions. No cl::Error leaves this folder: calls of the C API are
// checked, and uses of the C++ bindings are wrapped.
#pragma once

#include <string>
#include <string_view>

#include "runtime/opencl/opencl.hpp"

namespace tarn::opencl {

/// `CL_OUT_OF_RESOURCES`; a code without a name is `unknown code`.
std::string_view code_name(cl_int code);
/// `clEnqueueNDRangeKernel: CL_OUT_OF_RESOURCES (-5)`.
std::string describe(std::string_view call, cl_int code);

/// Throws: OutOfMemory for the codes that mean it, else DeviceError.
[[noreturn]] void raise(std::string_view call, cl_int code);
/// The same for a call that allocates, where running out of resources is running out of memory.
[[noreturn]] void raise_allocation(std::string_view call, cl_int code);

inline void check(cl_int code, std::string_view call) {
  if (code != CL_SUCCESS) raise(call, code);
}

/// Runs a function that uses the C++ bindings, and makes their exceptions ours.
template <class Function>
auto guarded(const Function& function) {
  try {
    return function();
  } catch (const cl::Error& error) {
    raise(error.what(), error.err());
  }
}

/// Source with line numbers, as compilers' logs refer to them.
std::string number_lines(std::string_view source);

}  // namespace tarn::opencl
