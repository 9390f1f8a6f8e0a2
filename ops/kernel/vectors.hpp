// Values as vectors: how the lanes of a vector lie over a kernel's loops, and how values are
// loaded, computed and stored that way. What all renderers share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ops/kernel/emit.hpp"
#include "ops/kernel/layout.hpp"

namespace tarn::kernel {

using plan::Affine;
using plan::KernelSpec;
using plan::Value;

/// Writes the lines that compute values. Values are called v0, v1, ...; where a kernel works on
/// several vectors at once (*replicas*), v0_1, v0_2, ... A loop's index is i0, i1, ...; `m` is the
/// number of lanes that count where a vector is masked.
class VectorEmitter {
 protected:
  VectorEmitter(const KernelSpec& spec, const plan::DeviceTraits& traits)
      : spec_(spec),
        traits_(traits),
        arguments_(spec),
        lanes_(traits.lanes),
        index_(arguments_.index_type()) {}

  const Value& value(int v) const { return spec_.values[static_cast<std::size_t>(v)]; }
  int count() const { return static_cast<int>(spec_.values.size()); }
  bool is_map() const { return spec_.passes == 0; }
  bool guards_depend(int guards, const std::vector<int>& loops) const;

  // ---- What varies from lane to lane
  // ----------------------------------------------------------------------
  bool address_varies(const Affine& a) const;
  bool guards_vary(int guards) const;
  // In a map every operator works on full vectors, so that a result does not depend on what it was
  // fused with: a library's scalar and vector functions may differ in the last bit.
  bool varies(int v) const;
  int width(int v) const { return varies(v) ? lanes_ : 1; }

  // ---- Names
  // ------------------------------------------------------------------------------------------------
  static std::string loop_name(int loop) { return "i" + std::to_string(loop); }
  /// The index of a loop for the first lane of replica r.
  LoopName first_lane() const;
  /// The index of a loop for lane l of replica r.
  LoopName lane(const std::string& l = "l") const;
  std::string value_name(int v) const;
  // A value of which every replica has one of its own.
  bool replicated(int v) const;
  // The value as an operand of `lanes` lanes.
  std::string operand(int v, int lanes) const;

  // ---- Values
  // ------------------------------------------------------------------------------------------------
  std::string address(const Affine& a, int v, const LoopName& name);
  int unit_loop(const Affine& a) const;
  std::string guard(int guards, const LoopName& name);
  void emit(int v, bool masked);
  void define(int v, const std::string& expression);
  static std::string from_memory(const std::string& text, DType dtype, int lanes);
  void emit_load(int v, bool masked);
  bool reads_ahead(int v) const;
  // Brings what lies there into the core's cache, or into its nearest one.
  void prefetch(const std::string& place);
  void prefetch_near(const std::string& place, DType dtype = DType::float32);
  std::string load_text(DType dtype, Access how, const std::string& place,
                        const std::string& lanes) const;
  void define_where(const std::string& name, int guards, bool masked);
  bool guards_are_linear(int guards) const;
  // Each lane from an address of its own.
  void emit_load_by_lane(int v, bool masked);
  void emit_lanes(int v, bool masked);
  void emit_gather(int v, bool masked);
  void emit_gather_vector(int v, bool masked);
  void emit_gather_by_lane(int v, bool masked);
  std::string gather_index(int v, const std::string& index, const LoopName& name);
  std::string gather_place(int v, const LoopName& name);
  std::string index_of(int v);
  bool moves_evenly(const Affine& a) const;
  void emit_index(int v);
  void emit_apply(int v);
  DType operand_dtype(const Value& val) const;
  void emit_inside(int v, bool masked);

  // ---- Stores
  // --------------------------------------------------------------------------------------------------
  void emit_store(bool masked);
  std::string store_address(const LoopName& name);
  std::string part_offset();
  bool stores_in_order() const;
  // Whether whole vectors go past the caches: the result is large, and each is aligned.
  bool streams() const;
  bool begins_at_whole_vectors() const;
  std::int64_t streamed_bytes() const;

  // ---- The kernel
  // --------------------------------------------------------------------------------------------------
  // An array in local memory, aligned for vectors, of a kernel without barriers.
  void declare_local(const std::string& name, std::int64_t floats);
  Rendered finish(std::string_view kind) const;

  const KernelSpec& spec_;
  const plan::DeviceTraits& traits_;
  Arguments arguments_;
  int lanes_;
  std::string index_;  // the type of indices
  Layout layout_{Across::flat};
  Text text_;
  int replica_ = 0;
  bool reads_across_ = false;  // a transposition: its reads take longer than its stores
};

}  // namespace tarn::kernel
