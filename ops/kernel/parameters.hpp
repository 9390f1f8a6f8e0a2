// How a kernel takes its arguments. Buffers are parameters of their own; all numbers of 32 bits
// stand together in vectors of sixteen, `numbers0`, `numbers1` and so on, and the kernel's first
// lines give them their names: drivers copy each argument for each launch, which for twenty small
// numbers takes longer than many a kernel.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ops/kernel/render.hpp"

namespace tarn::kernel {

/// Where an argument is among OpenCL's parameters of a kernel: in word `word` of a vector, or in a
/// parameter of its own.
struct Place {
  unsigned parameter;
  int word = -1;
};
inline constexpr int kWords = 16;

/// Of each argument, in their order.
std::vector<Place> places(std::span<const Argument> arguments);

/// What the parameters take of a device's memory for them, each aligned to its size.
std::size_t parameter_bytes(std::span<const Argument> arguments);

/// The parameters of a kernel: "global const float* restrict x0, const int16 numbers0".
std::string kernel_parameters(std::span<const Argument> arguments);
/// The same parameters by their names: "x0, numbers0".
std::string kernel_parameter_names(std::span<const Argument> arguments);
/// Adds which work items there are, the last arguments of every kernel.
void add_items(std::vector<Argument>& arguments);
/// Lines that find `item`, the one at hand; those past the last have nothing to do.
inline constexpr std::string_view kFindItem =
    "  const int item = (int)get_global_id(0) - item_0;\n"
    "  if (item >= items) return;\n";
/// Lines that take the vectors apart.
std::string unpacked(std::span<const Argument> arguments);
/// The same arguments as parameters of a function, each by itself: "..., const int n0".
std::string function_parameters(std::span<const Argument> arguments);

}  // namespace tarn::kernel
