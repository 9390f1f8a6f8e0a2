// Calls of OpenCL that fail when told to, and are counted: the test program defines these functions
// itself, before the loader's.
#pragma once

#include <cstdint>

#include "runtime/opencl/opencl.hpp"

namespace tarn::test {

enum class Call {
  create_buffer,
  release_memory,
  migrate,
  launch,
  finish,
  set_argument,
  build_program,
  program_with_binary,
};

/// The next `times` of these calls do nothing but fail with this code.
void fail_next(Call call, cl_int code, int times = 1);
/// The next `succeed` of these calls are as ever, the one after them fails with this code.
void fail_after(Call call, cl_int code, int succeed);
/// How often it was called, the failed ones too.
std::uint64_t calls(Call call);

}  // namespace tarn::test
