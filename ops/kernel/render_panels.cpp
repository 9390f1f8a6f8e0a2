#include "ops/kernel/render_panels.hpp"

#include <algorithm>
#include <tuple>

#include "ops/kernel/tiles.hpp"
#include "ops/plan/rounding.hpp"

namespace tarn::kernel {

using plan::divide_up;

namespace {

// One task is a block of rows times the panels of a tile: these stay in the nearest caches while
// the rows of the block pass by; the block stays in the last one from one task to the next.
class PanelRenderer : TileEmitter {
 public:
  PanelRenderer(const KernelSpec& spec, const plan::DeviceTraits& traits)
      : TileEmitter(spec, traits),
        vectors_per_panel_(c_.panel / lanes_),
        tile_panels_(c_.tile_vectors / vectors_per_panel_) {}

  Rendered run() {
    measure();
    const std::int64_t tasks = batches_ * places_ * blocks_;
    open_tasks(tasks);
    const std::string places = arguments_.number(places_, "places");
    const std::string blocks = arguments_.number(blocks_, "blocks");
    text_.line(index("panel", "task % " + places + " * " + std::to_string(tile_panels_)));
    emit_row_block("task / " + places + " % " + blocks, rows_, block_);
    text_.line(index("batch", "task / " + places + " / " + blocks));
    decode(c_.batch, "batch");
    text_.line(index("column", "panel * " + std::to_string(c_.panel)));
    emit_places();
    open_row_tiles();
    emit_row_places();
    if (fetches_ahead()) emit_ahead();
    emit_products();
    if (whole_ && short_epilogue()) {
      emit_results_from_registers(c_.n[0],
                                  [&](int v) { return "column + " + std::to_string(v * lanes_); });
    } else {
      emit_results();
    }
    text_.line("}");
    text_.line("}");
    Rendered rendered = finish("contract");
    rendered.global = static_cast<std::size_t>(groups(tasks));
    if (batches_ == 1) rendered.block_rows = block_;
    return rendered;
  }

 private:
  void measure() {
    rows_ = product(c_.m);
    depth_ = product(c_.k);
    batches_ = product(c_.batch);
    panels_ = divide_up(product(c_.n), c_.panel);
    places_ = divide_up(panels_, tile_panels_);
    whole_ = product(c_.n) % (c_.tile_vectors * lanes_) == 0;
    // As many rows as may pass, but enough tasks for every compute unit.
    const std::int64_t fit = kPassingBytes / (depth_ * 4);
    std::int64_t tiles =
        std::clamp<std::int64_t>(fit / c_.tile_rows, 1, divide_up(rows_, c_.tile_rows));
    while (tiles > 1 && batches_ * places_ * divide_up(rows_, tiles * c_.tile_rows) <
                            4 * traits_.compute_units) {
      tiles = divide_up(tiles, 2);
    }
    std::tie(block_, blocks_) = row_blocks(rows_, tiles);
  }

  static std::string panel_begin(int panel) { return "b_panel" + std::to_string(panel); }

  // Where the panels begin. Past the end is the last one again, which is not stored.
  void emit_places() {
    const std::string panels = arguments_.number(panels_, "panels");
    for (int p = 0; p < tile_panels_; ++p) {
      const std::string panel =
          p == 0 ? "panel" : smaller("panel + " + std::to_string(p), panels + " - 1");
      text_.line("global const float* restrict " + panel_begin(p) + " = " + input(columns_load()) +
                 " + (batch * " + panels + " + " + panel + ") * " +
                 arguments_.number(depth_, "depth") + " * " + std::to_string(c_.panel) + ";");
    }
    if (fetches_ahead()) {
      text_.line("global const float* restrict b_next = " + input(columns_load()) + " + (batch * " +
                 panels + " + (task + 1) % " + arguments_.number(places_, "places") + " * " +
                 std::to_string(tile_panels_) + ") * depth * " + std::to_string(c_.panel) + ";");
    }
    text_.line("global const float* restrict a_batch = " + input(rows_load()) + " + " +
               part(rows_load(), "a", c_.batch, true) + ";");
  }

  // The first tiles of a task fetch the panels of the next one into the core's cache: a vector for
  // each iteration, or where there are tiles enough, a part of one, so that the last cache is asked
  // more evenly. Without, the first tile of each task waits for it. The others fetch the rows of
  // the next tile, where these lie one after another.
  bool fetches_ahead() const { return traits_.cpu && c_.tile_rows > 1; }

  void emit_ahead() {
    const bool rows = rows_adjoin();
    const std::string height = std::to_string(c_.tile_rows);
    std::int64_t tiles_a_vector = 1;
    while (tiles_a_vector < kTilesAVector &&
           2 * tiles_a_vector * c_.tile_vectors <= block_ / c_.tile_rows) {
      tiles_a_vector *= 2;
    }
    const std::string tiles = arguments_.number(tiles_a_vector * c_.tile_vectors, "tiles_ahead");
    const std::string step = arguments_.number(lanes_ / tiles_a_vector, "floats_ahead");
    text_.line(index("tile", "(row - row_begin) / " + height));
    text_.line("global const float* ahead = tile < " + tiles + " ? b_next + tile * depth * " +
               step + " : " + (rows ? "a_batch + p0 + " + height + " * depth" : "b_next") + ";");
    text_.line(
        index("ahead_step", "tile < " + tiles + " ? " + step + " : " + (rows ? height : "0")));
  }

  void emit_products() {
    emit_zero_sums();
    text_.line(index_ + " at = 0;");
    open_products();
    for (int v = 0; v < c_.tile_vectors; ++v) {
      text_.line("const " + register_type(DType::float32, lanes_) + " b" + std::to_string(v) +
                 " = tarn_load_all_float" + suffix(lanes_) + "(" +
                 panel_begin(v / vectors_per_panel_) + " + at + " +
                 std::to_string(v % vectors_per_panel_ * lanes_) + ");");
    }
    emit_multiply_add();
    text_.line("at += " + std::to_string(c_.panel) + ";");
    if (fetches_ahead()) {
      prefetch("ahead");
      text_.line("ahead += ahead_step;");
    }
    close_products();
  }

  // From the registers through what is computed from them to memory, one vector after another.
  void emit_results() {
    emit_sums_array();
    const std::string vectors = std::to_string(c_.tile_vectors);
    const std::string i = loop_name(c_.n[0]);
    text_.line("for (int r = 0; r < (int)" +
               smaller(std::to_string(c_.tile_rows), "row_end - row") + "; ++r) {");
    decode(c_.m, "row + r");
    text_.line("for (int v = 0; v < " + vectors + "; ++v) {");
    text_.line(index(i, "column + v * " + std::to_string(lanes_)));
    define_sum("sums[r * " + vectors + " + v]");
    text_.line("const int m = (int)" +
               smaller(std::to_string(lanes_), arguments_.extent(c_.n[0]) + " - " + i) + ";");
    text_.line("if (m == " + std::to_string(lanes_) + ") {");
    emit_epilogue(false);
    text_.line("} else if (m > 0) {");
    emit_epilogue(true);
    text_.line("}");
    text_.line("}");
    text_.line("}");
  }

  static constexpr int kTilesAVector = 4;  // at most

  int vectors_per_panel_, tile_panels_;
  std::int64_t rows_ = 1, depth_ = 1, batches_ = 1, panels_ = 1;
  std::int64_t places_ = 1;  // tiles next to each other
  std::int64_t block_ = 1, blocks_ = 1;
  bool whole_ = false;  // every tile, but for rows
};

}  // namespace

Rendered render_panels(const KernelSpec& spec, const plan::DeviceTraits& traits) {
  return PanelRenderer(spec, traits).run();
}

}  // namespace tarn::kernel
