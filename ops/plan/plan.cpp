#include "ops/plan/plan.hpp"

#include <algorithm>
#include <unordered_map>

#include "ops/plan/alternatives.hpp"
#include "ops/plan/attention.hpp"
#include "ops/plan/contract.hpp"
#include "ops/plan/lower.hpp"
#include "ops/plan/sequence.hpp"
#include "ops/plan/share.hpp"
#include "ops/plan/split.hpp"
#include "tarn/error.hpp"

namespace tarn::plan {
namespace {

class Planner {
 public:
  Planner(const graph::Traversal& graph, const DeviceTraits& traits, Limits limits,
          const Chooser& choose)
      : graph_(graph),
        traits_(traits),
        limits_(limits),
        choose_(choose),
        schedule_(schedule(graph, traits, limits)) {}

  Plan run(PlanMemory memory) {
    for (KernelSpec& kernel : lowered()) {
      for (Operand& input : kernel.inputs) input.buffer = slot_of(input.buffer);
      kernel.output.buffer = slot_of(kernel.output.buffer);
      add_steps(std::move(kernel));
    }
    find_outputs();
    pack_weights_first();
    if (memory == PlanMemory::share) share_slots(plan_);
    plan_.launches = launch_lengths(plan_, traits_);
    share_slots_of_launches(plan_);
    find_drops(plan_);
    return std::move(plan_);
  }

 private:
  // All kernels; their buffers are called as the nodes that they hold.
  std::vector<KernelSpec> lowered() const {
    std::vector<KernelSpec> kernels;
    for (const Group& group : schedule_.groups) {
      kernels.push_back(lower(graph_, schedule_.placements, group));
    }
    const auto is_output = [this](int node) {
      return std::ranges::any_of(graph_.outputs, [&](std::uint32_t output) {
        return schedule_.placements[output].base == node;
      });
    };
    fuse_attention(kernels, traits_, limits_, is_output);
    return kernels;
  }

  int add_slot(DType dtype, std::int64_t elements) {
    plan_.slots.push_back({.dtype = dtype, .elements = elements});
    return static_cast<int>(plan_.slots.size()) - 1;
  }

  // The slot of a stored node.
  int slot_of(int node) {
    const auto [at, added] = slots_.try_emplace(node, -1);
    if (!added) return at->second;
    const graph::Node& n = *graph_.nodes[static_cast<std::size_t>(node)];
    at->second = add_slot(n.dtype, n.shape.elements());
    if (n.realized()) {
      const auto leaf = std::ranges::lower_bound(graph_.leaves, static_cast<std::uint32_t>(node));
      plan_.slots.back().leaf = static_cast<int>(leaf - graph_.leaves.begin());
    }
    return at->second;
  }

  void add_steps(KernelSpec kernel) {
    const int extra = static_cast<int>(plan_.slots.size());
    const auto is_weight = [this](int buffer) {
      const int leaf = plan_.slots[static_cast<std::size_t>(buffer)].leaf;
      return leaf >= 0 &&
             graph_.nodes[graph_.leaves[static_cast<std::size_t>(leaf)]]->attributes.weight;
    };
    if (auto chosen = contraction_for(kernel, is_weight)) {
      if (auto pack = take_form(kernel, std::move(*chosen), extra)) {
        add_slot(DType::float32, packed_elements(kernel));
        add_packing(std::move(*pack), kernel);
      }
    } else if (auto second = split_reduction(kernel, traits_, extra)) {
      add_slot(kernel.output.dtype, partial_elements(kernel));
      add_step(std::move(kernel));
      kernel = std::move(*second);
    }
    add_step(std::move(kernel));
  }

  // The one that is estimated best, or that somebody chooses.
  std::optional<Contraction> contraction_for(
      const KernelSpec& kernel, const std::function<bool(int buffer)>& is_weight) const {
    if (!choose_) return find_contraction(kernel, traits_, is_weight);
    const std::vector<Alternative> ways = alternatives(kernel, traits_, is_weight);
    if (ways.empty()) return std::nullopt;
    if (ways.size() == 1) return ways.front().contraction;
    std::vector<Trial> trials;
    for (const Alternative& way : ways) trials.push_back(trial_of(kernel, way, is_weight));
    return ways[choose_(trials)].contraction;
  }

  // Its slots are the kernel's operands, its result, and what is packed.
  Trial trial_of(KernelSpec kernel, const Alternative& way,
                 const std::function<bool(int buffer)>& is_weight) const {
    Trial trial{way.name, {}};
    std::vector<Slot>& slots = trial.plan.slots;
    std::vector<bool> weights;
    for (Operand& input : kernel.inputs) {
      weights.push_back(is_weight(input.buffer));
      slots.push_back(plan_.slots[static_cast<std::size_t>(input.buffer)]);
      slots.back().leaf = input.buffer = static_cast<int>(slots.size()) - 1;
    }
    slots.push_back(plan_.slots[static_cast<std::size_t>(kernel.output.buffer)]);
    kernel.output.buffer = static_cast<int>(slots.size()) - 1;
    if (auto pack = take_form(kernel, way.contraction, static_cast<int>(slots.size()))) {
      slots.push_back({.dtype = DType::float32, .elements = packed_elements(kernel)});
      Step step;
      const int from = pack->inputs[0].buffer;
      if (weights[static_cast<std::size_t>(from)]) {
        step.packs_weight = from;
        step.pack_name = packing_name(*pack, kernel.contraction);
      }
      step.kernel = std::move(*pack);
      trial.plan.steps.push_back(std::move(step));
    }
    trial.plan.steps.push_back({});
    trial.plan.steps.back().kernel = std::move(kernel);
    trial.plan.launches = launch_lengths(trial.plan, traits_);
    find_drops(trial.plan);
    return trial;
  }

  void add_step(KernelSpec kernel) {
    if (const std::int64_t rounds = loop_rounds(kernel); rounds > traits_.loop_rounds) {
      throw DeviceError("realize: " + kernel.comment + " takes " + std::to_string(rounds) +
                        " rounds of a loop for each element, of which this device gives up after " +
                        std::to_string(traits_.loop_rounds) + ", and cannot be cut in parts");
    }
    plan_.steps.push_back({});
    plan_.steps.back().kernel = std::move(kernel);
  }

  void add_packing(KernelSpec pack, const KernelSpec& user) {
    const int leaf = plan_.slots[static_cast<std::size_t>(pack.inputs[0].buffer)].leaf;
    std::string name = packing_name(pack, user.contraction);
    add_step(std::move(pack));
    if (leaf < 0) return;
    const graph::Node& n = *graph_.nodes[graph_.leaves[static_cast<std::size_t>(leaf)]];
    if (!n.attributes.weight) return;
    plan_.steps.back().packs_weight = leaf;
    plan_.steps.back().pack_name = std::move(name);
  }

  // They run once, and would cut sequences of those that run every time.
  void pack_weights_first() {
    std::stable_partition(plan_.steps.begin(), plan_.steps.end(),
                          [](const Step& step) { return step.packs_weight >= 0; });
  }

  // Two packings of one buffer are the same when they read it in the same order.
  static std::string packing_name(const KernelSpec& pack, const Contraction& user) {
    const Affine& read = pack.values[0].address;
    std::string name = user.form == Contraction::Form::winograd ? "w" + std::to_string(user.outputs)
                                                                : std::to_string(user.panel);
    name += "+" + std::to_string(read.constant);
    for (int loop = 0; loop < pack.space.size(); ++loop) {
      name += "," + std::to_string(pack.extent(loop)) + "x" + std::to_string(read.factor(loop));
    }
    return name;
  }

  void find_outputs() {
    for (const std::uint32_t output : graph_.outputs) {
      const Placement& placement = schedule_.placements[output];
      if (graph_.nodes[output]->shape.elements() == 0) {
        plan_.outputs.push_back({-1, graph::contiguous_view(graph_.nodes[output]->shape)});
        continue;
      }
      const int slot = slot_of(placement.base);
      plan_.slots[static_cast<std::size_t>(slot)].kept = true;
      plan_.outputs.push_back({slot, placement.view});
    }
  }

  static void find_drops(Plan& plan) {
    const auto slot = [&](const Operand& operand) -> Slot& {
      return plan.slots[static_cast<std::size_t>(operand.buffer)];
    };
    for (int s = 0; s < static_cast<int>(plan.steps.size()); ++s) {
      const KernelSpec& kernel = plan.steps[static_cast<std::size_t>(s)].kernel;
      for (const Operand& input : kernel.inputs) slot(input).last_step = s;
      slot(kernel.output).last_step = s;
    }
    for (int i = 0; i < static_cast<int>(plan.slots.size()); ++i) {
      const Slot& each = plan.slots[static_cast<std::size_t>(i)];
      if (each.kept || each.leaf >= 0 || each.last_step < 0) continue;
      plan.steps[static_cast<std::size_t>(each.last_step)].drops.push_back(i);
    }
  }

  const graph::Traversal& graph_;
  const DeviceTraits& traits_;
  Limits limits_;
  const Chooser& choose_;
  Schedule schedule_;
  Plan plan_;
  std::unordered_map<int, int> slots_;
};

std::string slot_name(const Plan& plan, int i) {
  const Slot& slot = plan.slots[static_cast<std::size_t>(i)];
  return (slot.leaf >= 0 ? "leaf" : slot.kept ? "out" : "tmp") + std::to_string(i);
}

}  // namespace

std::string loops_text(const KernelSpec& kernel) {
  std::string text = "[";
  for (const int loop : kernel.kept)
    text += (text.size() > 1 ? "," : "") + std::to_string(kernel.extent(loop));
  if (!kernel.reduced.empty()) text += " |";
  for (const int loop : kernel.reduced) text += " " + std::to_string(kernel.rounds(loop));
  return text + "]";
}

Plan make_plan(const graph::Traversal& graph, const DeviceTraits& traits, Limits limits,
               PlanMemory memory, const Chooser& choose) {
  return Planner(graph, traits, limits, choose).run(memory);
}

std::string to_string(const Plan& plan) {
  std::string text;
  for (std::size_t i = 0; i < plan.slots.size(); ++i) {
    const Slot& slot = plan.slots[i];
    text += slot_name(plan, static_cast<int>(i)) + ": " + std::to_string(slot.elements) + " x " +
            std::string(name(slot.dtype)) + "\n";
  }
  auto launch = plan.launches.begin();
  std::size_t next_launch = 0;
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    if (s == next_launch) {
      if (*launch > 1) text += std::to_string(*launch) + " steps in one launch:\n";
      next_launch += static_cast<std::size_t>(*launch++);
    }
    const Step& step = plan.steps[s];
    const KernelSpec& kernel = step.kernel;
    text += "step " + std::to_string(s) + ": " + slot_name(plan, kernel.output.buffer) + " = " +
            kernel.comment;
    const char* separator = "  with ";
    for (std::size_t i = 0; i < kernel.inputs.size(); ++i) {
      text +=
          separator + ("x" + std::to_string(i)) + "=" + slot_name(plan, kernel.inputs[i].buffer);
      separator = ", ";
    }
    text += "  over " + loops_text(kernel);
    if (kernel.contraction.form == Contraction::Form::panels) text += "  tiled, packed";
    if (kernel.contraction.form == Contraction::Form::strips) text += "  tiled in place";
    if (kernel.contraction.form == Contraction::Form::depthwise) text += "  tiled by windows";
    if (kernel.contraction.form == Contraction::Form::winograd) {
      text += "  winograd " + std::to_string(kernel.contraction.outputs);
    }
    if (kernel.contraction.form == Contraction::Form::blocks) text += "  tiled in blocks";
    if (kernel.contraction.form == Contraction::Form::attention) text += "  in blocks of scores";
    if (step.packs_weight >= 0) text += "  once for the weight";
    for (const int slot : step.drops) text += "  drop " + slot_name(plan, slot);
    text += "\n";
  }
  return text;
}

}  // namespace tarn::plan
