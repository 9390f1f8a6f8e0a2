// What every renderer needs: indented text, the list of arguments, OpenCL's names of types, and the
// spelling of index arithmetic and operators.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ops/kernel/render.hpp"

namespace tarn::kernel {

/// Lines of text; what stands between `{` and `}` at the ends and beginnings of lines is indented.
class Text {
 public:
  void line(std::string_view text);
  const std::string& str() const { return text_; }

 private:
  std::string text_;
  int depth_ = 1;
};

/// The arguments of a kernel: x0, x1, ... are inputs, y the output, c0, c1, ... scalars. A number
/// is known by its role, which is also its name in the text: equal numbers in two roles are two
/// arguments, since for another size they may differ.
class Arguments {
 public:
  explicit Arguments(const plan::KernelSpec& spec);

  std::string number(std::int64_t value, const std::string& role);
  std::string extent(int loop);
  /// Local memory of a kernel without barriers: a work item's own, aligned for its type.
  void local(const std::string& type, const std::string& name, std::int64_t bytes);
  /// The type of indices: int, or long where an operand reaches 2^31 elements.
  std::string_view index_type() const { return wide_ ? "long" : "int"; }
  bool wide() const { return wide_; }
  const std::vector<Argument>& list() const { return list_; }

 private:
  const plan::KernelSpec& spec_;
  bool wide_;
  std::vector<Argument> list_;
};

/// OpenCL's type of a value of this dtype in registers (bool is an int of 0 or -1).
std::string register_type(DType dtype, int lanes);
/// ... and of an element in memory (bool is a uchar of 0 or 1).
std::string_view memory_type(DType dtype);
/// "16", "4", "" for one lane.
std::string suffix(int lanes);

/// An operator applied to operands of this dtype, each `lanes` wide, as an expression.
std::string apply(graph::Op op, DType operands, DType result, int lanes,
                  const std::vector<std::string>& args);
/// The neutral element of a reduction.
std::string identity(graph::Op op, DType dtype);
/// A value of one lane in all lanes.
std::string splat(const std::string& text, DType dtype, int lanes);

/// How an atom that is a loop is written: "i3", "(i3 + l)", "i3[l]".
using LoopName = std::function<std::string(int loop)>;
/// An index as an expression; `role` is the prefix of the names of its numbers. Along the loop
/// `unit`, if any, it is known to move one by one.
std::string affine(const plan::IndexSpace& space, const plan::Affine& a, const std::string& role,
                   Arguments& arguments, const LoopName& name, int unit = -1);
/// Whether all guards of a set hold, as an expression.
std::string condition(const plan::KernelSpec& spec, int guards, Arguments& arguments,
                      const LoopName& name);

/// ... and in each lane, as an int of -1 or 0, where the lanes lie along `loop` and every guard is
/// a sum of loops. For indices of int only.
std::string lanes_condition(const plan::KernelSpec& spec, int guards, Arguments& arguments,
                            const LoopName& name, int loop, int lanes);

/// A number that tells texts apart, as sixteen hexadecimal digits.
std::string hash_of(std::string_view text);

}  // namespace tarn::kernel
