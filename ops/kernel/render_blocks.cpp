#include "ops/kernel/render_blocks.hpp"

#include <cstdlib>

#include "ops/kernel/tiles.hpp"
#include "ops/plan/blocks.hpp"
#include "ops/plan/rounding.hpp"

namespace tarn::kernel {

using plan::divide_up;
using plan::kBlockDepth;
using plan::kBlockSide;

namespace {

constexpr int kItems = kBlockSide * kBlockSide;
constexpr std::int64_t kNear = 8;  // elements apart of which several share a cache line

std::string text_of(std::int64_t number) { return std::to_string(number); }

// Item `position` of a group is in row `down` and column `across` of it. Its results are that far
// from the tile's first, and from one to the next kBlockSide further. Rows and columns past the
// end are the last ones again, and are not stored; products past the end are zeros.
class BlockRenderer : TileEmitter {
 public:
  BlockRenderer(const KernelSpec& spec, const plan::DeviceTraits& traits)
      : TileEmitter(spec, traits),
        rows_{.name = "a",
              .begin = "row",
              .count = "rows",
              .load = rows_load(),
              .loops = c_.m,
              .sums = c_.tile_rows,
              .along_depth = along_depth(rows_load(), c_.m)},
        columns_{.name = "b",
                 .begin = "column",
                 .count = "columns",
                 .load = columns_load(),
                 .loops = c_.n,
                 .sums = c_.tile_vectors,
                 .along_depth = along_depth(columns_load(), c_.n)} {}

  Rendered run() {
    emit_group();
    emit_operand(rows_);
    emit_operand(columns_);
    emit_zero_sums();
    text_.line("for (" + index_ + " begin = 0; begin < " + depth() +
               "; begin += " + text_of(kBlockDepth) + ") {");
    emit_copy(rows_);
    emit_copy(columns_);
    text_.line("barrier(CLK_LOCAL_MEM_FENCE);");
    emit_products();
    text_.line("barrier(CLK_LOCAL_MEM_FENCE);");
    text_.line("}");
    emit_results();
    Rendered rendered = finish("blocks");
    rendered.local = kItems;
    rendered.global = static_cast<std::size_t>(plan::block_groups(spec_, c_)) * kItems;
    return rendered;
  }

 private:
  // One of the operands; its side is that of the result which it has alone.
  struct Operand {
    std::string name, begin, count;
    const Value& load;
    const std::vector<int>& loops;
    int sums;          // of an item, along the side
    bool along_depth;  // neighbouring items read the next products, not the next of the side
    int width() const { return sums * kBlockSide; }
    std::string pitch() const { return text_of(width() + plan::kBlockPadding); }
  };

  // The way in which neighbours lie near each other, so that they share what memory delivers.
  bool along_depth(const Value& load, const std::vector<int>& side) const {
    const std::int64_t to_next = std::abs(load.address.factor(side.back()));
    const std::int64_t deeper = std::abs(load.address.factor(c_.k.back()));
    if (deeper == 0) return false;
    return to_next == 0 || (to_next > kNear && deeper < to_next);
  }

  std::string plus(const std::string& text, int more) const {
    return more == 0 ? text : text + " + " + text_of(more);
  }
  std::string count(const Operand& side) {
    return arguments_.number(product(side.loops), side.count);
  }
  std::string depth() { return arguments_.number(product(c_.k), "depth"); }
  std::string tiles(const Operand& side) {
    return arguments_.number(divide_up(product(side.loops), side.width()), side.begin + "_tiles");
  }

  // Which tile this group computes.
  void emit_group() {
    for (const Operand* side : {&rows_, &columns_}) {
      text_.line("local float " + side->name + "_block[" + text_of(kBlockDepth) + " * " +
                 side->pitch() + "];");
    }
    text_.line("const int group = item / " + text_of(kItems) + ";");
    text_.line("const int position = item % " + text_of(kItems) + ";");
    text_.line("const int across = position % " + text_of(kBlockSide) + ";");
    text_.line("const int down = position / " + text_of(kBlockSide) + ";");
    const std::string across = tiles(columns_), down = tiles(rows_);
    text_.line(index("column", "group % " + across + " * " + text_of(columns_.width())));
    text_.line(index("row", "group / " + across + " % " + down + " * " + text_of(rows_.width())));
    if (c_.batch.empty()) return;
    text_.line(index("batch", "group / " + across + " / " + down));
    decode(c_.batch, "batch");
  }

  // The first element of this batch, and where each row or column lies that this item reads.
  void emit_operand(const Operand& side) {
    std::string first = input(side.load);
    if (!c_.batch.empty() || side.load.address.constant != 0) {
      first += " + " + part(side.load, side.name, c_.batch, true);
    }
    text_.line("global const float* restrict " + side.name + " = " + first + ";");
    const std::string place = side.name + "_at";
    text_.line(index_ + " " + place + (side.along_depth ? "[" + text_of(side.sums) + "];" : ";"));
    if (side.along_depth) {
      open_unrolled("i", side.sums);
    } else {
      text_.line("{");
    }
    decode_side(side);
    text_.line(place + (side.along_depth ? "[i] = " : " = ") +
               part(side.load, side.name, side.loops, false) + ";");
    text_.line("}");
  }

  // Where the row or column is that this item reads as its i-th, from the tile's first.
  static std::string within(const Operand& side) {
    return side.along_depth ? "down + i * " + text_of(kBlockSide)
                            : "position % " + text_of(side.width());
  }

  // Declares the loops of this row or column.
  void decode_side(const Operand& side) {
    text_.line(index(side.begin + "_read",
                     smaller(side.begin + " + " + within(side), count(side) + " - 1")));
    decode(side.loops, side.begin + "_read");
  }

  void open_unrolled(const std::string& i, int rounds) {
    text_.line("#pragma unroll");
    text_.line("for (int " + i + " = 0; " + i + " < " + text_of(rounds) + "; ++" + i + ") {");
  }

  // A block of an operand to local memory, where what is next along the side lies next. Each item
  // copies as many elements as it has sums along the side.
  void emit_copy(const Operand& side) {
    const bool padded = side.load.guards >= 0;
    text_.line("{");
    if (side.along_depth) decode_depth("across");
    if (!side.along_depth && padded) decode_side(side);
    open_unrolled("i", side.sums);
    if (!side.along_depth) {
      const std::string width = text_of(side.width());
      decode_depth("position / " + width + " + i * " + text_of(kItems / side.width()));
    }
    if (side.along_depth && padded) decode_side(side);
    text_.line(side.name + "_block[deep * " + side.pitch() + " + " + within(side) + "] = k < " +
               depth() + " ? " + element(side) + " : 0.0f;");
    text_.line("}");
    text_.line("}");
  }

  // Declares the loops of the product that is `deep` in the block.
  void decode_depth(const std::string& deep) {
    text_.line("const int deep = " + deep + ";");
    text_.line(index("k", "begin + deep"));
    decode(c_.k, "k");
  }

  std::string element(const Operand& side) {
    const std::string inside = side.name + "[" + side.name + "_at" +
                               (side.along_depth ? "[i]" : "") + " + " +
                               part(side.load, side.name, c_.k, false) + "]";
    if (side.load.guards < 0) return inside;
    return "(" + guard(side.load.guards, [](int loop) { return loop_name(loop); }) + " ? " +
           inside + " : " + fill() + ")";
  }

  void emit_products() {
    open_unrolled("deep", kBlockDepth);
    for (const Operand* side : {&rows_, &columns_}) {
      for (int i = 0; i < side->sums; ++i) {
        text_.line("const float " + side->name + text_of(i) + " = " + side->name +
                   "_block[deep * " + side->pitch() + " + " +
                   plus(side == &rows_ ? "down" : "across", i * kBlockSide) + "];");
      }
    }
    for (int r = 0; r < rows_.sums; ++r) {
      for (int c = 0; c < columns_.sums; ++c) {
        text_.line(sum(r, c) + " = fma(a" + text_of(r) + ", b" + text_of(c) + ", " + sum(r, c) +
                   ");");
      }
    }
    text_.line("}");
  }

  // From the registers through what is computed from them to memory.
  void emit_results() {
    emit_sums_array();
    open_unrolled("r", rows_.sums);  // so that the sums stay in registers
    open_unrolled("c", columns_.sums);
    text_.line(index("row_written", "row + down + r * " + text_of(kBlockSide)));
    text_.line(index("column_written", "column + across + c * " + text_of(kBlockSide)));
    text_.line("if (row_written < " + count(rows_) + " && column_written < " + count(columns_) +
               ") {");
    decode(c_.m, "row_written");
    decode(c_.n, "column_written");
    define_sum("sums[r * " + text_of(columns_.sums) + " + c]");
    emit_epilogue(false);
    for (int i = 0; i < 3; ++i) text_.line("}");
  }

  const Operand rows_, columns_;
};

}  // namespace

Rendered render_blocks(const plan::KernelSpec& spec, const plan::DeviceTraits& traits) {
  return BlockRenderer(spec, traits).run();
}

}  // namespace tarn::kernel
