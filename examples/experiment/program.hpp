// What the experiment compares: a program that can be run pass by pass on any device.
#pragma once

#include <functional>
#include <string>
#include <tarn/tarn.hpp>

namespace examples {

/// Pass i of a program: what it returns is its result.
using Pass = std::function<tarn::Tensor(int)>;

struct Program {
  std::string name;
  bool fixed_size;  ///< every pass has the same shapes
  int period;       ///< passes until all shapes have been seen
  /// Where its kernels run. A program near the border of the lanes names one: each arm would learn
  /// for itself which is faster, and that would be measured.
  tarn::LaneMode lanes;
  /// Makes the program's tensors on a device.
  std::function<Pass(const tarn::Device&)> start;
};

}  // namespace examples
