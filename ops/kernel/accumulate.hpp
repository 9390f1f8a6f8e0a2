// Reductions as vectors: accumulators, what goes into them, and one number from all their lanes.
#pragma once

#include <string>
#include <vector>

#include "ops/kernel/nest.hpp"

namespace tarn::kernel {

class AccumulatingEmitter : protected NestEmitter {
 public:
  AccumulatingEmitter(const KernelSpec& spec, const plan::DeviceTraits& traits, Layout layout)
      : NestEmitter(spec, traits, layout), remembered_(choose_remembered()) {}

 protected:
  void emit_row_values(int pass, int replicas, bool masked);
  void declare_accumulators(const std::vector<int>& reductions, int replicas);
  void emit_step(const std::vector<int>& reductions, bool masked);
  void finish_row_reduction(int v);
  std::string accumulator(int v) const;

  // ---- A value kept from one pass over a row to the next
  int remembered() const { return remembered_; }
  void declare_remembered();
  std::string remembered_place() const;

 private:
  int choose_remembered() const;
  DType accumulated(int v) const;
  void accumulate(int v, bool masked);
  std::string position_of(int v);
  void finish_row_argmax(int v);

  int remembered_;
};

}  // namespace tarn::kernel
