#include "ops/kernel/render_strips.hpp"

#include <algorithm>
#include <tuple>

#include "ops/kernel/stage.hpp"
#include "ops/plan/forms.hpp"
#include "ops/plan/rounding.hpp"

namespace tarn::kernel {

using plan::divide_up;

namespace {

// One task is a strip times a block of rows. The smaller of the two operands passes by again and
// again in the cache, while the other is read once.
class StripRenderer : StageEmitter {
 public:
  StripRenderer(const KernelSpec& spec, const plan::DeviceTraits& traits)
      : StageEmitter(spec, traits),
        x_(c_.n.back()),
        joined_(c_.joined > 1),
        outer_(c_.n.begin(), c_.n.end() - (joined_ || c_.fill >= 0 ? 2 : 1)),
        step_(columns_load().address.factor(x_)) {}

  Rendered run() {
    measure();
    const std::int64_t tasks = product(c_.batch) * strips_ * blocks_;
    if (staged()) declare_staged();
    if (c_.copied) declare_local("copied", plan::copied_elements(spec_, c_));
    if (tabulated()) declare_window_columns();
    open_tasks(tasks);
    emit_task();
    if (staged()) emit_stage(outer_);
    if (c_.copied) emit_copy();
    if (joined_) {
      text_.line("float sums[" + std::to_string(c_.tile_rows) + " * " + std::to_string(kScratch) +
                 "];");
    }
    open_row_tiles();
    emit_row_places();
    emit_ahead();
    if (rows_of_strips()) open_band();
    if (one_tile_wide_) {
      text_.line("{");
    } else {
      text_.line("for (" + index_ + " at = 0; at < columns; at += " +
                 std::to_string(c_.tile_vectors * lanes_) + ") {");
    }
    emit_products();
    if (joined_) {
      emit_join();
    } else if (one_tile_wide_ && short_epilogue()) {
      emit_results_from_registers(x_, [&](int v) {
        const std::string at = std::to_string(v * lanes_);
        return c_.copied ? "first + f" + std::to_string(v) : (staged() ? "" : "first + ") + at;
      });
    } else {
      emit_results();
    }
    text_.line("}");
    if (joined_) emit_joined_results();
    if (rows_of_strips()) text_.line("}");
    text_.line("}");
    text_.line("}");
    Rendered rendered = finish("contract");
    rendered.global = static_cast<std::size_t>(groups(tasks));
    if (c_.batch.empty() && !by_columns_) rendered.block_rows = block_;
    return rendered;
  }

 private:
  static constexpr std::int64_t kFarBytes = 8 << 20;  // of an operand
  static constexpr std::int64_t kPageBytes = 4096;
  static constexpr std::int64_t kTabulated = 16;                   // columns of a window
  static constexpr std::int64_t kScratch = plan::kMaxJoined + 16;  // the last read may reach past

  void measure() {
    rows_ = product(c_.m);
    const std::int64_t depth = product(c_.k);
    parts_ = joined_     ? spec_.extent(y()) / c_.joined
             : staged()  ? divide_up(spec_.extent(y()), c_.band)
             : c_.copied ? divide_up(spec_.extent(x_), c_.chunk)
                         : std::max<std::int64_t>(1, spec_.extent(x_) / c_.chunk);
    strips_ = product(outer_) * parts_;
    const std::int64_t tile = c_.tile_vectors * lanes_, width = spec_.extent(x_);
    one_tile_wide_ = !joined_ && (width == tile || c_.copied ||
                                  (!staged() && c_.chunk == tile && width % tile == 0));
    const std::int64_t tiles = divide_up(rows_, c_.tile_rows);
    const std::int64_t fit = kPassingBytes / (depth * 4 * c_.tile_rows);
    // All rows pass by a strip before the next strip's turn; or the other way round.
    by_columns_ = fit >= tiles && plan::by_columns(spec_);
    std::int64_t block = std::clamp<std::int64_t>(fit, 1, tiles);
    while (block > 1 && !enough(product(c_.batch) * strips_ * divide_up(tiles, block))) {
      block = divide_up(block, 2);
    }
    std::tie(block_, blocks_) = row_blocks(rows_, block);
  }

  // Tasks for all units. Each block of rows copies its strip anew, so fewer do where they share out
  // evenly.
  bool enough(std::int64_t tasks) const {
    const std::int64_t units = traits_.compute_units;
    return tasks >= 4 * units || (c_.copied && tasks >= 2 * units && tasks % units == 0);
  }

  // ---- What comes from far away is fetched ahead of its use

  // Of small products, of which each reads operands of its own: those of the next one.
  bool fetches_batch() const {
    const std::int64_t bytes = 4 * product(c_.k) * (product(c_.m) + spec_.extent(x_));
    return traits_.cpu && c_.tile_rows > 1 && !c_.batch.empty() && !staged() && !c_.copied &&
           !joined_ && step_ == 1 && bytes <= static_cast<std::int64_t>(traits_.cache_bytes) / 4;
  }

  // Rows that lie one after another: those of the next product, or of the next tile. Processors
  // follow a stream by themselves, but not from one page to the next, where short rows soon are.
  bool fetches_rows() const {
    const std::int64_t row = product(c_.k) * 4, bytes = product(c_.m) * row;
    const bool far =
        bytes > kFarBytes || (c_.copied && row < kPageBytes &&
                              bytes > static_cast<std::int64_t>(traits_.cache_bytes) / 4);
    return traits_.cpu && c_.tile_rows > 1 && rows_adjoin() && (far || fetches_batch());
  }

  // Tiles fetch rows as long as their own, and a vector of columns for each iteration.
  void emit_ahead() {
    if (fetches_rows()) {
      text_.line("global const float* next_rows = a_batch + p0 + " +
                 (fetches_batch() ? next_batch(rows_load(), "next_a")
                                  : std::to_string(c_.tile_rows) + " * " +
                                        arguments_.number(product(c_.k), "depth")) +
                 ";");
    }
    if (fetches_batch()) {
      text_.line(index("tile", "(row - row_begin) / " + std::to_string(c_.tile_rows)));
      text_.line(index("next_columns", next_batch(columns_load(), "next_b") + " + " +
                                           smaller("tile", std::to_string(c_.tile_vectors - 1)) +
                                           " * " + std::to_string(lanes_)));
    }
  }

  // From an operand of one product to that of the next.
  std::string next_batch(const Value& load, const std::string& role) {
    return arguments_.number(load.address.factor(c_.batch.back()), role);
  }

  int y() const { return c_.n[c_.n.size() - 2]; }

  void emit_task() {
    const std::string strips = arguments_.number(strips_, "strips");
    const std::string blocks = arguments_.number(blocks_, "blocks");
    const std::string parts = arguments_.number(parts_, "parts");
    // Tasks from one strip to the next, and from one block to the next: either is 1.
    const std::string to_strip = arguments_.number(by_columns_ ? blocks_ : 1, "to_strip");
    const std::string to_block = arguments_.number(by_columns_ ? 1 : strips_, "to_block");
    text_.line(index("strip", "task / " + to_strip + " % " + strips));
    emit_row_block("task / " + to_block + " % " + blocks, rows_, block_);
    text_.line(index("batch", "task / " + blocks + " / " + strips));
    decode(c_.batch, "batch");
    decode(outer_, "strip / " + parts);
    text_.line(index("part", "strip % " + parts));
    const std::string width = arguments_.extent(x_);
    if (joined_) {
      text_.line(index("first", "part * " + arguments_.number(c_.joined, "joined")));
      text_.line(index("columns",
                       "(joined - 1) * " + arguments_.number(c_.pitch, "pitch") + " + " + width));
    } else if (staged()) {
      text_.line(index("first", "part * " + arguments_.number(c_.band, "band")));
      text_.line(index("columns", width));
    } else if (c_.copied) {
      emit_copied_columns(parts, width);
    } else {
      const std::string chunk = arguments_.number(c_.chunk, "chunk");
      text_.line(index("first", "part * " + chunk));
      text_.line(index("columns", "part == " + parts + " - 1 ? " + width + " - first : " + chunk));
    }
    if (!staged()) {
      std::string place = part(columns_load(), "b", c_.batch, true);
      if (!outer_.empty()) place += " + " + part(columns_load(), "b", outer_, false);
      place += joined_ ? " + first * pitch" : " + first * " + std::to_string(step_);
      text_.line("global const float* restrict b_strip = " + input(columns_load()) + " + " + place +
                 ";");
    }
    text_.line("global const float* restrict a_batch = " + input(rows_load()) + " + " +
               part(rows_load(), "a", c_.batch, true) + ";");
  }

  // ---- A strip that is copied: its columns then lie one after another in the nearest caches

  // A strip has a vector at least: where less would be left for the last one, the one before it is
  // narrower.
  void emit_copied_columns(const std::string& parts, const std::string& width) {
    const std::string lanes = std::to_string(lanes_);
    const std::string chunk = arguments_.number(c_.chunk, "chunk");
    text_.line(index("first", smaller("part * " + chunk, width + " - " + lanes)));
    text_.line(index("columns", "part == " + parts + " - 1 ? " + width + " - first : " +
                                    smaller(chunk, width + " - " + lanes + " - first")));
    emit_vector_places("");
  }

  // Where the vectors of a tile begin: those that would reach past the strip end with it.
  void emit_vector_places(const std::string& at) {
    for (int v = 0; v < c_.tile_vectors; ++v) {
      text_.line(index("f" + std::to_string(v), smaller(at + std::to_string(v * lanes_),
                                                        "columns - " + std::to_string(lanes_))));
    }
  }

  void emit_copy() {
    open_loop(c_.k[0]);
    const std::string i = loop_name(c_.k[0]);
    text_.line("global const float* restrict from = b_strip + " +
               part(columns_load(), "b", c_.k, false) + ";");
    for (int v = 0; v < c_.tile_vectors; ++v) {
      text_.line("tarn_store_local_float" + suffix(lanes_) + "(tarn_load_all_float" +
                 suffix(lanes_) + "(from + f" + std::to_string(v) + "), copied + " + i + " * " +
                 std::to_string(c_.chunk) + " + " + std::to_string(v * lanes_) + ");");
    }
    text_.line("}");
  }

  // ---- An image that is padded: what a band of windows reads of it is staged in local memory

  bool rows_of_strips() const { return staged() && !joined_; }

  // A strip is a row of windows, one after another.
  void open_band() {
    const std::string y = loop_name(this->y());
    text_.line("for (" + index_ + " " + y + " = first; " + y + " < " +
               smaller("first + band", arguments_.extent(this->y())) + "; ++" + y + ") {");
  }

  // Where column kx of a window begins in a staged row.
  std::string window_column(int kx) {
    return staged_column("(" + loop_name(kx) + " * " +
                         arguments_.number(c_.window->dilation_x, "dilation_x") + ")");
  }

  // Of rows that are taken apart: finding a place takes as many instructions as a third of the
  // products with it.
  bool tabulated() const {
    return staged() && step() == 2 && c_.window->kx >= 0 &&
           spec_.extent(c_.window->kx) <= kTabulated;
  }

  void declare_window_columns() {
    const int kx = c_.window->kx;
    const std::string i = loop_name(kx), width = std::to_string(spec_.extent(kx));
    text_.line("int window_columns[" + width + "];");
    text_.line("for (int " + i + " = 0; " + i + " < " + width + "; ++" + i + ") window_columns[" +
               i + "] = " + window_column(kx) + ";");
  }

  // Where the columns of iteration k begin.
  std::string staged_place() {
    const plan::Window& w = *c_.window;
    std::string place = "staged + " + staged_channel();
    if (rows_of_strips()) {
      place += " + (" + loop_name(y()) + " - first) * " + arguments_.number(w.step_y, "step_y") +
               " * staged_pitch";
    }
    if (w.ky >= 0) {
      place += " + " + loop_name(w.ky) + " * " + arguments_.number(w.dilation_y, "dilation_y") +
               " * staged_pitch";
    }
    if (w.kx < 0) return place;
    return place + " + " +
           (tabulated() ? "window_columns[" + loop_name(w.kx) + "]" : window_column(w.kx));
  }

  void emit_products() {
    if (!one_tile_wide_) emit_vector_places("at + ");
    emit_zero_sums();
    if (fetches_rows()) text_.line("global const float* ahead = next_rows;");
    open_products();
    if (fetches_rows()) {
      prefetch("ahead");
      text_.line("ahead += " + std::to_string(c_.tile_rows) + ";");
    }
    if (staged()) {
      text_.line("local const float* b = " + staged_place() + ";");
    } else if (c_.copied) {
      text_.line("local const float* b = copied + " + loop_name(c_.k[0]) + " * " +
                 std::to_string(c_.chunk) + ";");
    } else {
      text_.line("global const float* restrict b = b_strip + " +
                 part(columns_load(), "b", c_.k, false) + ";");
    }
    if (fetches_batch()) prefetch("b + next_columns");
    for (int v = 0; v < c_.tile_vectors; ++v) {
      const std::string n = std::to_string(v);
      const std::string every = step_ == 1 || staged() ? "" : " * 2";
      const std::string at = (one_tile_wide_ ? std::to_string(v * lanes_) : "f" + n) + every;
      text_.line("const " + register_type(DType::float32, lanes_) + " b" + n + " = " +
                 columns("b + " + at) + ";");
    }
    emit_multiply_add();
    close_products();
  }

  // A vector of columns: of every element, or of every other one.
  std::string columns(const std::string& place) const {
    if (staged() || c_.copied) return "tarn_load_local_float" + suffix(lanes_) + "(" + place + ")";
    return step_ == 1 ? "tarn_load_all_float" + suffix(lanes_) + "(" + place + ")"
                      : "tarn_load_even_float" + suffix(lanes_) + "(" + place + ")";
  }

  void open_result_rows() {
    text_.line("for (int r = 0; r < (int)" +
               smaller(std::to_string(c_.tile_rows), "row_end - row") + "; ++r) {");
    decode(c_.m, "row + r");
  }

  // From the registers through what is computed from them to memory, one vector after another.
  void emit_results() {
    const std::string lanes = std::to_string(lanes_);
    emit_sums_array();
    open_result_rows();
    const std::string at = (one_tile_wide_ ? "v * " : "at + v * ") + lanes;
    const bool full = one_tile_wide_ && !c_.copied;
    text_.line("for (int v = 0; v < " + std::to_string(c_.tile_vectors) +
               (one_tile_wide_ ? "" : " && " + at + " < columns") + "; ++v) {");
    text_.line(index(loop_name(x_), (staged() ? "" : "first + ") +
                                        (full ? at : smaller(at, "columns - " + lanes))));
    define_sum("sums[r * " + std::to_string(c_.tile_vectors) + " + v]");
    emit_epilogue(false);
    text_.line("}");
    text_.line("}");
  }

  static std::string joined_row(const std::string& r) {
    return "sums + " + r + " * " + std::to_string(kScratch);
  }

  void emit_join() {
    for (int r = 0; r < c_.tile_rows; ++r) {
      for (int v = 0; v < c_.tile_vectors; ++v) {
        text_.line("vstore" + suffix(lanes_) + "(" + sum(r, v) + ", 0, " +
                   joined_row(std::to_string(r)) + " + f" + std::to_string(v) + ");");
      }
    }
  }

  void emit_joined_results() {
    const std::string x = loop_name(x_);
    const std::string width = arguments_.extent(x_);
    open_result_rows();
    text_.line("for (" + index_ + " j = 0; j < joined; ++j) {");
    text_.line(index(loop_name(y()), "first + j"));
    text_.line("for (" + index_ + " " + x + " = 0; " + x + " < " + width + "; " + x +
               " += " + std::to_string(lanes_) + ") {");
    text_.line("const int m = (int)" + smaller(std::to_string(lanes_), width + " - " + x) + ";");
    define_sum("vload" + suffix(lanes_) + "(0, " + joined_row("r") + " + j * pitch + " + x + ")");
    text_.line("if (m == " + std::to_string(lanes_) + ") {");
    emit_epilogue(false);
    text_.line("} else {");
    emit_epilogue(true);
    text_.line("}");
    text_.line("}");
    text_.line("}");
    text_.line("}");
  }

  int x_;
  bool joined_;
  std::vector<int> outer_;  // the loops of n outside of the strip
  std::int64_t step_;
  std::int64_t rows_ = 1, strips_ = 1, blocks_ = 1, block_ = 1;
  std::int64_t parts_ = 1;  // strips of a row, or of the rows that are joined
  bool by_columns_ = true;
  bool one_tile_wide_ = false;  // every strip
};

}  // namespace

Rendered render_strips(const KernelSpec& spec, const plan::DeviceTraits& traits) {
  return StripRenderer(spec, traits).run();
}

}  // namespace tarn::kernel
