#include "tests/support/host_evaluator.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>

#include "ops/graph/threefry.hpp"

namespace tarn::test {
namespace {

using graph::Kind;
using graph::Op;
using Arguments = std::vector<const HostArray*>;

// ---- Indices and numbers ----------------------------------------------------------------------

std::size_t position(const Shape& shape, const Dims& index) {
  std::int64_t at = 0;
  for (int i = 0; i < shape.rank(); ++i) at = at * shape[i] + index[i];
  return static_cast<std::size_t>(at);
}

double at(const HostArray& x, const Dims& index) { return x.values[position(x.shape, index)]; }

// Calls `visit` with every index of `shape`, in row-major order.
template <class Visit>
void for_each_index(const Shape& shape, Visit visit) {
  const std::int64_t count = shape.elements();
  Dims index(shape.rank(), 0);
  for (std::int64_t n = 0; n < count; ++n) {
    visit(std::as_const(index));
    for (int i = shape.rank() - 1; i >= 0 && ++index[i] == shape[i]; --i) index[i] = 0;
  }
}

// The array of which every element is what `value` says of its index.
template <class Value>
HostArray generate(const Node& node, Value value) {
  HostArray result{node.shape, node.dtype, {}};
  for_each_index(node.shape, [&](const Dims& index) { result.values.push_back(value(index)); });
  return result;
}

std::uint32_t wrapped(double x) { return static_cast<std::uint32_t>(static_cast<std::int64_t>(x)); }
double from_wrapped(std::uint32_t x) { return static_cast<std::int32_t>(x); }

double converted(double x, DType dtype) {
  using Limits = std::numeric_limits<std::int32_t>;
  if (dtype == DType::bool_) return x != 0;
  if (dtype == DType::float32) return static_cast<float>(x);
  return std::isnan(x) ? 0 : std::clamp<double>(std::trunc(x), Limits::min(), Limits::max());
}

// ---- Operators --------------------------------------------------------------------------------

// The table's reference for operands of `dtype`; of bools, that for int32, every result but 0 being
// True.
double reference(Op op, DType dtype, double a, double b, double c = 0) {
  const graph::Reference& row = graph::info(op).reference;
  if (dtype == DType::float32) {
    return row.float32(static_cast<float>(a), static_cast<float>(b), static_cast<float>(c));
  }
  const auto integer = [](double x) { return static_cast<std::int32_t>(x); };
  const std::int32_t result = row.int32(integer(a), integer(b), integer(c));
  return dtype == DType::bool_ ? result != 0 : result;
}

// The index in an array that broadcasts to another, for one in that.
Dims broadcast_index(const Shape& from, const Dims& index) {
  Dims source(from.rank(), 0);
  const int added = index.rank() - from.rank();
  for (int i = 0; i < from.rank(); ++i) source[i] = from[i] == 1 ? 0 : index[added + i];
  return source;
}

HostArray elementwise(const Node& node, const Arguments& args) {
  const DType dtype = args[node.op == Op::where ? 1 : 0]->dtype;
  return generate(node, [&](const Dims& index) {
    const auto operand = [&](std::size_t arg) {
      return arg < args.size() ? at(*args[arg], broadcast_index(args[arg]->shape, index)) : 0;
    };
    return node.op == Op::cast ? converted(operand(0), node.dtype)
                               : reference(node.op, dtype, operand(0), operand(1), operand(2));
  });
}

HostArray leaf_values(const Node& node) {
  const graph::Attributes& with = node.attributes;
  return generate(node, [&](const Dims& index) -> double {
    const std::size_t i = position(node.shape, index);
    switch (node.op) {
      case Op::constant:
        return with.value;
      case Op::iota:
        return static_cast<double>(i);
      case Op::random:
        return graph::random_uniform(with.seed, static_cast<std::uint32_t>(i),
                                     static_cast<std::uint32_t>(with.axis));
      default:
        throw std::logic_error("the values of a leaf are not known");
    }
  });
}

// Where in its source an element of a movement comes from.
Dims source_index(const Node& node, const Shape& from, const Dims& index) {
  const graph::Attributes& with = node.attributes;
  Dims source(from.rank(), 0);
  const int outer = from.rank() - with.a.rank();
  for (int i = 0; i < from.rank(); ++i) {
    switch (node.op) {
      case Op::permute:
        source[static_cast<int>(with.a[i])] = index[i];
        break;
      case Op::slice:
        source[i] = with.a[i] + index[i] * with.b[i];
        break;
      case Op::pad:
        source[i] = index[i] - with.a[i];
        break;
      case Op::window:
        source[i] = index[i];
        if (const int w = i - outer; w >= 0) {
          source[i] = index[i] * with.a[w] + index[from.rank() + w] * with.b[w];
        }
        break;
      default:
        throw std::logic_error("not a movement");
    }
  }
  return source;
}

HostArray movement(const Node& node, const HostArray& x) {
  if (node.op == Op::reshape) return {node.shape, node.dtype, x.values};
  return generate(node, [&](const Dims& index) {
    const Dims source = node.op == Op::expand ? broadcast_index(x.shape, index)
                                              : source_index(node, x.shape, index);
    for (int i = 0; i < source.rank(); ++i) {
      if (source[i] < 0 || source[i] >= x.shape[i]) return node.attributes.value;
    }
    return at(x, source);
  });
}

HostArray concatenation(const Node& node, const Arguments& parts) {
  const int axis = node.attributes.axis;
  return generate(node, [&](Dims index) {
    std::size_t part = 0;
    while (index[axis] >= parts[part]->shape[axis]) index[axis] -= parts[part++]->shape[axis];
    return at(*parts[part], index);
  });
}

HostArray gather(const Node& node, const HostArray& x, const HostArray& indices) {
  const int axis = node.attributes.axis;
  const double missing = node.dtype == DType::float32 ? std::nan("") : 0;
  return generate(node, [&](const Dims& index) {
    Dims where, from;
    for (int i = 0; i < axis; ++i) from.push_back(index[i]);
    for (int i = 0; i < indices.shape.rank(); ++i) where.push_back(index[axis + i]);
    const auto wanted = static_cast<std::int64_t>(at(indices, where));
    from.push_back(wanted < 0 ? wanted + x.shape[axis] : wanted);
    for (int i = axis + indices.shape.rank(); i < index.rank(); ++i) from.push_back(index[i]);
    const bool exists = from[axis] >= 0 && from[axis] < x.shape[axis];
    return exists ? at(x, from) : missing;
  });
}

// ---- Reductions -------------------------------------------------------------------------------

double accumulated(Op op, DType dtype, const std::vector<double>& values) {
  const bool in_double = dtype == DType::float32 && (op == Op::sum || op == Op::prod);
  double result = converted(graph::info(op).identity, dtype);
  for (const double x : values) {
    if (in_double) {
      result = op == Op::sum ? result + x : result * x;
    } else {
      result = reference(op, dtype, result, x);
    }
  }
  return in_double ? converted(result, dtype) : result;
}

// NumPy's order: the first NaN, else the first of the largest.
double index_of_largest(const std::vector<double>& values) {
  const auto smaller = [](double a, double b) {
    return a < b || (!std::isnan(a) && std::isnan(b));
  };
  return static_cast<double>(std::ranges::max_element(values, smaller) - values.begin());
}

HostArray reduction(const Node& node, const HostArray& x) {
  std::vector<std::vector<double>> groups(static_cast<std::size_t>(node.shape.elements()));
  for_each_index(x.shape, [&](const Dims& index) {
    const bool keeps = node.shape.rank() == x.shape.rank();
    Dims kept;
    for (int i = 0; i < index.rank(); ++i) {
      const bool reduced = (node.attributes.axes >> i & 1) != 0;
      if (keeps || !reduced) kept.push_back(reduced ? 0 : index[i]);
    }
    groups[position(node.shape, kept)].push_back(at(x, index));
  });
  HostArray result{node.shape, node.dtype, {}};
  for (const std::vector<double>& group : groups) {
    result.values.push_back(node.op == Op::argmax ? index_of_largest(group)
                                                  : accumulated(node.op, x.dtype, group));
  }
  return result;
}

// The index of an operand whose axes have these labels, every label having this value.
Dims by_label(const graph::Labels& labels, int rank, const std::vector<std::int64_t>& values) {
  Dims index;
  for (int i = 0; i < rank; ++i) {
    const auto label = static_cast<std::size_t>(labels[static_cast<std::size_t>(i)]);
    index.push_back(values[label]);
  }
  return index;
}

HostArray contraction(const Node& node, const HostArray& a, const HostArray& b) {
  const graph::Labels& a_labels = node.attributes.labels[0];
  const graph::Labels& b_labels = node.attributes.labels[1];
  const int kept = node.shape.rank();
  Shape summed;  // the extents of the labels from `kept` on
  const auto collect = [&](const HostArray& x, const graph::Labels& labels) {
    for (int i = 0; i < x.shape.rank(); ++i) {
      const int label = labels[static_cast<std::size_t>(i)] - kept;
      while (summed.rank() <= label) summed.push_back(1);
      if (label >= 0) summed[label] = x.shape[i];
    }
  };
  collect(a, a_labels);
  collect(b, b_labels);
  return generate(node, [&](const Dims& outer) {
    double sum = 0;
    std::uint32_t integer_sum = 0;
    for_each_index(summed, [&](const Dims& inner) {
      std::vector<std::int64_t> values(outer.begin(), outer.end());
      values.insert(values.end(), inner.begin(), inner.end());
      const double x = at(a, by_label(a_labels, a.shape.rank(), values));
      const double y = at(b, by_label(b_labels, b.shape.rank(), values));
      sum += x * y;
      if (node.dtype != DType::float32) integer_sum += wrapped(x) * wrapped(y);
    });
    return node.dtype == DType::float32 ? converted(sum, node.dtype) : from_wrapped(integer_sum);
  });
}

// ---- Graphs -----------------------------------------------------------------------------------

bool is_leaf_with_buffer(const Node& node) { return node.realized() || node.op == Op::data; }

HostArray computed(const Node& node, const Arguments& args, const LeafValues& leaf) {
  if (is_leaf_with_buffer(node)) {
    if (!leaf) throw std::logic_error("the values of a leaf are not known");
    return leaf(node);
  }
  switch (graph::kind(node.op)) {
    case Kind::leaf:
      return leaf_values(node);
    case Kind::elementwise:
      return elementwise(node, args);
    case Kind::movement:
      return movement(node, *args[0]);
    case Kind::reduce:
      return reduction(node, *args[0]);
    case Kind::contract:
      return contraction(node, *args[0], *args[1]);
    case Kind::concatenate:
      return concatenation(node, args);
    case Kind::gather:
      return gather(node, *args[0], *args[1]);
    case Kind::copy:
      break;
  }
  return {node.shape, node.dtype, args[0]->values};
}

// Sources before the nodes that use them, without recursion.
class Evaluator {
 public:
  explicit Evaluator(const LeafValues& leaf) : leaf_(leaf) {}

  const HostArray& evaluate(const Node& root) {
    std::vector<const Node*> waiting{&root};
    while (!waiting.empty()) {
      const Node& node = *waiting.back();
      Arguments args;
      const std::size_t before = waiting.size();
      if (!is_leaf_with_buffer(node)) {
        for (const graph::NodePtr& source : node.sources.all()) {
          const auto done = done_.find(source.get());
          if (done == done_.end()) {
            waiting.push_back(source.get());
          } else {
            args.push_back(&done->second);
          }
        }
      }
      if (waiting.size() > before) continue;
      if (!done_.contains(&node)) done_.emplace(&node, computed(node, args, leaf_));
      waiting.pop_back();
    }
    return done_.at(&root);
  }

 private:
  const LeafValues& leaf_;
  std::unordered_map<const Node*, HostArray> done_;  // its elements stay where they are
};

}  // namespace

HostArray evaluate(const Node& node, const LeafValues& leaf) {
  return Evaluator(leaf).evaluate(node);
}

std::vector<HostArray> evaluate(std::span<const graph::NodePtr> nodes, const LeafValues& leaf) {
  Evaluator evaluator(leaf);
  std::vector<HostArray> results;
  for (const graph::NodePtr& node : nodes) results.push_back(evaluator.evaluate(*node));
  return results;
}

}  // namespace tarn::test
