#include "ops/realize/executable.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <limits>
#include <mutex>
#include <set>
#include <span>
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

const graph::Result& leaf(const graph::Traversal& graph, int number) {
  return *graph.nodes[graph.leaves[static_cast<std::size_t>(number)]]->result;
}

// The one address for a text, for good.
const std::string* address_of(const std::string& text) {
  static auto* const texts = new std::set<std::string>;
  static auto* const mutex = new std::mutex;
  const std::lock_guard lock(*mutex);
  return &*texts->insert(text).first;
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
  about_.reserve(launches.size());
  for (const kernel::Launch& launch : launches) {
    add_step(plan, launch, device.stream().origin());
    double us = 0;
    for (std::size_t i = 0; i < launch.count; ++i) {
      us += plan::estimate_serial_us(plan.steps[launch.first + i].kernel);
    }
    const opencl::Range& range = steps_.back().range;
    works.push_back({.serial_us = us, .groups = range.global / range.local});
  }
  if (device.workers() > 1) lanes_.emplace(std::move(works), device.workers(), device.lanes());
  build(device);
}

void Executable::add_step(const plan::Plan& plan, const kernel::Launch& launch,
                          std::size_t first_item) {
  words_.begin_list();
  arguments_.begin_list();
  scalars_.begin_list();
  produced_.begin_list();
  dropped_.begin_list();
  const plan::Step& first = plan.steps[launch.first];
  if (first.packs_weight >= 0) packers_.push_back(steps_.size());
  steps_.push_back({.kernel = {},
                    .range = {launch.rendered.global, launch.rendered.local, first_item},
                    .packs_weight = first.packs_weight,
                    .pack_name = address_of(first.pack_name)});
  About& about = about_.emplace_back(About{.source = {launch.rendered.name, launch.rendered.text},
                                           .wide = {},
                                           .locals = {},
                                           .comment = {},
                                           .loops = launch.count == 1
                                                        ? plan::loops_text(first.kernel)
                                                        : std::to_string(launch.count) + " steps"});
  for (std::size_t i = 0; i < launch.count; ++i) {
    const plan::Step& from = plan.steps[launch.first + i];
    produced_.push_back(from.kernel.output.buffer);
    for (const int slot : from.drops) dropped_.push_back(slot);
    if (about.comment.find(from.kernel.comment) == std::string::npos) {
      about.comment += (i == 0 ? "" : "; ") + from.kernel.comment;
    }
    about.operations += from.kernel.operations;
    about.bytes += from.kernel.bytes;
  }
  bind(plan, launch);
}

// Notes of the last step what never changes, and what does.
void Executable::bind(const plan::Plan& plan, const kernel::Launch& launch) {
  using Kind = kernel::Argument::Kind;
  const std::vector<kernel::Place> places = kernel::places(launch.rendered.arguments);
  const std::size_t number = steps_.size() - 1;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto [parameter, word] = places[i];
    if (word == 0) words_.push_back({parameter});
    const std::span<Words> words = words_[number];
    const auto at_word = static_cast<std::size_t>(word);  // of the last vector
    const auto set_word = [&](std::int64_t value) {
      words.back().values[at_word] = static_cast<std::int32_t>(value);
    };
    const kernel::Argument& argument = launch.rendered.arguments[i];
    const auto at = static_cast<std::size_t>(argument.index);
    const plan::KernelSpec& kernel =
        plan.steps[launch.first + static_cast<std::size_t>(argument.step)].kernel;
    switch (argument.kind) {
      case Kind::input:
        arguments_.push_back({parameter, kernel.inputs[at].buffer});
        break;
      case Kind::output:
        arguments_.push_back({parameter, kernel.output.buffer});
        break;
      case Kind::scalar:
      case Kind::seed_high: {
        const plan::ScalarArgument& scalar = kernel.scalars[at];
        const int half = argument.kind == Kind::seed_high ? 1 : scalar.seed ? 0 : -1;
        scalars_.push_back({words.size() - 1, at_word, scalar.number, scalar.dtype, half});
        break;
      }
      case Kind::int32:
        set_word(argument.number);
        break;
      case Kind::int64:
        about_[number].wide.push_back({parameter, argument.number});
        break;
      case Kind::local:
        about_[number].locals.push_back({parameter, static_cast<std::size_t>(argument.number)});
        break;
      case Kind::item_0:
        set_word(static_cast<std::int64_t>(steps_[number].range.first));
        break;
      case Kind::items:
        set_word(static_cast<std::int64_t>(steps_[number].range.global));
        break;
    }
  }
}

// Has all kernels made, as one program, and sets what never changes.
void Executable::build(DeviceState& device) {
  std::vector<opencl::KernelSource> sources;
  for (const About& about : about_) sources.push_back(about.source);
  std::vector<opencl::Kernel> kernels = device.kernels().get(sources);
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    for (const WideArgument& argument : about_[i].wide) {
      kernels[i].set(argument.index, argument.number);
    }
    for (const LocalArgument& argument : about_[i].locals) {
      kernels[i].set_local(argument.index, argument.bytes);
    }
    steps_[i].kernel = std::move(kernels[i]);
  }
}

std::vector<std::shared_ptr<const graph::Result>> Executable::run(DeviceState& device,
                                                                  const graph::Traversal& graph) {
  struct Clear {  // whatever happens, no launch and no buffer stays behind
    opencl::Stream& stream;
    std::vector<std::shared_ptr<Buffer>>& made;
    ~Clear() {
      stream.drop_held();
      made.clear();
    }
  } clear{device.stream(), made_};
  made_.resize(slots_.size());
  places_.assign(slots_.size(), {});
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].leaf >= 0) places_[i] = Place(leaf(graph, slots_[i].leaf));
  }
  for (const std::size_t step : packers_) find_packed(graph, step);
  launches_ = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) ready(device, graph, i);

  std::vector<std::shared_ptr<const graph::Result>> results;
  results.reserve(outputs_.size());
  for (const plan::Output& output : outputs_) {
    std::shared_ptr<Buffer> buffer;
    if (output.slot >= 0) {
      const auto slot = static_cast<std::size_t>(output.slot);
      buffer = slots_[slot].leaf < 0 ? made_[slot] : leaf(graph, slots_[slot].leaf).buffer;
    }
    results.push_back(std::make_shared<graph::Result>(std::move(buffer), output.view));
  }
  device.stream().submit_held();
  return results;
}

void Executable::ready(DeviceState& device, const graph::Traversal& graph, std::size_t number) {
  Step& step = steps_[number];
  const profile::ScopedSpan span(&device.recorder(), profile::Track::host,
                                 about_[number].source.name);
  if (step.packs_weight >= 0 && find_packed(graph, number)) return;
  allocate_outputs(device, number);
  for (BufferArgument& argument : arguments_[number]) {
    const Place& place = places_[static_cast<std::size_t>(argument.slot)];
    if (argument.set_to == place.id) continue;
    step.kernel->set(argument.index, place.buffer ? place.buffer->block() : Block{});
    argument.set_to = place.id;
  }
  set_scalars(number, graph);
  launch(device, number);
  if (step.packs_weight >= 0) {
    device.stream().submit_held();
    keep_packed(graph, number);
  }
  for (const int slot : dropped_[number]) {
    places_[static_cast<std::size_t>(slot)] = {};
    made_[static_cast<std::size_t>(slot)].reset();
  }
}

// And all other words where the kernel does not have them yet.
void Executable::set_scalars(std::size_t number, const graph::Traversal& graph) {
  Step& step = steps_[number];
  const std::span<Words> all = words_[number];
  for (const ScalarArgument& argument : scalars_[number]) {
    const Node& node = *graph.nodes[graph.scalars[static_cast<std::size_t>(argument.number)]];
    const std::int32_t is = argument.half < 0 ? word_of(argument.dtype, node.attributes.value)
                                              : half_of(node.attributes.seed, argument.half);
    std::int32_t& word = all[argument.vector].values[argument.word];
    step.words_set = step.words_set && word == is;
    word = is;
  }
  if (step.words_set) return;
  for (const Words& words : all) step.kernel->set(words.index, words.values);
  step.words_set = true;
}

// While traced, no other thread's requests come between a step and what it asks for.
void Executable::allocate_outputs(DeviceState& device, std::size_t number) {
  std::optional<memory::TraceWriter::Turn> turn;
  if (memory::TraceWriter* trace = device.stack().trace()) {
    About& about = about_[number];
    turn.emplace(*trace).write_step(about.source.name, about.label);
  }
  for (const int output : produced_[number]) {
    const auto at = static_cast<std::size_t>(output);
    if (places_[at].buffer) continue;
    made_[at] = std::make_shared<Buffer>(device.allocator(), slots_[at].bytes);
    places_[at] = Place(*made_[at]);
  }
}

void Executable::launch(DeviceState& device, std::size_t number) {
  Step& step = steps_[number];
  if (lanes_) step.range.pieces = lanes_->pieces(number);
  profile::Recorder& recorder = device.recorder();
  const std::size_t recorded_as = recorder.on() ? number_for(recorder, about_[number]) : 0;
  opencl::Stream& stream = device.stream();
  ++launches_;
  const bool measured = lanes_ && lanes_->measuring(number);
  if (!measured && !stream.timing()) {
    stream.hold(*step.kernel, step.range, recorded_as);
    return;
  }
  using Clock = std::chrono::steady_clock;
  stream.submit_held();
  const auto start = Clock::now();
  const auto took = stream.launch(*step.kernel, step.range, recorded_as);
  if (measured) {
    lanes_->measured(number,
                     std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  if (took) log_launch(about_[number], *took);
}

std::size_t Executable::number_for(profile::Recorder& recorder, const About& about) {
  return recorder.number_of({.name = about.source.name,
                             .expression = about.comment,
                             .loops = about.loops,
                             .bytes = about.bytes,
                             .operations = about.operations});
}

// One line a kernel: what it is, over which loops, how long it took, and at what rates.
void Executable::log_launch(const About& about, std::uint64_t nanoseconds) {
  const double ns = std::max(static_cast<double>(nanoseconds), 1.0);
  opencl::log().debug("{} {} over {}: {:.1f} us, {:.1f} GB/s, {:.1f} GFLOPS", about.source.name,
                      about.comment, about.loops, ns * 1e-3, static_cast<double>(about.bytes) / ns,
                      static_cast<double>(about.operations) / ns);
}

// Whether the copy is there that the step would make: an earlier run, or step, left it with the
// weight.
bool Executable::find_packed(const graph::Traversal& graph, std::size_t number) {
  const Step& step = steps_[number];
  Place& place = places_[packed_slot(number)];
  if (place.buffer) return true;
  for (const auto& packed : leaf(graph, step.packs_weight).packed) {
    if (packed.name != step.pack_name) continue;
    place = Place(packed);
    return true;
  }
  return false;
}

void Executable::keep_packed(const graph::Traversal& graph, std::size_t number) {
  const Step& step = steps_[number];
  leaf(graph, step.packs_weight)
      .packed.push_back({graph::Stored(made_[packed_slot(number)]), step.pack_name});
}

std::size_t Executable::cost() const {
  constexpr std::size_t kKernel = 2048;  // the driver's own, roughly
  std::size_t bytes =
      slots_.size() * (sizeof(Slot) + sizeof(std::shared_ptr<Buffer>) + sizeof(Place)) +
      words_.bytes() + arguments_.bytes() + scalars_.bytes() + produced_.bytes() + dropped_.bytes();
  for (const About& about : about_) {
    bytes +=
        sizeof(Step) + sizeof(About) + kKernel + about.source.text.size() + about.comment.size();
  }
  return bytes;
}

}  // namespace tarn::seam
