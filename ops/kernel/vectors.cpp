#include "ops/kernel/vectors.hpp"

#include <algorithm>

#include "ops/kernel/parameters.hpp"
#include "ops/kernel/prelude.hpp"
#include "ops/plan/loops.hpp"

namespace tarn::kernel {

using graph::Op;

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
    case Value::Kind::gather:
      if (address_varies(val.address) || guards_vary(val.guards)) return true;
      break;
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
    case Value::Kind::gather:
      emit_gather(v, masked);
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

// The index itself, in each lane: by lane where it does not move evenly from lane to lane.
std::string VectorEmitter::index_of(int v) {
  const Value& val = value(v);
  if (!varies(v) || lanes_ == 1) return "(int)(" + address(val.address, v, lane("0")) + ")";
  const std::string n = suffix(lanes_);
  const std::string first = "(int" + n + ")((int)(" + address(val.address, v, first_lane()) + "))";
  if (!address_varies(val.address)) return first;
  if (moves_evenly(val.address)) {
    const std::int64_t step = val.address.factor(layout_.loop);
    const std::string role = "s" + std::to_string(v) + "_" + std::to_string(layout_.loop);
    const std::string times = step == 1 ? "" : " * (int)(" + arguments_.number(step, role) + ")";
    return first + " + tarn_lanes" + n + times;
  }
  text_.line("int t" + value_name(v) + "[" + std::to_string(lanes_) + "];");
  text_.line("for (int l = 0; l < " + std::to_string(lanes_) + "; ++l) t" + value_name(v) +
             "[l] = (int)(" + address(val.address, v, lane()) + ");");
  return "vload" + n + "(0, t" + value_name(v) + ")";
}

// Whether an address is a sum in which the loop of the lanes stands by itself.
bool VectorEmitter::moves_evenly(const Affine& a) const {
  if (layout_.across == Across::flat) return false;
  Affine rest = a;
  std::erase_if(rest.terms, [&](const plan::Term& t) { return t.atom == layout_.loop; });
  return !plan::depends_on(spec_.space, rest, {layout_.loop});
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
  if (layout_.across != Across::flat && guards_are_linear(val.guards)) {
    define_where("where_" + value_name(v), val.guards, false);
    return define(v, "where_" + value_name(v) + " ? " + in + " : " + out);
  }
  const std::string t = "t" + value_name(v);
  text_.line("int " + t + "[" + std::to_string(lanes_) + "]" + (masked ? " = {0};" : ";"));
  text_.line("for (int l = 0; l < " + (masked ? "m" : std::to_string(lanes_)) + "; ++l) " + t +
             "[l] = -(" + guard(val.guards, lane()) + ");");
  define(v, "vload" + suffix(lanes_) + "(0, " + t + ") ? " + in + " : " + out);
}

// ---- The kernel
// ----------------------------------------------------------------------------------------------------

// As an argument, so that kernels of other sizes share the text.
void VectorEmitter::declare_local(const std::string& name, std::int64_t floats) {
  const std::string room = "room_for_" + name;
  arguments_.local(register_type(DType::float32, lanes_), room,
                   floats * static_cast<std::int64_t>(sizeof(float)));
  text_.line("local float* const " + name + " = (local float*)" + room + ";");
}

// PoCL compiles a kernel three times over: by itself, and inlined in the two functions that launch
// it. So on CPUs, whose kernels have no barrier, the work of an item is a function of its own,
// which the three call.
Rendered VectorEmitter::finish(std::string_view kind) const {
  Rendered rendered;
  rendered.helpers = "#pragma OPENCL FP_CONTRACT OFF\n" + helpers_for(text_.str());
  rendered.body = text_.str();
  rendered.arguments = arguments_.list();
  add_items(rendered.arguments);
  const std::string parameters = kernel_parameters(rendered.arguments);
  const std::string numbers = unpacked(rendered.arguments);
  const std::string comment = "// " + spec_.comment + "\n";
  rendered.name =
      "tarn_" + std::string(kind) + "_" + hash_of(comment + parameters + numbers + rendered.body);
  const std::string kernel = "kernel void " + rendered.name + "(" + parameters + ") {\n" + numbers +
                             std::string(kFindItem);
  rendered.text = rendered.helpers + comment;
  if (!traits_.cpu) {
    rendered.text += kernel + rendered.body + "}\n";
    return rendered;
  }
  const std::string function = rendered.name + "_item";
  rendered.text += "__attribute__((noinline)) static void " + function + "(" + parameters +
                   ", const int item) {\n" + numbers + rendered.body + "}\n" + kernel + "  " +
                   function + "(" + kernel_parameter_names(rendered.arguments) + ", item);\n}\n";
  return rendered;
}

}  // namespace tarn::kernel
