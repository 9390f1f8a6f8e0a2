#include "ops/kernel/render_contract.hpp"

#include <algorithm>

#include "ops/kernel/vectors.hpp"
#include "ops/plan/contract.hpp"

namespace tarn::kernel {
namespace {

using plan::Contraction;

constexpr int kAccumulators =
    16;  // vectors: half of a wide register file, the rest is for operands
constexpr std::int64_t kMaxGroups = 64;
constexpr std::int64_t kProductsPerGroup = 1 << 16;  // below which another group does not pay

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// One task is a block of rows times one panel: the panel stays in the cache while the rows of the
// block pass by, tile after tile; the block stays there from one panel to the next.
class ContractRenderer : VectorEmitter {
 public:
  ContractRenderer(const KernelSpec& spec, const plan::DeviceTraits& traits)
      : VectorEmitter(spec, traits),
        c_(spec.contraction),
        vectors_(c_.panel / lanes_),
        tile_rows_(kAccumulators / vectors_) {
    layout_ = {Across::kept, c_.n[0]};
  }

  Rendered run() {
    measure();
    open_tasks();
    emit_panel_begin();
    text_.line("for (" + index_ +
               " row = row_begin; row < row_end; row += " + std::to_string(tile_rows_) + ") {");
    emit_row_places();
    emit_products();
    emit_results();
    text_.line("}");
    text_.line("}");
    Rendered rendered = finish("contract", spec_, arguments_, text_);
    rendered.global = static_cast<std::size_t>(groups_);
    return rendered;
  }

 private:
  void measure() {
    for (const int loop : c_.m) rows_ *= spec_.extent(loop);
    for (const int loop : c_.k) depth_ *= spec_.extent(loop);
    for (const int loop : c_.batch) batches_ *= spec_.extent(loop);
    panels_ = divide_up(spec_.extent(c_.n[0]), c_.panel);
    // As many rows as half of a cache holds, but enough tasks for every compute unit.
    const std::int64_t fit = static_cast<std::int64_t>(traits_.cache_bytes) / 2 / (depth_ * 4);
    std::int64_t tiles =
        std::clamp<std::int64_t>(fit / tile_rows_, 1, divide_up(rows_, tile_rows_));
    while (tiles > 1 &&
           batches_ * panels_ * divide_up(rows_, tiles * tile_rows_) < 4 * traits_.compute_units) {
      tiles = divide_up(tiles, 2);
    }
    block_ = tiles * tile_rows_;
    blocks_ = divide_up(rows_, block_);
    const std::int64_t tasks = batches_ * panels_ * blocks_;
    const std::int64_t products = batches_ * rows_ * panels_ * c_.panel * depth_;
    groups_ =
        std::clamp<std::int64_t>(products / kProductsPerGroup, 1, std::min(tasks, kMaxGroups));
  }

  std::string index(const std::string& name, const std::string& is) const {
    return "const " + index_ + " " + name + " = " + is + ";";
  }

  // Declares the index of each of `loops` from their joint index.
  void decode(const std::vector<int>& loops, const std::string& from) {
    std::string rest = from;
    for (std::size_t i = loops.size(); i-- > 0;) {
      const std::string extent = i == 0 ? "" : arguments_.extent(loops[i]);
      text_.line(index(loop_name(loops[i]), i == 0 ? rest : "(" + rest + ") % " + extent));
      rest = "(" + rest + ") / " + extent;
    }
  }

  void open_tasks() {
    const std::string tasks = arguments_.number(batches_ * panels_ * blocks_, "tasks");
    text_.line(index("groups", "(" + index_ + ")get_global_size(0)"));
    text_.line(index("share", "(" + tasks + " + groups - 1) / groups"));
    text_.line(index("task_begin", "(" + index_ + ")get_global_id(0) * share"));
    text_.line(index("task_end", "min((" + index_ + ")(task_begin + share), " + tasks + ")"));
    text_.line("for (" + index_ + " task = task_begin; task < task_end; ++task) {");
    const std::string panels = arguments_.number(panels_, "panels");
    const std::string blocks = arguments_.number(blocks_, "blocks");
    const std::string block = arguments_.number(block_, "block");
    const std::string rows = arguments_.number(rows_, "rows");
    text_.line(index("panel", "task % " + panels));
    text_.line(index("row_begin", "task / " + panels + " % " + blocks + " * " + block));
    text_.line(index("row_end", "min((" + index_ + ")(row_begin + " + block + "), " + rows + ")"));
    text_.line(index("batch", "task / " + panels + " / " + blocks));
    decode(c_.batch, "batch");
    text_.line(index("column", "panel * " + std::to_string(c_.panel)));
  }

  const Value& rows_load() const { return value(c_.rows); }
  const Value& columns_load() const { return value(c_.columns); }
  std::string input(const Value& load) const { return "x" + std::to_string(load.operand); }

  // The part of an address that these loops make.
  std::string part(const Value& load, const std::string& role, const std::vector<int>& loops,
                   bool constant) {
    plan::Affine a{constant ? load.address.constant : 0, {}};
    for (const plan::Term& term : load.address.terms) {
      if (std::ranges::find(loops, term.atom) != loops.end()) a.terms.push_back(term);
    }
    return affine(spec_.space, a, role, arguments_, [](int loop) { return loop_name(loop); });
  }

  void emit_panel_begin() {
    std::string place;
    if (c_.packed) {
      const std::string depth = arguments_.number(depth_, "depth");
      place = "(batch * " + arguments_.number(panels_, "panels") + " + panel) * " + depth + " * " +
              std::to_string(c_.panel);
    } else {
      place = part(columns_load(), "b", c_.batch, true) + " + column";
    }
    text_.line("global const float* restrict b_panel = " + input(columns_load()) + " + " + place +
               ";");
    text_.line("global const float* restrict a_batch = " + input(rows_load()) + " + " +
               part(rows_load(), "a", c_.batch, true) + ";");
  }

  // Where each row of the tile begins. Rows past the end are the last one again, and are not
  // stored.
  void emit_row_places() {
    for (int r = 0; r < tile_rows_; ++r) {
      const std::string n = std::to_string(r);
      text_.line(index_ + " p" + n + ";");
      text_.line("{");
      text_.line(
          index("r", "min((" + index_ + ")(row + " + n + "), (" + index_ + ")(row_end - 1))"));
      decode(c_.m, "r");
      text_.line("p" + n + " = " + part(rows_load(), "a", c_.m, false) + ";");
      text_.line("}");
    }
  }

  static std::string sum(int row, int vector) {
    return "sum" + std::to_string(row) + "_" + std::to_string(vector);
  }

  void emit_products() {
    const std::string type = register_type(DType::float32, lanes_);
    for (int r = 0; r < tile_rows_; ++r) {
      for (int v = 0; v < vectors_; ++v) text_.line(type + " " + sum(r, v) + " = 0;");
    }
    if (c_.packed) text_.line("global const float* restrict b = b_panel;");
    for (const int loop : c_.k) {
      const std::string i = loop_name(loop);
      text_.line("for (" + index_ + " " + i + " = 0; " + i + " < " + arguments_.extent(loop) +
                 "; ++" + i + ") {");
    }
    if (!c_.packed)
      text_.line("global const float* restrict b = b_panel + " +
                 part(columns_load(), "b", c_.k, false) + ";");
    text_.line("global const float* restrict a = a_batch + " + part(rows_load(), "a", c_.k, false) +
               ";");
    for (int v = 0; v < vectors_; ++v) {
      text_.line("const " + type + " b" + std::to_string(v) + " = vload" + suffix(lanes_) + "(" +
                 std::to_string(v) + ", b);");
    }
    for (int r = 0; r < tile_rows_; ++r) {
      const std::string a = splat("a[p" + std::to_string(r) + "]", DType::float32, lanes_);
      for (int v = 0; v < vectors_; ++v) {
        text_.line(sum(r, v) + " = fma(" + a + ", b" + std::to_string(v) + ", " + sum(r, v) + ");");
      }
    }
    if (c_.packed) text_.line("b += " + std::to_string(c_.panel) + ";");
    for (std::size_t i = 0; i < c_.k.size(); ++i) text_.line("}");
  }

  // From the registers through what is computed from them to memory, one vector after another.
  void emit_results() {
    const std::string type = register_type(DType::float32, lanes_);
    std::string sums;
    for (int r = 0; r < tile_rows_; ++r) {
      for (int v = 0; v < vectors_; ++v) sums += (sums.empty() ? "" : ", ") + sum(r, v);
    }
    text_.line("const " + type + " sums[" + std::to_string(kAccumulators) + "] = {" + sums + "};");
    const std::string i = loop_name(c_.n[0]);
    text_.line("for (int r = 0; r < (int)min((" + index_ + ")" + std::to_string(tile_rows_) +
               ", row_end - row); ++r) {");
    decode(c_.m, "row + r");
    text_.line("for (int v = 0; v < " + std::to_string(vectors_) + "; ++v) {");
    text_.line(index(i, "column + v * " + std::to_string(lanes_)));
    text_.line("const " + type + " " + value_name(c_.reduce) + " = sums[r * " +
               std::to_string(vectors_) + " + v];");
    text_.line("const int m = (int)min((" + index_ + ")" + std::to_string(lanes_) + ", " +
               arguments_.extent(c_.n[0]) + " - " + i + ");");
    text_.line("if (m == " + std::to_string(lanes_) + ") {");
    emit_epilogue(false);
    text_.line("} else if (m > 0) {");
    emit_epilogue(true);
    text_.line("}");
    text_.line("}");
    text_.line("}");
  }

  void emit_epilogue(bool masked) {
    for (int v = 0; v < count(); ++v) {
      if (!value(v).in_row && v != c_.reduce) emit(v, masked);
    }
    emit_store(masked);
  }

  const Contraction& c_;
  int vectors_;
  int tile_rows_;
  std::int64_t rows_ = 1, depth_ = 1, batches_ = 1, panels_ = 1;
  std::int64_t block_ = 1, blocks_ = 1, groups_ = 1;
};

}  // namespace

Rendered render_contract(const KernelSpec& spec, const plan::DeviceTraits& traits) {
  return ContractRenderer(spec, traits).run();
}

}  // namespace tarn::kernel
