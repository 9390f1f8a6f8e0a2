// Random programs of tensors: what nobody would think of writing down.
//
// A program is a pure function of its seed and its number of instructions, and a program of fewer
// instructions is a prefix of it: so a failure shrinks by building again with fewer.
//
// Kernels cost far more to build than to run, and their text does not depend on extents. So the
// seed says two things apart: seed % kStructures the operators and how they are wired, all of it
// the extents and the values. Programs of one structure share their kernels.
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "device_check.hpp"
#include "tarn/tensor.hpp"

namespace tarn::test {

enum class Family {
  exact,        ///< small integers and fractions, of which every result is exact
  smooth,       ///< functions that do not amplify errors much, near numbers of size 1
  elementwise,  ///< any elementwise operators of any numbers, NaN and infinities among them
};

inline constexpr std::uint64_t kStructures = 60;

/// How many instructions the program of a seed has.
int length_of(std::uint64_t seed);

class RandomGraph {
 public:
  /// Calls `made` with the result of each instruction as soon as there is one.
  RandomGraph(Family family, std::uint64_t seed, int instructions, Leaves& leaves,
              const std::function<void(const Tensor&)>& made = {});

  /// What the last instruction gives.
  const Tensor& result() const { return values_.back().tensor; }
  /// The instructions that the result needs, one a line.
  std::string text() const;

 private:
  /// Numbers that are drawn alike on every platform.
  class Dice {
   public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    int below(int n) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(n)); }
    bool one_in(int n) { return below(n) == 0; }
    template <class Table>
    const auto& pick(const Table& table) {
      return table[static_cast<std::size_t>(below(static_cast<int>(std::size(table))))];
    }

   private:
    std::mt19937_64 engine_;
  };
  /// Which extent an axis has, by name, so that whether two tensors fit is a matter of structure.
  using Axis = int;
  struct Value {
    Tensor tensor;
    std::vector<Axis> axes;
    double bound;  // of the magnitude of its elements, whatever the extents
    int bits;      // after the point
    std::string text;
    std::vector<int> sources;
  };

  void instruction();
  void leaf_of_new_shape();
  int leaf(const std::vector<Axis>& axes, const Shape& shape);
  void unary(int x);
  void binary(int x);
  void movement(int x);
  void move_axis(int x, int axis);
  void reduce(int x);
  void rows(int x);
  void product(int x);
  void join(int x);
  void gather(int x);
  void tame(int x);
  void grow(int x);

  int partner_of(int x);
  std::int64_t extent(int rank);
  bool too_large(double bound, int bits) const;
  const Value& at(int x) const { return values_[static_cast<std::size_t>(x)]; }
  std::string name(int x) const { return "t" + std::to_string(x); }
  int add(const Tensor& tensor, std::vector<Axis> axes, double bound, int bits, std::string text,
          std::vector<int> sources);

  Family family_;
  Dice structure_, sizes_;
  Leaves& leaves_;
  std::vector<Value> values_;
  Axis next_axis_ = 1;
};

}  // namespace tarn::test
