// From the specification of one kernel to its text in OpenCL C: a pure function of the
// specification and the device's traits.
//
// Extents, strides, offsets and scalars are arguments, so the text depends only on what the kernel
// does, and kernels of other sizes share it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "ops/plan/device_traits.hpp"
#include "ops/plan/kernel_spec.hpp"

namespace tarn::kernel {

struct Argument {
  enum class Kind {
    input,      // the buffer of operand `index`
    output,     // the buffer that is written
    scalar,     // scalar `index`, a float or an int32 by its dtype; the low half of a seed
    seed_high,  // the high half of scalar `index`
    int32,      // `number`
    int64,      // `number`
    local,      // `number` bytes of local memory
    item_0,     // the global id of the first work item
    items,      // how many work items there are
  };
  Kind kind;
  std::string type, name;  // as they are declared: "const int", "n0"
  int index = 0;
  std::int64_t number = 0;
  int step = 0;  // of a sequence: whose operand or scalar it is
};

struct Rendered {
  std::string name;     ///< of the kernel function: what it does, and a hash of its text
  std::string text;     ///< helpers, and the kernel function
  std::string helpers;  ///< functions and macros, each between guards of the preprocessor
  std::string body;     ///< work item `item` of `items` runs it
  std::vector<Argument> arguments;  ///< what it takes; parameters.hpp says how
  std::size_t global = 1;           ///< work items, a multiple of local
  std::size_t local = 1;
  /// Rows of a block, where tasks are those of one block of a contraction's rows after another; 0:
  /// they are not.
  std::int64_t block_rows = 0;
};

/// Requires: a specification that the plan made, for a device with these traits.
Rendered render(const plan::KernelSpec& spec, const plan::DeviceTraits& traits);

}  // namespace tarn::kernel
