#include "ops/kernel/render_loops.hpp"

#include <tuple>

#include "ops/kernel/accumulate.hpp"

namespace tarn::kernel {
namespace {

class RowsRenderer : AccumulatingEmitter {
 public:
  using AccumulatingEmitter::AccumulatingEmitter;
  Rendered run();

 private:
  void emit_vectors_of_row(const std::vector<int>& reductions, int replicas);
};

Rendered RowsRenderer::run() {
  open_tasks(arguments_.number(spec_.kept_elements(), "tasks"));
  decode(spec_.kept, "task");
  declare_remembered();
  emit_row_values(0, 1, false);
  for (int pass = 0; pass < spec_.passes; ++pass) {
    const std::vector<int> reductions = reductions_of(pass);
    declare_accumulators(reductions, replicas(pass));
    emit_vectors_of_row(reductions, replicas(pass));
    for (const int v : reductions) finish_row_reduction(v);
    emit_row_values(pass + 1, 1, false);
  }
  if (spec_.store.in_row) {
    emit_vectors_of_row({}, 1);
  } else {
    emit_store(false);
  }
  text_.line("}");
  Rendered rendered = finish("reduce", spec_, arguments_, text_);
  set_geometry(rendered, spec_.kept_elements());
  return rendered;
}

// The loops of one pass over a row: several vectors at a time, then one, then what is left. A pass
// without reductions stores.
void RowsRenderer::emit_vectors_of_row(const std::vector<int>& reductions, int replicas) {
  const auto step = [&](bool masked) {
    if (!reductions.empty()) return emit_step(reductions, masked);
    for (const int v : needed_in_row({spec_.store.value}, remembered())) {
      if (v == remembered()) {
        define(v, remembered_place());
      } else {
        emit(v, masked);
      }
    }
    emit_store(masked);
  };
  text_.line("{");
  int loops = open_reduced_loops(layout_.loop) + 1;
  const std::string i = loop_name(layout_.loop);
  auto [begin, end] = bounds(layout_.loop);
  if (lanes_ == 1) {
    std::tie(begin, end) = open_blocks(i, begin, end);
    ++loops;
  }
  text_.line(index_ + " " + i + " = " + begin + ";");
  text_.line("const " + index_ + " end = " + end + ";");
  for (int r = replicas; r >= 1; r = fewer(r)) {
    const std::string width = std::to_string(r * lanes_);
    text_.line("for (; " + i + " + " + width + " <= end; " + i + " += " + width + ") {");
    for (replica_ = 0; replica_ < r; ++replica_) step(false);
    replica_ = 0;
    text_.line("}");
  }
  if (lanes_ > 1) {
    text_.line("if (" + i + " < end) {");
    text_.line("const int m = (int)(end - " + i + ");");
    step(true);
    text_.line("}");
  }
  close(loops);
}

}  // namespace

Rendered render_rows(const KernelSpec& spec, const plan::DeviceTraits& traits, Layout layout) {
  return RowsRenderer(spec, traits, layout).run();
}

}  // namespace tarn::kernel
