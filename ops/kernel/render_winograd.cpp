#include "ops/kernel/render_winograd.hpp"

#include <algorithm>

#include "ops/kernel/tiles.hpp"
#include "ops/kernel/winograd_matrices.hpp"
#include "ops/plan/rounding.hpp"
#include "ops/plan/winograd.hpp"

namespace tarn::kernel {

using plan::divide_up;

namespace {

class WinogradRenderer : TileEmitter {
 public:
  WinogradRenderer(const KernelSpec& spec, const plan::DeviceTraits& traits)
      : TileEmitter(spec, traits),
        w_(*c_.window),
        outer_(c_.n.begin(), c_.n.end() - 2),
        outputs_(c_.outputs),
        tile_(c_.outputs + 2),
        vector_(register_type(DType::float32, lanes_)) {}

  Rendered run() {
    const plan::TileLayout layout = plan::tile_layout(spec_, c_, lanes_);
    const std::int64_t places = product(outer_) * layout.vectors();
    const std::int64_t blocks = divide_up(spec_.extent(c_.m[0]), plan::kWinogradRows);
    // Every share transforms the image anew, so there are as few as keep all units busy.
    const std::int64_t units = traits_.compute_units;
    const std::int64_t shares =
        places >= 4 * units || places % units == 0 ? 1 : std::min(units, blocks);
    declare_scratch();
    open_tasks(places * shares);
    emit_task(layout, places, blocks, shares);
    emit_image();
    text_.line("for (" + index_ + " block = block_begin; block < block_end; ++block) {");
    emit_products();
    emit_results();
    text_.line("}");
    text_.line("}");
    Rendered rendered = finish("winograd");
    rendered.global = static_cast<std::size_t>(groups(places * shares));
    return rendered;
  }

 private:
  static constexpr int kRows = plan::kWinogradRows;
  static constexpr int kAhead = 64;  // channels: a small page of weights

  std::string n(std::int64_t value) const { return std::to_string(value); }
  std::string load(const std::string& place) const { return "*(const unaligned*)(" + place + ")"; }
  void define(const std::string& name, const std::string& is) {
    text_.line("const " + vector_ + " " + name + " = " + is + ";");
  }

  void declare_scratch() {
    const std::int64_t tile = tile_ * tile_;
    text_.line("typedef " + vector_ + " unaligned __attribute__((aligned(4)));");
    declare_local("image", tile * spec_.extent(c_.k[0]) * lanes_);
    declare_local("products", tile * kRows * lanes_);
    // With room for what is stored past the last tile of a row of tiles.
    text_.line("float picked[" + n(tile) + " * " + n(2 * lanes_) + "];");
    text_.line(vector_ + " half_way[" + n(tile_) + "][" + n(tile_) + "];");
    text_.line("float results[" + n(outputs_) + "][" + n((outputs_ + 1) * lanes_) + "];");
  }

  void emit_task(const plan::TileLayout& layout, std::int64_t places, std::int64_t blocks,
                 std::int64_t shares) {
    const std::string count = arguments_.number(places, "places");
    const std::string across = arguments_.number(layout.across, "across");
    const std::string down = arguments_.number(layout.down, "down");
    const std::string all = arguments_.number(blocks, "blocks");
    const std::string parts = arguments_.number(shares, "shares");
    text_.line(index("channels", arguments_.extent(c_.k[0])));
    text_.line(index("tiles", arguments_.number(layout.tiles, "row_tiles")));
    text_.line(index("tile_rows", arguments_.number(layout.tile_rows, "vector_rows")));
    text_.line(index("place", "task % " + count));
    text_.line(index("share_of_rows", "task / " + count));
    text_.line(index("block_begin", all + " * share_of_rows / " + parts));
    text_.line(index("block_end", all + " * (share_of_rows + 1) / " + parts));
    decode(outer_, "place / " + across + " / " + down);
    text_.line(index("first_x", "place % " + across + " * tiles * " + n(outputs_)));
    text_.line(
        index("first_y", "place / " + across + " % " + down + " * tile_rows * " + n(outputs_)));
    text_.line(index("left", "first_x - " + arguments_.number(w_.left, "padding_x")));
    text_.line(index("top", "first_y - " + arguments_.number(w_.top, "padding_y")));
  }

  // ---- The image

  // Vectors of a row of the image, the first at `left`, the others after it; and such that begin
  // with the next tile, for the two columns that tiles share.
  int whole_vectors() const { return outputs_; }
  std::string where(int v) const { return "where" + n(v); }

  void emit_image() {
    const std::string ints = "int" + suffix(lanes_);
    const std::string lanes = "tarn_lanes" + suffix(lanes_);
    const std::string width = arguments_.number(w_.width, "width");
    for (int v = 0; v < 2 * outputs_; ++v) {
      const int at = v < outputs_ ? v * lanes_ : (v - outputs_) * lanes_ + outputs_;
      text_.line("const " + ints + " column" + n(v) + " = " + lanes + " + (int)(left + " + n(at) +
                 ");");
      text_.line("const " + ints + " " + where(v) + " = (column" + n(v) + " >= 0) & (column" +
                 n(v) + " < (int)" + width + ");");
    }
    define("fill", fill());
    const std::string pitch = arguments_.number(w_.pitch, "pitch");
    const plan::Affine& address = columns_load().address;
    std::string place = arguments_.number(w_.origin, "origin");
    if (!outer_.empty()) place += " + " + part(columns_load(), "b", outer_, false);
    text_.line("global const float* restrict b_image = " + input(columns_load()) + " + " + place +
               ";");
    text_.line("for (" + index_ + " channel = 0; channel < channels; ++channel) {");
    text_.line("global const float* restrict b = b_image + channel * " +
               arguments_.number(address.factor(c_.k[0]), "b_channel") + ";");
    text_.line("for (" + index_ + " r = 0; r < tile_rows; ++r) {");
    text_.line("for (int i = 0; i < " + n(tile_) + "; ++i) {");
    text_.line("float* to = picked + i * " + n(tile_ * 2 * lanes_) + " + r * tiles;");
    text_.line(index("row", "top + r * " + n(outputs_) + " + i"));
    text_.line("if (row >= 0 && row < " + arguments_.number(w_.height, "height") + ") {");
    text_.line("global const float* restrict from = b + row * " + pitch + " + left;");
    emit_pick();
    text_.line("} else {");
    for (int j = 0; j < tile_; ++j) store_picked(j, "fill");
    text_.line("}");
    text_.line("}");
    text_.line("}");
    emit_transform_image();
    text_.line("}");
  }

  void store_picked(int column, const std::string& is) {
    text_.line("*(unaligned*)(to + " + n(column * 2 * lanes_) + ") = " + is + ";");
  }

  std::string pair(const std::string& a, const std::string& b, const char* half) const {
    return "(" + vector_ + ")(" + a + "." + half + ", " + b + "." + half + ")";
  }

  // Column j of all tiles: every second or fourth element.
  void emit_pick() {
    for (int v = 0; v < 2 * outputs_; ++v) {
      const int at = v < outputs_ ? v * lanes_ : (v - outputs_) * lanes_ + outputs_;
      const std::string loaded =
          "tarn_load_where_float" + suffix(lanes_) + "(from + " + n(at) + ", " + where(v) + ")";
      define("a" + n(v), c_.fill < 0 ? loaded : where(v) + " ? " + loaded + " : fill");
    }
    if (outputs_ == 2) {
      store_picked(0, pair("a0", "a1", "even"));
      store_picked(1, pair("a0", "a1", "odd"));
      store_picked(2, pair("a2", "a3", "even"));
      store_picked(3, pair("a2", "a3", "odd"));
      return;
    }
    for (int v = 0; v < 8; v += 2) {
      define("even" + n(v / 2), pair("a" + n(v), "a" + n(v + 1), "even"));
      define("odd" + n(v / 2), pair("a" + n(v), "a" + n(v + 1), "odd"));
    }
    store_picked(0, pair("even0", "even1", "even"));
    store_picked(1, pair("odd0", "odd1", "even"));
    store_picked(2, pair("even0", "even1", "odd"));
    store_picked(3, pair("odd0", "odd1", "odd"));
    store_picked(4, pair("even2", "even3", "even"));
    store_picked(5, pair("odd2", "odd3", "even"));
  }

  // half_way = matrix times what is loaded, column by column.
  template <class Matrix, class Place>
  void emit_columns(int rows, Matrix matrix, Place place) {
    text_.line("#pragma unroll 1");
    text_.line("for (int j = 0; j < " + n(tile_) + "; ++j) {");
    for (int i = 0; i < tile_; ++i) define("d" + n(i), place(i));
    for (int i = 0; i < rows; ++i) {
      text_.line("half_way[" + n(i) +
                 "][j] = " + winograd::combination(matrix(outputs_, i), "d", vector_) + ";");
    }
    text_.line("}");
  }

  void open_rows(int rows) {
    text_.line("#pragma unroll 1");
    text_.line("for (int i = 0; i < " + n(rows) + "; ++i) {");
    for (int j = 0; j < tile_; ++j) define("d" + n(j), "half_way[i][" + n(j) + "]");
  }

  void emit_transform_image() {
    emit_columns(tile_, winograd::image, [&](int i) {
      return load("picked + (" + n(i * tile_) + " + j) * " + n(2 * lanes_));
    });
    open_rows(tile_);
    for (int j = 0; j < tile_; ++j) {
      text_.line("*(local " + vector_ + "*)(image + ((i * " + n(tile_) + " + " + n(j) +
                 ") * channels + channel) * " + n(lanes_) +
                 ") = " + winograd::combination(winograd::image(outputs_, j), "d", vector_) + ";");
    }
    text_.line("}");
  }

  // ---- Products

  // Weights are read in the order in which they lie, and fetched ahead of it.
  void emit_products() {
    text_.line("for (int e = 0; e < " + n(tile_ * tile_) + "; ++e) {");
    text_.line("local const float* restrict b = image + e * channels * " + n(lanes_) + ";");
    text_.line("global const float* restrict a_element = " + input(rows_load()) + " + (block * " +
               n(tile_ * tile_) + " + e) * channels * " + n(kRows) + ";");
    for (int r = 0; r < kRows; ++r) text_.line(vector_ + " sum" + n(r) + " = 0;");
    text_.line("for (" + index_ + " channel = 0; channel < channels; ++channel) {");
    text_.line("global const float* restrict a = a_element + channel * " + n(kRows) + ";");
    prefetch_near("a + " + n(kAhead * kRows));
    define("b0", "*(local const " + vector_ + "*)(b + channel * " + n(lanes_) + ")");
    for (int r = 0; r < kRows; ++r) {
      text_.line("sum" + n(r) + " = fma(" + splat("a[" + n(r) + "]", DType::float32, lanes_) +
                 ", b0, sum" + n(r) + ");");
    }
    text_.line("}");
    for (int r = 0; r < kRows; ++r) {
      text_.line("*(local " + vector_ + "*)(products + (e * " + n(kRows) + " + " + n(r) + ") * " +
                 n(lanes_) + ") = sum" + n(r) + ";");
    }
    text_.line("}");
  }

  // ---- Results

  void emit_results() {
    const std::string y = loop_name(w_.y);
    const std::string x = loop_name(w_.x);
    text_.line(
        index("row_end", smaller(n(kRows), arguments_.extent(c_.m[0]) + " - block * " + n(kRows))));
    text_.line("for (" + index_ + " row = 0; row < row_end; ++row) {");
    emit_columns(outputs_, winograd::result, [&](int i) {
      return "*(local const " + vector_ + "*)(products + ((" + n(i * tile_) + " + j) * " +
             n(kRows) + " + row) * " + n(lanes_) + ")";
    });
    open_rows(outputs_);
    emit_put_together();
    text_.line("}");
    text_.line(index(loop_name(c_.m[0]), "block * " + n(kRows) + " + row"));
    text_.line(
        index("x_end", smaller("first_x + tiles * " + n(outputs_), arguments_.extent(w_.x))));
    text_.line(index("rows_of_image", smaller("tile_rows * " + n(outputs_),
                                              arguments_.extent(w_.y) + " - first_y")));
    text_.line("for (" + index_ + " r = 0; r < rows_of_image; ++r) {");
    text_.line(index(y, "first_y + r"));
    text_.line("const float* from = results[r % " + n(outputs_) + "] + r / " + n(outputs_) +
               " * tiles * " + n(outputs_) + ";");
    text_.line("for (" + index_ + " " + x + " = first_x; " + x + " < x_end; " + x +
               " += " + n(lanes_) + ") {");
    text_.line("const int m = (int)" + smaller(n(lanes_), "x_end - " + x) + ";");
    define(value_name(c_.reduce), load("from + " + x + " - first_x"));
    text_.line("if (m == " + n(lanes_) + ") {");
    emit_epilogue(false);
    text_.line("} else {");
    emit_epilogue(true);
    text_.line("}");
    text_.line("}");
    text_.line("}");
    text_.line("}");
  }

  void interleave(const std::string& a, const std::string& b, const std::string& to) {
    for (const auto& [half, at] : {std::pair("lo", "0"), std::pair("hi", "1")}) {
      text_.line(vector_ + " " + to + at + ";");
      text_.line(to + at + ".even = " + a + "." + half + ";");
      text_.line(to + at + ".odd = " + b + "." + half + ";");
    }
  }

  // A row of results: column j of all tiles is every second or fourth element.
  void emit_put_together() {
    for (int j = 0; j < outputs_; ++j) {
      define("y" + n(j), winograd::combination(winograd::result(outputs_, j), "d", vector_));
    }
    if (outputs_ == 2) {
      interleave("y0", "y1", "z");
    } else {
      interleave("y0", "y2", "even");
      interleave("y1", "y3", "odd");
      interleave("even0", "odd0", "z");
      interleave("even1", "odd1", "w");
    }
    for (int v = 0; v < outputs_; ++v) {
      text_.line("*(unaligned*)(results[i] + " + n(v * lanes_) + ") = " + (v < 2 ? "z" : "w") +
                 n(v % 2) + ";");
    }
  }

  const plan::Window& w_;
  std::vector<int> outer_;  // the images
  int outputs_, tile_;
  std::string vector_;
};

}  // namespace

Rendered render_winograd(const KernelSpec& spec, const plan::DeviceTraits& traits) {
  return WinogradRenderer(spec, traits).run();
}

}  // namespace tarn::kernel
