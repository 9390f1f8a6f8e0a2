// A plan that is ready to run: kernels built, arguments that never change set, and for each step
// the few that may change. On a device with two lanes it learns which is best for each step.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ops/graph/traversal.hpp"
#include "ops/kernel/launch.hpp"
#include "ops/plan/plan.hpp"
#include "ops/realize/lane_plan.hpp"
#include "runtime/memory/trace_writer.hpp"
#include "runtime/opencl/kernel_cache.hpp"
#include "runtime/opencl/stream.hpp"
#include "tarn/buffer.hpp"

namespace tarn {
class DeviceState;
}

namespace tarn::seam {

class Executable {
 public:
  /// Builds all kernels of the plan as one program. Throws: BuildError.
  Executable(DeviceState& device, const plan::Plan& plan,
             const std::vector<kernel::Launch>& launches);

  /// Submits every step: allocate, set arguments, enqueue, drop what is dead. Returns: what each
  /// output is now. On an exception everything is as before. Requires: the device's lock, and a
  /// graph with the plan's key.
  std::vector<std::shared_ptr<const graph::Result>> run(DeviceState& device,
                                                        const graph::Traversal& graph);

  /// Kernels of the last run.
  std::size_t launches() const { return launches_; }
  /// Bytes of memory that it takes, about.
  std::size_t cost() const;

 private:
  struct BufferArgument {
    unsigned index;
    int slot;
  };
  struct ScalarArgument {
    std::size_t vector, word;  // of the step's words
    int number;
    DType dtype;
    int half;  // of a seed: 0 low, 1 high; -1: not a seed
  };
  struct WideArgument {
    unsigned index;
    std::int64_t number;
  };
  struct LocalArgument {
    unsigned index;
    std::size_t bytes;
  };
  // Numbers that are one parameter.
  struct Words {
    unsigned index;
    opencl::KernelWords values{};
    bool set = false;  // the kernel has them
  };
  // One launch: a step of the plan, or a sequence of them.
  struct Step {
    opencl::KernelSource source;
    std::optional<opencl::Kernel> kernel;  // once it is built
    opencl::Range range;
    std::vector<WideArgument> wide;
    std::vector<LocalArgument> locals;
    std::vector<Words> words;
    std::vector<BufferArgument> buffers;
    std::vector<ScalarArgument> scalars;
    std::vector<int> outputs, drops;
    int packs_weight;
    std::string pack_name;
    std::string comment, loops;  // for the log
    std::int64_t operations, bytes;
    memory::TraceLabel label = {};
  };
  struct Slot {
    std::size_t bytes;
    int leaf;
  };

  static Step step_for(const plan::Plan& plan, const kernel::Launch& launch);
  static void bind(Step& step, const plan::Plan& plan, const kernel::Launch& launch);
  static void set_scalars(Step& step, const graph::Traversal& graph);
  static void log_launch(const Step& step, std::uint64_t nanoseconds);
  void build(DeviceState& device);
  static std::size_t number_for(profile::Recorder& recorder, const Step& step);
  void launch(DeviceState& device, std::size_t number);
  void submit(DeviceState& device, const graph::Traversal& graph, std::size_t number);
  void allocate_outputs(DeviceState& device, Step& step);
  bool reuse_packed(const graph::Traversal& graph, const Step& step);
  void keep_packed(const graph::Traversal& graph, const Step& step);

  std::vector<Step> steps_;
  std::optional<LanePlan> lanes_;  // where the device has two
  std::vector<Slot> slots_;
  std::vector<plan::Output> outputs_;
  std::vector<std::shared_ptr<Buffer>> buffers_;  // of each slot, while it runs
  std::size_t launches_ = 0;
};

}  // namespace tarn::seam
