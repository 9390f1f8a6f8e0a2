// What one kernel computes: loops, values, loads and stores. The plan makes it, a renderer turns it
// into OpenCL C. It knows sizes but no device, no buffer and no node.
//
// A kernel runs over its *kept* loops. Where it has *reduced* loops, each iteration of the kept
// ones (a *row*) runs them once a pass: every reduction belongs to a pass, and may use the results
// of earlier ones (the sum of a softmax uses the maximum). Values that depend on no reduced loop
// are computed once a row.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ops/graph/op.hpp"
#include "ops/plan/index.hpp"
#include "tarn/dtype.hpp"

namespace tarn::plan {

struct Value {
  enum class Kind {
    load,    // element `address` of operand `operand`; 0 outside of its guards
    scalar,  // argument `scalar`
    index,   // `address` itself, as int32
    gather,  // element `address` + args[0] * `step` of operand `operand`, args[0] within `extent`,
             // negative ones from its end; NaN or 0 where args[0] is not; anything outside of its
             // guards
    random,  // the random number of element `address` with the seed in argument `scalar`
    apply,   // operator `op` of `args`
    inside,  // args[0] within the guards, else args[1]
    reduce,  // args[0] combined by `op` over the reduced loops
  };
  Kind kind;
  DType dtype;
  graph::Op op = graph::Op::data;
  std::array<int, 3> args{-1, -1, -1};
  int operand = -1;  // what a load or a gather reads; -1: the others read none
  int scalar = -1;
  int guards = -1;   // which of KernelSpec::guards; -1: none
  int stream = 0;    // random: the counter's high word
  Affine address{};  // argmax: the position within the row
  std::int64_t step = 0, extent = 0;
  int pass = 0;  // reduce: the pass it is computed in; others: the first pass that has all it needs
  bool in_row = false;  // depends on a reduced loop
};

struct Operand {
  int buffer;  // the plan's number of the buffer
  DType dtype;
  friend bool operator==(const Operand&, const Operand&) = default;
};

struct Store {
  int operand;
  int value;
  Affine address;
  bool in_row = false;  // every iteration of the reduced loops stores an element
};

/// A number that comes with each realization: a constant's value or a random leaf's seed.
struct ScalarArgument {
  int number;  // in the order of the graph's scalars
  DType dtype;
  bool seed = false;  // 64 bits, as two int32
  friend bool operator==(const ScalarArgument&, const ScalarArgument&) = default;
};

/// A window that slides over an image: element (y, x, ky, kx) is row y * step_y + ky * dilation_y -
/// top of the image, and column x * step_x + kx * dilation_x - left; what lies outside is padding.
struct Window {
  int y = -1, x = -1;    // the loops that choose the window
  int ky = -1, kx = -1;  // the loops within it; -1: of one iteration
  std::int64_t step_y = 1, step_x = 1, dilation_y = 1, dilation_x = 1;
  std::int64_t height = 0, width = 0;  // of the image
  std::int64_t top = 0, left = 0;      // padding before it
  std::int64_t pitch = 0;              // elements from one row of the image to the next
  std::int64_t origin = 0;             // the address of its first element, all other loops at 0
};

/// Which loops of a contraction do what, and in which tiles; see contract.hpp.
struct Contraction {
  enum class Form {
    none,              // not a tiled contraction
    panels,            // the columns' operand lies packed in panels
    strips,            // it is read where it lies, along strips
    depthwise,         // one row of weights: rows of windows take its place in a tile
    winograd,          // windows of 3 × 3, by Winograd's algorithm
    winograd_weights,  // not a contraction: the transformation of the former's weights
    blocks,            // tiles by groups of work items, through local memory; see blocks.hpp
    attention,         // the scores of one: rows are keys, columns are queries; see attention.hpp
  };
  Form form = Form::none;
  int reduce = -1;                  // the value of the sum
  int rows = -1, columns = -1;      // the loads: rows are broadcast, columns are read as vectors
  std::vector<int> batch, m, n, k;  // loops, outermost first; of panels, n is one
  int tile_rows = 1, tile_vectors = 1;  // sums that are kept in registers
  int panel = 0;                        // columns of a panel
  // Of strips: the columns of each, but the last of a row, which has what is left too; how many
  // rows of the last but one loop of n run as one, and how many columns lie from one to the next.
  std::int64_t chunk = 0, joined = 1, pitch = 0;
  bool copied = false;           // strips lie in local memory while rows pass by
  int fill = -1;                 // the value of the padding around the columns' operand; -1: none
  std::optional<Window> window;  // where the columns' operand is padded, or the form is Winograd's
  std::int64_t band = 0;         // rows of windows, of an image that is padded
  int outputs = 0;               // of Winograd: rows, and columns, of results that a tile gives
};

struct KernelSpec {
  IndexSpace space;
  std::vector<int> kept, reduced;  // loops, outermost first
  std::vector<std::vector<Guard>> guards;
  std::vector<Value> values;  // each after the values it uses
  std::vector<Operand> inputs;
  Operand output;
  std::vector<ScalarArgument> scalars;
  Store store{};        // operand is ignored: there is one output
  int passes = 0;       // with reductions
  int split_loop = -1;  // a reduced loop of which each of `parts` kept iterations does its share
  int part_loop = -1;   // the kept loop that counts the parts
  Contraction contraction;
  Contraction mix;      // of attention, the sum that its result is: the columns are the scores
  std::string comment;  // the expression it computes
  std::int64_t operations = 0;  // floating-point operations, for the log
  std::int64_t bytes = 0;       // each operand and the result once

  std::int64_t extent(int loop) const { return space[loop].extent; }
  /// Iterations of a reduced loop for each kept element: its extent, or what a part of it has, at
  /// most. And those of all of them together.
  std::int64_t rounds(int loop) const;
  std::int64_t rounds() const;
  std::int64_t kept_elements() const;
  std::int64_t reduced_elements() const;
};

}  // namespace tarn::plan
