#include "ops/realize/executable.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "runtime/opencl/device_state.hpp"
#include "runtime/opencl/log.hpp"
#include "runtime/opencl/stream.hpp"

namespace tarn::seam {
namespace {

// A number as an argument of its dtype: out of range as a cast would have it.
void set_scalar(opencl::Kernel& kernel, unsigned index, DType dtype, double value) {
  switch (dtype) {
    case DType::float32:
      return kernel.set(index, static_cast<float>(value));
    case DType::bool_:
      return kernel.set(index, value != 0 ? -1 : 0);
    case DType::int32: {
      constexpr double kLow = std::numeric_limits<std::int32_t>::min();
      constexpr double kHigh = std::numeric_limits<std::int32_t>::max();
      const double clamped = std::isnan(value) ? 0 : std::clamp(value, kLow, kHigh);
      return kernel.set(index, static_cast<std::int32_t>(clamped));
    }
  }
}

}  // namespace

Executable::Executable(DeviceState& device, const plan::Plan& plan,
                       const std::vector<kernel::Rendered>& rendered)
    : outputs_(plan.outputs) {
  for (const plan::Slot& slot : plan.slots) {
    slots_.push_back({static_cast<std::size_t>(slot.elements) * size_of(slot.dtype), slot.leaf});
  }
  std::vector<opencl::KernelSource> sources;
  for (const kernel::Rendered& kernel : rendered) sources.push_back({kernel.name, kernel.text});
  std::vector<opencl::Kernel> kernels = device.kernels().get(sources);
  steps_.reserve(plan.steps.size());
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const plan::Step& from = plan.steps[i];
    steps_.push_back({.kernel = std::move(kernels[i]),
                      .global = rendered[i].global,
                      .local = rendered[i].local,
                      .buffers = {},
                      .scalars = {},
                      .output = from.kernel.output.buffer,
                      .drops = from.drops,
                      .packs_weight = from.packs_weight,
                      .pack_name = from.pack_name,
                      .comment = from.kernel.comment,
                      .loops = plan::loops_text(from.kernel),
                      .operations = from.kernel.operations,
                      .bytes = from.kernel.bytes});
    bind(steps_.back(), from, rendered[i]);
  }
}

// Sets what never changes, and notes what does.
void Executable::bind(Step& step, const plan::Step& planned, const kernel::Rendered& rendered) {
  using Kind = kernel::Argument::Kind;
  for (unsigned i = 0; i < rendered.arguments.size(); ++i) {
    const kernel::Argument& argument = rendered.arguments[i];
    const auto at = static_cast<std::size_t>(argument.index);
    switch (argument.kind) {
      case Kind::input:
        step.buffers.push_back({i, planned.kernel.inputs[at].buffer});
        break;
      case Kind::output:
        step.buffers.push_back({i, planned.kernel.output.buffer});
        break;
      case Kind::scalar: {
        const plan::ScalarArgument& scalar = planned.kernel.scalars[at];
        step.scalars.push_back({i, scalar.number, scalar.dtype, scalar.seed ? 0 : -1});
        break;
      }
      case Kind::seed_high:
        step.scalars.push_back({i, planned.kernel.scalars[at].number, DType::int32, 1});
        break;
      case Kind::int32:
        step.kernel.set(i, static_cast<std::int32_t>(argument.number));
        break;
      case Kind::int64:
        step.kernel.set(i, argument.number);
        break;
    }
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
  for (Step& step : steps_) submit(device, graph, step);

  std::vector<std::shared_ptr<const graph::Result>> results;
  for (const plan::Output& output : outputs_) {
    auto buffer = output.slot < 0 ? nullptr : buffers_[static_cast<std::size_t>(output.slot)];
    results.push_back(
        std::make_shared<graph::Result>(graph::Result{std::move(buffer), output.view}));
  }
  return results;
}

void Executable::submit(DeviceState& device, const graph::Traversal& graph, Step& step) {
  const auto at = static_cast<std::size_t>(step.output);
  if (step.packs_weight >= 0 && reuse_packed(graph, step)) return;
  if (!buffers_[at]) buffers_[at] = std::make_shared<Buffer>(device.allocator(), slots_[at].bytes);
  for (const BufferArgument& argument : step.buffers) {
    const auto& buffer = buffers_[static_cast<std::size_t>(argument.slot)];
    step.kernel.set(argument.index, buffer ? buffer->block() : Block{});
  }
  for (const ScalarArgument& argument : step.scalars) {
    const Node& node = *graph.nodes[graph.scalars[static_cast<std::size_t>(argument.number)]];
    if (argument.word >= 0) {
      const std::uint64_t seed = node.attributes.seed >> (32 * argument.word);
      step.kernel.set(argument.index,
                      std::bit_cast<std::int32_t>(static_cast<std::uint32_t>(seed)));
    } else {
      set_scalar(step.kernel, argument.index, argument.dtype, node.attributes.value);
    }
  }
  const auto took = device.stream().launch(step.kernel, step.global, step.local);
  if (took) log_launch(step, *took);
  ++launches_;
  if (step.packs_weight >= 0) keep_packed(graph, step);
  for (const int slot : step.drops) buffers_[static_cast<std::size_t>(slot)].reset();
}

// One line a kernel: what it is, over which loops, how long it took, and at what rates.
void Executable::log_launch(const Step& step, std::uint64_t nanoseconds) {
  const double ns = std::max(static_cast<double>(nanoseconds), 1.0);
  opencl::log().debug("{} {} over {}: {:.1f} us, {:.1f} GB/s, {:.1f} GFLOPS", step.kernel.name(),
                      step.comment, step.loops, ns * 1e-3, static_cast<double>(step.bytes) / ns,
                      static_cast<double>(step.operations) / ns);
}

// The copy that an earlier run has left with the weight, if it has.
bool Executable::reuse_packed(const graph::Traversal& graph, const Step& step) {
  const auto leaf = graph.leaves[static_cast<std::size_t>(step.packs_weight)];
  for (const auto& packed : graph.nodes[leaf]->result->packed) {
    if (packed.name != step.pack_name) continue;
    buffers_[static_cast<std::size_t>(step.output)] = packed.buffer;
    return true;
  }
  return false;
}

void Executable::keep_packed(const graph::Traversal& graph, const Step& step) {
  const auto leaf = graph.leaves[static_cast<std::size_t>(step.packs_weight)];
  graph.nodes[leaf]->result->packed.push_back(
      {step.pack_name, buffers_[static_cast<std::size_t>(step.output)]});
}

std::size_t Executable::cost() const {
  constexpr std::size_t kKernel = 2048;  // the driver's own, roughly
  std::size_t bytes = slots_.size() * (sizeof(Slot) + sizeof(std::shared_ptr<Buffer>));
  for (const Step& step : steps_) {
    bytes += sizeof(Step) + kKernel + step.comment.size() +
             step.buffers.size() * sizeof(BufferArgument) +
             step.scalars.size() * sizeof(ScalarArgument);
  }
  return bytes;
}

}  // namespace tarn::seam
