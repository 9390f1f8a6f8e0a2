// The ways of computing a contraction that are worth trying on a device, where its user has asked
// for that (DeviceOptions::tune): the forms it can take, and for the one that is estimated best
// other tiles and other strips. Pure: who measures them is not known here.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ops/plan/device_traits.hpp"
#include "ops/plan/kernel_spec.hpp"

namespace tarn::plan {

/// Ways to try of one contraction, at most.
inline constexpr std::size_t kMaxAlternatives = 8;

/// A way to compute a contraction. Its name says all that it differs from others in.
struct Alternative {
  std::string name;
  Contraction contraction;
};

/// Names differ; the first is what is taken without trying. Empty where no register tile pays; one
/// alone where the contraction is too small for a choice to be seen. Parameters as in contract.hpp.
std::vector<Alternative> alternatives(const KernelSpec& spec, const DeviceTraits& traits,
                                      const std::function<bool(int buffer)>& is_weight);

}  // namespace tarn::plan
