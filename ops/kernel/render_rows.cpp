#include "ops/kernel/render_loops.hpp"

#include "ops/kernel/accumulate.hpp"

namespace tarn::kernel {
namespace {

constexpr std::int64_t kFetchedBytes = 16 << 10;  // of a row: what a first cache has room for

class RowsRenderer : AccumulatingEmitter {
 public:
  using AccumulatingEmitter::AccumulatingEmitter;
  Rendered run();

 private:
  void emit_vectors_of_row(int pass, int replicas);
  std::vector<int> loads_of_next_row() const;
  void fetch(const std::vector<int>& loads);
  bool is_share(int v) const;
  void emit_share(int v);
};

Rendered RowsRenderer::run() {
  open_tasks(arguments_.number(spec_.kept_elements(), "tasks"));
  decode(spec_.kept, "task");
  declare_remembered();
  emit_row_values(0, 1, false);
  for (int pass = 0; pass < spec_.passes; ++pass) {
    const std::vector<int> reductions = reductions_of(pass);
    declare_accumulators(reductions, replicas(pass));
    emit_vectors_of_row(pass, replicas(pass));
    for (const int v : reductions) finish_row_reduction(v);
    emit_row_values(pass + 1, 1, false);
  }
  if (spec_.store.in_row) {
    for (int v = 0; v < count(); ++v) {
      if (is_share(v)) {
        text_.line("const float r" + std::to_string(v) + " = 1.0f / " +
                   value_name(value(v).args[1]) + ";");
      }
    }
    emit_vectors_of_row(spec_.passes, 1);
  } else {
    emit_store(false);
  }
  text_.line("}");
  Rendered rendered = finish("reduce");
  set_geometry(rendered, spec_.kept_elements());
  return rendered;
}

// A softmax: x / sum(x) of x = exp(y - max(y)). Its sum is at least 1, and at most the number of
// elements, so that a reciprocal of it neither overflows nor loses bits.
bool RowsRenderer::is_share(int v) const {
  using graph::Op;
  const auto is = [&](int of, Value::Kind kind, Op op) {
    return of >= 0 && value(of).kind == kind && value(of).op == op;
  };
  if (!is(v, Value::Kind::apply, Op::div) || !varies(v) || lanes_ == 1) return false;
  const auto& args = value(v).args;
  if (!is(args[1], Value::Kind::reduce, Op::sum) || value(args[1]).args[0] != args[0]) return false;
  if (!is(args[0], Value::Kind::apply, Op::exp)) return false;
  const int shifted = value(args[0]).args[0];
  if (!is(shifted, Value::Kind::apply, Op::sub)) return false;
  const int largest = value(shifted).args[1];
  return is(largest, Value::Kind::reduce, Op::max) &&
         value(largest).args[0] == value(shifted).args[0];
}

// One division a row. A quotient by the rounded reciprocal is corrected by what it leaves over,
// which rounds it as a division does (P. Markstein, 1990) where it is not subnormal.
void RowsRenderer::emit_share(int v) {
  const std::string n = std::to_string(v);
  const std::string x = operand(value(v).args[0], lanes_);
  const std::string sum = operand(value(v).args[1], lanes_);
  const std::string reciprocal = splat("r" + n, DType::float32, lanes_);
  text_.line("const " + register_type(DType::float32, lanes_) + " q" + n + " = " + x + " * " +
             reciprocal + ";");
  define(v, "fma(fma(-q" + n + ", " + sum + ", " + x + "), " + reciprocal + ", q" + n + ")");
}

// What the first pass reads from memory: vectors of rows, each row of its own.
std::vector<int> RowsRenderer::loads_of_next_row() const {
  std::vector<int> loads, wanted;
  if (!traits_.cpu || lanes_ == 1 || spec_.kept.empty()) return loads;
  if (spec_.reduced_elements() * 4 > kFetchedBytes) return loads;
  for (const int v : reductions_of(0)) wanted.push_back(value(v).args[0]);
  for (const int v : needed_in_row(wanted)) {
    const Value& val = value(v);
    if (val.kind != Value::Kind::load || val.dtype != DType::float32 || val.guards >= 0) continue;
    if (val.address.factor(spec_.kept.back()) == 0) continue;
    if (access(spec_.space, val.address, layout_.loop) == Access::contiguous) loads.push_back(v);
  }
  return loads;
}

// Of several loops over rows, the last one: where another moves on, what is fetched is of no use,
// but does no harm either.
void RowsRenderer::fetch(const std::vector<int>& loads) {
  for (const int v : loads) {
    const Value& val = value(v);
    const std::int64_t step = val.address.factor(spec_.kept.back());
    prefetch_near("x" + std::to_string(val.operand) + " + " +
                  address(val.address, v, first_lane()) + " + " +
                  arguments_.number(step, "next" + std::to_string(v)));
  }
}

// The loops of one pass over a row: several vectors at a time, then one, then what is left. The
// last pass has no reductions, but stores. While the second one finds the row in the nearest cache,
// the next row comes from memory, which would be idle else.
void RowsRenderer::emit_vectors_of_row(int pass, int replicas) {
  const std::vector<int> reductions = reductions_of(pass);
  const std::vector<int> fetched = pass == 1 ? loads_of_next_row() : std::vector<int>{};
  const auto step = [&](bool masked) {
    if (!masked) fetch(fetched);
    if (!reductions.empty()) return emit_step(reductions, masked);
    for (const int v : needed_in_row({spec_.store.value}, remembered())) {
      if (v == remembered()) {
        define(v, remembered_place());
      } else if (is_share(v)) {
        emit_share(v);
      } else {
        emit(v, masked);
      }
    }
    emit_store(masked);
  };
  text_.line("{");
  const int loops = open_reduced_loops(layout_.loop) + 1;
  const std::string i = loop_name(layout_.loop);
  const auto [begin, end] = bounds(layout_.loop);
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
