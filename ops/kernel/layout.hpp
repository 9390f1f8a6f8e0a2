// How the lanes of a vector lie over a kernel's loops, and which way suits a kernel.
#pragma once

#include "ops/plan/kernel_spec.hpp"

namespace tarn::kernel {

/// How the lanes of a vector are laid over the loops.
enum class Across {
  kept,     // along one kept loop
  reduced,  // along a reduced loop: a row's results are scalars
  flat,     // over all kept loops together: each lane has indices of its own
};

struct Layout {
  Across across;
  int loop = -1;  // kept, reduced: the loop
};

/// How one vector's worth of elements is read or written: one for all lanes, one after another,
/// every second one, or each from an address of its own.
enum class Access { uniform, contiguous, every_second, lanes };
Access access(const plan::IndexSpace& space, const plan::Affine& address, int loop);
/// ... of a load, or of a gather: at one index for all lanes, or at an index of its own for each.
Access read_access(const plan::KernelSpec& spec, const plan::Value& read, int loop);

/// The layout with the most contiguous reads and the fullest vectors.
Layout choose_layout(const plan::KernelSpec& spec, int lanes);

}  // namespace tarn::kernel
