// Nests of loops around vectors: how a kernel's work is shared out among work items, the loops of a
// row, and what each pass over a row computes. What the renderers of maps and reductions share.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ops/kernel/vectors.hpp"
#include "ops/plan/rounding.hpp"

namespace tarn::kernel {

using plan::divide_up;

constexpr std::int64_t kMaxGroups = 64;

class NestEmitter : protected VectorEmitter {
 protected:
  NestEmitter(const KernelSpec& spec, const plan::DeviceTraits& traits, Layout layout)
      : VectorEmitter(spec, traits) {
    layout_ = layout;
  }

  // ---- Tasks: what work items share out
  void open_tasks(const std::string& count);
  void decode(const std::vector<int>& loops, const std::string& from);
  void set_geometry(Rendered& rendered, std::int64_t tasks) const;

  // ---- Reduced loops
  /// The extents of a small window are baked: its loops are unrolled, so that loads are shared.
  int open_reduced_loops(int inner);
  bool is_window() const;
  void close(int loops);
  std::pair<std::string, std::string> bounds(int loop);

  // ---- What passes compute
  std::vector<int> needed_in_row(const std::vector<int>& wanted, int known = -1) const;
  std::vector<int> reductions_of(int pass) const;
  /// How many vectors a pass works on at a time: independent accumulators, or columns side by side.
  int replicas(int pass) const;
  /// After loops of so many vectors at a time comes one of fewer; 0: none does.
  static int fewer(int replicas) { return replicas > 4 ? 4 : replicas > 1 ? 1 : 0; }
};

}  // namespace tarn::kernel
