// Where kernels begin and end: which nodes get memory, and which are computed inside the kernels of
// those.
//
// The rules, in the order in which they are applied:
//
//   F1  What is asked for is stored.
//   F2  Elementwise nodes, movements, constants and padding are computed inside whatever uses
//       them.
//   F3  A movement of something stored that a view can express costs nothing: it is that memory,
//       seen through the view. (A reshape of what is not stored stores what it reshapes, when it
//       must be stored.)
//   F4  A reduction or contraction runs exactly once. What is computed from its result element
//       by element is computed with it, until something else needs the result too.
//   F5  One kernel computes one reduction or contraction, but for F10: of two that meet in one
//       node, one is stored.
//   F6  A result that is repeated (by an expand, or where it broadcasts), cut, padded or reordered
//       is stored first, and read through the view.
//   F7  A contraction reads its operands many times, so what is more than a view is stored
//       first; this is also where padding for a convolution is done, once.
//   F8  A kernel has at most Limits::operations nodes and Limits::operands loads. What would be
//       larger is cut: the largest source is stored.
//   F9  A map that several kernels use is computed in each when that is cheaper than a store and
//       a load, and stored when it is costly, large, or reads more than two operands.
//   F10 Reductions over the same rows are one kernel with whatever uses them along the rows
//       (softmax, layer norm), where a row fits kMaxRow elements, or what the device's loops can
//       take: the row is read again from the cache, not from memory.
//   F11 A concatenation of more than kMaxSelected parts is stored, one kernel writing each part
//       in its place.
//   F12 What is gathered from is stored (or a view of what is): its elements are loads at
//       computed indices. The indices are computed in place, but for costly ones that several
//       elements use.
//   F13 Padding around the windows of a contraction is computed inside it, where it has a form
//       that pads what it reads as it goes; an exception to F7.
//   F14 A softmax along the last axis of a contraction's result, and a contraction that sums
//       over that axis, are one kernel with it, where nothing else needs what is between them:
//       attention (attention.hpp).
#pragma once

#include <cstdint>
#include <vector>

#include "ops/graph/traversal.hpp"
#include "ops/plan/device_traits.hpp"

namespace tarn::plan {

/// The size of a kernel. Smaller limits are for devices that take few parameters.
struct Limits {
  int operations = 96;
  int operands = 16;
};

inline constexpr int kMaxSelected = 8;
inline constexpr std::int64_t kMaxRow = 1 << 15;

/// What the schedule says of a node.
struct Placement {
  bool stored = false;  ///< it gets memory: there already (a leaf), or written by a kernel
  int base = -1;        ///< the stored node that this is a view of (itself, where it is stored)
  graph::View view;     ///< where there is a base
};

/// One kernel: the node that it stores, and which part of it.
struct Group {
  int root;
  int part = -1;  ///< F11: the source that is written
  std::uint32_t row_axes =
      0;  ///< F10: the axes of the root along which its rows run; 0: no such rows
};

struct Schedule {
  std::vector<Placement> placements;  ///< of each node of the traversal
  std::vector<Group> groups;          ///< in an order in which they can run
};

/// Whether a node's elements are in memory when the kernels that use it run.
bool is_based(const std::vector<Placement>& placements, int node);

/// Requires: every node has elements, or is a leaf.
Schedule schedule(const graph::Traversal& graph, const DeviceTraits& traits, Limits limits = {});

}  // namespace tarn::plan
