#include "ops/kernel/render_attention.hpp"

#include <algorithm>

#include "ops/kernel/tiles.hpp"
#include "ops/plan/attention.hpp"

namespace tarn::kernel {

using graph::Op;

namespace {

constexpr int kLanes = 16;
constexpr int kVectors = 2;
constexpr int kQueries = kVectors * kLanes;  // of one task
constexpr int kKeys = 128;                   // of a block: 16 KB of scores

std::string name(const std::string& what, int vector) { return what + std::to_string(vector); }

// One task is the queries of a few vectors, for one batch.
class AttentionRenderer : TileEmitter {
 public:
  AttentionRenderer(const KernelSpec& spec, const plan::DeviceTraits& traits)
      : TileEmitter(spec, traits),
        query_(c_.n[0]),
        key_(c_.m[0]),
        depth_(c_.k[0]),
        column_(spec.mix.m[0]) {}

  Rendered run() {
    const std::int64_t blocks = (spec_.extent(query_) + kQueries - 1) / kQueries;
    const std::int64_t tasks = product(c_.batch) * blocks;
    declare_arrays();
    open_tasks(tasks);
    const std::string count = arguments_.number(blocks, "blocks");
    text_.line(index("query", "task % " + count + " * " + std::to_string(kQueries)));
    text_.line(index("query_end",
                     smaller("query + " + std::to_string(kQueries), arguments_.extent(query_))));
    text_.line(index("batch", "task / " + count));
    decode(c_.batch, "batch");
    emit_queries();
    emit_start();
    open_key_blocks();
    emit_scores();
    emit_softmax();
    emit_mix();
    text_.line("}");
    emit_results();
    text_.line("}");
    Rendered rendered = finish("attention");
    rendered.global = static_cast<std::size_t>(groups(tasks));
    return rendered;
  }

 private:
  // Elements per query come as a row of all queries: `queries[d]`, `scores[key]`, `mixed[column]`.
  void declare_arrays() {
    const auto declare = [&](const std::string& array, std::int64_t rows) {
      text_.line("float16 " + array + "[" + std::to_string(rows * kVectors) + "];");
    };
    declare("queries", plan::kMaxHead);
    declare("scores", kKeys);
    declare("mixed", plan::kMaxHead);
  }

  static std::string row(const std::string& array, const std::string& i, const std::string& v) {
    return array + "[(" + i + ") * " + std::to_string(kVectors) + " + " + v + "]";
  }

  void open_vectors() {
    text_.line("for (int v = 0; v < " + std::to_string(kVectors) + "; ++v) {");
  }

  // Queries past the end are the last one again, and are not stored.
  void emit_queries() {
    const Value& load = columns_load();
    const std::string q = loop_name(query_), d = loop_name(depth_);
    const LoopName in_order = [](int loop) { return loop_name(loop); };
    open_vectors();
    text_.line("for (" + index_ + " " + d + " = 0; " + d + " < " + arguments_.extent(depth_) +
               "; " + d + " += 16) {");
    text_.line("const int m = (int)" + smaller("16", arguments_.extent(depth_) + " - " + d) + ";");
    text_.line("float16 t[16];");
    text_.line("for (int l = 0; l < 16; ++l) {");
    text_.line(index(q, smaller("query + v * 16 + l", "query_end - 1")));
    text_.line("global const float* restrict place = " + input(load) + " + " +
               affine(spec_.space, load.address, "q", arguments_, in_order, depth_) + ";");
    text_.line("t[l] = m == 16 ? tarn_load_all_float16(place) : tarn_load_float16(place, m);");
    text_.line("}");
    text_.line("tarn_transpose(t);");
    text_.line("for (int l = 0; l < 16; ++l) " + row("queries", d + " + l", "v") + " = t[l];");
    text_.line("}");
    text_.line("}");
  }

  void emit_start() {
    for (int v = 0; v < kVectors; ++v) {
      text_.line("float16 " + name("largest", v) + " = -INFINITY;");
      text_.line("float16 " + name("total", v) + " = 0;");
    }
    text_.line("for (int i = 0; i < (" + arguments_.extent(column_) + " + 15) / 16 * 16 * " +
               std::to_string(kVectors) + "; ++i) mixed[i] = 0;");
  }

  // Their keys are `row_begin` up to `row_end`, the rows of the first product's tiles.
  void open_key_blocks() {
    const std::string keys = arguments_.extent(key_);
    const std::string block = std::to_string(kKeys);
    text_.line("for (" + index_ + " row_begin = 0; row_begin < " + keys +
               "; row_begin += " + block + ") {");
    text_.line(index("row_end", smaller("row_begin + " + block, keys)));
    text_.line("const int keys = (int)(row_end - row_begin);");
  }

  void emit_batch_place(const std::string& role) {
    text_.line("global const float* restrict a_batch = " + input(rows_load()) + " + " +
               part(rows_load(), role, c_.batch, true) + ";");
  }

  // ---- Scores

  void emit_scores() {
    layout_ = {Across::kept, query_};
    text_.line("{");
    emit_batch_place("k");
    open_row_tiles();
    emit_row_places();
    emit_zero_sums();
    open_products();
    for (int v = 0; v < kVectors; ++v) {
      text_.line("const float16 " + name("b", v) + " = " +
                 row("queries", loop_name(depth_), std::to_string(v)) + ";");
    }
    emit_multiply_add();
    close_products();
    emit_sums_array();
    text_.line("for (int r = 0; r < (int)" +
               smaller(std::to_string(c_.tile_rows), "row_end - row") + "; ++r) {");
    decode(c_.m, "row + r");
    open_vectors();
    text_.line(index(loop_name(query_), "query + v * 16"));
    define_sum("sums[r * " + std::to_string(kVectors) + " + v]");
    emit_score();
    for (int i = 0; i < 4; ++i) text_.line("}");
  }

  // What is computed from a product, in each vector of queries. Without loads nothing is masked.
  void emit_score() {
    const std::vector<int> values = between(c_.reduce, spec_.mix.columns);
    const bool loads = std::ranges::any_of(
        values, [&](int v) { return value(v).kind == Value::Kind::load && varies(v); });
    const auto compute = [&](bool masked) {
      for (const int v : values) emit(v, masked);
      text_.line(row("scores", "row + r - row_begin", "v") + " = " +
                 operand(spec_.mix.columns, lanes_) + ";");
    };
    if (!loads) return compute(false);
    text_.line("const int m = (int)" + smaller("16", "query_end - " + loop_name(query_)) + ";");
    text_.line("if (m == 16) {");
    compute(false);
    text_.line("} else if (m > 0) {");
    compute(true);
    text_.line("} else {");
    text_.line(row("scores", "row + r - row_begin", "v") + " = 0;");
    text_.line("}");
  }

  // The values that `to` is made of, but those that `from` is made of; sources first.
  std::vector<int> between(int from, int to) const {
    std::vector<bool> needed(spec_.values.size(), false);
    needed[static_cast<std::size_t>(to)] = true;
    std::vector<int> list;
    for (int v = to; v >= 0; --v) {
      if (!needed[static_cast<std::size_t>(v)] || v == from) continue;
      list.push_back(v);
      for (const int arg : value(v).args) {
        if (arg >= 0) needed[static_cast<std::size_t>(arg)] = true;
      }
    }
    std::ranges::reverse(list);
    return list;
  }

  // ---- Softmax

  // Scores become exponentials. Where all scores so far are -infinity, nothing is subtracted: the
  // difference would be NaN, and later scores may be finite.
  void emit_softmax() {
    const auto each = [&](const auto& line) {
      for (int v = 0; v < kVectors; ++v) text_.line(line(v));
    };
    const auto score = [](int v) { return row("scores", "key", std::to_string(v)); };
    each([&](int v) { return "float16 " + name("high", v) + " = " + name("largest", v) + ";"; });
    text_.line("for (int key = 0; key < keys; ++key) {");
    each([&](int v) {
      return name("high", v) + " = " +
             apply(Op::max, DType::float32, DType::float32, kLanes, {name("high", v), score(v)}) +
             ";";
    });
    text_.line("}");
    each([&](int v) {
      return "const float16 " + name("shift", v) + " = " + name("high", v) +
             " == -INFINITY ? (float16)(0.0f) : " + name("high", v) + ";";
    });
    each([&](int v) {
      return "const float16 " + name("scale", v) + " = " +
             exponential(name("largest", v) + " - " + name("shift", v)) + ";";
    });
    each([&](int v) { return name("largest", v) + " = " + name("high", v) + ";"; });
    each([&](int v) { return name("total", v) + " *= " + name("scale", v) + ";"; });
    text_.line("for (int key = 0; key < keys; ++key) {");
    each([&](int v) {
      return "const float16 " + name("e", v) + " = " +
             exponential(score(v) + " - " + name("shift", v)) + ";";
    });
    each([&](int v) { return score(v) + " = " + name("e", v) + ";"; });
    each([&](int v) { return name("total", v) + " += " + name("e", v) + ";"; });
    text_.line("}");
  }

  static std::string exponential(const std::string& of) {
    return apply(Op::exp, DType::float32, DType::float32, kLanes, {of});
  }

  // ---- The sums of the values, each times its weight

  void emit_mix() {
    c_ = spec_.mix;
    const std::string j = loop_name(key_);
    text_.line("{");
    emit_batch_place("v");
    text_.line(index("first_key", "row_begin"));
    text_.line(index("last_key", "row_end"));
    text_.line("{");
    text_.line(index("row_begin", "0"));
    text_.line(index("row_end", arguments_.extent(column_)));
    open_row_tiles();
    emit_row_places();
    for_each_sum([&](const std::string& s, const std::string& r, int v) {
      return "float16 " + s + " = " + row("mixed", "row + " + r, std::to_string(v)) + " * " +
             name("scale", v) + ";";
    });
    text_.line("for (" + index_ + " " + j + " = first_key; " + j + " < last_key; ++" + j + ") {");
    text_.line("global const float* restrict a = a_batch + " + part(rows_load(), "v", c_.k, false) +
               ";");
    for (int v = 0; v < kVectors; ++v) {
      text_.line("const float16 " + name("b", v) + " = " +
                 row("scores", j + " - first_key", std::to_string(v)) + ";");
    }
    emit_multiply_add();
    text_.line("}");
    for_each_sum([&](const std::string& s, const std::string& r, int v) {
      return row("mixed", "row + " + r, std::to_string(v)) + " = " + s + ";";
    });
    for (int i = 0; i < 3; ++i) text_.line("}");
  }

  template <class Line>
  void for_each_sum(const Line& line) {
    for (int r = 0; r < c_.tile_rows; ++r) {
      for (int v = 0; v < kVectors; ++v) text_.line(line(sum(r, v), std::to_string(r), v));
    }
  }

  // ---- Results: lanes along the columns

  void emit_results() {
    layout_ = {Across::kept, column_};
    const std::string q = loop_name(query_), e = loop_name(column_);
    const std::string columns = arguments_.extent(column_);
    std::string totals;
    for (int v = 0; v < kVectors; ++v)
      totals += (v > 0 ? ", 1.0f / " : "1.0f / ") + name("total", v);
    text_.line("const float16 inverse[" + std::to_string(kVectors) + "] = {" + totals + "};");
    open_vectors();
    text_.line("for (" + index_ + " " + e + " = 0; " + e + " < " + columns + "; " + e +
               " += 16) {");
    text_.line("const int m = (int)" + smaller("16", columns + " - " + e) + ";");
    text_.line("float16 t[16];");
    text_.line("for (int l = 0; l < 16; ++l) t[l] = " + row("mixed", e + " + l", "v") +
               " * inverse[v];");
    text_.line("tarn_transpose(t);");
    text_.line("for (int r = 0; r < 16 && query + v * 16 + r < query_end; ++r) {");
    text_.line(index(q, "query + v * 16 + r"));
    define_sum("t[r]");
    const auto store = [&](bool masked) {
      for (const int v : between(c_.reduce, spec_.store.value)) emit(v, masked);
      emit_store(masked);
    };
    text_.line("if (m == 16) {");
    store(false);
    text_.line("} else {");
    store(true);
    for (int i = 0; i < 4; ++i) text_.line("}");
  }

  int query_, key_, depth_, column_;
};

}  // namespace

Rendered render_attention(const KernelSpec& spec, const plan::DeviceTraits& traits) {
  return AttentionRenderer(spec, traits).run();
}

}  // namespace tarn::kernel
