// A stand-in for a device, so that the functions on tensors can be tested without one: tensors keep
// their values on the host, and `values` computes there.
#pragma once

#include <vector>

#include "tarn/tensor.hpp"
#include "tests/support/host_evaluator.hpp"

namespace tarn::test {

/// What the tensor holds, in row-major order.
HostArray evaluated(const Tensor& x);
std::vector<double> values(const Tensor& x);

/// A device that is not the default one.
Device other_device();

/// How many nodes the tensor is made of, leaves included.
int count_nodes(const Tensor& x);
/// ... of one operator.
int count_nodes(const Tensor& x, graph::Op op);

}  // namespace tarn::test
