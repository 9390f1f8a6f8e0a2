// Contractions on devices of many threads. A group of work items computes a tile of the result: a
// block of each operand at a time is copied to local memory, from where all of the group read it.
// Both operands are read where they lie, so neither transposes nor windows need a pass of their
// own; the columns' operand may be padded.
#pragma once

#include <optional>

#include "ops/plan/forms.hpp"

namespace tarn::plan {

/// A group has kBlockSide × kBlockSide items, each with tile_rows × tile_vectors results that lie
/// kBlockSide apart; it goes through kBlockDepth products at a time.
inline constexpr int kBlockSide = 16;
inline constexpr int kBlockDepth = 16;
/// Elements after each row of a block: those that a group writes at a time, down or across, then
/// fall into different banks of local memory.
inline constexpr int kBlockPadding = 2;

/// Nothing where a tile would not pay, or does not fit. Requires: loops and loads are set.
std::optional<FormChoice> as_blocks(const KernelSpec& spec, const DeviceTraits& traits,
                                    Contraction contraction);

/// Groups that compute the result.
std::int64_t block_groups(const KernelSpec& spec, const Contraction& contraction);

/// Of local memory, of a group.
std::size_t block_bytes(const Contraction& contraction);

}  // namespace tarn::plan
