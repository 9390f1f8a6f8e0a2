// What do planning and realizing cost by themselves?
//
//   plan_bench
//
// First how they grow with the graph: microseconds a node, which should rise with the logarithm of
// their number at most. `plan` is a walk and a plan; `first` realizes a new structure whose kernels
// are built, until all is done; `again` realizes the same structure once more, of new nodes.
//
// Then each network once its plan is known: nodes of its graph; launches a pass; the median time a
// launch in all but the driver's calls, between kernels and with the kernels left out; and the peak
// of what a pass keeps live, beside the most that any one step reads and writes of what the pass
// makes. The peak is of blocks, so their rounding is in it.
//
// Kernels push all else out of the caches, code too, so what follows them waits for memory: the
// first time has that in it, the second is the work itself. Around the driver's calls the clock is
// the processor's own counter where it has one, since even what the library's clock reads would
// have to come from memory. Where kernels are shared among threads, waiting for the others counts
// as the caller's time: TARN_LANES=serial leaves it out.
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <random>
#include <set>
#include <vector>

#include "benchmarks/median.hpp"
#include "benchmarks/workloads.hpp"
#include "ops/graph/traversal.hpp"
#include "ops/plan/plan.hpp"
#include "ops/realize/lane_plan.hpp"
#include "runtime/opencl/opencl.hpp"
#include "tarn/tarn.hpp"

namespace {

using Clock = std::chrono::steady_clock;

double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

#if defined(__x86_64__)
std::uint64_t ticks() { return __builtin_ia32_rdtsc(); }
#else
std::uint64_t ticks() {
  return static_cast<std::uint64_t>(Clock::now().time_since_epoch().count());
}
#endif

// The counter runs at the same rate, however fast the processor does.
double ticks_per_us() {
  static const double rate = [] {
    const auto start = Clock::now();
    const std::uint64_t first = ticks();
    while (microseconds_since(start) < 2e4) {
    }
    return static_cast<double>(ticks() - first) / microseconds_since(start);
  }();
  return rate;
}

// What it takes to look at the counter: once in each call below, beside what is measured.
double ticks_of_a_look() {
  constexpr int kTimes = 10'000;
  const std::uint64_t start = ticks();
  for (int i = 1; i < kTimes; ++i) ticks();
  return static_cast<double>(ticks() - start) / kTimes;
}

// Of this thread, by the functions below: a team's helpers call the driver too. After a kernel each
// line of 64 bytes that is read here counts as the host's time, so all is in two.
struct alignas(64) InDriver {
  std::uint64_t ticks;
  int calls;
};
thread_local constinit InDriver in_driver{};

template <class Function>
Function* find(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

struct alignas(64) Driver {
  decltype(&clEnqueueNDRangeKernel) enqueue =
      find<decltype(clEnqueueNDRangeKernel)>("clEnqueueNDRangeKernel");
  decltype(&clSetKernelArg) set = find<decltype(clSetKernelArg)>("clSetKernelArg");
  decltype(&clFinish) finish = find<decltype(clFinish)>("clFinish");
  bool leaves_kernels_out = false;
};
Driver driver;

template <class Function, class... Arguments>
cl_int timed(Function function, Arguments... arguments) {
  const std::uint64_t start = ticks();
  const cl_int code = function(arguments...);
  in_driver.ticks += ticks() - start;
  ++in_driver.calls;
  return code;
}

}  // namespace

// In front of the driver's own.
extern "C" cl_int clEnqueueNDRangeKernel(cl_command_queue queue, cl_kernel kernel,
                                         cl_uint dimensions, const size_t* offset,
                                         const size_t* global, const size_t* local, cl_uint events,
                                         const cl_event* after, cl_event* event) {
  if (driver.leaves_kernels_out) return CL_SUCCESS;
  return timed(driver.enqueue, queue, kernel, dimensions, offset, global, local, events, after,
               event);
}
extern "C" cl_int clSetKernelArg(cl_kernel kernel, cl_uint index, size_t size, const void* value) {
  return timed(driver.set, kernel, index, size, value);
}
extern "C" cl_int clFinish(cl_command_queue queue) { return timed(driver.finish, queue); }

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

// Each node reads what any of the last sixteen have made, and all sixteen are wanted at the end.
std::vector<Tensor> random_graph(const Tensor& x, int nodes) {
  std::mt19937 dice(7);
  std::vector<Tensor> recent(16, x);
  for (int i = 0; i < nodes; ++i) {
    const Tensor& a = recent[dice() % recent.size()];
    const Tensor& b = recent[dice() % recent.size()];
    Tensor& made = recent[dice() % recent.size()];
    switch (dice() % 4) {
      case 0:
        made = relu(a);
        break;
      case 1:
        made = a + b;
        break;
      case 2:
        made = a * b;
        break;
      default:
        made = maximum(a, b);
    }
  }
  return recent;
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
  return median(times);
}

// Realizes tensors of a structure until all is done.
double realize_us(const std::vector<Tensor>& tensors) {
  const auto start = Clock::now();
  realize(tensors);
  Device::default_device().synchronize();
  return microseconds_since(start);
}

// Graphs of more nodes than `realized` are planned alone: where all kernels differ, building them
// would take minutes.
template <class Make>
void print_growth(const char* name, const Make& make, int realized = 100'000) {
  const Tensor x = ones({16}).realize(), other = ones({32}).realize();
  for (int nodes = 100; nodes <= 100'000; nodes *= 10) {
    const double plan = plan_us(make(x, nodes));
    if (nodes > realized) {
      std::printf("%-10s %10d %12.3f %12s %12s\n", name, nodes, plan / nodes, "-", "-");
      continue;
    }
    realize_us(make(other, nodes));  // its kernels are built now, and serve another size
    const double first = realize_us(make(x, nodes));
    std::vector<double> again;
    for (int i = 0; i < 3; ++i) again.push_back(realize_us(make(x, nodes)));
    std::printf("%-10s %10d %12.3f %12.3f %12.3f\n", name, nodes, plan / nodes, first / nodes,
                median(again) / nodes);
  }
}

void print_growth() {
  std::printf("%-10s %10s %12s %12s %12s\n", "graph", "nodes", "plan", "first", "again");
  const auto one = [](const auto& make) {
    return [make](const Tensor& x, int nodes) { return std::vector{make(x, nodes)}; };
  };
  print_growth("chain", one(chain));
  print_growth("diamonds", one(diamonds));
  print_growth("random", random_graph, 1000);
  print_growth("wide", wide);
}

// ---- Networks

// The most bytes that one step reads and writes of what the pass makes.
std::size_t largest_step(const graph::Traversal& graph) {
  const plan::Plan plan = plan::make_plan(graph, {});
  std::set<int> made;
  std::size_t most = 0;
  for (const plan::Step& step : plan.steps) {
    if (step.packs_weight >= 0) continue;  // once, with the weight
    made.insert(step.kernel.output.buffer);
    std::set<int> used{step.kernel.output.buffer};
    for (const plan::Operand& input : step.kernel.inputs) {
      if (made.contains(input.buffer)) used.insert(input.buffer);
    }
    std::size_t bytes = 0;
    for (const int slot : used) {
      const plan::Slot& at = plan.slots[static_cast<std::size_t>(slot)];
      bytes += static_cast<std::size_t>(at.elements) * size_of(at.dtype);
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

// The median time that realizing takes in all but the driver's calls.
double host_us(const std::function<Tensor()>& forward, int passes) {
  const double look = ticks_of_a_look();
  std::vector<double> times;
  for (int i = 0; i < passes; ++i) {
    const Tensor result = forward();
    in_driver = {};
    const std::uint64_t start = ticks();
    result.realize();
    const auto taken = static_cast<double>(ticks() - start - in_driver.ticks);
    times.push_back((taken - in_driver.calls * look) / ticks_per_us());
    result.device().synchronize();
  }
  return median(times);
}

void print_network(const Workload& work) {
  const Device device = Device::default_device();
  Tensors weights = random(work.weights);
  for (Tensor& weight : weights) weight = weight.as_weight();
  const Tensors inputs = random(work.inputs);
  const auto forward = [&inputs, of = prepare(work, weights)] { return of(inputs); };
  graph::Walker walker;
  const graph::NodePtr result = forward().node();
  const graph::Traversal& graph = walker.walk({&result, 1});
  const std::size_t step = largest_step(graph);
  const std::size_t held = device.allocator_stats().live.now;
  for (int i = 0; i < seam::LanePlan::kMostRuns; ++i) forward().realize();  // packed by then, too
  device.synchronize();
  const auto warm = Clock::now();
  forward().realize();
  device.synchronize();
  const int passes = std::clamp(static_cast<int>(3e5 / microseconds_since(warm)), 10, 1000);

  const Counters before = counters(device);
  device.reset_allocator_stats();
  const std::size_t live = device.allocator_stats().live.now;
  const double between = host_us(forward, passes);
  const auto launches = static_cast<double>((counters(device) - before).launches) / passes;
  const std::size_t peak = device.allocator_stats().live.peak - live;
  driver.leaves_kernels_out = true;
  const double alone = host_us(forward, 1000);
  driver.leaves_kernels_out = false;
  const auto mib = [](std::size_t bytes) { return static_cast<double>(bytes) * 0x1p-20; };
  std::printf("%-28s %6u %8.0f %12.2f %12.2f %10.2f %10.2f %6.2f %10.2f %10.2f %10.2f\n",
              work.name.c_str(), graph.size(), launches, between / launches, alone / launches,
              mib(peak), mib(step), mib(peak) / mib(step), mib(held), mib(live - held),
              mib(device.allocator_stats().idle.now));
}

}  // namespace
}  // namespace tarn::bench

int main() {
  using namespace tarn::bench;
  try {
    print_growth();
    std::printf("\n%-28s %6s %8s %12s %12s %10s %10s %6s %10s %10s %10s\n", "network", "nodes",
                "launches", "host us each", "... alone", "peak MiB", "step MiB", "ratio",
                "given MiB", "packed MiB", "idle MiB");
    std::vector<Workload> networks;
    add_networks(networks);
    for (const Workload& work : networks) print_network(work);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
