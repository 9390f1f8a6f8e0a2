#include "ops/plan/attention.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>

#include "ops/plan/contract.hpp"
#include "ops/plan/loops.hpp"

namespace tarn::plan {
namespace {

using graph::Op;
using Kind = Value::Kind;

constexpr int kVector = 16;               // the renderer transposes tiles of 16 × 16
constexpr std::int64_t kMinQueries = 16;  // below, most lanes would be idle
constexpr std::int64_t kMinKeys = 16;
constexpr int kTileRows = 8;
constexpr int kTileVectors = 2;

const Value& value(const KernelSpec& spec, int v) {
  return spec.values[static_cast<std::size_t>(v)];
}
bool applies(const KernelSpec& spec, int v, Op op) {
  return value(spec, v).kind == Kind::apply && value(spec, v).op == op;
}
bool reduces(const KernelSpec& spec, int v, Op op) {
  return value(spec, v).kind == Kind::reduce && value(spec, v).op == op;
}
bool made_of_loops(const KernelSpec& spec, const Affine& a) {
  return std::ranges::all_of(
      a.terms, [&](const Term& term) { return spec.space[term.atom].kind == Atom::Kind::loop; });
}
int buffer_of(const KernelSpec& spec, const Value& load) {
  return spec.inputs[static_cast<std::size_t>(load.operand)].buffer;
}

// Loads, indices, scalars and operators, without guards: what can move to other loops.
bool is_simple(const KernelSpec& spec) {
  return spec.split_loop < 0 && made_of_loops(spec, spec.store.address) &&
         std::ranges::all_of(spec.values, [&](const Value& v) {
           const bool known = v.kind == Kind::load || v.kind == Kind::scalar ||
                              v.kind == Kind::index || v.kind == Kind::apply ||
                              v.kind == Kind::reduce;
           return known && v.guards < 0 && made_of_loops(spec, v.address);
         });
}

// The softmax of each run of `keys` elements of a buffer, in the same order. Returns: the buffer;
// -1: it is not.
int softmax_of(const KernelSpec& spec, std::int64_t keys) {
  if (!is_simple(spec) || spec.passes != 2 || spec.values.size() != 6) return -1;
  const int quotient = spec.store.value;
  if (!applies(spec, quotient, Op::div)) return -1;
  const auto [exponential, sum, unused] = value(spec, quotient).args;
  if (!applies(spec, exponential, Op::exp) || !reduces(spec, sum, Op::sum)) return -1;
  if (value(spec, sum).args[0] != exponential) return -1;
  const int shifted = value(spec, exponential).args[0];
  if (!applies(spec, shifted, Op::sub)) return -1;
  const auto [x, largest, none] = value(spec, shifted).args;
  if (!reduces(spec, largest, Op::max) || value(spec, largest).args[0] != x) return -1;
  const Value& load = value(spec, x);
  if (load.kind != Kind::load || load.dtype != DType::float32) return -1;
  const bool rows =
      spec.reduced.size() == 1 && spec.extent(spec.reduced[0]) == keys &&
      load.address.factor(spec.reduced[0]) == 1 && load.address.constant == 0 &&
      (spec.kept.empty() || (spec.kept.size() == 1 && load.address.factor(spec.kept[0]) == keys));
  return rows && load.address == spec.store.address ? buffer_of(spec, load) : -1;
}

// The loops of an address that goes through a whole buffer in order: what each steps by, and its
// extent. Empty: it does not.
std::map<std::int64_t, std::int64_t> steps_in_order(const KernelSpec& spec, const Affine& address) {
  std::map<std::int64_t, std::int64_t> steps;
  for (const Term& term : address.terms) steps[term.factor] = spec.extent(term.atom);
  std::int64_t next = 1;
  for (const auto& [step, extent] : steps) {
    if (step != next) return {};
    next *= extent;
  }
  return address.constant == 0 && steps.size() == address.terms.size() ? steps : decltype(steps)();
}

// One attention from the kernels that compute its scores and its result. The softmax between them
// needs nothing.
class Fusion {
 public:
  Fusion(const KernelSpec& scores, const KernelSpec& result, int weights)
      : scores_(scores), result_(result), weights_(weights) {}

  std::optional<KernelSpec> run() {
    dot_ = plain_sum_of_products(scores_);
    mix_ = plain_sum_of_products(result_);
    if (dot_ < 0 || mix_ < 0 || !is_simple(scores_) || !is_simple(result_)) return std::nullopt;
    if (!find_loads() || !find_loops()) return std::nullopt;
    add_values();
    return worthwhile() ? std::optional(std::move(spec_)) : std::nullopt;
  }

 private:
  // Which of the products' operands is which.
  bool find_loads() {
    const int keys = scores_loop(1);
    if (keys < 0 || scores_.reduced.size() != 1 || result_.reduced.size() != 1) return false;
    const auto& of = value(scores_, value(scores_, dot_).args[0]).args;
    const bool first = value(scores_, of[0]).address.factor(keys) != 0;
    key_ = of[first ? 0 : 1];
    query_ = of[first ? 1 : 0];
    if (value(scores_, query_).address.factor(keys) != 0) return false;
    if (value(scores_, query_).address.factor(scores_.reduced[0]) != 1) return false;

    const auto& mixed = value(result_, value(result_, mix_).args[0]).args;
    const auto is_weight = [&](int v) { return buffer_of(result_, value(result_, v)) == weights_; };
    if (is_weight(mixed[0]) == is_weight(mixed[1])) return false;
    weight_ = mixed[is_weight(mixed[0]) ? 0 : 1];
    value_ = mixed[is_weight(mixed[0]) ? 1 : 0];
    return std::ranges::count_if(result_.values, [&](const Value& v) {
             return v.kind == Kind::load && buffer_of(result_, v) == weights_;
           }) == 1;
  }

  // The loop of the scores that steps through their buffer by `step`; -1: none.
  int scores_loop(std::int64_t step) const {
    for (const Term& term : scores_.store.address.terms) {
      if (term.factor == step) return term.atom;
    }
    return -1;
  }

  // The loops of both kernels that run over the scores, cut so finely that each of theirs is one of
  // ours or several next to each other.
  bool find_loops() {
    const Affine& written = scores_.store.address;
    const Affine& read = value(result_, weight_).address;
    const auto writing = steps_in_order(scores_, written);
    const auto reading = steps_in_order(result_, read);
    if (writing.size() < 2 || reading.size() < 2) return false;
    if (writing.begin()->second != reading.begin()->second) return false;
    if (read.factor(result_.reduced[0]) != 1) return false;
    std::map<std::int64_t, std::int64_t> all = writing;
    all.insert(reading.begin(), reading.end());
    std::map<std::int64_t, std::int64_t> extents;
    const std::int64_t end = std::prev(writing.end())->first * std::prev(writing.end())->second;
    for (auto at = all.begin(); at != all.end(); ++at) {
      const std::int64_t next = std::next(at) == all.end() ? end : std::next(at)->first;
      if (next % at->first != 0) return false;
      extents[at->first] = next / at->first;
    }
    if (reading.rbegin()->first * reading.rbegin()->second != end) return false;
    return add_loops(extents, written, read);
  }

  bool add_loops(const std::map<std::int64_t, std::int64_t>& extents, const Affine& written,
                 const Affine& read) {
    const auto columns =
        std::ranges::count_if(result_.kept, [&](int loop) { return read.factor(loop) == 0; });
    const auto column =
        std::ranges::find_if(result_.kept, [&](int loop) { return read.factor(loop) == 0; });
    if (columns != 1) return false;
    Contraction c;
    c.form = Contraction::Form::attention;
    c.tile_rows = kTileRows;
    c.tile_vectors = kTileVectors;
    std::map<std::int64_t, int> loops;  // by step
    for (auto at = extents.rbegin(); at != extents.rend(); ++at) {
      if (at->first == 1) continue;
      const int loop = loops[at->first] = spec_.space.add_loop(at->second);
      spec_.kept.push_back(loop);
    }
    c.batch.assign(spec_.kept.begin(), spec_.kept.end() - 1);
    c.n = {spec_.kept.back()};
    const int e = spec_.space.add_loop(result_.extent(*column));
    const int j = loops[1] = spec_.space.add_loop(extents.begin()->second);
    const int d = spec_.space.add_loop(scores_.extent(scores_.reduced[0]));
    spec_.kept.push_back(e);
    spec_.reduced = {j, d};

    const auto parts = [&](const KernelSpec& from, const Affine& address, auto& to) {
      for (const Term& term : address.terms) {
        const std::int64_t last = term.factor * from.extent(term.atom);
        for (auto at = loops.lower_bound(term.factor); at != loops.end() && at->first < last; ++at)
          to[term.atom] = to[term.atom] + spec_.space.atom(at->second) * (at->first / term.factor);
      }
    };
    parts(scores_, written, of_scores_);
    parts(result_, read, of_result_);
    of_scores_[scores_.reduced[0]] = spec_.space.atom(d);
    of_result_[*column] = spec_.space.atom(e);
    c.m = {j};
    c.k = {d};
    spec_.contraction = c;
    c.m = {e};
    c.k = {j};
    spec_.mix = c;
    return true;
  }

  static Affine moved(const Affine& a, const std::unordered_map<int, Affine>& loops) {
    Affine sum{a.constant, {}};
    for (const Term& term : a.terms) sum = sum + loops.at(term.atom) * term.factor;
    return sum;
  }

  int add(Value v, const KernelSpec& from, const std::unordered_map<int, Affine>& loops) {
    v.address = moved(v.address, loops);
    const auto same = [&](auto& list, const auto& item) {
      const auto known = std::ranges::find(list, item);
      const auto at = known - list.begin();
      if (known == list.end()) list.push_back(item);
      return static_cast<int>(at);
    };
    if (v.operand >= 0)
      v.operand = same(spec_.inputs, from.inputs[static_cast<std::size_t>(v.operand)]);
    if (v.scalar >= 0)
      v.scalar = same(spec_.scalars, from.scalars[static_cast<std::size_t>(v.scalar)]);
    spec_.values.push_back(std::move(v));
    return static_cast<int>(spec_.values.size()) - 1;
  }

  // All values of `from` but those that `number` knows already.
  void add_all(const KernelSpec& from, const std::unordered_map<int, Affine>& loops,
               std::vector<int>& number) {
    for (std::size_t v = 0; v < from.values.size(); ++v) {
      if (number[v] >= 0) continue;
      Value copy = from.values[v];
      for (int& arg : copy.args) {
        if (arg >= 0) arg = number[static_cast<std::size_t>(arg)];
      }
      number[v] = add(std::move(copy), from, loops);
    }
  }

  // The scores' values, then the result's, whose weights are the scores'.
  void add_values() {
    std::vector<int> number(scores_.values.size(), -1);
    add_all(scores_, of_scores_, number);
    const auto in_scores = [&](int v) { return number[static_cast<std::size_t>(v)]; };
    spec_.contraction.reduce = in_scores(dot_);
    spec_.contraction.rows = in_scores(key_);
    spec_.contraction.columns = in_scores(query_);
    const int score = spec_.mix.columns = in_scores(scores_.store.value);

    std::vector<int> again(result_.values.size(), -1);
    again[static_cast<std::size_t>(weight_)] = score;
    add_all(result_, of_result_, again);
    spec_.mix.reduce = again[static_cast<std::size_t>(mix_)];
    spec_.mix.rows = again[static_cast<std::size_t>(value_)];
    spec_.store.value = again[static_cast<std::size_t>(result_.store.value)];
    spec_.store.address = moved(result_.store.address, of_result_);
    spec_.output = result_.output;
    assign_passes(spec_);
    describe(spec_);
    spec_.comment = "attention: " + spec_.comment;
    spec_.operations =
        scores_.operations + scores_.kept_elements() * (2 * spec_.extent(spec_.kept.back()) + 4);
  }

  bool worthwhile() const {
    return spec_.extent(spec_.contraction.n[0]) >= kMinQueries &&
           spec_.extent(spec_.reduced[0]) >= kMinKeys &&
           spec_.extent(spec_.reduced[1]) <= kMaxHead &&
           spec_.extent(spec_.kept.back()) <= kMaxHead;
  }

  const KernelSpec& scores_;
  const KernelSpec& result_;
  int weights_;                                            // the buffer of the softmax
  int dot_ = -1, query_ = -1, key_ = -1;                   // values of the scores
  int mix_ = -1, weight_ = -1, value_ = -1;                // values of the result
  std::unordered_map<int, Affine> of_scores_, of_result_;  // their loops in terms of ours
  KernelSpec spec_;
};

}  // namespace

void fuse_attention(std::vector<KernelSpec>& kernels, const DeviceTraits& traits,
                    const Limits& limits, const std::function<bool(int buffer)>& is_kept) {
  if (!traits.cpu || traits.lanes != kVector) return;
  std::unordered_map<int, std::size_t> writer;
  std::unordered_map<int, int> readers;
  for (std::size_t k = 0; k < kernels.size(); ++k) {
    writer[kernels[k].output.buffer] = k;
    for (const Operand& input : kernels[k].inputs) ++readers[input.buffer];
  }
  // The kernel that writes what only one other reads.
  const auto private_writer = [&](int buffer) -> std::optional<std::size_t> {
    const auto at = writer.find(buffer);
    if (at == writer.end() || readers[buffer] != 1 || is_kept(buffer)) return std::nullopt;
    return at->second;
  };
  std::vector<bool> gone(kernels.size(), false);
  for (KernelSpec& result : kernels) {
    if (result.passes != 1 || result.reduced.size() != 1) continue;
    for (const Operand& input : result.inputs) {
      const auto softmax = private_writer(input.buffer);
      if (!softmax) continue;
      const int buffer = softmax_of(kernels[*softmax], result.extent(result.reduced[0]));
      const auto scores = private_writer(buffer);
      if (!scores) continue;
      auto fused = Fusion(kernels[*scores], result, input.buffer).run();
      if (!fused || static_cast<int>(fused->inputs.size()) > limits.operands) continue;
      gone[*softmax] = gone[*scores] = true;
      result = std::move(*fused);
      break;
    }
  }
  std::size_t at = 0;
  std::erase_if(kernels, [&](const KernelSpec&) { return gone[at++]; });
}

}  // namespace tarn::plan
