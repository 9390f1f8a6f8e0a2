#include "ops/plan/sequence.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "ops/plan/forms.hpp"
#include "ops/plan/lanes.hpp"

namespace tarn::plan {
namespace {

constexpr std::array kLengths{64, 32, 16, 8, 4, 2};
constexpr std::int64_t kSmallBytes = 65536;  // of a result: it may have to live until the end

// Which steps may be in a sequence, and how many make one.
struct Rule {
  double us;           // what a step takes, at most
  std::int64_t bytes;  // what it reads and writes, at most
  int shortest;
};

// What a launch costs, about, on a lane of threads; a loop of steps makes up for the kernel that it
// needs of its own.
constexpr Rule kInLoops{.us = 4, .bytes = 65536, .shortest = 4};
// Where rows stay apart, threads share the sequence as a whole, instead of waiting for each other
// after each step.
constexpr Rule kOfRows{.us = 40, .bytes = kNearOperands, .shortest = 4};
// A plan that takes no longer than its launches cost: no step is worth sharing among threads.
constexpr Rule kInSmallPlans{.us = 10, .bytes = std::int64_t{1} << 20, .shortest = 2};
constexpr double kSmallPlanUs = 20;

// As a whole, so that a batch that grows meets other kernels once, not with each step that becomes
// too large.
const Rule& rule_for(const Plan& plan) {
  double us = 0;
  for (const Step& step : plan.steps) {
    if (step.packs_weight < 0) us += estimate_serial_us(step.kernel);
  }
  return us <= kSmallPlanUs ? kInSmallPlans : kInLoops;
}

// Whether one work item may run it among others. Packing a weight is left out when it was done
// before, and staged images and copied strips lie in local memory, which belongs to whole kernels.
bool fits_in_sequence(const Plan& plan, const Step& step, const Rule& rule) {
  const auto keeps_type = [&](const Operand& operand) {  // slots that share memory may not
    return plan.slots[static_cast<std::size_t>(operand.buffer)].dtype == operand.dtype;
  };
  const Contraction& contraction = step.kernel.contraction;
  const bool staged = contraction.fill >= 0 || contraction.copied;
  const bool plain = contraction.form == Contraction::Form::none ||
                     contraction.form == Contraction::Form::panels ||
                     (contraction.form == Contraction::Form::strips && !staged);
  return plain && step.packs_weight < 0 && keeps_type(step.kernel.output) &&
         std::ranges::all_of(step.kernel.inputs, keeps_type) &&
         step.kernel.kept_elements() * 4 <= kSmallBytes && step.kernel.bytes <= rule.bytes &&
         estimate_serial_us(step.kernel) <= rule.us;
}

// How many steps from `at` on may be in one sequence.
int run_at(const Plan& plan, std::size_t at, const Rule& rule) {
  int run = 0;
  for (; run < kLengths.front() && at < plan.steps.size(); ++run, ++at) {
    if (!fits_in_sequence(plan, plan.steps[at], rule)) break;
  }
  return run;
}

bool has_plain_rows(const KernelSpec& kernel) {
  const Contraction& c = kernel.contraction;
  return c.m.size() == 1 && c.n.size() == 1 && c.batch.empty() && !by_columns(kernel);
}

// How far apart the rows of a buffer are, where each row of the contraction stays within one.
std::optional<std::int64_t> pitch_of(const KernelSpec& kernel, const Affine& address) {
  const int row = kernel.contraction.m[0];
  const bool loops = std::ranges::all_of(address.terms, [&](const Term& term) {
    return kernel.space[term.atom].kind == Atom::Kind::loop;
  });
  if (!loops) return std::nullopt;
  const std::int64_t pitch = address.factor(row);
  Affine within = address;
  std::erase_if(within.terms, [&](const Term& term) { return term.atom == row; });
  const IndexSpace::Range range = kernel.space.range(within);
  if (range.low < 0 || range.high >= pitch) return std::nullopt;
  return pitch;
}

// The pitch of each buffer that the steps write. Nothing where rows share memory, as where a buffer
// holds rows of one pitch and then of another.
std::optional<std::map<int, std::int64_t>> pitches_of(std::span<const KernelSpec* const> steps) {
  std::map<int, std::int64_t> pitches;
  for (const KernelSpec* step : steps) {
    const auto pitch = pitch_of(*step, step->store.address);
    if (!pitch) return std::nullopt;
    if (pitches.emplace(step->output.buffer, *pitch).first->second != *pitch) return std::nullopt;
  }
  return pitches;
}

bool reads_own_rows(const KernelSpec& step, const std::map<int, std::int64_t>& pitches) {
  return std::ranges::all_of(step.values, [&](const Value& value) {
    if (value.operand < 0) return true;
    const auto written = pitches.find(step.inputs[static_cast<std::size_t>(value.operand)].buffer);
    if (written == pitches.end()) return true;
    return value.kind == Value::Kind::load && pitch_of(step, value.address) == written->second;
  });
}

// The longest sequence from `at` on in which rows stay apart, or 0. Where they do not in a shorter
// one, they do not in a longer one.
int rows_at(const Plan& plan, std::size_t at) {
  std::vector<const KernelSpec*> steps;
  int longest = 0;
  for (int length = kOfRows.shortest; length <= kLengths.front(); length *= 2) {
    while (std::ssize(steps) < length) {
      const std::size_t next = at + steps.size();
      if (next == plan.steps.size() || !fits_in_sequence(plan, plan.steps[next], kOfRows)) {
        return longest;
      }
      steps.push_back(&plan.steps[next].kernel);
    }
    if (!rows_stay_apart(steps)) break;
    longest = length;
  }
  return longest;
}

// The longest sequence from `at` on, or 1.
int length_at(const Plan& plan, std::size_t at, const Rule& rule) {
  const int run = run_at(plan, at, rule);
  const auto longest = std::ranges::find_if(kLengths, [&](int length) { return length <= run; });
  const int small = longest != kLengths.end() && *longest >= rule.shortest ? *longest : 1;
  return small == kLengths.front() ? small : std::max(small, rows_at(plan, at));
}

}  // namespace

std::vector<int> launch_lengths(const Plan& plan, const DeviceTraits& traits) {
  std::vector<int> lengths;
  const Rule& rule = rule_for(plan);
  for (std::size_t at = 0; at < plan.steps.size();) {
    lengths.push_back(traits.cpu ? length_at(plan, at, rule) : 1);
    at += static_cast<std::size_t>(lengths.back());
  }
  return lengths;
}

bool rows_stay_apart(std::span<const KernelSpec* const> steps) {
  const auto rows = [](const KernelSpec& step) { return step.extent(step.contraction.m[0]); };
  const bool plain = std::ranges::all_of(steps, [&](const KernelSpec* step) {
    return has_plain_rows(*step) && rows(*step) == rows(*steps.front());
  });
  if (!plain) return false;
  const auto pitches = pitches_of(steps);
  return pitches && std::ranges::all_of(steps, [&](const KernelSpec* step) {
           return reads_own_rows(*step, *pitches);
         });
}

}  // namespace tarn::plan
