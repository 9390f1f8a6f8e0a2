// VectorEmitter's loads and stores.
#include <algorithm>

#include "ops/kernel/vectors.hpp"

namespace tarn::kernel {

using plan::Store;

namespace {

constexpr int kAhead = 1024;  // elements: a small page

}  // namespace

// ---- Loads

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
  const Access how = layout_.across == Across::flat
                         ? Access::lanes
                         : access(spec_.space, val.address, layout_.loop);
  const bool vector = how == Access::contiguous || how == Access::every_second;
  if (!vector || lanes_ == 1) return emit_load_by_lane(v, masked);
  const std::string place = x + " + " + address(val.address, v, first_lane());
  const auto load = [&](const std::string& lanes) {
    const std::string whole = load_text(val.dtype, how, place, lanes);
    return from_memory(whole, val.dtype, lanes_);
  };
  if (!masked && how == Access::contiguous && reads_ahead(v)) {
    prefetch_near(place + " + " + std::to_string(kAhead), val.dtype);
  }
  const std::string all = masked ? "m" : "";
  if (val.guards < 0) return define(v, load(all));
  if (!guards_vary(val.guards)) {
    const std::string zero = "(" + register_type(val.dtype, lanes_) + ")(0)";
    text_.line(register_type(val.dtype, lanes_) + " " + value_name(v) + " = " + zero + ";");
    text_.line("if (" + guard(val.guards, first_lane()) + ") " + value_name(v) + " = " + load(all) +
               ";");
    return;
  }
  if (!guards_are_linear(val.guards)) return emit_load_by_lane(v, masked);
  const std::string where = "where_" + value_name(v);
  if (masked) {
    define_where(where, val.guards, masked);
    return define(v, load(where));
  }
  // Inside at both ends is inside everywhere: the guards are linear along the loop.
  text_.line(register_type(val.dtype, lanes_) + " " + value_name(v) + ";");
  text_.line("if (" + guard(val.guards, lane("0")) + " && " +
             guard(val.guards, lane(std::to_string(lanes_ - 1))) + ") {");
  text_.line(value_name(v) + " = " + load("") + ";");
  text_.line("} else {");
  define_where(where, val.guards, masked);
  text_.line(value_name(v) + " = " + load(where) + ";");
  text_.line("}");
}

// Where results go past the caches, processors do not read far enough ahead by themselves, and each
// page begins with a wait. Elements that the map reads again are near as it is.
bool VectorEmitter::reads_ahead(int v) const {
  const Value& val = value(v);
  return traits_.cpu && is_map() && !reads_across_ && streams() && val.guards < 0 &&
         val.dtype != DType::bool_ &&
         std::ranges::all_of(spec_.kept, [&](int loop) { return val.address.factor(loop) != 0; });
}

void VectorEmitter::prefetch(const std::string& place) {
  text_.line("tarn_prefetch_float" + suffix(lanes_) + "(" + place + ");");
}

void VectorEmitter::prefetch_near(const std::string& place, DType dtype) {
  text_.line("tarn_prefetch_near_" + std::string(memory_type(dtype)) + suffix(lanes_) + "(" +
             place + ");");
}

// A vector from memory, in the lanes that count: all (""), the first m ("m"), or those where an int
// vector is -1 (its name).
std::string VectorEmitter::load_text(DType dtype, Access how, const std::string& place,
                                     const std::string& lanes) const {
  const std::string type = std::string(memory_type(dtype)) + suffix(lanes_);
  if (how == Access::every_second) {
    if (lanes.empty()) return "tarn_load_even_" + type + "(" + place + ")";
    const std::string n = suffix(lanes_);
    const std::string where = lanes == "m" ? "tarn_lanes" + n + " < (int" + n + ")(m)" : lanes;
    return "tarn_load_even_where_" + type + "(" + place + ", " + where + ")";
  }
  // Where results go past the caches, memory is waited for: there smaller pieces are no slower.
  if (lanes.empty() && streams()) return "vload" + suffix(lanes_) + "(0, " + place + ")";
  if (lanes.empty()) return "tarn_load_all_" + type + "(" + place + ")";
  return std::string("tarn_load_") + (lanes == "m" ? "" : "where_") + type + "(" + place + ", " +
         lanes + ")";
}

// An int vector: -1 where all guards of a set hold. They are linear along the loop of the lanes.
void VectorEmitter::define_where(const std::string& name, int guards, bool masked) {
  const std::string n = suffix(lanes_);
  std::string text = lanes_condition(spec_, guards, arguments_, first_lane(), layout_.loop, lanes_);
  if (masked) text += " & (tarn_lanes" + n + " < (int" + n + ")(m))";
  text_.line("const int" + n + " " + name + " = " + text + ";");
}

bool VectorEmitter::guards_are_linear(int guards) const {
  return !arguments_.wide() &&
         std::ranges::all_of(spec_.guards[static_cast<std::size_t>(guards)],
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

// ---- Stores

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
    text_.line(std::string(masked ? "tarn_store_" : "tarn_store_all_") +
               std::string(memory_type(dtype)) + suffix(lanes) + "(" + element + ", " + place +
               (masked ? ", m);" : ");"));
    return;
  }
  text_.line("{");
  text_.line(std::string(memory_type(dtype)) + " t[" + std::to_string(lanes) + "];");
  text_.line("vstore" + suffix(lanes) + "(" + element + ", 0, t);");
  text_.line("for (int l = 0; l < " + (masked ? "m" : std::to_string(lanes)) + "; ++l) y[" +
             store_address(lane()) + "] = t[l];");
  text_.line("}");
}

// A map that computes little runs as fast as the last cache while its operands fit; what computes
// more, or reads each row several times, has time to let the stores drain.
std::int64_t VectorEmitter::streamed_bytes() const {
  constexpr std::int64_t kPatience = 3;
  const bool busy = std::ranges::any_of(spec_.values, [](const Value& v) {
    return v.kind == Value::Kind::apply && graph::info(v.op).costly;
  });
  return traits_.streamed_bytes * (is_map() && !busy && !reads_across_ ? kPatience : 1);
}

bool VectorEmitter::streams() const {
  const Affine& a = spec_.store.address;
  const std::int64_t rows = spec_.store.in_row ? spec_.reduced_elements() : 1;
  const std::int64_t bytes =
      spec_.kept_elements() * rows * static_cast<std::int64_t>(size_of(spec_.output.dtype));
  if (traits_.streamed_bytes == 0 || bytes < streamed_bytes()) return false;
  if (spec_.output.dtype == DType::bool_ || a.constant % lanes_ != 0) return false;
  if (layout_.across == Across::flat) return true;
  if (!begins_at_whole_vectors()) return false;
  return std::ranges::all_of(a.terms, [&](const plan::Term& term) {
    return term.atom == layout_.loop || term.factor % lanes_ == 0;
  });
}

// Whether every vector begins at a multiple of its lanes along its loop. The last one of a strip
// ends with the strip, wherever that is; those of Winograd's begin with a tile.
bool VectorEmitter::begins_at_whole_vectors() const {
  using Form = plan::Contraction::Form;
  switch (spec_.contraction.form) {
    case Form::strips:
    case Form::depthwise:
      return spec_.extent(layout_.loop) % lanes_ == 0;
    case Form::winograd:
      return false;
    default:
      return true;
  }
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
