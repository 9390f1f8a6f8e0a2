#include "ops/plan/blocks.hpp"

#include <algorithm>
#include <limits>

#include "ops/plan/loops.hpp"
#include "ops/plan/rounding.hpp"

namespace tarn::plan {
namespace {

// Below these nearly all of a group's items would have nothing to do. Rows are fewer, since they
// are what a batch has: from eight on, another number of them takes the same kernel.
constexpr std::int64_t kMinRows = 8;
constexpr std::int64_t kMinColumns = 16;
constexpr std::int64_t kMinDepth = 16;
constexpr std::int64_t kLongSum = 1024;
// Rounds of loops that a block takes at most: 17 of products, 5 to copy each operand, and its own.
constexpr std::int64_t kRoundsOfBlock = 28;

// Large tiles read less, but there are fewer of them. Rows are what a batch has, or channels:
// another number of them should take the same text.
constexpr std::int64_t kManyRows = 512;
constexpr std::int64_t kManyColumns = 2 * kBlockSide + 1;

// Whether what is padding follows from where the columns' operand is read alone.
bool guards_fit(const KernelSpec& spec, const Contraction& c) {
  const int guards = spec.values[static_cast<std::size_t>(c.columns)].guards;
  return guards < 0 || std::ranges::none_of(spec.guards[static_cast<std::size_t>(guards)],
                                            [&](const Guard& guard) {
                                              return depends_on(spec.space, guard.index, c.m);
                                            });
}

}  // namespace

std::int64_t block_groups(const KernelSpec& spec, const Contraction& c) {
  return product(spec, c.batch) * divide_up(product(spec, c.m), c.tile_rows * kBlockSide) *
         divide_up(product(spec, c.n), c.tile_vectors * kBlockSide);
}

std::size_t block_bytes(const Contraction& c) {
  const int side = (c.tile_rows + c.tile_vectors) * kBlockSide + 2 * kBlockPadding;
  return static_cast<std::size_t>(side * kBlockDepth) * sizeof(float);
}

std::optional<FormChoice> as_blocks(const KernelSpec& spec, const DeviceTraits& traits,
                                    Contraction c) {
  const std::int64_t m = product(spec, c.m);
  const std::int64_t n = product(spec, c.n);
  const std::int64_t k = product(spec, c.k);
  if (m < kMinRows || n < kMinColumns || k < kMinDepth) return std::nullopt;
  if (divide_up(k, kBlockDepth) > traits.loop_rounds / kRoundsOfBlock) return std::nullopt;
  const bool in_order = spec.store.address.factor(c.n.back()) == 1;  // as neighbours' results lie
  if (traits.lanes != 1 || !traits.local_is_near || !in_order) return std::nullopt;
  if (!guards_fit(spec, c)) return std::nullopt;
  c.form = Contraction::Form::blocks;
  c.tile_rows = m < kManyRows ? 2 : 4;
  c.tile_vectors = n < kManyColumns ? 2 : 4;
  const std::int64_t groups = block_groups(spec, c);
  // Long sums for few results are better cut in parts.
  if (groups < traits.compute_units && k > kLongSum) return std::nullopt;
  const bool countable =
      groups <= std::numeric_limits<std::int32_t>::max() / (kBlockSide * kBlockSide);
  if (!countable || block_bytes(c) > traits.local_bytes) return std::nullopt;
  const double cost = static_cast<double>(groups * c.tile_rows * c.tile_vectors * k);
  return FormChoice{std::move(c), cost};
}

}  // namespace tarn::plan
