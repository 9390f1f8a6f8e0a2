#include "opencl/faults.hpp"

#include <dlfcn.h>

#include <array>
#include <atomic>
#include <utility>

namespace tarn::test {
namespace {

struct Fault {
  std::atomic<std::uint64_t> calls = 0;
  std::atomic<int> before = 0;  // calls that succeed before others fail
  std::atomic<int> remaining = 0;
  std::atomic<cl_int> code = CL_SUCCESS;
};
constinit std::array<Fault, 8> faults;

Fault& fault(Call call) { return faults[static_cast<std::size_t>(call)]; }

// The code to fail with now, or CL_SUCCESS.
cl_int next(Call call) {
  Fault& f = fault(call);
  ++f.calls;
  if (f.remaining.load() == 0) return CL_SUCCESS;
  if (f.before.load() > 0) {
    --f.before;
    return CL_SUCCESS;
  }
  --f.remaining;
  return f.code;
}

template <class Function>
Function* loaders(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

void fail_next(Call call, cl_int code, int times) {
  fault(call).before = 0;
  fault(call).code = code;
  fault(call).remaining = times;
}

void fail_after(Call call, cl_int code, int succeed) {
  fail_next(call, code);
  fault(call).before = succeed;
}

std::uint64_t calls(Call call) { return fault(call).calls; }

}  // namespace tarn::test

using tarn::test::Call;
using tarn::test::loaders;
using tarn::test::next;

extern "C" {

cl_mem clCreateBuffer(cl_context context, cl_mem_flags flags, size_t size, void* host,
                      cl_int* code) {
  static auto* const real = loaders<decltype(clCreateBuffer)>("clCreateBuffer");
  *code = next(Call::create_buffer);
  return *code == CL_SUCCESS ? real(context, flags, size, host, code) : nullptr;
}

cl_int clReleaseMemObject(cl_mem memory) {
  static auto* const real = loaders<decltype(clReleaseMemObject)>("clReleaseMemObject");
  const cl_int code = next(Call::release_memory);
  return code == CL_SUCCESS ? real(memory) : code;
}

cl_int clEnqueueMigrateMemObjects(cl_command_queue queue, cl_uint count, const cl_mem* objects,
                                  cl_mem_migration_flags flags, cl_uint waits,
                                  const cl_event* wait_list, cl_event* event) {
  static auto* const real =
      loaders<decltype(clEnqueueMigrateMemObjects)>("clEnqueueMigrateMemObjects");
  const cl_int code = next(Call::migrate);
  return code == CL_SUCCESS ? real(queue, count, objects, flags, waits, wait_list, event) : code;
}

cl_int clEnqueueNDRangeKernel(cl_command_queue queue, cl_kernel kernel, cl_uint dimensions,
                              const size_t* offset, const size_t* global, const size_t* local,
                              cl_uint waits, const cl_event* wait_list, cl_event* event) {
  static auto* const real = loaders<decltype(clEnqueueNDRangeKernel)>("clEnqueueNDRangeKernel");
  const cl_int code = next(Call::launch);
  return code == CL_SUCCESS
             ? real(queue, kernel, dimensions, offset, global, local, waits, wait_list, event)
             : code;
}

cl_int clFinish(cl_command_queue queue) {
  static auto* const real = loaders<decltype(clFinish)>("clFinish");
  const cl_int code = next(Call::finish);
  return code == CL_SUCCESS ? real(queue) : code;
}

cl_int clSetKernelArg(cl_kernel kernel, cl_uint index, size_t size, const void* value) {
  static auto* const real = loaders<decltype(clSetKernelArg)>("clSetKernelArg");
  const cl_int code = next(Call::set_argument);
  return code == CL_SUCCESS ? real(kernel, index, size, value) : code;
}

cl_int clBuildProgram(cl_program program, cl_uint count, const cl_device_id* devices,
                      const char* options, void(CL_CALLBACK* notify)(cl_program, void*),
                      void* data) {
  static auto* const real = loaders<decltype(clBuildProgram)>("clBuildProgram");
  const cl_int code = next(Call::build_program);
  return code == CL_SUCCESS ? real(program, count, devices, options, notify, data) : code;
}

cl_program clCreateProgramWithBinary(cl_context context, cl_uint count, const cl_device_id* devices,
                                     const size_t* lengths, const unsigned char** binaries,
                                     cl_int* statuses, cl_int* code) {
  static auto* const real =
      loaders<decltype(clCreateProgramWithBinary)>("clCreateProgramWithBinary");
  *code = next(Call::program_with_binary);
  return *code == CL_SUCCESS ? real(context, count, devices, lengths, binaries, statuses, code)
                             : nullptr;
}

}  // extern "C"
