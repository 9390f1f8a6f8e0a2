// A plan that is ready to run: kernels built, arguments that never change set, and for each step
// the few that may change. On a device with two lanes it learns which is best for each step.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
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

  /// Readies every step (allocates, sets arguments, drops what is dead), and submits it: all of
  /// them at the end, where the stream holds launches. Returns: what each output is now. On an
  /// exception everything is as before. Requires: the device's lock, and a graph with the plan's
  /// key.
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
    std::uint64_t set_to = ~std::uint64_t{0};  // a block's id: handles are used again, ids never
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
  };
  // A list for each step, one after another in memory: a run reads them from front to back.
  template <class T>
  class Lists {
   public:
    void begin_list() { ends_.push_back(all_.size()); }
    void push_back(const T& element) {  // to the last list
      all_.push_back(element);
      ++ends_.back();
    }
    std::span<T> operator[](std::size_t step) {
      const std::size_t begin = step == 0 ? 0 : ends_[step - 1];
      return std::span(all_).subspan(begin, ends_[step] - begin);
    }
    std::size_t bytes() const { return all_.size() * sizeof(T) + ends_.size() * sizeof(ends_[0]); }

   private:
    std::vector<T> all_;
    std::vector<std::size_t> ends_;
  };
  // One launch, a step of the plan or a sequence of them: what each run reads of it.
  struct Step {
    std::optional<opencl::Kernel> kernel;  // once it is built
    opencl::Range range;
    int packs_weight;
    bool words_set = false;        // the kernel has them all
    const std::string* pack_name;  // one address for each text
  };
  // Where a slot is.
  struct Place {
    const Buffer* buffer = nullptr;
    std::uint64_t id = Block{}.id;

    Place() = default;
    explicit Place(const Buffer& at) : buffer(&at), id(at.id()) {}
    explicit Place(const graph::Stored& at) : buffer(at.buffer.get()), id(at.id) {}
  };
  // What is asked for when it is built, logged or traced.
  struct About {
    opencl::KernelSource source;
    std::vector<WideArgument> wide;
    std::vector<LocalArgument> locals;
    std::string comment, loops;
    std::int64_t operations = 0, bytes = 0;
    memory::TraceLabel label = {};
  };
  struct Slot {
    std::size_t bytes;
    int leaf;
  };

  void add_step(const plan::Plan& plan, const kernel::Launch& launch, std::size_t first_item);
  void bind(const plan::Plan& plan, const kernel::Launch& launch);
  void build(DeviceState& device);
  void set_scalars(std::size_t number, const graph::Traversal& graph);
  static void log_launch(const About& about, std::uint64_t nanoseconds);
  static std::size_t number_for(profile::Recorder& recorder, const About& about);
  void launch(DeviceState& device, std::size_t number);
  void ready(DeviceState& device, const graph::Traversal& graph, std::size_t number);
  void allocate_outputs(DeviceState& device, std::size_t number);
  std::size_t packed_slot(std::size_t number) {
    return static_cast<std::size_t>(produced_[number][0]);
  }
  bool find_packed(const graph::Traversal& graph, std::size_t number);
  void keep_packed(const graph::Traversal& graph, std::size_t number);

  std::vector<Step> steps_;
  std::vector<About> about_;          // each step
  std::vector<std::size_t> packers_;  // the steps that pack weights
  Lists<Words> words_;
  Lists<BufferArgument> arguments_;
  Lists<ScalarArgument> scalars_;
  Lists<int> produced_, dropped_;  // slots
  std::optional<LanePlan> lanes_;  // where the device has two
  std::vector<Slot> slots_;
  std::vector<plan::Output> outputs_;
  // Of each slot, while it runs: where it is, and its owner where this run has made it. All others
  // belong to the graph: they lie far away, and are looked at before the first step, so that none
  // waits for another.
  std::vector<Place> places_;
  std::vector<std::shared_ptr<Buffer>> made_;
  std::size_t launches_ = 0;
};

}  // namespace tarn::seam
