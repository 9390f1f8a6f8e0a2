// What the renderers of contractions share: tasks, rows of a register tile, and what is computed
// from its sums.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ops/kernel/vectors.hpp"

namespace tarn::kernel {

/// As many bytes of rows pass by the columns of a tile before the next tile's turn: the last of the
/// caches has to hold them. Rows come from there as evenly as they are used; the columns, which are
/// wanted anew for each tile of rows, stay in the nearer ones.
inline constexpr std::int64_t kPassingBytes = 16 << 20;

/// Work is cut into tasks, which work items take in shares of equal size. A task runs its rows tile
/// by tile: `tile_rows` rows times `tile_vectors` vectors of sums, all in registers.
class TileEmitter : protected VectorEmitter {
 protected:
  TileEmitter(const KernelSpec& spec, const plan::DeviceTraits& traits);

  /// The elements of some loops together.
  std::int64_t product(const std::vector<int>& loops) const;
  /// Rows of a block and the number of blocks, all of about the same size, where a block may have
  /// so many tiles.
  std::pair<std::int64_t, std::int64_t> row_blocks(std::int64_t rows, std::int64_t tiles) const;
  /// Work items for so many tasks, each with the same share of them.
  std::int64_t groups(std::int64_t tasks) const;
  /// Opens the loop over the tasks of a work item.
  void open_tasks(std::int64_t tasks);
  /// Declares `row_begin` and `row_end`, the rows of block `block`.
  void emit_row_block(const std::string& block, std::int64_t rows, std::int64_t block_rows);
  /// Opens the loop over the tiles of a block of rows, whose first row is `row`.
  void open_row_tiles();

  std::string index(const std::string& name, const std::string& is) const;
  std::string smaller(const std::string& a, const std::string& b) const;
  /// Declares the index of each of `loops` from their joint index.
  void decode(const std::vector<int>& loops, const std::string& from);
  /// The part of an address that these loops make; its numbers are called after `role`.
  std::string part(const Value& load, const std::string& role, const std::vector<int>& loops,
                   bool constant);

  const Value& rows_load() const { return value(c_.rows); }
  const Value& columns_load() const { return value(c_.columns); }
  static std::string input(const Value& load) { return "x" + std::to_string(load.operand); }

  /// Whether rows lie one after another, so that those of the next tile follow this one's.
  bool rows_adjoin() const;
  /// Where each row of the tile begins: p0, p1, ... Rows past the end are the last one again, and
  /// are not stored.
  void emit_row_places();
  static std::string sum(int row, int vector);
  void emit_zero_sums();
  /// Opens a loop over all its iterations; short ones are unrolled.
  void open_loop(int loop);
  void open_products();
  void close_products();
  /// sum += row * column, for columns b0, b1, ...
  void emit_multiply_add();
  /// What stands around a padded operand, in all lanes; zeros where there is nothing.
  std::string fill() const;
  /// All sums of the tile as an array `sums`.
  void emit_sums_array();
  void define_sum(const std::string& is);
  /// What is computed from the sum, and its store.
  void emit_epilogue(bool masked);
  /// Whether its text is so short that it may stand once for each sum of a tile.
  bool short_epilogue() const;
  /// Each sum, from its register through what is computed from it to memory. The tile is full but
  /// for its last rows; its vectors begin where `place` says, along loop x.
  void emit_results_from_registers(int x, const std::function<std::string(int vector)>& place);

  plan::Contraction c_;  // the product at hand: an attention has two
};

}  // namespace tarn::kernel
