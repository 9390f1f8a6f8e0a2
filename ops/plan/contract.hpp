// Contractions: reductions that sum products of two operands, each of which the other's axes
// repeat. They are told by the access patterns of their loops, however they were written: matmul, a
// convolution through its window view, or a user's own (a * b).sum(axis).
//
// The loops of the result fall into *batch* (both operands change), *m* (the rows' operand alone)
// and *n* (the columns' operand alone); k are the loops that are summed over. A register tile holds
// the sums of some rows times some vectors of columns. The columns' operand takes one of two forms:
//
//   panels  it is packed first, [batch][n / panel][k][panel], the last panel filled with zeros: for
//           weights, which are packed once and kept, and for large products
//   strips  it is read where it lies, along the last loop of n: for convolutions and for products
//           of which packing would not pay. Strips whose columns lie far apart are copied to local
//           memory one by one, as long as many rows pass by each.
//
// Devices of many threads have a form of their own, in which both operands are read where they lie:
//
//   blocks  by groups of work items, through local memory; see blocks.hpp
//
// Which operand is which, and in which form, is the choice of least cost; see forms.hpp.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "ops/plan/device_traits.hpp"
#include "ops/plan/kernel_spec.hpp"

namespace tarn::plan {

/// How to compute `spec` in the form of least cost; nothing where no register tile pays.
/// `is_weight` says whether what is packed from a buffer is kept.
std::optional<Contraction> find_contraction(const KernelSpec& spec, const DeviceTraits& traits,
                                            const std::function<bool(int buffer)>& is_weight);

/// That one first, then every form that `spec` can take; one may be there twice.
std::vector<Contraction> contraction_forms(const KernelSpec& spec, const DeviceTraits& traits,
                                           const std::function<bool(int buffer)>& is_weight);

/// Has `spec` computed as `chosen`, one of its forms. Returns: the kernel that packs an operand,
/// where one is wanted; it writes buffer `packed`, which the contraction then reads.
std::optional<KernelSpec> take_form(KernelSpec& spec, Contraction chosen, int packed);

/// Whether a contraction whose operand is padded should pad it itself, rather than read what
/// another kernel has padded. Requires: what is padded is in memory.
bool pads_itself(const KernelSpec& spec, const DeviceTraits& traits,
                 const std::function<bool(int buffer)>& is_weight);

/// The value of the one reduction of a kernel that sums products of two loads without padding; -1:
/// it has another, or none.
int plain_sum_of_products(const KernelSpec& spec);

/// Elements of the packed operand.
std::int64_t packed_elements(const KernelSpec& spec);

}  // namespace tarn::plan
