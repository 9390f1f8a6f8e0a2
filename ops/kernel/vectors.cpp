#include "ops/kernel/vectors.hpp"

#include <algorithm>

#include "ops/kernel/prelude.hpp"
#include "ops/plan/loops.hpp"

namespace tarn::kernel {

using graph::Op;
using plan::Store;

bool VectorEmitter::guards_depend(int guards, const std::vector<int>& loops) const {
  return guards >= 0 && std::ranges::any_of(spec_.guards[static_cast<std::size_t>(guards)],
                                            [&](const plan::Guard& g) {
                                              return plan::depends_on(spec_.space, g.index, loops);
                                            });
}

// ---- What varies from lane to lane
// ----------------------------------------------------------------------

bool VectorEmitter::address_varies(const Affine& a) const {
  return layout_.across == Across::flat ? plan::depends_on(spec_.space, a, spec_.kept)
                                        : plan::depends_on(spec_.space, a, {layout_.loop});
}

bool VectorEmitter::guards_vary(int guards) const {
  return layout_.across == Across::flat ? guards_depend(guards, spec_.kept)
                                        : guards_depend(guards, {layout_.loop});
}

// In a map every operator works on full vectors, so that a result does not depend on what it was
// fused with: a library's scalar and vector functions may differ in the last bit.
bool VectorEmitter::varies(int v) const {
  const Value& val = value(v);
  switch (val.kind) {
    case Value::Kind::scalar:
      return false;
    case Value::Kind::load:
      return address_varies(val.address) || guards_vary(val.guards);
    case Value::Kind::index:
    case Value::Kind::random:
      return is_map() || address_varies(val.address);
    case Value::Kind::reduce:
      return layout_.across != Across::reduced;
    case Value::Kind::inside:
      if (guards_vary(val.guards)) return true;
      break;
    case Value::Kind::apply:
      if (is_map()) return true;
      break;
  }
  return std::ranges::any_of(val.args, [&](int arg) { return arg >= 0 && varies(arg); });
}

// ---- Names
// ------------------------------------------------------------------------------------------------

/// The index of a loop for the first lane of replica r.
LoopName VectorEmitter::first_lane() const {
  return [this](int loop) {
    if (loop != layout_.loop || replica_ == 0) return loop_name(loop);
    return "(" + loop_name(loop) + " + " + std::to_string(replica_ * lanes_) + ")";
  };
}

/// The index of a loop for lane l of replica r.
LoopName VectorEmitter::lane(const std::string& l) const {
  return [this, l](int loop) {
    if (layout_.across == Across::flat) {
      const bool own = std::ranges::find(spec_.kept, loop) != spec_.kept.end();
      return loop_name(loop) + (own && lanes_ > 1 ? "[" + l + "]" : "");
    }
    if (loop != layout_.loop) return loop_name(loop);
    const std::string offset = replica_ == 0 ? "" : " + " + std::to_string(replica_ * lanes_);
    return "(" + loop_name(loop) + offset + " + " + l + ")";
  };
}

std::string VectorEmitter::value_name(int v) const {
  std::string name = "v" + std::to_string(v);
  if (replicated(v) && replica_ > 0) name += "_" + std::to_string(replica_);
  return name;
}

// A value of which every replica has one of its own.
bool VectorEmitter::replicated(int v) const {
  if (layout_.across == Across::reduced) return value(v).in_row && varies(v);
  return varies(v);
}

// The value as an operand of `lanes` lanes.
std::string VectorEmitter::operand(int v, int lanes) const {
  const std::string name =
      value(v).kind == Value::Kind::scalar ? "c" + std::to_string(value(v).scalar) : value_name(v);
  return width(v) == lanes ? name : splat(name, value(v).dtype, lanes);
}

// ---- Values
// ------------------------------------------------------------------------------------------------

std::string VectorEmitter::address(const Affine& a, int v, const LoopName& name) {
  return affine(spec_.space, a, "s" + std::to_string(v), arguments_, name, unit_loop(a));
}

// The loop of the lanes, where an address moves with it one by one.
int VectorEmitter::unit_loop(const Affine& a) const {
  const bool contiguous =
      layout_.across != Across::flat && access(spec_.space, a, layout_.loop) == Access::contiguous;
  return contiguous ? layout_.loop : -1;
}

std::string VectorEmitter::guard(int guards, const LoopName& name) {
  return condition(spec_, guards, arguments_, name);
}

void VectorEmitter::emit(int v, bool masked) {
  switch (value(v).kind) {
    case Value::Kind::scalar:
      break;
    case Value::Kind::load:
      emit_load(v, masked);
      break;
    case Value::Kind::index:
    case Value::Kind::random:
      emit_index(v);
      break;
    case Value::Kind::apply:
      emit_apply(v);
      break;
    case Value::Kind::inside:
      emit_inside(v, masked);
      break;
    case Value::Kind::reduce:
      break;  // by its pass
  }
}

void VectorEmitter::define(int v, const std::string& expression) {
  text_.line("const " + register_type(value(v).dtype, width(v)) + " " + value_name(v) + " = " +
             expression + ";");
}

std::string VectorEmitter::from_memory(const std::string& text, DType dtype, int lanes) {
  if (dtype != DType::bool_) return text;
  return lanes == 1 ? "-(" + text + " != 0)"
                    : "(convert_int" + suffix(lanes) + "(" + text + ") != 0)";
}

void VectorEmitter::emit_load(int v, bool masked) {
  const Value& val = value(v);
  const std::string x = "x" + std::to_string(val.operand);
  if (!varies(v)) {
    const std::string element =
        from_memory(x + "[" + address(val.address, v, first_lane()) + "]", val.dtype, 1);
    define(v,
           val.guards < 0 ? element : guard(val.guards, first_lane()) + " ? " + element + " : 0");
    return;
  }
  const bool contiguous = layout_.across != Across::flat &&
                          access(spec_.space, val.address, layout_.loop) == Access::contiguous;
  if (!contiguous || lanes_ == 1) return emit_load_by_lane(v, masked);
  const std::string place = x + " + " + address(val.address, v, first_lane());
  const std::string type(memory_type(val.dtype));
  const std::string whole = masked ? "tarn_load_" + type + suffix(lanes_) + "(" + place + ", m)"
                                   : "vload" + suffix(lanes_) + "(0, " + place + ")";
  if (val.guards < 0) return define(v, from_memory(whole, val.dtype, lanes_));
  if (!guards_vary(val.guards)) {
    const std::string zero = "(" + register_type(val.dtype, lanes_) + ")(0)";
    text_.line(register_type(val.dtype, lanes_) + " " + value_name(v) + " = " + zero + ";");
    text_.line("if (" + guard(val.guards, first_lane()) + ") " + value_name(v) + " = " +
               from_memory(whole, val.dtype, lanes_) + ";");
    return;
  }
  // Inside at both ends is inside everywhere: the guards are linear along the loop.
  if (masked || !guards_are_linear(val.guards)) return emit_load_by_lane(v, masked);
  text_.line(register_type(val.dtype, lanes_) + " " + value_name(v) + ";");
  text_.line("if (" + guard(val.guards, lane("0")) + " && " +
             guard(val.guards, lane(std::to_string(lanes_ - 1))) + ") {");
  text_.line(value_name(v) + " = " + from_memory(whole, val.dtype, lanes_) + ";");
  text_.line("} else {");
  emit_lanes(v, masked);
  text_.line(value_name(v) + " = " +
             from_memory("vload" + suffix(lanes_) + "(0, t)", val.dtype, lanes_) + ";");
  text_.line("}");
}

bool VectorEmitter::guards_are_linear(int guards) const {
  return std::ranges::all_of(spec_.guards[static_cast<std::size_t>(guards)],
                             [&](const plan::Guard& g) {
                               return std::ranges::all_of(g.index.terms, [&](const plan::Term& t) {
                                 return spec_.space[t.atom].kind == plan::Atom::Kind::loop;
                               });
                             });
}

// Each lane from an address of its own.
void VectorEmitter::emit_load_by_lane(int v, bool masked) {
  const Value& val = value(v);
  if (lanes_ == 1) {
    const std::string element = from_memory(
        "x" + std::to_string(val.operand) + "[" + address(val.address, v, lane("0")) + "]",
        val.dtype, 1);
    return define(v, val.guards < 0
                         ? element
                         : "(" + guard(val.guards, lane("0")) + ") ? " + element + " : 0");
  }
  text_.line(register_type(val.dtype, lanes_) + " " + value_name(v) + ";");
  text_.line("{");
  emit_lanes(v, masked);
  text_.line(value_name(v) + " = " +
             from_memory("vload" + suffix(lanes_) + "(0, t)", val.dtype, lanes_) + ";");
  text_.line("}");
}

void VectorEmitter::emit_lanes(int v, bool masked) {
  const Value& val = value(v);
  const std::string element =
      "x" + std::to_string(val.operand) + "[" + address(val.address, v, lane()) + "]";
  text_.line(std::string(memory_type(val.dtype)) + " t[" + std::to_string(lanes_) + "]" +
             (masked ? " = {0};" : ";"));
  const std::string end = masked ? "m" : std::to_string(lanes_);
  text_.line(
      "for (int l = 0; l < " + end + "; ++l) t[l] = " +
      (val.guards < 0 ? element : "(" + guard(val.guards, lane()) + ") ? " + element + " : 0") +
      ";");
}

// The index itself, in each lane: by lane where it is not one more from lane to lane.
std::string VectorEmitter::index_of(int v) {
  const Value& val = value(v);
  if (!varies(v) || lanes_ == 1) return "(int)(" + address(val.address, v, lane("0")) + ")";
  const std::string type = "int" + suffix(lanes_);
  if (!address_varies(val.address)) {
    return "(" + type + ")((int)(" + address(val.address, v, first_lane()) + "))";
  }
  text_.line("int t" + value_name(v) + "[" + std::to_string(lanes_) + "];");
  text_.line("for (int l = 0; l < " + std::to_string(lanes_) + "; ++l) t" + value_name(v) +
             "[l] = (int)(" + address(val.address, v, lane()) + ");");
  return "vload" + suffix(lanes_) + "(0, t" + value_name(v) + ")";
}

void VectorEmitter::emit_index(int v) {
  const Value& val = value(v);
  const std::string index = index_of(v);
  if (val.kind == Value::Kind::index) return define(v, index);
  const std::string seed = "c" + std::to_string(val.scalar);
  define(v, random_spelling(index, std::to_string(val.stream), seed, seed + "h", width(v)));
}

void VectorEmitter::emit_apply(int v) {
  const Value& val = value(v);
  std::vector<std::string> args;
  for (const int arg : val.args) {
    if (arg >= 0) args.push_back(operand(arg, width(v)));
  }
  define(v, apply(val.op, operand_dtype(val), val.dtype, width(v), args));
}

DType VectorEmitter::operand_dtype(const Value& val) const {
  return value(val.args[val.op == Op::where ? 1 : 0]).dtype;
}

void VectorEmitter::emit_inside(int v, bool masked) {
  const Value& val = value(v);
  const std::string in = operand(val.args[0], width(v));
  const std::string out = operand(val.args[1], width(v));
  if (!guards_vary(val.guards))
    return define(v, "(" + guard(val.guards, first_lane()) + ") ? " + in + " : " + out);
  if (lanes_ == 1) return define(v, "(" + guard(val.guards, lane("0")) + ") ? " + in + " : " + out);
  const std::string t = "t" + value_name(v);
  text_.line("int " + t + "[" + std::to_string(lanes_) + "]" + (masked ? " = {0};" : ";"));
  text_.line("for (int l = 0; l < " + (masked ? "m" : std::to_string(lanes_)) + "; ++l) " + t +
             "[l] = -(" + guard(val.guards, lane()) + ");");
  define(v, "vload" + suffix(lanes_) + "(0, " + t + ") ? " + in + " : " + out);
}

// ---- Stores
// --------------------------------------------------------------------------------------------------

void VectorEmitter::emit_store(bool masked) {
  const Store& store = spec_.store;
  const int v = store.value;
  const bool vector = varies(v) || address_varies(store.address);
  const int lanes = vector ? lanes_ : 1;
  std::string element = operand(v, lanes);
  const DType dtype = spec_.output.dtype;
  if (dtype == DType::bool_) {
    element = (lanes == 1 ? "(uchar)(" : "convert_uchar" + suffix(lanes) + "(") + element + " & 1)";
  }
  if (lanes == 1) {
    text_.line("y[" + store_address(lane("0")) + "] = " + element + ";");
    return;
  }
  if (stores_in_order()) {
    const std::string place =
        "y + " + (layout_.across == Across::flat ? std::string("first") + part_offset()
                                                 : store_address(first_lane()));
    if (!masked && streams()) {
      text_.line("__builtin_nontemporal_store(" + element + ", (global " +
                 register_type(dtype, lanes) + "*)(" + place + "));");
      return;
    }
    text_.line(masked ? "tarn_store_" + std::string(memory_type(dtype)) + suffix(lanes) + "(" +
                            element + ", " + place + ", m);"
                      : "vstore" + suffix(lanes) + "(" + element + ", 0, " + place + ");");
    return;
  }
  text_.line("{");
  text_.line(std::string(memory_type(dtype)) + " t[" + std::to_string(lanes) + "];");
  text_.line("vstore" + suffix(lanes) + "(" + element + ", 0, t);");
  text_.line("for (int l = 0; l < " + (masked ? "m" : std::to_string(lanes)) + "; ++l) y[" +
             store_address(lane()) + "] = t[l];");
  text_.line("}");
}

bool VectorEmitter::streams() const {
  const Affine& a = spec_.store.address;
  const std::int64_t rows = spec_.store.in_row ? spec_.reduced_elements() : 1;
  const std::int64_t bytes =
      spec_.kept_elements() * rows * static_cast<std::int64_t>(size_of(spec_.output.dtype));
  if (traits_.streamed_bytes == 0 || bytes < traits_.streamed_bytes) return false;
  if (spec_.output.dtype == DType::bool_ || a.constant % lanes_ != 0) return false;
  if (layout_.across == Across::flat) return true;
  return std::ranges::all_of(a.terms, [&](const plan::Term& term) {
    return term.atom == layout_.loop || term.factor % lanes_ == 0;
  });
}

std::string VectorEmitter::store_address(const LoopName& name) {
  const Affine& a = spec_.store.address;
  return affine(spec_.space, a, "y", arguments_, name, unit_loop(a));
}

std::string VectorEmitter::part_offset() {
  return spec_.store.address.constant == 0
             ? ""
             : " + " + arguments_.number(spec_.store.address.constant, "y_o");
}

bool VectorEmitter::stores_in_order() const {
  if (layout_.across != Across::flat) {
    return access(spec_.space, spec_.store.address, layout_.loop) == Access::contiguous;
  }
  if (spec_.store.in_row) return false;  // each iteration of the row stores somewhere else
  std::int64_t stride = 1;
  for (auto loop = spec_.kept.rbegin(); loop != spec_.kept.rend(); ++loop) {
    if (spec_.store.address.factor(*loop) != stride) return false;
    stride *= spec_.extent(*loop);
  }
  return true;
}

}  // namespace tarn::kernel
