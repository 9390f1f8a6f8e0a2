// The operators, as one table: what each is called, how many sources it has, how OpenCL C spells
// it, and what it computes, written as a plain C++ function.
//
// To add an elementwise operator: its name in `Op`, its row in op.cpp. Nothing else changes.
#pragma once

#include <cstdint>
#include <string_view>

#include "tarn/dtype.hpp"

namespace tarn::graph {

enum class Op : std::uint8_t {
  // leaves
  data,      // a buffer, there from the start
  constant,  // attributes.value everywhere
  iota,      // the element's index in row-major order: int32
  random,    // uniform in [0, 1), float32: Threefry-2x32-20 of the key attributes.seed and the
             // counter
             // (index, attributes.axis); the first word's upper 24 bits / 2^24
  // elementwise: one source
  cast,
  neg,
  abs,
  exp,
  log,
  sqrt,
  rsqrt,
  sin,
  cos,
  tanh,
  erf,
  floor,
  ceil,
  round,
  sigmoid,
  relu,
  silu,
  gelu_erf,
  gelu_tanh,
  logical_not,
  // elementwise: two sources of one dtype, which broadcast to the shape of the result
  add,
  sub,
  mul,
  div,
  floor_divide,
  mod,
  pow,
  minimum,
  maximum,
  equal,
  not_equal,
  less,
  less_equal,
  logical_and,
  logical_or,
  // elementwise: three sources, which broadcast to it too
  where,
  // movement
  reshape,
  permute,  // attributes.a: the axes
  expand,   // extents of 1 repeated, new axes in front
  slice,    // attributes.a: first index, attributes.b: step (negative too), one an axis
  pad,      // attributes.a: how many before, one an axis; attributes.value around
  window,   // attributes.a: step, attributes.b: dilation, one for each of the last axes of the
            // source
  // reductions over attributes.axes (a bit an axis), which the result has with extents of 1, or not
  // at all
  sum,
  prod,
  max,
  min,
  argmax,  // int32: the first index of the largest, in row-major order over the reduced axes
  // the rest
  contract,     // sum of products of two sources over labelled axes, as einsum (Attributes::labels)
  concatenate,  // along attributes.axis
  gather,      // the first source at the indices of the second (int32) along attributes.axis, whose
               // place the axes of the indices take. A negative index counts from the end; one out
               // of range reads nothing: NaN, or 0 where there is no NaN
  contiguous,  // a copy
};

inline constexpr int kOpCount = static_cast<int>(Op::contiguous) + 1;

enum class Kind : std::uint8_t {
  leaf,
  elementwise,
  movement,
  reduce,
  contract,
  concatenate,
  gather,
  copy
};

/// How OpenCL C computes an elementwise operator or combines a reduction, by the dtype of the
/// operands (of the second source for `where`). $0, $1, $2 are the operands, $T their type, $I and
/// $U the signed and unsigned integers of as many lanes. In registers a bool is an int of 0 or -1,
/// and $M turns a comparison into that. Empty: not defined for the dtype.
struct Spelling {
  std::string_view float32 = {};
  std::string_view int32 = {};
  std::string_view bool_ = {};
};

/// What it computes. Bools are 0 and 1. Null: not defined for the dtype.
struct Reference {
  float (*float32)(float, float, float) = nullptr;
  std::int32_t (*int32)(std::int32_t, std::int32_t, std::int32_t) = nullptr;
};

struct OpInfo {
  Op op;
  std::string_view name;
  int arity;  // -1: any
  Kind kind;
  Spelling spelling = {};
  Reference reference = {};
  double identity = 0;  // of a reduction; ±inf is clamped to the dtype
  bool costly = false;  // many instructions: computing it twice may cost more than storing it
};

const OpInfo& info(Op op);
inline std::string_view name(Op op) { return info(op).name; }
inline Kind kind(Op op) { return info(op).kind; }
/// Those from cast to where, as op.cpp checks: a walk asks this of each node.
constexpr bool is_elementwise(Op op) { return op >= Op::cast && op <= Op::where; }
inline bool is_movement(Op op) { return kind(op) == Kind::movement; }
inline bool is_reduce(Op op) { return kind(op) == Kind::reduce; }

/// Whether the operator's result is bool whatever its operands.
constexpr bool gives_bool(Op op) {
  return op == Op::equal || op == Op::not_equal || op == Op::less || op == Op::less_equal ||
         op == Op::logical_not || op == Op::logical_and || op == Op::logical_or;
}

}  // namespace tarn::graph
