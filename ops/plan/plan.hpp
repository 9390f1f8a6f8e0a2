// How to compute some nodes: kernels in an order in which they can run, the slots they read and
// write, and when each slot's buffer can go.
//
// A plan knows neither nodes nor buffers, so that one plan serves every graph of its structure.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ops/graph/traversal.hpp"
#include "ops/plan/device_traits.hpp"
#include "ops/plan/kernel_spec.hpp"
#include "ops/plan/schedule.hpp"
#include "tarn/profile.hpp"

namespace tarn::plan {

/// A place for a buffer.
struct Slot {
  DType dtype;
  std::int64_t elements;
  int leaf = -1;       ///< which of the traversal's leaves it is; -1: the plan allocates it
  bool kept = false;   ///< asked for: it outlives the plan's run
  int last_step = -1;  ///< the last step that reads or writes it
};

/// One kernel.
struct Step {
  KernelSpec kernel;       ///< its operands are slots
  std::vector<int> drops;  ///< slots whose buffers can go once this step has been submitted
  /// A packed copy of a leaf that is a weight: it may be kept with the leaf under this name, and
  /// the step left out when it is there already.
  int packs_weight = -1;
  std::string pack_name;
};

/// Where the elements of an output are.
struct Output {
  int slot = -1;  ///< -1: it has no elements
  graph::View view;
};

struct Plan {
  std::vector<Slot> slots;
  std::vector<Step> steps;
  std::vector<Output> outputs;  ///< one for each output of the traversal
  std::vector<int> launches;    ///< how many steps each launch takes, in order; see sequence.hpp
};

/// One way to compute a kernel of a plan, as a plan of its own, whose leaves are what the kernel
/// reads, in order.
struct Trial {
  std::string name;
  Plan plan;
};
/// Says which of several ways to take of the same kernel. The first is the one that is estimated
/// best, and that is taken where nobody chooses.
using Chooser = std::function<std::size_t(std::span<const Trial> trials)>;

/// `memory`: see tarn/profile.hpp. `choose` may be empty.
Plan make_plan(const graph::Traversal& graph, const DeviceTraits& traits, Limits limits = {},
               PlanMemory memory = PlanMemory::drop, const Chooser& choose = {});

/// The extents of a kernel's loops, as `[64,512 | 784]`: kept ones, then reduced ones.
std::string loops_text(const KernelSpec& kernel);

/// The plan as text: kernels, what they read and write, and when slots are dropped.
std::string to_string(const Plan& plan);

}  // namespace tarn::plan
