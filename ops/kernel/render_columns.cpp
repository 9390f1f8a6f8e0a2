#include "ops/kernel/render_loops.hpp"

#include <algorithm>

#include "ops/kernel/accumulate.hpp"

namespace tarn::kernel {
namespace {

using graph::Op;

class ColumnsRenderer : AccumulatingEmitter {
 public:
  using AccumulatingEmitter::AccumulatingEmitter;

  Rendered run() {
    std::int64_t tasks = spec_.kept_elements();
    if (layout_.across == Across::kept && !traits_.cpu) {
      render_neighbours();
    } else if (layout_.across == Across::kept) {
      const std::int64_t extent = spec_.extent(layout_.loop);
      tasks = tasks / extent * divide_up(extent, column_block());
      render_columns();
    } else {
      tasks = divide_up(tasks, lanes_);
      render_flat();
    }
    Rendered rendered = finish(is_map() ? "map" : "reduce");
    set_geometry(rendered, tasks);
    return rendered;
  }

 private:
  void render_columns();
  void render_neighbours();
  void render_flat();
  void render_column_block(int replicas, bool masked);
  std::int64_t column_block() const;
};

// How much of the last kept loop one task does: whole vectors, enough tasks for all groups.
std::int64_t ColumnsRenderer::column_block() const {
  const std::int64_t extent = spec_.extent(layout_.loop);
  const std::int64_t rows = spec_.kept_elements() / extent;
  const std::int64_t vectors = std::int64_t{lanes_} * replicas(0);
  const std::int64_t work = std::max<std::int64_t>(spec_.rounds(), 1);
  const std::int64_t least = divide_up(divide_up(1024, work), vectors) * vectors;
  const std::int64_t wanted = divide_up(divide_up(extent * rows, kMaxGroups), vectors) * vectors;
  return std::clamp(wanted, least, std::max(least, divide_up(extent, vectors) * vectors));
}

void ColumnsRenderer::render_columns() {
  const std::int64_t extent = spec_.extent(layout_.loop);
  const std::int64_t block = column_block();
  const std::int64_t blocks = divide_up(extent, block);
  const std::string n = arguments_.extent(layout_.loop);
  const std::string i = loop_name(layout_.loop);
  open_tasks(arguments_.number(spec_.kept_elements() / extent * blocks, "tasks"));
  const std::string per_row = arguments_.number(blocks, "blocks");
  const std::string size = arguments_.number(block, "block");
  const std::vector<int> outer(spec_.kept.begin(), spec_.kept.end() - 1);
  decode(outer, "task / " + per_row);
  text_.line("const " + index_ + " begin = task % " + per_row + " * " + size + ";");
  text_.line("const " + index_ + " end = min((" + index_ + ")(begin + " + size + "), " + n + ");");
  text_.line(index_ + " " + i + " = begin;");
  for (int r = replicas(0); r >= 1; r = fewer(r)) {
    const std::string step = std::to_string(r * lanes_);
    text_.line("for (; " + i + " + " + step + " <= end; " + i + " += " + step + ") {");
    render_column_block(r, false);
    text_.line("}");
  }
  if (lanes_ > 1) {
    text_.line("if (" + i + " < end) {");
    text_.line("const int m = (int)(end - " + i + ");");
    render_column_block(1, true);
    text_.line("}");
  }
  text_.line("}");
}

// One column a task, so that neighbouring work items read neighbouring elements.
void ColumnsRenderer::render_neighbours() {
  open_tasks(arguments_.number(spec_.kept_elements(), "tasks"));
  decode(spec_.kept, "task");
  render_column_block(1, false);
  text_.line("}");
}

// Everything for one vector (or several side by side) of the last kept loop.
void ColumnsRenderer::render_column_block(int replicas, bool masked) {
  emit_row_values(0, replicas, masked);
  for (int pass = 0; pass < spec_.passes; ++pass) {
    const std::vector<int> reductions = reductions_of(pass);
    declare_accumulators(reductions, replicas);
    const int loops = open_reduced_loops(-1);
    for (replica_ = 0; replica_ < replicas; ++replica_) emit_step(reductions, masked);
    replica_ = 0;
    close(loops);
    for (const int v : reductions) {
      for (replica_ = 0; replica_ < replicas; ++replica_) {
        define(v, (value(v).op == Op::argmax ? "p" : "") + accumulator(v));
      }
      replica_ = 0;
    }
    emit_row_values(pass + 1, replicas, masked);
  }
  const bool in_row = spec_.store.in_row;
  const int loops = in_row ? open_reduced_loops(-1) : 0;
  for (replica_ = 0; replica_ < replicas; ++replica_) {
    if (in_row) {
      for (const int v : needed_in_row({spec_.store.value})) {
        if (replica_ == 0 || replicated(v)) emit(v, masked);
      }
    }
    emit_store(masked);
  }
  replica_ = 0;
  close(loops);
}

void ColumnsRenderer::render_flat() {
  const std::int64_t elements = spec_.kept_elements();
  open_tasks(arguments_.number(divide_up(elements, lanes_), "tasks"));
  if (lanes_ == 1) {
    decode(spec_.kept, "task");
    render_column_block(1, false);
    text_.line("}");
    return;
  }
  const std::string lanes = std::to_string(lanes_);
  const std::string all = arguments_.number(elements, "elements");
  text_.line("const " + index_ + " first = task * " + lanes + ";");
  text_.line("const int m = (int)min((" + index_ + ")" + lanes + ", " + all + " - first);");
  for (const int loop : spec_.kept) text_.line(index_ + " " + loop_name(loop) + "[" + lanes + "];");
  text_.line("for (int l = 0; l < " + lanes + "; ++l) {");
  text_.line(index_ + " rest = min((" + index_ + ")(first + l), " + all + " - 1);");
  for (std::size_t i = spec_.kept.size(); i-- > 0;) {
    const std::string name = loop_name(spec_.kept[i]) + "[l]";
    if (i == 0) {
      text_.line(name + " = rest;");
    } else {
      const std::string extent = arguments_.extent(spec_.kept[i]);
      text_.line(name + " = rest % " + extent + ";");
      text_.line("rest /= " + extent + ";");
    }
  }
  text_.line("}");
  render_column_block(1, true);
  text_.line("}");
}

}  // namespace

Rendered render_columns(const KernelSpec& spec, const plan::DeviceTraits& traits, Layout layout) {
  return ColumnsRenderer(spec, traits, layout).run();
}

}  // namespace tarn::kernel
