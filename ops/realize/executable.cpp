#include "ops/realize/executable.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <limits>
#include <tuple>

#include "ops/kernel/parameters.hpp"
#include "runtime/opencl/device_state.hpp"
#include "runtime/opencl/log.hpp"
#include "tarn/error.hpp"

namespace tarn::seam {
namespace {

static_assert(kernel::kWords == std::tuple_size_v<opencl::KernelWords>);

// A number as a word of its dtype: out of range as a cast would have it.
std::int32_t word_of(DType dtype, double value) {
  switch (dtype) {
    case DType::float32:
      return std::bit_cast<std::int32_t>(static_cast<float>(value));
    case DType::bool_:
      return value != 0 ? -1 : 0;
    case DType::int32:
      break;
  }
  constexpr double kLow = std::numeric_limits<std::int32_t>::min();
  constexpr double kHigh = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(std::isnan(value) ? 0 : std::clamp(value, kLow, kHigh));
}

std::int32_t half_of(std::uint64_t seed, int half) {
  return std::bit_cast<std::int32_t>(static_cast<std::uint32_t>(seed >> (32 * half)));
}

}  // namespace

Executable::Executable(DeviceState& device, const plan::Plan& plan,
                       const std::vector<kernel::Launch>& launches)
    : outputs_(plan.outputs) {
  for (const plan::Slot& slot : plan.slots) {
    slots_.push_back({static_cast<std::size_t>(slot.elements) * size_of(slot.dtype), slot.leaf});
  }
  std::vector<plan::StepWork> works;
  steps_.reserve(launches.size());
  for (const kernel::Launch& launch : launches) {
    Step& step = steps_.emplace_back(step_for(plan, launch));
    step.range.first = device.stream().origin();
    double us = 0;
    for (std::size_t i = 0; i < launch.count; ++i) {
      us += plan::estimate_serial_us(plan.steps[launch.first + i].kernel);
    }
    works.push_back({.serial_us = us, .groups = step.range.global / step.range.local});
    bind(step, plan, launch);
  }
  if (device.workers() > 1) lanes_.emplace(std::move(works), device.workers(), device.lanes());
  build(device);
}

Executable::Step Executable::step_for(const plan::Plan& plan, const kernel::Launch& launch) {
  const plan::Step& first = plan.steps[launch.first];
  Step step{.source = {launch.rendered.name, launch.rendered.text},
            .kernel = {},
            .range = {launch.rendered.global, launch.rendered.local},
            .wide = {},
            .locals = {},
            .words = {},
            .buffers = {},
            .scalars = {},
            .outputs = {},
            .drops = {},
            .packs_weight = first.packs_weight,
            .pack_name = first.pack_name,
            .comment = {},
            .loops = launch.count == 1 ? plan::loops_text(first.kernel)
                                       : std::to_string(launch.count) + " steps",
            .operations = 0,
            .bytes = 0};
  for (std::size_t i = 0; i < launch.count; ++i) {
    const plan::Step& from = plan.steps[launch.first + i];
    step.outputs.push_back(from.kernel.output.buffer);
    step.drops.insert(step.drops.end(), from.drops.begin(), from.drops.end());
    if (step.comment.find(from.kernel.comment) == std::string::npos) {
      step.comment += (i == 0 ? "" : "; ") + from.kernel.comment;
    }
    step.operations += from.kernel.operations;
    step.bytes += from.kernel.bytes;
  }
  return step;
}

// Notes what never changes, and what does.
void Executable::bind(Step& step, const plan::Plan& plan, const kernel::Launch& launch) {
  using Kind = kernel::Argument::Kind;
  const std::vector<kernel::Place> places = kernel::places(launch.rendered.arguments);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto [parameter, word] = places[i];
    if (word == 0) step.words.push_back({parameter});
    const auto at_word = static_cast<std::size_t>(word);  // of the last vector
    const auto set_word = [&](std::int64_t number) {
      step.words.back().values[at_word] = static_cast<std::int32_t>(number);
    };
    const kernel::Argument& argument = launch.rendered.arguments[i];
    const auto at = static_cast<std::size_t>(argument.index);
    const plan::KernelSpec& kernel =
        plan.steps[launch.first + static_cast<std::size_t>(argument.step)].kernel;
    switch (argument.kind) {
      case Kind::input:
        step.buffers.push_back({parameter, kernel.inputs[at].buffer});
        break;
      case Kind::output:
        step.buffers.push_back({parameter, kernel.output.buffer});
        break;
      case Kind::scalar:
      case Kind::seed_high: {
        const plan::ScalarArgument& scalar = kernel.scalars[at];
        const int half = argument.kind == Kind::seed_high ? 1 : scalar.seed ? 0 : -1;
        step.scalars.push_back({step.words.size() - 1, at_word, scalar.number, scalar.dtype, half});
        break;
      }
      case Kind::int32:
        set_word(argument.number);
        break;
      case Kind::int64:
        step.wide.push_back({parameter, argument.number});
        break;
      case Kind::local:
        step.locals.push_back({parameter, static_cast<std::size_t>(argument.number)});
        break;
      case Kind::item_0:
        set_word(static_cast<std::int64_t>(step.range.first));
        break;
      case Kind::items:
        set_word(static_cast<std::int64_t>(step.range.global));
        break;
    }
  }
}

// Has all kernels made, as one program, and sets what never changes.
void Executable::build(DeviceState& device) {
  std::vector<opencl::KernelSource> sources;
  for (const Step& step : steps_) sources.push_back(step.source);
  std::vector<opencl::Kernel> kernels = device.kernels().get(sources);
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    for (const WideArgument& argument : steps_[i].wide) {
      kernels[i].set(argument.index, argument.number);
    }
    for (const LocalArgument& argument : steps_[i].locals) {
      kernels[i].set_local(argument.index, argument.bytes);
    }
    steps_[i].kernel = std::move(kernels[i]);
  }
}

std::vector<std::shared_ptr<const graph::Result>> Executable::run(DeviceState& device,
                                                                  const graph::Traversal& graph) {
  struct Clear {  // whatever happens, no buffer stays behind
    std::vector<std::shared_ptr<Buffer>>& buffers;
    ~Clear() { buffers.clear(); }
  } clear{buffers_};
  buffers_.resize(slots_.size());
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].leaf < 0) continue;
    const std::uint32_t node = graph.leaves[static_cast<std::size_t>(slots_[i].leaf)];
    buffers_[i] = graph.nodes[node]->result->buffer;
  }
  launches_ = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) submit(device, graph, i);

  std::vector<std::shared_ptr<const graph::Result>> results;
  for (const plan::Output& output : outputs_) {
    auto buffer = output.slot < 0 ? nullptr : buffers_[static_cast<std::size_t>(output.slot)];
    results.push_back(
        std::make_shared<graph::Result>(graph::Result{std::move(buffer), output.view}));
  }
  return results;
}

void Executable::submit(DeviceState& device, const graph::Traversal& graph, std::size_t number) {
  Step& step = steps_[number];
  const profile::ScopedSpan span(&device.recorder(), profile::Track::host, step.source.name);
  if (step.packs_weight >= 0 && reuse_packed(graph, step)) return;
  allocate_outputs(device, step);
  opencl::Kernel& kernel = *step.kernel;
  for (const BufferArgument& argument : step.buffers) {
    const auto& buffer = buffers_[static_cast<std::size_t>(argument.slot)];
    kernel.set(argument.index, buffer ? buffer->block() : Block{});
  }
  set_scalars(step, graph);
  launch(device, number);
  if (step.packs_weight >= 0) keep_packed(graph, step);
  for (const int slot : step.drops) buffers_[static_cast<std::size_t>(slot)].reset();
}

// And all other words where the kernel does not have them yet.
void Executable::set_scalars(Step& step, const graph::Traversal& graph) {
  for (const ScalarArgument& argument : step.scalars) {
    const Node& node = *graph.nodes[graph.scalars[static_cast<std::size_t>(argument.number)]];
    const std::int32_t is = argument.half < 0 ? word_of(argument.dtype, node.attributes.value)
                                              : half_of(node.attributes.seed, argument.half);
    Words& words = step.words[argument.vector];
    words.set = words.set && words.values[argument.word] == is;
    words.values[argument.word] = is;
  }
  for (Words& words : step.words) {
    if (!words.set) step.kernel->set(words.index, words.values);
    words.set = true;
  }
}

// While traced, no other thread's requests come between a step and what it asks for.
void Executable::allocate_outputs(DeviceState& device, Step& step) {
  std::optional<memory::TraceWriter::Turn> turn;
  if (memory::TraceWriter* trace = device.stack().trace()) {
    turn.emplace(*trace).write_step(step.source.name, step.label);
  }
  for (const int output : step.outputs) {
    const auto at = static_cast<std::size_t>(output);
    if (buffers_[at]) continue;
    buffers_[at] = std::make_shared<Buffer>(device.allocator(), slots_[at].bytes);
  }
}

void Executable::launch(DeviceState& device, std::size_t number) {
  using Clock = std::chrono::steady_clock;
  Step& step = steps_[number];
  const bool measured = lanes_ && lanes_->measuring(number);
  if (lanes_) step.range.pieces = lanes_->pieces(number);
  const auto start = measured ? Clock::now() : Clock::time_point{};
  profile::Recorder& recorder = device.recorder();
  const std::size_t recorded_as = recorder.on() ? number_for(recorder, step) : 0;
  const auto took = device.stream().launch(*step.kernel, step.range, recorded_as);
  if (measured) {
    lanes_->measured(number,
                     std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  if (took) log_launch(step, *took);
  ++launches_;
}

std::size_t Executable::number_for(profile::Recorder& recorder, const Step& step) {
  return recorder.number_of({.name = step.source.name,
                             .expression = step.comment,
                             .loops = step.loops,
                             .bytes = step.bytes,
                             .operations = step.operations});
}

// One line a kernel: what it is, over which loops, how long it took, and at what rates.
void Executable::log_launch(const Step& step, std::uint64_t nanoseconds) {
  const double ns = std::max(static_cast<double>(nanoseconds), 1.0);
  opencl::log().debug("{} {} over {}: {:.1f} us, {:.1f} GB/s, {:.1f} GFLOPS", step.source.name,
                      step.comment, step.loops, ns * 1e-3, static_cast<double>(step.bytes) / ns,
                      static_cast<double>(step.operations) / ns);
}

// The copy that an earlier run has left with the weight, if it has.
bool Executable::reuse_packed(const graph::Traversal& graph, const Step& step) {
  const auto leaf = graph.leaves[static_cast<std::size_t>(step.packs_weight)];
  for (const auto& packed : graph.nodes[leaf]->result->packed) {
    if (packed.name != step.pack_name) continue;
    buffers_[static_cast<std::size_t>(step.outputs[0])] = packed.buffer;
    return true;
  }
  return false;
}

void Executable::keep_packed(const graph::Traversal& graph, const Step& step) {
  const auto leaf = graph.leaves[static_cast<std::size_t>(step.packs_weight)];
  graph.nodes[leaf]->result->packed.push_back(
      {step.pack_name, buffers_[static_cast<std::size_t>(step.outputs[0])]});
}

std::size_t Executable::cost() const {
  constexpr std::size_t kKernel = 2048;  // the driver's own, roughly
  std::size_t bytes = slots_.size() * (sizeof(Slot) + sizeof(std::shared_ptr<Buffer>));
  for (const Step& step : steps_) {
    bytes += sizeof(Step) + kKernel + step.source.text.size() + step.comment.size() +
             step.buffers.size() * sizeof(BufferArgument) + step.words.size() * sizeof(Words) +
             step.scalars.size() * sizeof(ScalarArgument);
  }
  return bytes;
}

}  // namespace tarn::seam
