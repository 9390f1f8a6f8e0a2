#include "ops/kernel/render_depthwise.hpp"

#include "ops/kernel/stage.hpp"
#include "ops/plan/rounding.hpp"

namespace tarn::kernel {
namespace {

std::string text(std::int64_t number) { return std::to_string(number); }

// One task is an image times a band of its windows.
class DepthwiseRenderer : StageEmitter {
 public:
  DepthwiseRenderer(const KernelSpec& spec, const plan::DeviceTraits& traits)
      : StageEmitter(spec, traits),
        w_(*c_.window),
        outer_(c_.n.begin(), c_.n.end() - 2),
        height_(w_.ky < 0 ? 1 : spec.extent(w_.ky)),
        width_(w_.kx < 0 ? 1 : spec.extent(w_.kx)),
        vector_(register_type(DType::float32, lanes_)) {}

  Rendered run() {
    const std::int64_t bands = plan::divide_up(spec_.extent(w_.y), c_.band);
    const std::int64_t tasks = product(c_.batch) * product(outer_) * bands;
    declare_staged();
    open_tasks(tasks);
    emit_task(bands);
    emit_stage(outer_);
    const std::string y = loop_name(w_.y);
    text_.line("for (" + index_ + " top_row = first; top_row < " +
               smaller("first + band", arguments_.extent(w_.y)) +
               "; top_row += " + text(c_.tile_rows) + ") {");
    text_.line("for (" + index_ + " at = 0; at < columns; at += " + text(c_.tile_vectors * lanes_) +
               ") {");
    emit_products();
    emit_results();
    text_.line("}");
    text_.line("}");
    text_.line("}");
    Rendered rendered = finish("depthwise");
    rendered.global = static_cast<std::size_t>(groups(tasks));
    return rendered;
  }

 private:
  void emit_task(std::int64_t bands) {
    const std::string count = arguments_.number(bands, "bands");
    const std::string images = arguments_.number(product(outer_), "images");
    text_.line(index("first", "task % " + count + " * " + arguments_.number(c_.band, "band")));
    text_.line(index("columns", arguments_.extent(w_.x)));
    decode(c_.batch, "task / " + count + " / " + images);
    if (!outer_.empty()) decode(outer_, "task / " + count + " % " + images);
    text_.line("global const float* restrict a_batch = " + input(rows_load()) + " + " +
               part(rows_load(), "a", c_.batch, true) + ";");
  }

  void emit_products() {
    for (int v = 0; v < c_.tile_vectors; ++v) {
      text_.line(
          index("f" + text(v), smaller("at + " + text(v * lanes_), "columns - " + text(lanes_))));
    }
    emit_zero_sums();
    const std::vector<int> channels = this->channels();
    for (const int loop : channels) open_loop(loop);
    emit_weights();
    text_.line("local const float* b = staged + " + staged_channel() + " + (top_row - first) * " +
               text(w_.step_y) + " * staged_pitch;");
    const std::int64_t rows = (c_.tile_rows - 1) * w_.step_y + (height_ - 1) * w_.dilation_y + 1;
    for (std::int64_t row = 0; row < rows; ++row) emit_row(row);
    for (std::size_t i = 0; i < channels.size(); ++i) text_.line("}");
  }

  static std::string weight(std::int64_t ky, std::int64_t kx) {
    return "a" + text(ky) + "_" + text(kx);
  }

  void emit_weights() {
    text_.line("global const float* restrict a = a_batch + " +
               part(rows_load(), "a", channels(), false) + ";");
    const plan::Affine& address = rows_load().address;
    const auto at = [&](int loop, std::int64_t i) {
      if (loop < 0) return std::string();
      return " + " + text(i) + " * " + arguments_.number(address.factor(loop), "a_" + text(loop));
    };
    for (std::int64_t ky = 0; ky < height_; ++ky) {
      for (std::int64_t kx = 0; kx < width_; ++kx) {
        text_.line("const " + vector_ + " " + weight(ky, kx) + " = " +
                   splat("a[0" + at(w_.ky, ky) + at(w_.kx, kx) + "]", DType::float32, lanes_) +
                   ";");
      }
    }
  }

  // Row `row` of the image, counted from the tile's first: all that it takes part in.
  void emit_row(std::int64_t row) {
    for (std::int64_t kx = 0; kx < width_; ++kx) {
      text_.line("{");
      for (int v = 0; v < c_.tile_vectors; ++v) {
        text_.line("const " + vector_ + " b" + text(v) + " = tarn_load_local_float" +
                   suffix(lanes_) + "(b + " + text(row) + " * staged_pitch + " +
                   staged_column(text(kx * w_.dilation_x)) + " + f" + text(v) + ");");
      }
      for (int r = 0; r < c_.tile_rows; ++r) {
        const std::int64_t down = row - r * w_.step_y;
        if (down < 0 || down % w_.dilation_y != 0 || down / w_.dilation_y >= height_) continue;
        for (int v = 0; v < c_.tile_vectors; ++v) {
          text_.line(sum(r, v) + " = fma(" + weight(down / w_.dilation_y, kx) + ", b" + text(v) +
                     ", " + sum(r, v) + ");");
        }
      }
      text_.line("}");
    }
  }

  void emit_results() {
    emit_sums_array();
    text_.line("for (int r = 0; r < " + text(c_.tile_rows) + "; ++r) {");
    text_.line(index(loop_name(w_.y), "top_row + r"));
    text_.line("for (int v = 0; v < " + text(c_.tile_vectors) + " && at + v * " + text(lanes_) +
               " < columns; ++v) {");
    text_.line(
        index(loop_name(w_.x), smaller("at + v * " + text(lanes_), "columns - " + text(lanes_))));
    define_sum("sums[r * " + text(c_.tile_vectors) + " + v]");
    emit_epilogue(false);
    text_.line("}");
    text_.line("}");
  }

  const plan::Window& w_;
  std::vector<int> outer_;
  std::int64_t height_, width_;  // of the window
  std::string vector_;
};

}  // namespace

Rendered render_depthwise(const KernelSpec& spec, const plan::DeviceTraits& traits) {
  return DepthwiseRenderer(spec, traits).run();
}

}  // namespace tarn::kernel
