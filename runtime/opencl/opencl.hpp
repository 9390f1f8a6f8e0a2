// The one place that includes OpenCL's C++ bindings, and so the one that decides which OpenCL we
// speak: 1.2, which every implementation has, and whose way to make a queue works on all of them.
#pragma once

#define CL_HPP_ENABLE_EXCEPTIONS
#define CL_HPP_TARGET_OPENCL_VERSION 120
#define CL_HPP_MINIMUM_OPENCL_VERSION 120
#include <CL/opencl.hpp>  // IWYU pragma: export
