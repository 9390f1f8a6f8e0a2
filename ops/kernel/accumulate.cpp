#include "ops/kernel/accumulate.hpp"

#include <algorithm>

namespace tarn::kernel {

using graph::Op;

namespace {

constexpr std::int64_t kRemembered = 128;  // vectors of a row: 8 KB, a quarter of a first cache

// NumPy's order: NaN is larger than everything, and the first of equals wins.
std::string beats(const std::string& x, const std::string& a) {
  return "(" + x + " > " + a + ") | ((" + x + " != " + x + ") & (" + a + " == " + a + "))";
}

}  // namespace

// A costly value of a row that the last pass computes and the result is made of (the exponentials
// of a softmax): it is remembered from one to the other where a row is short enough. -1: none.
int AccumulatingEmitter::choose_remembered() const {
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

void AccumulatingEmitter::declare_remembered() {
  if (remembered_ < 0) return;
  text_.line(register_type(value(remembered_).dtype, lanes_) + " remembered[" +
             std::to_string(kRemembered) + "];");
}

// The place of the vector at hand among those remembered.
std::string AccumulatingEmitter::remembered_place() const {
  return "remembered[" + loop_name(layout_.loop) + " / " + std::to_string(lanes_) +
         (replica_ > 0 ? " + " + std::to_string(replica_) : "") + "]";
}

std::string AccumulatingEmitter::accumulator(int v) const {
  return "a" + std::to_string(v) + (replica_ > 0 ? "_" + std::to_string(replica_) : "");
}

// Values that are computed once a row, as soon as the passes before `pass` are done.
void AccumulatingEmitter::emit_row_values(int pass, int replicas, bool masked) {
  for (int v = 0; v < count(); ++v) {
    const Value& val = value(v);
    if (val.in_row || val.kind == Value::Kind::reduce || val.pass != pass) continue;
    for (replica_ = 0; replica_ < (replicated(v) ? replicas : 1); ++replica_) emit(v, masked);
    replica_ = 0;
  }
}

void AccumulatingEmitter::declare_accumulators(const std::vector<int>& reductions, int replicas) {
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

DType AccumulatingEmitter::accumulated(int v) const { return value(value(v).args[0]).dtype; }

// One vector of one replica: its values, then into the accumulators.
void AccumulatingEmitter::emit_step(const std::vector<int>& reductions, bool masked) {
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

void AccumulatingEmitter::accumulate(int v, bool masked) {
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

std::string AccumulatingEmitter::position_of(int v) {
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

// Of the largest of all lanes, the one that comes first.
void AccumulatingEmitter::finish_row_argmax(int v) {
  const DType dtype = accumulated(v);
  const int count = replicas(value(v).pass);
  const std::string a = "a" + std::to_string(v);
  std::string best = a;
  std::string at = "p" + a;
  if (lanes_ > 1 || count > 1) {
    const std::string n = std::to_string(lanes_ * count);
    text_.line(register_type(dtype, 1) + " e" + a + "[" + n + "];");
    text_.line("int q" + a + "[" + n + "];");
    for (replica_ = 0; replica_ < count; ++replica_) {
      const std::string to = std::to_string(replica_);
      text_.line("vstore" + suffix(lanes_) + "(" + accumulator(v) + ", " + to + ", e" + a + ");");
      text_.line("vstore" + suffix(lanes_) + "(p" + accumulator(v) + ", " + to + ", q" + a + ");");
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
  define(v, at);
}

// From the accumulators of all replicas and lanes to one number.
void AccumulatingEmitter::finish_row_reduction(int v) {
  const DType dtype = accumulated(v);
  const Op op = value(v).op;
  const int count = replicas(value(v).pass);
  const std::string a = "a" + std::to_string(v);
  if (op == Op::argmax) return finish_row_argmax(v);
  for (int step = 1; step < count; step *= 2) {
    for (int r = 0; r + step < count; r += 2 * step) {
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

}  // namespace tarn::kernel
