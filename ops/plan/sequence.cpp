#include "ops/plan/sequence.hpp"

#include <algorithm>
#include <array>

#include "ops/plan/lanes.hpp"

namespace tarn::plan {
namespace {

constexpr std::array kLengths{16, 8, 4};
constexpr double kSmallUs = 4;               // what a launch costs, about, on a lane of threads
constexpr std::int64_t kSmallBytes = 65536;  // buffers of a sequence live until its end

// Whether one work item may run it among others. Packing a weight is left out when it was done
// before, and staged images lie in local memory, which belongs to whole kernels.
bool fits_in_sequence(const Plan& plan, const Step& step) {
  const auto keeps_type = [&](const Operand& operand) {  // slots that share memory may not
    return plan.slots[static_cast<std::size_t>(operand.buffer)].dtype == operand.dtype;
  };
  const Contraction& contraction = step.kernel.contraction;
  const bool staged = contraction.fill >= 0;
  const bool plain = contraction.form == Contraction::Form::none ||
                     contraction.form == Contraction::Form::panels ||
                     (contraction.form == Contraction::Form::strips && !staged);
  return plain && step.packs_weight < 0 && keeps_type(step.kernel.output) &&
         std::ranges::all_of(step.kernel.inputs, keeps_type) && step.kernel.bytes <= kSmallBytes &&
         estimate_serial_us(step.kernel) <= kSmallUs;
}

// How many steps from `at` on may be in one sequence.
int run_at(const Plan& plan, std::size_t at) {
  int run = 0;
  for (; run < kLengths.front() && at < plan.steps.size(); ++run, ++at) {
    if (!fits_in_sequence(plan, plan.steps[at])) break;
  }
  return run;
}

}  // namespace

std::vector<int> launch_lengths(const Plan& plan, const DeviceTraits& traits) {
  std::vector<int> lengths;
  for (std::size_t at = 0; at < plan.steps.size();) {
    const int run = traits.cpu ? run_at(plan, at) : 0;
    const auto longest = std::ranges::find_if(kLengths, [&](int length) { return length <= run; });
    lengths.push_back(longest == kLengths.end() ? 1 : *longest);
    at += static_cast<std::size_t>(lengths.back());
  }
  return lengths;
}

}  // namespace tarn::plan
