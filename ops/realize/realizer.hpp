// The seam: from nodes to results on a device. One realizer a device; it remembers plans, and
// nothing of any graph.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ops/graph/traversal.hpp"
#include "ops/realize/executable.hpp"
#include "ops/realize/tuner.hpp"
#include "runtime/opencl/device_state.hpp"
#include "tarn/lru_cache.hpp"
#include "tarn/profile.hpp"

namespace tarn::seam {

class Realizer : public Attachment {
 public:
  explicit Realizer(DeviceState& device);

  /// The realizer of a device, made when it is first asked for. Requires: the device's lock.
  static Realizer& of(DeviceState& device);

  /// Computes these nodes as one plan, and makes them leaves. Throws: OutOfMemory, BuildError,
  /// DeviceError; then all nodes are as they were. Requires: the device's lock.
  void realize(std::span<const graph::NodePtr> nodes);
  /// The plan that `realize` would run now, as text.
  std::string explain(std::span<const graph::NodePtr> nodes);
  Counters counters() const;
  /// How plans come by memory from now on. Forgets the plans there are.
  void set_plan_memory(PlanMemory memory);
  /// Forgets all plans; what has been counted stays.
  void close() noexcept override;

 private:
  /// A plan under its key's hash; the whole key is compared.
  struct Planned {
    std::vector<std::uint64_t> key;
    std::unique_ptr<Executable> executable;
  };
  /// The plan that is remembered for a graph; null: there is none.
  Executable* find(const graph::Traversal& graph);
  Executable& make(const graph::Traversal& graph);
  std::unique_ptr<Executable> compile(const graph::Traversal& graph);

  DeviceState& device_;
  plan::DeviceTraits traits_;
  std::optional<Tuner> tuner_;  // where the user wants it
  PlanMemory memory_ = PlanMemory::drop;
  graph::Walker walker_;
  LruCache<std::uint64_t, Planned> plans_;
  std::unique_ptr<Executable> oversize_;  // the last plan that was too large to remember
  Counters counters_;
};

}  // namespace tarn::seam
