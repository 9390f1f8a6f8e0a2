#include "ops/realize/realizer.hpp"

#include <algorithm>
#include <optional>

#include "ops/realize/build_watch.hpp"
#include "runtime/opencl/device_state.hpp"

namespace tarn::seam {
namespace {

constexpr std::size_t kPlanCacheBytes = 64 << 20;
constexpr int kWidestVector = 16;
constexpr std::int64_t kRoundsOnLlvmpipe = 65'000;  // and a few, of 65,535, for loops around them
constexpr std::int64_t kStreamedBytes = 8 << 20;    // smaller results are often read soon

// Wide vectors where the device has them, and on simulators, which so check the kernels of wide
// devices. Others run work items side by side, whatever they call themselves (llvmpipe is a CPU): a
// vector type would only be taken apart again.
plan::DeviceTraits traits_of(const DeviceInfo& info, bool winograd) {
  const plan::DeviceTraits defaults;
  const bool wide =
      (info.kind == DeviceKind::cpu && info.vector_width > 1) || info.kind == DeviceKind::simulator;
  return {
      .cpu = wide,
      .lanes = wide ? kWidestVector : 1,
      .compute_units = static_cast<int>(info.compute_units),
      .parameter_bytes = info.max_parameter_bytes,
      .local_bytes = info.local_memory_bytes,
      .local_is_near = info.kind != DeviceKind::cpu,
      .winograd = winograd,
      .loop_rounds = info.name.starts_with("llvmpipe") ? kRoundsOnLlvmpipe : defaults.loop_rounds,
      .streamed_bytes = info.platform == "Portable Computing Language" ? kStreamedBytes : 0};
}

}  // namespace

Realizer::Realizer(DeviceState& device)
    : device_(device),
      traits_(traits_of(device.info(), device.winograd())),
      plans_(kPlanCacheBytes, [](std::uint64_t, const Planned& planned) {
        return planned.key.size() * sizeof(std::uint64_t) + planned.executable->cost();
      }) {
  if (device.tune()) tuner_.emplace(device, traits_);
}

Realizer& Realizer::of(DeviceState& device) {
  std::unique_ptr<Attachment>& attached = device.attachment();
  if (!attached) attached = std::make_unique<Realizer>(device);
  return static_cast<Realizer&>(*attached);
}

void Realizer::close() noexcept {
  plans_.clear();
  oversize_.reset();
}

void Realizer::set_plan_memory(PlanMemory memory) {
  device_.check_usable();
  memory_ = memory;
  close();
}

void Realizer::realize(std::span<const graph::NodePtr> nodes) {
  device_.check_usable();
  std::vector<graph::NodePtr> wanted(nodes.begin(), nodes.end());
  std::erase_if(wanted, [](const graph::NodePtr& node) { return node->realized(); });
  if (wanted.empty()) return;
  using profile::ScopedSpan, profile::Track;
  const ScopedSpan whole(&device_.recorder(), Track::host, "realize");
  const graph::Traversal& graph = [&]() -> const graph::Traversal& {
    const ScopedSpan span(&device_.recorder(), Track::host, "walk the graph");
    return walker_.walk(wanted);
  }();
  Executable* executable = find(graph);
  std::optional<BuildWatch> watch;
  if (!executable) {
    watch.emplace(device_.kernels());
    executable = &make(graph);
  }
  const auto results = executable->run(device_, graph);
  if (watch) watch->done();
  ++counters_.realizations;
  counters_.launches += executable->launches();
  for (const graph::Node* node : graph.nodes) node->fetch();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i]->realized()) wanted[i]->set_result(results[i]);
  }
}

Executable* Realizer::find(const graph::Traversal& graph) {
  Planned* known = plans_.get(graph.hash);
  return known && known->key == graph.key ? known->executable.get() : nullptr;
}

Executable& Realizer::make(const graph::Traversal& graph) {
  auto executable = compile(graph);
  ++counters_.plans;
  Executable& made = *executable;
  auto evicted = plans_.put(graph.hash, {graph.key, std::move(executable)});
  // A plan that alone exceeds the cache is used once more, now.
  for (auto& entry : evicted) {
    if (entry.value.executable.get() == &made) oversize_ = std::move(entry.value.executable);
  }
  return made;
}

// Plans with smaller kernels where a device does not take the parameters of larger ones.
std::unique_ptr<Executable> Realizer::compile(const graph::Traversal& graph) {
  plan::Chooser choose;
  if (tuner_) choose = [this](std::span<const plan::Trial> all) { return tuner_->choose(all); };
  for (plan::Limits limits;; limits = {limits.operations / 2, limits.operands / 2}) {
    const profile::ScopedSpan span(&device_.recorder(), profile::Track::host,
                                   "plan, render and build");
    const plan::Plan plan = plan::make_plan(graph, traits_, limits, memory_, choose);
    const auto launches = kernel::render(plan, traits_);
    const bool fits = kernel::fit(launches, traits_);
    if (fits || limits.operands <= 2) return std::make_unique<Executable>(device_, plan, launches);
  }
}

std::string Realizer::explain(std::span<const graph::NodePtr> nodes) {
  plan::Chooser choose;
  if (tuner_) choose = [this](std::span<const plan::Trial> all) { return tuner_->recall(all); };
  return plan::to_string(plan::make_plan(walker_.walk(nodes), traits_, {}, memory_, choose));
}

Counters Realizer::counters() const {
  Counters all = counters_;
  const auto built = device_.kernels().counters();
  all.kernels_built = built.kernels_built;
  all.programs_built = built.programs_built;
  all.programs_loaded = built.programs_loaded;
  return all;
}

}  // namespace tarn::seam
