// What do planning and realizing cost by themselves?
//
//   plan_bench
//
// First how planning grows with the graph: microseconds a node, which should rise with the
// logarithm of their number at most. Then each network once its plan is known: launches a pass, the
// host's time a launch in all but the driver's calls, and the peak of what a pass keeps live,
// beside the least that the order of its steps needs. The peak is of blocks, so their rounding is
// in it.
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <vector>

#include "benchmarks/workloads.hpp"
#include "ops/graph/traversal.hpp"
#include "ops/plan/plan.hpp"
#include "runtime/opencl/opencl.hpp"
#include "tarn/tarn.hpp"

namespace {

using Clock = std::chrono::steady_clock;

double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

double in_driver_us = 0;  // by the functions below

template <class Function, class... Arguments>
cl_int timed(const char* name, Function*, Arguments... arguments) {
  static auto* const real = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
  const auto start = Clock::now();
  const cl_int code = real(arguments...);
  in_driver_us += microseconds_since(start);
  return code;
}

}  // namespace

// In front of the driver's own.
extern "C" cl_int clEnqueueNDRangeKernel(cl_command_queue queue, cl_kernel kernel,
                                         cl_uint dimensions, const size_t* offset,
                                         const size_t* global, const size_t* local, cl_uint events,
                                         const cl_event* after, cl_event* event) {
  return timed("clEnqueueNDRangeKernel", &clEnqueueNDRangeKernel, queue, kernel, dimensions, offset,
               global, local, events, after, event);
}
extern "C" cl_int clSetKernelArg(cl_kernel kernel, cl_uint index, size_t size, const void* value) {
  return timed("clSetKernelArg", &clSetKernelArg, kernel, index, size, value);
}
extern "C" cl_int clFinish(cl_command_queue queue) { return timed("clFinish", &clFinish, queue); }

namespace tarn::bench {
namespace {

// ---- Growth

Tensor chain(Tensor x, int nodes) {
  for (int i = 0; i < nodes; ++i) x = relu(x);
  return x;
}

Tensor diamonds(Tensor x, int nodes) {
  for (int i = 0; i < nodes; i += 3) x = relu(x) + abs(x);
  return x;
}

std::vector<Tensor> wide(const Tensor& x, int nodes) {
  std::vector<Tensor> all;
  for (int i = 0; i < nodes; ++i) all.push_back(x + static_cast<float>(i));
  return all;
}

// The median of three, for the walk and the plan together.
double plan_us(const std::vector<Tensor>& tensors) {
  std::vector<graph::NodePtr> nodes;
  for (const Tensor& tensor : tensors) nodes.push_back(tensor.node());
  std::vector<double> times;
  graph::Walker walker;
  for (int i = 0; i < 3; ++i) {
    const auto start = Clock::now();
    plan::make_plan(walker.walk(nodes), {});
    times.push_back(microseconds_since(start));
  }
  std::ranges::sort(times);
  return times[1];
}

void print_growth() {
  std::printf("%-10s %10s %12s %12s\n", "graph", "nodes", "plan, ms", "us a node");
  const Tensor x = ones({16}).realize();
  const auto row = [](const char* name, int nodes, const std::vector<Tensor>& tensors) {
    const double us = plan_us(tensors);
    std::printf("%-10s %10d %12.3f %12.3f\n", name, nodes, us * 1e-3, us / nodes);
  };
  for (int nodes = 100; nodes <= 100'000; nodes *= 10) row("chain", nodes, {chain(x, nodes)});
  for (int nodes = 100; nodes <= 100'000; nodes *= 10) row("diamonds", nodes, {diamonds(x, nodes)});
  for (int nodes = 100; nodes <= 100'000; nodes *= 10) row("wide", nodes, wide(x, nodes));
}

// ---- Networks

// The most bytes that are needed at the same time: a slot from its first step to its last.
std::size_t needed_bytes(const Tensor& result) {
  graph::Walker walker;
  const graph::NodePtr node = result.node();
  const plan::Plan plan = plan::make_plan(walker.walk({&node, 1}), {});
  std::vector<int> first(plan.slots.size(), -1);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (plan.steps[i].packs_weight >= 0) continue;  // once, with the weight
    first[static_cast<std::size_t>(plan.steps[i].kernel.output.buffer)] = static_cast<int>(i);
  }
  std::size_t most = 0;
  for (int step = 0; step < static_cast<int>(plan.steps.size()); ++step) {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < plan.slots.size(); ++i) {
      const plan::Slot& slot = plan.slots[i];
      const bool live = first[i] >= 0 && first[i] <= step && (slot.kept || step <= slot.last_step);
      if (live) bytes += static_cast<std::size_t>(slot.elements) * size_of(slot.dtype);
    }
    most = std::max(most, bytes);
  }
  return most;
}

Tensors random(const std::vector<Array>& arrays) {
  Tensors tensors;
  for (const Array& array : arrays) {
    tensors.push_back((randn(array.shape, {.seed = 1}) * array.scale + array.mean).realize());
  }
  return tensors;
}

void print_network(const Workload& work) {
  const Device device = Device::default_device();
  Tensors weights = random(work.weights);
  for (Tensor& weight : weights) weight = weight.as_weight();
  const auto forward = prepare(work, weights);
  const Tensors inputs = random(work.inputs);
  const std::size_t needed = needed_bytes(forward(inputs));
  for (int i = 0; i < 6; ++i) forward(inputs).realize();  // packed, and on their lanes
  device.synchronize();

  const Counters before = counters(device);
  device.reset_allocator_stats();
  const std::size_t live = device.allocator_stats().live.now;
  std::vector<double> host;
  constexpr int kPasses = 10;
  for (int i = 0; i < kPasses; ++i) {
    const Tensor result = forward(inputs);
    in_driver_us = 0;
    const auto start = Clock::now();
    result.realize();
    host.push_back(microseconds_since(start) - in_driver_us);
    device.synchronize();
  }
  std::ranges::sort(host);
  const auto launches = static_cast<double>((counters(device) - before).launches) / kPasses;
  const std::size_t peak = device.allocator_stats().live.peak - live;
  std::printf("%-18s %10.0f %14.2f %12.2f %12.2f %8.2f\n", work.name.c_str(), launches,
              host[kPasses / 2] / launches, static_cast<double>(peak) * 0x1p-20,
              static_cast<double>(needed) * 0x1p-20,
              static_cast<double>(peak) / static_cast<double>(needed));
}

}  // namespace
}  // namespace tarn::bench

int main() {
  using namespace tarn::bench;
  try {
    print_growth();
    std::printf("\n%-18s %10s %14s %12s %12s %8s\n", "network", "launches", "host, us each",
                "peak, MiB", "needed, MiB", "ratio");
    std::vector<Workload> networks;
    add_networks(networks);
    for (const Workload& work : networks) print_network(work);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
