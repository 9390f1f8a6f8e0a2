#include "ops/kernel/stage.hpp"

namespace tarn::kernel {

StageEmitter::StageEmitter(const KernelSpec& spec, const plan::DeviceTraits& traits)
    : TileEmitter(spec, traits) {
  if (staged()) image_ = plan::staged_image(spec_, c_, c_.band, lanes_);
}

std::vector<int> StageEmitter::channels() const {
  std::vector<int> loops = c_.k;
  std::erase_if(loops, [&](int loop) { return loop == c_.window->ky || loop == c_.window->kx; });
  return loops;
}

void StageEmitter::declare_staged() { declare_local("staged", image_.elements); }

void StageEmitter::emit_stage(const std::vector<int>& outer) {
  const plan::Window& w = *c_.window;
  const Value& load = columns_load();
  std::string image = arguments_.number(w.origin, "origin");
  for (const auto& loops : {c_.batch, outer}) {
    if (!loops.empty()) image += " + " + part(load, "b", loops, false);
  }
  const std::string pitch = arguments_.number(w.pitch, "image_pitch");
  text_.line(index("top", "first * " + arguments_.number(w.step_y, "step_y") + " - " +
                              arguments_.number(w.top, "padding_y")));
  text_.line(index("left", "-" + arguments_.number(w.left, "padding_x")));
  text_.line("local float* to = staged;");
  const std::vector<int> channels = this->channels();
  for (const int loop : channels) {
    open_loop(loop);
  }
  if (!channels.empty()) image += " + " + part(load, "b", channels, false);
  text_.line("global const float* restrict image = " + input(load) + " + " + image + ";");
  text_.line("for (" + index_ + " r = 0; r < " + arguments_.number(image_.rows, "rows_read") +
             "; ++r) {");
  text_.line(index("row", "top + r"));
  text_.line(index("inside", "row >= 0 && row < " + arguments_.number(w.height, "height") + " ? " +
                                 arguments_.number(w.width, "width") + " : 0"));
  text_.line("global const float* restrict from = image + row * " + pitch + " + left;");
  emit_stage_row();
  text_.line("to += " + arguments_.number(image_.pitch, "staged_pitch") + ";");
  text_.line("}");
  for (std::size_t i = 0; i < channels.size(); ++i) text_.line("}");
}

// Vectors of a row, taken apart by the remainder of the column where windows step by 2.
void StageEmitter::emit_stage_row() {
  const std::string n = suffix(lanes_);
  const std::string type = register_type(DType::float32, lanes_);
  text_.line("for (" + index_ + " x = 0; x < " +
             arguments_.number(image_.columns, "staged_columns") +
             "; x += " + std::to_string(step() * lanes_) + ") {");
  for (int v = 0; v < step(); ++v) {
    const std::string id = std::to_string(v);
    const std::string at = v == 0 ? "x" : "x + " + std::to_string(v * lanes_);
    text_.line("const int" + n + " where" + id + " = as_uint" + n + "(tarn_lanes" + n +
               " + (int)(left + " + at + ")) < (uint" + n + ")((uint)inside);");
    text_.line("const " + type + " image" + id + " = where" + id + " ? tarn_load_where_float" + n +
               "(from + " + at + ", where" + id + ") : " + fill() + ";");
  }
  if (step() == 1) {
    text_.line("tarn_store_local_float" + n + "(image0, to + x);");
  } else {
    const std::string part = arguments_.number(image_.part, "staged_part");
    text_.line("tarn_store_local_float" + n + "((" + type +
               ")(image0.even, image1.even), to + x / 2);");
    text_.line("tarn_store_local_float" + n + "((" + type + ")(image0.odd, image1.odd), to + " +
               part + " + x / 2);");
  }
  text_.line("}");
}

std::string StageEmitter::staged_channel() {
  std::string place;
  std::int64_t plane = image_.channels * image_.rows * image_.pitch;
  for (const int loop : channels()) {
    plane /= spec_.extent(loop);
    place += (place.empty() ? "" : " + ") + loop_name(loop) + " * " +
             arguments_.number(plane, "staged_" + std::to_string(loop));
  }
  return place.empty() ? "0" : place;
}

std::string StageEmitter::staged_column(const std::string& x) {
  if (step() == 1) return x;
  return "(" + x + " & 1) * " + arguments_.number(image_.part, "staged_part") + " + (" + x +
         " >> 1)";
}

}  // namespace tarn::kernel
