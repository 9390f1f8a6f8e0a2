// VectorEmitter's gathers: loads at an index that is computed.
#include "ops/kernel/vectors.hpp"
#include "ops/plan/loops.hpp"

namespace tarn::kernel {
namespace {

// What an element that does not exist is.
std::string missing(DType dtype) { return dtype == DType::float32 ? "NAN" : "0"; }

// A bool is 0 or 1 in memory, 0 or -1 in a register. By arithmetic, not by a comparison that only
// some branches make: Oclgrind inverts the result of such a one wrongly.
std::string in_register(const std::string& text, DType dtype, int lanes) {
  return dtype == DType::bool_ ? "-convert_int" + suffix(lanes) + "(" + text + ")" : text;
}

}  // namespace

void VectorEmitter::emit_gather(int v, bool masked) {
  const Value& val = value(v);
  if (varies(v) && lanes_ > 1) {
    const bool in_order = layout_.across != Across::flat && !guards_vary(val.guards) &&
                          read_access(spec_, val, layout_.loop) == Access::contiguous;
    return in_order ? emit_gather_vector(v, masked) : emit_gather_by_lane(v, masked);
  }
  const LoopName name = varies(v) ? lane("0") : first_lane();
  const std::string at = "at_" + value_name(v);
  text_.line("const int " + at + " = " + gather_index(v, operand(val.args[0], 1), name) + ";");
  const std::string element =
      "x" + std::to_string(val.operand) + "[" + gather_place(v, name) + " * " + at + "]";
  define(v, at + " < 0 ? " + missing(val.dtype) + " : " + in_register(element, val.dtype, 1));
}

// One index for all lanes, which lie one after another: a row of a table.
void VectorEmitter::emit_gather_vector(int v, bool masked) {
  const Value& val = value(v);
  const int index = val.args[0];
  const std::string at = "at_" + value_name(v);
  const std::string one = width(index) == 1 ? operand(index, 1) : operand(index, lanes_) + ".s0";
  text_.line("const int " + at + " = " + gather_index(v, one, first_lane()) + ";");
  const std::string place =
      "x" + std::to_string(val.operand) + " + " + gather_place(v, first_lane()) + " * " + at;
  const std::string load = load_text(val.dtype, Access::contiguous, place, masked ? "m" : "");
  const std::string type = std::string(memory_type(val.dtype)) + suffix(lanes_);
  const std::string row = "row_" + value_name(v);
  text_.line(type + " " + row + " = (" + type + ")(" + missing(val.dtype) + ");");
  text_.line("if (" + at + " >= 0) " + row + " = " + load + ";");
  define(v, from_memory(row, val.dtype, lanes_));
}

// Each lane from an address of its own.
void VectorEmitter::emit_gather_by_lane(int v, bool masked) {
  const Value& val = value(v);
  const std::string lanes = std::to_string(lanes_);
  text_.line(register_type(val.dtype, lanes_) + " " + value_name(v) + ";");
  text_.line("{");
  text_.line("int index[" + lanes + "];");
  text_.line("vstore" + lanes + "(" + operand(val.args[0], lanes_) + ", 0, index);");
  text_.line(std::string(memory_type(val.dtype)) + " t[" + lanes + "]" +
             (masked ? " = {0};" : ";"));
  text_.line("for (int l = 0; l < " + (masked ? "m" : lanes) + "; ++l) {");
  text_.line("const int at = " + gather_index(v, "index[l]", lane()) + ";");
  text_.line("t[l] = at < 0 ? " + missing(val.dtype) + " : x" + std::to_string(val.operand) + "[" +
             gather_place(v, lane()) + " * at];");
  text_.line("}");
  text_.line(value_name(v) + " = " + in_register("vload" + lanes + "(0, t)", val.dtype, lanes_) +
             ";");
  text_.line("}");
}

// The index along the axis: -1 where there is none, or where a guard says that none is wanted.
std::string VectorEmitter::gather_index(int v, const std::string& index, const LoopName& name) {
  const Value& val = value(v);
  const std::string extent = arguments_.number(val.extent, "s" + std::to_string(v) + "_n");
  const std::string at = "tarn_at(" + index + ", (int)" + extent + ")";
  return val.guards < 0 ? at : "(" + guard(val.guards, name) + ") ? " + at + " : -1";
}

// Where index 0 is, and the distance from one index to the next, which the caller multiplies.
std::string VectorEmitter::gather_place(int v, const LoopName& name) {
  return address(value(v).address, v, name) + " + " +
         arguments_.number(value(v).step, "s" + std::to_string(v) + "_t");
}

}  // namespace tarn::kernel
