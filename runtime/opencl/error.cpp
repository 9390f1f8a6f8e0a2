#include "runtime/opencl/error.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "tarn/error.hpp"

namespace tarn::opencl {
namespace {

struct CodeName {
  cl_int code;
  std::string_view name;
};

#define TARN_CODE(code) \
  CodeName { code, #code }
constexpr std::array kCodes = {
    TARN_CODE(CL_SUCCESS),
    TARN_CODE(CL_DEVICE_NOT_FOUND),
    TARN_CODE(CL_DEVICE_NOT_AVAILABLE),
    TARN_CODE(CL_COMPILER_NOT_AVAILABLE),
    TARN_CODE(CL_MEM_OBJECT_ALLOCATION_FAILURE),
    TARN_CODE(CL_OUT_OF_RESOURCES),
    TARN_CODE(CL_OUT_OF_HOST_MEMORY),
    TARN_CODE(CL_PROFILING_INFO_NOT_AVAILABLE),
    TARN_CODE(CL_MEM_COPY_OVERLAP),
    TARN_CODE(CL_BUILD_PROGRAM_FAILURE),
    TARN_CODE(CL_MAP_FAILURE),
    TARN_CODE(CL_MISALIGNED_SUB_BUFFER_OFFSET),
    TARN_CODE(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST),
    TARN_CODE(CL_COMPILE_PROGRAM_FAILURE),
    TARN_CODE(CL_LINKER_NOT_AVAILABLE),
    TARN_CODE(CL_LINK_PROGRAM_FAILURE),
    TARN_CODE(CL_DEVICE_PARTITION_FAILED),
    TARN_CODE(CL_KERNEL_ARG_INFO_NOT_AVAILABLE),
    TARN_CODE(CL_INVALID_VALUE),
    TARN_CODE(CL_INVALID_DEVICE_TYPE),
    TARN_CODE(CL_INVALID_PLATFORM),
    TARN_CODE(CL_INVALID_DEVICE),
    TARN_CODE(CL_INVALID_CONTEXT),
    TARN_CODE(CL_INVALID_QUEUE_PROPERTIES),
    TARN_CODE(CL_INVALID_COMMAND_QUEUE),
    TARN_CODE(CL_INVALID_HOST_PTR),
    TARN_CODE(CL_INVALID_MEM_OBJECT),
    TARN_CODE(CL_INVALID_BINARY),
    TARN_CODE(CL_INVALID_BUILD_OPTIONS),
    TARN_CODE(CL_INVALID_PROGRAM),
    TARN_CODE(CL_INVALID_PROGRAM_EXECUTABLE),
    TARN_CODE(CL_INVALID_KERNEL_NAME),
    TARN_CODE(CL_INVALID_KERNEL_DEFINITION),
    TARN_CODE(CL_INVALID_KERNEL),
    TARN_CODE(CL_INVALID_ARG_INDEX),
    TARN_CODE(CL_INVALID_ARG_VALUE),
    TARN_CODE(CL_INVALID_ARG_SIZE),
    TARN_CODE(CL_INVALID_KERNEL_ARGS),
    TARN_CODE(CL_INVALID_WORK_DIMENSION),
    TARN_CODE(CL_INVALID_WORK_GROUP_SIZE),
    TARN_CODE(CL_INVALID_WORK_ITEM_SIZE),
    TARN_CODE(CL_INVALID_GLOBAL_OFFSET),
    TARN_CODE(CL_INVALID_EVENT_WAIT_LIST),
    TARN_CODE(CL_INVALID_EVENT),
    TARN_CODE(CL_INVALID_OPERATION),
    TARN_CODE(CL_INVALID_BUFFER_SIZE),
    TARN_CODE(CL_INVALID_GLOBAL_WORK_SIZE),
    TARN_CODE(CL_INVALID_PROPERTY),
    TARN_CODE(CL_INVALID_COMPILER_OPTIONS),
    TARN_CODE(CL_INVALID_LINKER_OPTIONS),
    TARN_CODE(CL_INVALID_DEVICE_PARTITION_COUNT),
    TARN_CODE(CL_PLATFORM_NOT_FOUND_KHR),
};
#undef TARN_CODE

}  // namespace

std::string_view code_name(cl_int code) {
  const auto known = std::ranges::find(kCodes, code, &CodeName::code);
  return known == kCodes.end() ? "unknown code" : known->name;
}

std::string describe(std::string_view call, cl_int code) {
  return std::string(call) + ": " + std::string(code_name(code)) + " (" + std::to_string(code) +
         ")";
}

void raise(std::string_view call, cl_int code) {
  if (code == CL_MEM_OBJECT_ALLOCATION_FAILURE || code == CL_OUT_OF_HOST_MEMORY) {
    throw OutOfMemory(describe(call, code));
  }
  throw DeviceError(describe(call, code));
}

void raise_allocation(std::string_view call, cl_int code) {
  if (code == CL_OUT_OF_RESOURCES) throw OutOfMemory(describe(call, code));
  raise(call, code);
}

std::string number_lines(std::string_view source) {
  std::string numbered;
  for (int line = 1; !source.empty(); ++line) {
    const std::size_t end = std::min(source.find('\n'), source.size());
    char number[16];
    std::snprintf(number, sizeof number, "%4d | ", line);
    numbered += number;
    numbered += source.substr(0, end);
    numbered += '\n';
    source.remove_prefix(std::min(end + 1, source.size()));
  }
  return numbered;
}

}  // namespace tarn::opencl
