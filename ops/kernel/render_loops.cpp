#include "ops/kernel/render_loops.hpp"

#include <algorithm>
#include <tuple>

#include "ops/kernel/vectors.hpp"

namespace tarn::kernel {
namespace {

using graph::Op;

constexpr int kReplicas = 4;        // independent accumulators, or vectors of columns at a time
constexpr int kMaxReplicated = 12;  // more values than this are computed one vector at a time
constexpr std::int64_t kWorkPerGroup = 8192;  // elements below which another group does not pay
constexpr std::int64_t kMaxGroups = 64;
constexpr std::int64_t kRemembered = 128;  // vectors of a row: 8 KB, a quarter of a first cache

class LoopsRenderer : VectorEmitter {
 public:
  LoopsRenderer(const KernelSpec& spec, const plan::DeviceTraits& traits)
      : VectorEmitter(spec, traits) {
    layout_ = choose_layout();
    remembered_ = choose_remembered();
  }

  Rendered run() {
    switch (layout_.across) {
      case Across::kept:
        render_columns();
        break;
      case Across::reduced:
        render_rows();
        break;
      case Across::flat:
        render_flat();
        break;
    }
    Rendered rendered = finish(spec_.passes == 0 ? "map" : "reduce", spec_, arguments_, text_);
    set_geometry(rendered);
    return rendered;
  }

 private:
  // ---- The choice of lanes
  // ----------------------------------------------------------------------------

  // How well vectors along a loop would be used: full lanes, contiguous reads.
  double score(int loop, bool stores) const {
    double sum = 0;
    double accesses = 0;
    const auto judge = [&](const Affine& address) {
      constexpr double kWorth[] = {0.9, 1.0, 0.1};
      sum += kWorth[static_cast<int>(access(spec_.space, address, loop))];
      ++accesses;
    };
    for (const Value& v : spec_.values) {
      if (v.kind == Value::Kind::load && (is_map() || v.in_row)) judge(v.address);
    }
    if (stores) judge(spec_.store.address);
    return (accesses == 0 ? 1 : sum / accesses) * used_lanes(spec_.extent(loop));
  }

  double used_lanes(std::int64_t extent) const {
    const std::int64_t vectors = (extent + lanes_ - 1) / lanes_;
    return static_cast<double>(extent) / static_cast<double>(vectors * lanes_);
  }

  Layout choose_layout() const {
    const int last = spec_.kept.empty() ? -1 : spec_.kept.back();
    Layout best{Across::flat};
    double best_score = 0.2 * used_lanes(spec_.kept_elements());
    if (is_map() && lanes_ == 1) return best;
    const auto consider = [&](Layout layout, double s) {
      if (s <= best_score) return;
      best = layout;
      best_score = s;
    };
    if (spec_.split_loop >= 0) {  // lanes must not run over the parts
      best = {Across::reduced, spec_.split_loop};
      best_score = 0;
    }
    const bool stores_in_row = !is_map() && spec_.store.in_row;
    if (last >= 0 && last != spec_.part_loop) consider({Across::kept, last}, score(last, true));
    for (const int loop : spec_.reduced)
      consider({Across::reduced, loop}, score(loop, stores_in_row));
    return best;
  }

  // A costly value of a row that the last pass computes and the result is made of (the exponentials
  // of a softmax): it is remembered from one to the other where a row is short enough. -1: none.
  int choose_remembered() const {
    const bool one_loop = layout_.across == Across::reduced && spec_.reduced.size() == 1;
    if (!one_loop || !spec_.store.in_row || spec_.split_loop >= 0 || lanes_ == 1) return -1;
    if (spec_.reduced_elements() > kRemembered * lanes_ || spec_.passes < 2) return -1;
    std::vector<int> summed;
    for (const int v : reductions_of(spec_.passes - 1)) summed.push_back(value(v).args[0]);
    const std::vector<int> before = needed_in_row(summed);
    int found = -1;
    for (const int v : needed_in_row({spec_.store.value})) {
      const bool costly = value(v).kind == Value::Kind::apply && graph::info(value(v).op).costly;
      if (costly && varies(v) && std::ranges::find(before, v) != before.end()) found = v;
    }
    return found;
  }

  // The place of the vector at hand among those remembered.
  std::string remembered_place() const {
    return "remembered[" + loop_name(layout_.loop) + " / " + std::to_string(lanes_) +
           (replica_ > 0 ? " + " + std::to_string(replica_) : "") + "]";
  }

  std::string accumulator(int v) const {
    return "a" + std::to_string(v) + (replica_ > 0 ? "_" + std::to_string(replica_) : "");
  }

  // ---- Passes over the reduced loops
  // ---------------------------------------------------------------------------

  // Opens the reduced loops but `inner`; returns how many.
  int open_reduced_loops(int inner) {
    int opened = 0;
    for (const int loop : spec_.reduced) {
      if (loop == inner) continue;
      const std::string i = loop_name(loop);
      auto [begin, end] = bounds(loop);
      if (lanes_ == 1) {
        std::tie(begin, end) = open_blocks(i, begin, end);
        ++opened;
      }
      text_.line("for (" + index_ + " " + i + " = " + begin + "; " + i + " < " + end + "; ++" + i +
                 ") {");
      ++opened;
    }
    return opened;
  }

  // A long loop as blocks of iterations: llvmpipe ends any loop after 65,535 rounds, and says
  // nothing. Vectors are for other devices. Returns: where the loop within a block begins and ends.
  std::pair<std::string, std::string> open_blocks(const std::string& i, const std::string& begin,
                                                  const std::string& end) {
    const std::string block = i + "_block";
    text_.line("for (" + index_ + " " + block + " = " + begin + "; " + block + " < " + end + "; " +
               block + " += 32768) {");
    return {block, "min((" + index_ + ")(" + block + " + 32768), " + end + ")"};
  }
  void close(int loops) {
    for (int i = 0; i < loops; ++i) text_.line("}");
  }

  // Where a reduced loop begins and ends: a part of it, where it is shared out among parts.
  std::pair<std::string, std::string> bounds(int loop) {
    const std::string extent = arguments_.extent(loop);
    if (loop != spec_.split_loop) return {"0", extent};
    const std::int64_t parts = spec_.extent(spec_.part_loop);
    const std::string share = arguments_.number((spec_.extent(loop) + parts - 1) / parts, "share");
    const std::string part = loop_name(spec_.part_loop);
    return {part + " * " + share,
            "min((" + index_ + ")(" + part + " * " + share + " + " + share + "), " + extent + ")"};
  }

  // The values inside the reduced loops that `wanted` is made of, sources first.
  // What `known` is made of is not among them: it is there already.
  std::vector<int> needed_in_row(const std::vector<int>& wanted, int known = -1) const {
    std::vector<bool> need(spec_.values.size(), false);
    for (const int v : wanted) need[static_cast<std::size_t>(v)] = true;
    for (int v = count() - 1; v >= 0; --v) {
      if (!need[static_cast<std::size_t>(v)] || !value(v).in_row || v == known) continue;
      for (const int arg : value(v).args) {
        if (arg >= 0) need[static_cast<std::size_t>(arg)] = true;
      }
    }
    std::vector<int> list;
    for (int v = 0; v < count(); ++v) {
      if (need[static_cast<std::size_t>(v)] && value(v).in_row) list.push_back(v);
    }
    return list;
  }

  std::vector<int> reductions_of(int pass) const {
    std::vector<int> list;
    for (int v = 0; v < count(); ++v) {
      if (value(v).kind == Value::Kind::reduce && value(v).pass == pass) list.push_back(v);
    }
    return list;
  }

  // Values that are computed once a row, as soon as the passes before `pass` are done.
  void emit_row_values(int pass, int replicas, bool masked) {
    for (int v = 0; v < count(); ++v) {
      const Value& val = value(v);
      if (val.in_row || val.kind == Value::Kind::reduce || val.pass != pass) continue;
      for (replica_ = 0; replica_ < (replicated(v) ? replicas : 1); ++replica_) emit(v, masked);
      replica_ = 0;
    }
  }

  void declare_accumulators(const std::vector<int>& reductions, int replicas) {
    for (const int v : reductions) {
      const DType dtype = accumulated(v);
      for (replica_ = 0; replica_ < replicas; ++replica_) {
        text_.line(register_type(dtype, lanes_) + " " + accumulator(v) + " = " +
                   splat(identity(value(v).op, dtype), dtype, lanes_) + ";");
        if (value(v).op == Op::argmax) {
          text_.line(register_type(DType::int32, lanes_) + " p" + accumulator(v) + " = 0;");
        }
      }
      replica_ = 0;
    }
  }
  DType accumulated(int v) const { return value(value(v).args[0]).dtype; }

  // One vector of one replica: its values, then into the accumulators.
  void emit_step(const std::vector<int>& reductions, bool masked) {
    std::vector<int> wanted;
    for (const int v : reductions) wanted.push_back(value(v).args[0]);
    for (const int v : needed_in_row(wanted)) {
      if (replica_ == 0 || replicated(v)) emit(v, masked);
      if (v == remembered_ && value(reductions[0]).pass == spec_.passes - 1) {
        text_.line(remembered_place() + " = " + value_name(v) + ";");
      }
    }
    for (const int v : reductions) accumulate(v, masked);
  }

  void accumulate(int v, bool masked) {
    const Value& val = value(v);
    const DType dtype = accumulated(v);
    std::string x = operand(val.args[0], lanes_);
    if (masked && layout_.across == Across::reduced) {
      x = "(tarn_lanes" + suffix(lanes_) + " < (int" + suffix(lanes_) + ")(m)) ? " + x + " : " +
          splat(identity(val.op, dtype), dtype, lanes_);
      const std::string name = "w" + accumulator(v).substr(1);
      text_.line("const " + register_type(dtype, lanes_) + " " + name + " = " + x + ";");
      x = name;
    }
    const std::string a = accumulator(v);
    if (val.op != Op::argmax) {
      text_.line(a + " = " + apply(val.op, dtype, dtype, lanes_, {a, x}) + ";");
      return;
    }
    const std::string better = "b" + a;
    const std::string type = register_type(DType::int32, lanes_);
    const std::string position = position_of(v);
    text_.line("const " + type + " " + better + " = " + beats(x, a) + ";");
    text_.line("p" + a + " = " + better + " ? " + position + " : p" + a + ";");
    text_.line(a + " = " + better + " ? " + x + " : " + a + ";");
  }
  // NumPy's order: NaN is larger than everything, and the first of equals wins.
  static std::string beats(const std::string& x, const std::string& a) {
    return "(" + x + " > " + a + ") | ((" + x + " != " + x + ") & (" + a + " == " + a + "))";
  }
  std::string position_of(int v) {
    const Affine& at = value(v).address;
    const std::string first = "(int)(" + address(at, v, first_lane()) + ")";
    if (lanes_ == 1) return first;
    const std::string type = "int" + suffix(lanes_);
    if (layout_.across != Across::reduced) return "(" + type + ")(" + first + ")";
    const std::string stride =
        "(int)(" +
        arguments_.number(at.factor(layout_.loop),
                          "s" + std::to_string(v) + "_" + std::to_string(layout_.loop)) +
        ")";
    return "(" + type + ")(" + first + ") + tarn_lanes" + suffix(lanes_) + " * " + stride;
  }

  void render_columns();
  void render_flat();
  void render_rows();
  void render_column_block(int replicas, bool masked);
  void emit_row_loop(const std::vector<int>& reductions);
  void finish_row_reduction(int v);
  void emit_vectors_of_row(const std::vector<int>& reductions, bool storing);
  void open_tasks(const std::string& count);
  void decode(const std::vector<int>& loops, const std::string& from);
  void set_geometry(Rendered& rendered) const;
  std::int64_t column_block() const;
  int replicas() const;

  int remembered_ = -1;
};

// ---- Tasks
// ----------------------------------------------------------------------------------------------

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// Opens the loop over this work item's tasks: neighbours on a CPU, every n-th on a GPU.
void LoopsRenderer::open_tasks(const std::string& count) {
  if (traits_.cpu) {
    text_.line("const " + index_ + " share_of_tasks = (" + count + " + (" + index_ +
               ")get_global_size(0) - 1) / (" + index_ + ")get_global_size(0);");
    text_.line("const " + index_ + " task_begin = (" + index_ +
               ")get_global_id(0) * share_of_tasks;");
    text_.line("const " + index_ + " task_end = min((" + index_ +
               ")(task_begin + share_of_tasks), " + count + ");");
    text_.line("for (" + index_ + " task = task_begin; task < task_end; ++task) {");
  } else {
    text_.line("for (" + index_ + " task = (" + index_ + ")get_global_id(0); task < " + count +
               "; task += (" + index_ + ")get_global_size(0)) {");
  }
}

// The indices of `loops` from their joint index, the last loop running fastest.
void LoopsRenderer::decode(const std::vector<int>& loops, const std::string& from) {
  if (loops.empty()) return;
  if (loops.size() > 1) text_.line(index_ + " rest = " + from + ";");
  for (std::size_t i = loops.size(); i-- > 0;) {
    const std::string name = loop_name(loops[i]);
    if (i == 0) {
      text_.line("const " + index_ + " " + name + " = " + (loops.size() > 1 ? "rest" : from) + ";");
    } else {
      const std::string extent = arguments_.extent(loops[i]);
      text_.line("const " + index_ + " " + name + " = rest % " + extent + ";");
      text_.line("rest /= " + extent + ";");
    }
  }
}

int LoopsRenderer::replicas() const {
  if (spec_.passes != 1 || lanes_ == 1 || count() > kMaxReplicated) return 1;
  const bool all_contiguous = std::ranges::all_of(spec_.values, [&](const Value& v) {
    return v.kind != Value::Kind::load ||
           (v.guards < 0 && access(spec_.space, v.address, layout_.loop) != Access::lanes);
  });
  return all_contiguous ? kReplicas : 1;
}

// ---- Lanes along the last kept loop
// -------------------------------------------------------------------------

// How much of the last kept loop one task does: whole vectors, enough tasks for all groups.
std::int64_t LoopsRenderer::column_block() const {
  const std::int64_t extent = spec_.extent(layout_.loop);
  const std::int64_t rows = spec_.kept_elements() / extent;
  const std::int64_t vectors = std::int64_t{lanes_} * replicas();
  const std::int64_t work = std::max<std::int64_t>(spec_.reduced_elements(), 1);
  const std::int64_t least = divide_up(divide_up(1024, work), vectors) * vectors;
  const std::int64_t wanted = divide_up(divide_up(extent * rows, kMaxGroups), vectors) * vectors;
  return std::clamp(wanted, least, std::max(least, divide_up(extent, vectors) * vectors));
}

void LoopsRenderer::render_columns() {
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
  for (int r = replicas(); r >= 1; r = r > 1 ? 1 : 0) {
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

// Everything for one vector (or several side by side) of the last kept loop.
void LoopsRenderer::render_column_block(int replicas, bool masked) {
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

// ---- Lanes over all kept loops
// ---------------------------------------------------------------------------------

void LoopsRenderer::render_flat() {
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

// ---- Lanes along a reduced loop
// -----------------------------------------------------------------------------------

void LoopsRenderer::render_rows() {
  open_tasks(arguments_.number(spec_.kept_elements(), "tasks"));
  decode(spec_.kept, "task");
  if (remembered_ >= 0) {
    text_.line(register_type(value(remembered_).dtype, lanes_) + " remembered[" +
               std::to_string(kRemembered) + "];");
  }
  emit_row_values(0, 1, false);
  for (int pass = 0; pass < spec_.passes; ++pass) {
    const std::vector<int> reductions = reductions_of(pass);
    declare_accumulators(reductions, replicas());
    emit_vectors_of_row(reductions, false);
    for (const int v : reductions) finish_row_reduction(v);
    emit_row_values(pass + 1, 1, false);
  }
  if (spec_.store.in_row) {
    emit_vectors_of_row({}, true);
  } else {
    emit_store(false);
  }
  text_.line("}");
}

// The loops of one pass over a row: several vectors at a time, then one, then what is left.
void LoopsRenderer::emit_vectors_of_row(const std::vector<int>& reductions, bool storing) {
  const auto step = [&](bool masked) {
    if (!storing) return emit_step(reductions, masked);
    for (const int v : needed_in_row({spec_.store.value}, remembered_)) {
      if (v == remembered_) {
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
  for (int r = storing ? 1 : replicas(); r >= 1; r = r > 1 ? 1 : 0) {
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

// From the accumulators of all replicas and lanes to one number.
void LoopsRenderer::finish_row_reduction(int v) {
  const DType dtype = accumulated(v);
  const Op op = value(v).op;
  const std::string a = "a" + std::to_string(v);
  if (op == Op::argmax) {
    std::string best = a;
    std::string at = "p" + a;
    if (lanes_ > 1 || replicas() > 1) {
      const std::string n = std::to_string(lanes_ * replicas());
      text_.line(register_type(dtype, 1) + " e" + a + "[" + n + "];");
      text_.line("int q" + a + "[" + n + "];");
      for (replica_ = 0; replica_ < replicas(); ++replica_) {
        const std::string to = std::to_string(replica_);
        text_.line("vstore" + suffix(lanes_) + "(" + accumulator(v) + ", " + to + ", e" + a + ");");
        text_.line("vstore" + suffix(lanes_) + "(p" + accumulator(v) + ", " + to + ", q" + a +
                   ");");
      }
      replica_ = 0;
      best = "e" + a + "[0]";
      at = "q" + a + "[0]";
      const std::string x = "e" + a + "[l]";
      text_.line("for (int l = 1; l < " + n + "; ++l) {");
      text_.line("const int equal = (" + x + " == " + best + ") | ((" + x + " != " + x + ") & (" +
                 best + " != " + best + "));");
      text_.line("if ((" + beats(x, best) + ") | (equal & (q" + a + "[l] < " + at + "))) {");
      text_.line(at + " = q" + a + "[l];");
      text_.line(best + " = " + x + ";");
      text_.line("}");
      text_.line("}");
    }
    return define(v, at);
  }
  for (int step = 1; step < replicas(); step *= 2) {
    for (int r = 0; r + step < replicas(); r += 2 * step) {
      const auto name = [&](int of) { return a + (of > 0 ? "_" + std::to_string(of) : ""); };
      text_.line(name(r) + " = " + apply(op, dtype, dtype, lanes_, {name(r), name(r + step)}) +
                 ";");
    }
  }
  std::string sum = a;
  for (int lanes = lanes_ / 2; lanes >= 1; lanes /= 2) {
    const std::string half = "h" + std::to_string(v) + "_" + std::to_string(lanes);
    const std::string low = sum + (lanes == 1 ? ".x" : ".lo");
    const std::string high = sum + (lanes == 1 ? ".y" : ".hi");
    text_.line("const " + register_type(dtype, lanes) + " " + half + " = " +
               apply(op, dtype, dtype, lanes, {low, high}) + ";");
    sum = half;
  }
  define(v, sum);
}

// ---- Launching
// --------------------------------------------------------------------------------------------------------

void LoopsRenderer::set_geometry(Rendered& rendered) const {
  const std::int64_t elements =
      spec_.kept_elements() * std::max<std::int64_t>(spec_.reduced_elements(), 1);
  std::int64_t tasks = spec_.kept_elements();
  if (layout_.across == Across::kept) {
    const std::int64_t extent = spec_.extent(layout_.loop);
    tasks = tasks / extent * divide_up(extent, column_block());
  } else if (layout_.across == Across::flat) {
    tasks = divide_up(tasks, lanes_);
  }
  if (!traits_.cpu) {
    rendered.local = 64;
    rendered.global =
        static_cast<std::size_t>(std::clamp<std::int64_t>(divide_up(tasks, 64), 1, 4096)) * 64;
    return;
  }
  const std::int64_t cost = spec_.values.size() > 16 || layout_.across == Across::flat ? 4 : 1;
  const std::int64_t groups =
      std::clamp(elements * cost / kWorkPerGroup, std::int64_t{1}, kMaxGroups);
  rendered.global = static_cast<std::size_t>(
      std::clamp(groups, std::int64_t{1}, std::max(tasks, std::int64_t{1})));
}

}  // namespace

Rendered render_loops(const KernelSpec& spec, const plan::DeviceTraits& traits) {
  return LoopsRenderer(spec, traits).run();
}

}  // namespace tarn::kernel
