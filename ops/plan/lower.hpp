// From a group of nodes to the kernel that computes it: movements become index arithmetic, nodes
// become values, loops that belong together become one.
#pragma once

#include "ops/plan/kernel_spec.hpp"
#include "ops/plan/schedule.hpp"

namespace tarn::plan {

/// Buffers are numbered as the nodes whose elements they hold; the caller renumbers them.
/// Requires: the group is one that `schedule` made.
KernelSpec lower(const graph::Traversal& graph, const std::vector<Placement>& placements,
                 const Group& group);

/// Whether a group whose rows have several reductions runs along the same rows everywhere.
bool can_lower(const graph::Traversal& graph, const std::vector<Placement>& placements,
               const Group& group);

}  // namespace tarn::plan
