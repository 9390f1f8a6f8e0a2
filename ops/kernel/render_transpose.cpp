#include "ops/kernel/render_transpose.hpp"

#include <algorithm>

#include "ops/kernel/vectors.hpp"
#include "ops/plan/loops.hpp"
#include "ops/plan/rounding.hpp"

namespace tarn::kernel {

using plan::divide_up;

namespace {

constexpr int kTile = 16;  // lanes and rows of a tile
// A block is one tile of rows, and so many lanes: the rows are written as 16 streams, and what is
// read across them is read again, a line further, by the next block while it is still near. But
// every core must have some blocks.
constexpr std::int64_t kLargestBlock = 512;
constexpr std::int64_t kSmallestBlock = 32;
constexpr std::int64_t kMaxGroups = 64;

// Contiguous along `across` and moving with `lanes`, both by themselves.
bool is_transposed(const KernelSpec& spec, const Value& v, int across, int lanes) {
  return v.kind == Value::Kind::load && v.guards < 0 && v.dtype != DType::bool_ &&
         access(spec.space, v.address, across) == Access::contiguous &&
         access(spec.space, v.address, lanes) >= Access::every_second &&
         v.address.factor(lanes) != 0;
}

// The earlier loop along which such an operand is contiguous; -1: there is none.
int across_loop(const KernelSpec& spec) {
  if (spec.kept.size() < 2) return -1;
  const int lanes = spec.kept.back();
  for (const int loop : spec.kept) {
    if (loop == lanes || spec.extent(loop) < kTile) continue;
    for (const Value& v : spec.values) {
      if (is_transposed(spec, v, loop, lanes)) return loop;
    }
  }
  return -1;
}

class TransposeRenderer : VectorEmitter {
 public:
  TransposeRenderer(const KernelSpec& spec, const plan::DeviceTraits& traits)
      : VectorEmitter(spec, traits), across_(across_loop(spec)) {
    layout_ = {Across::kept, spec.kept.back()};
    reads_across_ = true;
    for (const int loop : spec.kept) {
      if (loop != across_ && loop != layout_.loop) outer_.push_back(loop);
    }
    for (; tasks() < 4 * traits.compute_units && block_ > kSmallestBlock; block_ /= 2) {
    }
  }

  Rendered run() {
    open_block();
    const std::string lanes = loop_name(layout_.loop);
    const std::string tile = std::to_string(kTile);
    text_.line("for (" + index_ + " " + lanes + " = lane_begin; " + lanes + " < lane_end; " +
               lanes + " += " + tile + ") {");
    text_.line("const int m = (int)min((" + index_ + ")" + tile + ", lane_end - " + lanes + ");");
    text_.line("if (m == " + tile + " && rows == " + tile + ") {");
    for (int v = 0; v < count(); ++v) {
      if (transposed(v)) emit_tile(v);
    }
    emit_rows(false);
    text_.line("} else {");
    emit_rows(true);
    text_.line("}");
    for (int i = 0; i < 2; ++i) text_.line("}");
    Rendered rendered = finish("transpose");
    rendered.global = static_cast<std::size_t>(std::clamp(tasks(), std::int64_t{1}, kMaxGroups));
    return rendered;
  }

 private:
  std::int64_t row_blocks() const { return divide_up(spec_.extent(across_), kTile); }
  std::int64_t lane_blocks() const { return divide_up(spec_.extent(layout_.loop), block_); }
  std::int64_t tasks() const {
    const std::int64_t matrix = spec_.extent(across_) * spec_.extent(layout_.loop);
    return spec_.kept_elements() / matrix * row_blocks() * lane_blocks();
  }
  bool transposed(int v) const { return is_transposed(spec_, value(v), across_, layout_.loop); }
  std::string index(const std::string& name, const std::string& is) const {
    return "const " + index_ + " " + name + " = " + is + ";";
  }

  // The loop over this work item's blocks, and where each begins and ends.
  void open_block() {
    const std::string count = arguments_.number(tasks(), "tasks");
    text_.line(index("groups", "(" + index_ + ")items"));
    text_.line(index("share", "(" + count + " + groups - 1) / groups"));
    text_.line(index("task_begin", "(" + index_ + ")item * share"));
    text_.line(index("task_end", "min((" + index_ + ")(task_begin + share), " + count + ")"));
    text_.line("for (" + index_ + " task = task_begin; task < task_end; ++task) {");
    text_.line(index_ + " rest = task;");
    const std::string rows = arguments_.number(row_blocks(), "row_blocks");
    const std::string tile = std::to_string(kTile);
    text_.line(index("row", "rest % " + rows + " * " + tile));
    text_.line("rest /= " + rows + ";");
    text_.line("const int rows = (int)min((" + index_ + ")" + tile + ", " +
               arguments_.extent(across_) + " - row);");
    const std::string lanes = arguments_.number(lane_blocks(), "lane_blocks");
    const std::string block = arguments_.number(block_, "block");
    text_.line(index("lane_begin", "rest % " + lanes + " * " + block));
    text_.line("rest /= " + lanes + ";");
    text_.line(index("lane_end", "min((" + index_ + ")(lane_begin + " + block + "), " +
                                     arguments_.extent(layout_.loop) + ")"));
    for (std::size_t i = outer_.size(); i-- > 0;) {
      const std::string extent = i == 0 ? "" : arguments_.extent(outer_[i]);
      text_.line(index(loop_name(outer_[i]), i == 0 ? "rest" : "rest % " + extent));
      if (i > 0) text_.line("rest /= " + extent + ";");
    }
  }

  // t3[r] is what value 3 is in row r of the tile.
  void emit_tile(int v) {
    const std::string t = "t" + std::to_string(v);
    const std::string type = register_type(value(v).dtype, kTile);
    const auto place = [&](int loop) -> std::string {
      if (loop == across_) return "row";
      if (loop == layout_.loop) return "(" + loop_name(loop) + " + l)";
      return loop_name(loop);
    };
    text_.line("float16 " + t + "[" + std::to_string(kTile) + "];");
    text_.line("#pragma unroll");
    text_.line("for (int l = 0; l < " + std::to_string(kTile) + "; ++l) {");
    const std::string loaded =
        "vload16(0, x" + std::to_string(value(v).operand) + " + " +
        affine(spec_.space, value(v).address, "s" + std::to_string(v), arguments_, place, across_) +
        ")";
    text_.line(t + "[l] = " + (type == "float16" ? loaded : "as_float16(" + loaded + ")") + ";");
    text_.line("}");
    text_.line("tarn_transpose(" + t + ");");
  }

  void emit_rows(bool masked) {
    if (!masked) text_.line("#pragma unroll");  // so that the tile stays in registers
    text_.line("for (int r = 0; r < " + (masked ? "rows" : std::to_string(kTile)) + "; ++r) {");
    text_.line(index(loop_name(across_), "row + r"));
    for (int v = 0; v < count(); ++v) {
      if (masked || !transposed(v)) {
        emit(v, masked);
      } else {
        const std::string element = "t" + std::to_string(v) + "[r]";
        define(v, value(v).dtype == DType::float32 ? element : "as_int16(" + element + ")");
      }
    }
    emit_store(masked);
    text_.line("}");
  }

  int across_;
  std::vector<int> outer_;
  std::int64_t block_ = kLargestBlock;
};

}  // namespace

// Where the result too lies along `across`, the loops should have been the other way around.
bool wants_tiles(const KernelSpec& spec, const plan::DeviceTraits& traits) {
  if (spec.passes != 0 || !traits.cpu || traits.lanes != kTile) return false;
  const int across = across_loop(spec);
  return across >= 0 && spec.extent(spec.kept.back()) >= kTile &&
         access(spec.space, spec.store.address, spec.kept.back()) == Access::contiguous;
}

Rendered render_transpose(const KernelSpec& spec, const plan::DeviceTraits& traits) {
  return TransposeRenderer(spec, traits).run();
}

}  // namespace tarn::kernel
