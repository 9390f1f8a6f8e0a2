#include "ops/kernel/tiles.hpp"

#include <algorithm>

#include "ops/plan/forms.hpp"
#include "ops/plan/rounding.hpp"

namespace tarn::kernel {

using plan::divide_up;

namespace {

constexpr std::int64_t kMaxGroups = 64;
constexpr std::int64_t kProductsPerGroup = 1 << 16;  // below which another group does not pay
// The loops over a window are this short; their text has the extent, so that they are unrolled.
constexpr std::int64_t kUnrolled = 7;
constexpr int kShortEpilogue = 4;  // values: a bias, a residual and their sums

}  // namespace

TileEmitter::TileEmitter(const KernelSpec& spec, const plan::DeviceTraits& traits)
    : VectorEmitter(spec, traits), c_(spec.contraction) {
  layout_ = {Across::kept, c_.n.back()};
}

std::int64_t TileEmitter::product(const std::vector<int>& loops) const {
  return plan::product(spec_, loops);
}

// A block with a few rows that are left over would leave one core idle while another still has
// several full ones.
std::pair<std::int64_t, std::int64_t> TileEmitter::row_blocks(std::int64_t rows,
                                                              std::int64_t tiles) const {
  const std::int64_t all = divide_up(rows, c_.tile_rows);
  const std::int64_t block = divide_up(all, divide_up(all, tiles)) * c_.tile_rows;
  return {block, divide_up(rows, block)};
}

// Nor do work items without tasks help.
std::int64_t TileEmitter::groups(std::int64_t tasks) const {
  const std::int64_t products = spec_.kept_elements() * spec_.reduced_elements();
  const std::int64_t most = std::clamp<std::int64_t>(products / kProductsPerGroup, 1, kMaxGroups);
  return divide_up(tasks, divide_up(tasks, most));
}

void TileEmitter::open_tasks(std::int64_t tasks) {
  const std::string count = arguments_.number(tasks, "tasks");
  text_.line(index("groups", "(" + index_ + ")items"));
  text_.line(index("share", "(" + count + " + groups - 1) / groups"));
  text_.line(index("task_begin", "(" + index_ + ")item * share"));
  text_.line(index("task_end", smaller("task_begin + share", count)));
  text_.line("for (" + index_ + " task = task_begin; task < task_end; ++task) {");
}

void TileEmitter::emit_row_block(const std::string& block, std::int64_t rows,
                                 std::int64_t block_rows) {
  const std::string size = arguments_.number(block_rows, "block");
  text_.line(index("row_begin", block + " * " + size));
  text_.line(index("row_end", smaller("row_begin + " + size, arguments_.number(rows, "rows"))));
}

void TileEmitter::open_row_tiles() {
  text_.line("for (" + index_ +
             " row = row_begin; row < row_end; row += " + std::to_string(c_.tile_rows) + ") {");
}

std::string TileEmitter::index(const std::string& name, const std::string& is) const {
  return "const " + index_ + " " + name + " = " + is + ";";
}

std::string TileEmitter::smaller(const std::string& a, const std::string& b) const {
  return "min((" + index_ + ")(" + a + "), (" + index_ + ")(" + b + "))";
}

void TileEmitter::decode(const std::vector<int>& loops, const std::string& from) {
  std::string rest = from;
  for (std::size_t i = loops.size(); i-- > 0;) {
    const std::string extent = i == 0 ? "" : arguments_.extent(loops[i]);
    text_.line(index(loop_name(loops[i]), i == 0 ? rest : "(" + rest + ") % " + extent));
    rest = "(" + rest + ") / " + extent;
  }
}

std::string TileEmitter::part(const Value& load, const std::string& role,
                              const std::vector<int>& loops, bool constant) {
  plan::Affine a{constant ? load.address.constant : 0, {}};
  for (const plan::Term& term : load.address.terms) {
    if (std::ranges::find(loops, term.atom) != loops.end()) a.terms.push_back(term);
  }
  return affine(spec_.space, a, role, arguments_, [](int loop) { return loop_name(loop); });
}

bool TileEmitter::rows_adjoin() const {
  return c_.m.size() == 1 && rows_load().address.factor(c_.m[0]) == product(c_.k);
}

void TileEmitter::emit_row_places() {
  for (int r = 0; r < c_.tile_rows; ++r) {
    const std::string n = std::to_string(r);
    text_.line(index_ + " p" + n + ";");
    text_.line("{");
    text_.line(index("r", smaller("row + " + n, "row_end - 1")));
    decode(c_.m, "r");
    text_.line("p" + n + " = " + part(rows_load(), "a", c_.m, false) + ";");
    text_.line("}");
  }
}

std::string TileEmitter::sum(int row, int vector) {
  return "sum" + std::to_string(row) + "_" + std::to_string(vector);
}

void TileEmitter::emit_zero_sums() {
  const std::string type = register_type(DType::float32, lanes_);
  for (int r = 0; r < c_.tile_rows; ++r) {
    for (int v = 0; v < c_.tile_vectors; ++v) text_.line(type + " " + sum(r, v) + " = 0;");
  }
}

void TileEmitter::open_loop(int loop) {
  const std::string i = loop_name(loop);
  const std::int64_t extent = spec_.extent(loop);
  text_.line("for (" + index_ + " " + i + " = 0; " + i + " < " +
             (extent <= kUnrolled ? std::to_string(extent) : arguments_.extent(loop)) + "; ++" + i +
             ") {");
}

void TileEmitter::open_products() {
  for (const int loop : c_.k) open_loop(loop);
  text_.line("global const float* restrict a = a_batch + " + part(rows_load(), "a", c_.k, false) +
             ";");
}

void TileEmitter::close_products() {
  for (std::size_t i = 0; i < c_.k.size(); ++i) text_.line("}");
}

void TileEmitter::emit_multiply_add() {
  for (int r = 0; r < c_.tile_rows; ++r) {
    const std::string a = splat("a[p" + std::to_string(r) + "]", DType::float32, lanes_);
    for (int v = 0; v < c_.tile_vectors; ++v) {
      text_.line(sum(r, v) + " = fma(" + a + ", b" + std::to_string(v) + ", " + sum(r, v) + ");");
    }
  }
}

std::string TileEmitter::fill() const {
  const std::string value =
      c_.fill < 0 ? "0.0f" : "c" + std::to_string(this->value(c_.fill).scalar);
  return splat(value, DType::float32, lanes_);
}

void TileEmitter::emit_sums_array() {
  std::string sums;
  for (int r = 0; r < c_.tile_rows; ++r) {
    for (int v = 0; v < c_.tile_vectors; ++v) sums += (sums.empty() ? "" : ", ") + sum(r, v);
  }
  text_.line("const " + register_type(DType::float32, lanes_) + " sums[" +
             std::to_string(c_.tile_rows * c_.tile_vectors) + "] = {" + sums + "};");
}

void TileEmitter::define_sum(const std::string& is) {
  text_.line("const " + register_type(DType::float32, lanes_) + " " + value_name(c_.reduce) +
             " = " + is + ";");
}

void TileEmitter::emit_epilogue(bool masked) {
  for (int v = 0; v < count(); ++v) {
    if (!value(v).in_row && v != c_.reduce) emit(v, masked);
  }
  emit_store(masked);
}

bool TileEmitter::short_epilogue() const {
  int values = 0;
  for (int v = 0; v < count(); ++v) {
    if (value(v).in_row || v == c_.reduce) continue;
    if (value(v).kind == Value::Kind::apply && graph::info(value(v).op).costly) return false;
    ++values;
  }
  return values <= kShortEpilogue;
}

void TileEmitter::emit_results_from_registers(int x,
                                              const std::function<std::string(int vector)>& place) {
  for (int r = 0; r < c_.tile_rows; ++r) {
    const std::string row = "row + " + std::to_string(r);
    text_.line("if (" + row + " < row_end) {");
    decode(c_.m, row);
    for (int v = 0; v < c_.tile_vectors; ++v) {
      text_.line("{");
      text_.line(index(loop_name(x), place(v)));
      define_sum(sum(r, v));
      emit_epilogue(false);
      text_.line("}");
    }
    text_.line("}");
  }
}

}  // namespace tarn::kernel
