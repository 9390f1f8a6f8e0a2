#include "ops/kernel/render_sequence.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "ops/kernel/emit.hpp"
#include "ops/kernel/parameters.hpp"
#include "ops/plan/rounding.hpp"
#include "ops/plan/sequence.hpp"

namespace tarn::kernel {
namespace {

using Kind = Argument::Kind;

// The kernel's parameters, each once, and the calls that take them.
class SequenceRenderer {
 public:
  SequenceRenderer(std::span<const plan::KernelSpec* const> steps,
                   std::span<const Rendered> rendered, const plan::DeviceTraits& traits)
      : steps_(steps), rendered_(rendered), traits_(traits) {}

  Rendered run() {
    for (step_ = 0; step_ < steps_.size(); ++step_) add_call();
    Rendered sequence;
    sequence.helpers = helpers_;
    sequence.arguments = std::move(arguments_);
    add_items(sequence.arguments);
    sequence.body = calls_;
    sequence.global = static_cast<std::size_t>(items(blocks_apart()));
    const std::string rest = "(" + kernel_parameters(sequence.arguments) + ") {\n" +
                             unpacked(sequence.arguments) + std::string(kFindItem) + calls_ + "}\n";
    sequence.name = "tarn_sequence_" + hash_of(rest);
    sequence.text = helpers_ + "kernel void " + sequence.name + rest;
    return sequence;
  }

 private:
  const plan::KernelSpec& spec() const { return *steps_[step_]; }
  const Rendered& rendered() const { return rendered_[step_]; }

  // Blocks of rows that go through all steps by themselves; 1: each step waits for all of the last.
  std::int64_t blocks_apart() const {
    const std::int64_t block = rendered_[0].block_rows;
    const bool equal = block > 0 && std::ranges::all_of(rendered_, [&](const Rendered& step) {
                         return step.block_rows == block;
                       });
    if (!equal || !plan::rows_stay_apart(steps_)) return 1;
    return plan::divide_up(steps_[0]->extent(steps_[0]->contraction.m[0]), block);
  }

  // All with as many blocks: then each has the same ones in every step, however many tasks it makes
  // of a block.
  std::int64_t items(std::int64_t blocks) const {
    std::int64_t items = std::min<std::int64_t>(blocks, traits_.compute_units);
    while (blocks % items != 0) ++items;
    return items;
  }

  void add_call() {
    const std::string function = add_function();
    const std::string numbers = numbers_name(function);
    std::string call;
    for (std::size_t i = 0; i < rendered().arguments.size(); ++i) {
      const Argument& argument = rendered().arguments[i];
      if (is_item(argument)) continue;
      call += (call.empty() ? "" : ", ") + parameter_for(argument, numbers + std::to_string(i));
    }
    calls_ += "  " + function + "(" + call + ", item, items);\n";
  }

  // The step as a function, which stands in the text once, and once in a program. Inlined, its
  // restricted pointers would become an intrinsic that Oclgrind does not know.
  std::string add_function() {
    std::string name = rendered().name + "_step";
    if (!functions_.emplace(name, static_cast<int>(functions_.size())).second) return name;
    std::vector<Argument> own = rendered().arguments;
    std::erase_if(own, is_item);
    helpers_ += rendered().helpers + "#ifndef HAVE_" + name + "\n#define HAVE_" + name + "\n// " +
                spec().comment + "\n__attribute__((noinline)) static void " + name + "(" +
                function_parameters(own) + ", const int item, const int items) {\n" +
                rendered().body + "}\n#endif\n";
    return name;
  }

  // What the parameters begin with that hold this step's numbers: equal steps have the same.
  std::string numbers_name(const std::string& function) {
    std::vector<std::int64_t> numbers{functions_.at(function)};
    for (const Argument& argument : rendered().arguments) {
      if (is_number(argument)) numbers.push_back(argument.number);
    }
    const auto at = numbers_.emplace(std::move(numbers), numbers_.size()).first;
    return "n" + std::to_string(at->second) + "_";
  }

  static bool is_item(const Argument& argument) {
    return argument.kind == Kind::item_0 || argument.kind == Kind::items;
  }
  static bool is_number(const Argument& argument) {
    return argument.kind == Kind::int32 || argument.kind == Kind::int64;
  }

  std::string parameter_for(Argument argument, const std::string& number_name) {
    const auto at = static_cast<std::size_t>(argument.index);
    argument.step = static_cast<int>(step_);
    switch (argument.kind) {
      case Kind::input:
        return buffer(argument, spec().inputs[at]);
      case Kind::output:
        return buffer(argument, spec().output);
      case Kind::scalar:
        return declare(argument, scalar_name(spec().scalars[at]));
      case Kind::seed_high:
        return declare(argument, scalar_name(spec().scalars[at]) + "h");
      case Kind::int32:
      case Kind::int64:
        return declare(argument, number_name);
      case Kind::local:
      case Kind::item_0:
      case Kind::items:
        break;  // a step has no local memory, and the sequence's items
    }
    return {};
  }

  // One parameter for what several steps read and write.
  std::string buffer(Argument& argument, const plan::Operand& operand) {
    const auto at = buffers_.emplace(operand.buffer, buffers_.size()).first;
    argument.type = "global " + std::string(memory_type(operand.dtype)) + "*";
    return declare(argument, "b" + std::to_string(at->second));
  }

  std::string scalar_name(const plan::ScalarArgument& scalar) {
    const auto at = scalars_.emplace(std::pair(scalar.number, scalar.dtype), scalars_.size()).first;
    return "c" + std::to_string(at->second);
  }

  std::string declare(Argument& argument, std::string name) {
    argument.name = name;
    if (declared_.insert(name).second) arguments_.push_back(argument);
    return name;
  }

  std::span<const plan::KernelSpec* const> steps_;
  std::span<const Rendered> rendered_;
  const plan::DeviceTraits& traits_;
  std::size_t step_ = 0;
  std::string helpers_, calls_;
  std::vector<Argument> arguments_;
  std::map<std::string, int> functions_;
  std::map<std::vector<std::int64_t>, std::size_t> numbers_;
  std::map<int, std::size_t> buffers_;
  std::map<std::pair<int, DType>, std::size_t> scalars_;
  std::set<std::string> declared_;
};

}  // namespace

Rendered render_sequence(std::span<const plan::KernelSpec* const> steps,
                         std::span<const Rendered> rendered, const plan::DeviceTraits& traits) {
  return SequenceRenderer(steps, rendered, traits).run();
}

}  // namespace tarn::kernel
