#include "ops/kernel/emit.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "ops/kernel/prelude.hpp"

namespace tarn::kernel {
namespace {

using graph::Op;
using plan::Affine;
using plan::Atom;
using plan::KernelSpec;
using plan::Value;

// Whether an index of the kernel, or a count of its iterations, may not fit an int.
bool needs_wide_index(const KernelSpec& spec) {
  constexpr std::int64_t kLimit = std::int64_t{1} << 31;
  const auto reaches = [&](const Affine& a) {
    const auto range = spec.space.range(a);
    return range.low <= -kLimit || range.high >= kLimit;
  };
  return spec.kept_elements() >= kLimit - (1 << 20) ||
         spec.reduced_elements() >= kLimit - (1 << 20) || reaches(spec.store.address) ||
         std::ranges::any_of(spec.values, [&](const Value& v) {
           Affine last = v.address;  // of a gather, at its last index
           last.constant += std::max<std::int64_t>(v.extent - 1, 0) * v.step;
           return reaches(v.address) || reaches(last);
         });
}

}  // namespace

void Text::line(std::string_view text) {
  if (text.starts_with('}')) --depth_;
  text_.append(static_cast<std::size_t>(depth_) * 2, ' ').append(text).push_back('\n');
  if (text.ends_with('{')) ++depth_;
}

Arguments::Arguments(const KernelSpec& spec) : spec_(spec), wide_(needs_wide_index(spec)) {
  using Kind = Argument::Kind;
  const auto add = [&](Kind kind, std::size_t index, std::string type, std::string name) {
    list_.push_back({kind, std::move(type), std::move(name), static_cast<int>(index)});
  };
  const auto global = [](DType dtype) { return std::string(memory_type(dtype)) + "* restrict"; };
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
    add(Kind::input, i, "global const " + global(spec.inputs[i].dtype), "x" + std::to_string(i));
  }
  add(Kind::output, 0, "global " + global(spec.output.dtype), "y");
  for (std::size_t i = 0; i < spec.scalars.size(); ++i) {
    const auto& scalar = spec.scalars[i];
    const std::string name = "c" + std::to_string(i);
    add(Kind::scalar, i, "const " + (scalar.seed ? "int" : register_type(scalar.dtype, 1)), name);
    if (scalar.seed) add(Kind::seed_high, i, "const int", name + "h");
  }
}

std::string Arguments::number(std::int64_t value, const std::string& role) {
  using Kind = Argument::Kind;
  if (std::ranges::find(list_, role, &Argument::name) == list_.end()) {
    list_.push_back(
        {wide_ ? Kind::int64 : Kind::int32, "const " + std::string(index_type()), role, 0, value});
  }
  return role;
}

std::string Arguments::extent(int loop) {
  return number(spec_.extent(loop), "n" + std::to_string(loop));
}

void Arguments::local(const std::string& type, const std::string& name, std::int64_t bytes) {
  list_.push_back({Argument::Kind::local, "local " + type + "* restrict", name, 0, bytes});
}

std::string suffix(int lanes) { return lanes == 1 ? "" : std::to_string(lanes); }

std::string register_type(DType dtype, int lanes) {
  return (dtype == DType::float32 ? "float" : "int") + suffix(lanes);
}

std::string_view memory_type(DType dtype) {
  switch (dtype) {
    case DType::bool_:
      return "uchar";
    case DType::int32:
      return "int";
    case DType::float32:
      return "float";
  }
  return {};
}

std::string splat(const std::string& text, DType dtype, int lanes) {
  return lanes == 1 ? text : "(" + register_type(dtype, lanes) + ")(" + text + ")";
}

std::string apply(Op op, DType operands, DType result, int lanes,
                  const std::vector<std::string>& args) {
  if (op == Op::cast) return fill_in(cast_spelling(operands, result), operands, lanes, args);
  const graph::Spelling& spelling = graph::info(op).spelling;
  const std::string_view text = operands == DType::float32 ? spelling.float32
                                : operands == DType::int32 ? spelling.int32
                                                           : spelling.bool_;
  return fill_in(text, operands, lanes, args);
}

std::string identity(Op op, DType dtype) {
  const double value = graph::info(op).identity;
  const std::string sign = value < 0 ? "-" : "";
  if (dtype == DType::float32) {
    return std::isinf(value) ? sign + "INFINITY" : std::to_string(static_cast<int>(value)) + ".0f";
  }
  if (std::isinf(value)) return value < 0 ? "INT_MIN" : "INT_MAX";
  return std::to_string(static_cast<int>(value));
}

std::string affine(const plan::IndexSpace& space, const Affine& a, const std::string& role,
                   Arguments& arguments, const LoopName& name, int unit) {
  std::string text;
  for (const plan::Term& term : a.terms) {
    const Atom& atom = space[term.atom];
    const std::string id = std::to_string(term.atom);
    if (!text.empty()) text += " + ";
    if (atom.kind == Atom::Kind::loop) {
      text += name(term.atom);
    } else {
      const std::string of = affine(space, atom.of, "q" + id, arguments, name);
      text += "((" + of + ") " + (atom.kind == Atom::Kind::quotient ? "/ " : "% ") +
              arguments.number(atom.divisor, "d" + id) + ")";
    }
    if (term.atom != unit) text += " * " + arguments.number(term.factor, role + "_" + id);
  }
  if (a.constant != 0 || text.empty()) {
    const std::string offset = a.constant == 0 ? "0" : arguments.number(a.constant, role + "_o");
    text += text.empty() ? offset : " + " + offset;
  }
  return text;
}

std::string condition(const KernelSpec& spec, int guards, Arguments& arguments,
                      const LoopName& name) {
  const auto& set = spec.guards[static_cast<std::size_t>(guards)];
  std::string text;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const std::string role =
        "g" + std::to_string(guards) + std::string(1, static_cast<char>('a' + i));
    const std::string index = affine(spec.space, set[i].index, role, arguments, name);
    // One comparison: a negative index is a large unsigned one.
    text += (i == 0 ? "" : " && ") +
            ("(u" + std::string(arguments.index_type()) + ")(" + index + ") < (u") +
            std::string(arguments.index_type()) + ")" +
            arguments.number(set[i].extent, role + "_n");
  }
  return text;
}

std::string lanes_condition(const KernelSpec& spec, int guards, Arguments& arguments,
                            const LoopName& name, int loop, int lanes) {
  const auto& set = spec.guards[static_cast<std::size_t>(guards)];
  const std::string type = "int" + suffix(lanes);
  std::string text;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const std::string role =
        "g" + std::to_string(guards) + std::string(1, static_cast<char>('a' + i));
    std::string index =
        "(" + type + ")(" + affine(spec.space, set[i].index, role, arguments, name) + ")";
    if (const std::int64_t step = set[i].index.factor(loop); step != 0) {
      index += " + tarn_lanes" + suffix(lanes) + " * " +
               arguments.number(step, role + "_" + std::to_string(loop));
    }
    text += (i == 0 ? "" : " & ") + ("(as_u" + type + "(" + index + ") < (u" + type + ")(") +
            arguments.number(set[i].extent, role + "_n") + "))";
  }
  return text;
}

std::string hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ull;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
  return digits;
}

}  // namespace tarn::kernel
