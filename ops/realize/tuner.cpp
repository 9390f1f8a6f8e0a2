#include "ops/realize/tuner.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "ops/graph/traversal.hpp"
#include "ops/kernel/launch.hpp"
#include "ops/realize/executable.hpp"
#include "runtime/opencl/device_state.hpp"
#include "runtime/opencl/log.hpp"
#include "tarn/error.hpp"

namespace tarn::seam {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kUnknown = static_cast<std::size_t>(-1);
constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr int kWarmRuns = 3;  // the first compiles, and packs weights
constexpr int kRounds = 3;    // in turn, so that a slow moment of the machine hits all alike
constexpr double kRoundUs = 1500;
constexpr int kMostRuns = 50;   // of a round
constexpr double kGain = 0.95;  // of the first one's time: less may be chance

// A graph that has what the trials of one kernel read: leaves of ones, and scalars that are one.
class Scratch {
 public:
  Scratch(DeviceState& device, const plan::Plan& plan) {
    for (const plan::Slot& slot : plan.slots) {
      if (slot.leaf >= 0) add_leaf(device, slot);
    }
    graph::Attributes one;
    one.value = 1;
    add(graph::make_leaf(graph::Op::data, DType::float32, {}, one, nullptr));
    int scalars = 0;
    for (const plan::ScalarArgument& scalar : plan.steps.back().kernel.scalars) {
      scalars = std::max(scalars, scalar.number + 1);
    }
    graph_.scalars.assign(static_cast<std::size_t>(scalars),
                          static_cast<std::uint32_t>(nodes_.size()) - 1);
  }
  const graph::Traversal& graph() const { return graph_; }

 private:
  void add(graph::NodePtr node) {
    graph_.nodes.push_back(node.get());
    nodes_.push_back(std::move(node));
  }

  void add_leaf(DeviceState& device, const plan::Slot& slot) {
    const Shape shape({slot.elements});
    const std::size_t bytes = static_cast<std::size_t>(slot.elements) * size_of(slot.dtype);
    auto buffer = std::make_shared<Buffer>(device.allocator(), bytes);
    const std::uint32_t one = slot.dtype == DType::float32 ? 0x3f800000 : 0;
    if (bytes > 0) device.stream().fill(buffer->block(), 0, bytes / 4 * 4, one);
    auto node = graph::make_leaf(graph::Op::data, slot.dtype, shape, {}, nullptr);
    node->set_result(
        std::make_shared<graph::Result>(std::move(buffer), graph::contiguous_view(shape)));
    graph_.leaves.push_back(static_cast<std::uint32_t>(nodes_.size()));
    add(std::move(node));
  }

  std::vector<graph::NodePtr> nodes_;
  graph::Traversal graph_;
};

// A trial that is ready to run; nothing where the device does not take it.
class Candidate {
 public:
  Candidate(DeviceState& device, const plan::DeviceTraits& traits, const plan::Plan& plan,
            const graph::Traversal& graph)
      : device_(device), graph_(graph) {
    const auto launches = kernel::render(plan, traits);
    const bool fits = kernel::fit(launches, traits);
    if (!fits) return;
    attempt([&] {
      executable_.emplace(device, plan, launches);
      for (int run = 0; run < kWarmRuns; ++run) run_once();
    });
  }

  // Takes the shortest of some runs into account.
  void run_round() {
    attempt([&] {
      double spent = 0;
      for (int run = 0; run < kMostRuns && spent < kRoundUs; ++run) {
        const double us = run_once();
        spent += us;
        best_us_ = std::min(best_us_, us);
      }
    });
  }
  double best_us() const { return best_us_; }

 private:
  // What does not build, or has no memory, is not taken.
  template <class Function>
  void attempt(const Function& function) {
    try {
      function();
    } catch (const DeviceError&) {
      throw;
    } catch (const Error& error) {
      opencl::log().debug("not tried: {}", error.what());
      executable_.reset();
      best_us_ = kNever;
    }
  }

  double run_once() {
    if (!executable_) return kNever;
    const auto start = Clock::now();
    executable_->run(device_, graph_);
    device_.stream().finish();
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
  }

  DeviceState& device_;
  const graph::Traversal& graph_;
  std::optional<Executable> executable_;
  double best_us_ = kNever;
};

// Microseconds of each.
std::vector<double> measure(DeviceState& device, const plan::DeviceTraits& traits,
                            std::span<const plan::Trial> trials) {
  const Scratch scratch(device, trials[0].plan);
  std::vector<Candidate> candidates;
  candidates.reserve(trials.size());
  for (const plan::Trial& trial : trials) {
    candidates.emplace_back(device, traits, trial.plan, scratch.graph());
  }
  for (int round = 0; round < kRounds; ++round) {
    for (Candidate& candidate : candidates) candidate.run_round();
  }
  std::vector<double> times;
  for (const Candidate& candidate : candidates) times.push_back(candidate.best_us());
  return times;
}

}  // namespace

std::size_t Tuner::choose(std::span<const plan::Trial> trials) {
  const std::string key = key_of(trials);
  if (const std::size_t known = recall(key, trials); known != kUnknown) return known;
  if (!may_try()) return 0;
  std::vector<double> times;
  try {
    times = measure(device_, traits_, trials);
  } catch (const OutOfMemory& error) {
    opencl::log().debug("not tuned: {}", error.what());
    return 0;
  } catch (const UnexpectedAllocation& error) {
    opencl::log().debug("not tuned: {}", error.what());
    return 0;
  }
  auto best = static_cast<std::size_t>(std::ranges::min_element(times) - times.begin());
  if (times[best] > kGain * times[0]) best = 0;
  const plan::KernelSpec& kernel = trials[0].plan.steps.back().kernel;
  opencl::log().info("tuned {} over {}: {} ways, {:.1f} us by {}, {:.1f} us by {}", kernel.comment,
                     plan::loops_text(kernel), trials.size(), times[0], trials[0].name, times[best],
                     trials[best].name);
  known_[key] = best;
  device_.kernels().keep_fact(key, trials[best].name);
  return best;
}

std::size_t Tuner::recall(std::span<const plan::Trial> trials) {
  const std::size_t known = recall(key_of(trials), trials);
  return known == kUnknown ? 0 : known;
}

// A name that is none of the trials' is as good as none: a damaged file, or an older version's.
std::size_t Tuner::recall(const std::string& key, std::span<const plan::Trial> trials) {
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  const auto trial = std::ranges::find(trials, device_.kernels().fact(key), &plan::Trial::name);
  if (trial == trials.end()) return kUnknown;
  return known_[key] = static_cast<std::size_t>(trial - trials.begin());
}

// The kernels of the first way say all that the others depend on: what is computed, over which
// extents and strides, for which traits; the names say what there is to choose from.
std::string Tuner::key_of(std::span<const plan::Trial> trials) const {
  std::string key = "tuned\n";
  for (const plan::Trial& trial : trials) key += trial.name + "\n";
  for (const kernel::Launch& launch : kernel::render(trials[0].plan, traits_)) {
    key += launch.rendered.text;
    for (const kernel::Argument& argument : launch.rendered.arguments) {
      key += std::to_string(argument.number) + ' ';
    }
    key += "in " + std::to_string(launch.rendered.global) + " items\n";
  }
  for (const plan::Step& step : trials[0].plan.steps) key += step.packs_weight >= 0 ? "kept " : "";
  return key + std::to_string(device_.workers()) + " workers, " +
         std::to_string(traits_.compute_units) + " units";
}

bool Tuner::may_try() const { return !device_.recorder().on() && !device_.stack().trace(); }

}  // namespace tarn::seam
