#include "runtime/opencl/device_rates.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace tarn::opencl {
namespace {

constexpr const char* kFact = "rates 3";  // another number when the kernels change
constexpr int kRuns = 8;
constexpr std::size_t kLocal = 16;
constexpr std::size_t kGroups = 64;
constexpr std::size_t kItems = kLocal * kGroups;
constexpr std::size_t kPieces = kGroups;

// Each group adds a piece of two arrays, so that the caches of the cores keep nothing between runs:
// all three together are far larger.
constexpr const char* kAdd = R"(
kernel void tarn_rate_add(global const float16* a, global const float16* b, global float16* to,
                          int count, int origin, int items) {
  const int group = ((int)get_global_id(0) - origin) / (int)get_local_size(0);
  const int piece = count / (items / (int)get_local_size(0));
  const int begin = group * piece;
  for (int i = begin + (int)get_local_id(0); i < begin + piece; i += (int)get_local_size(0)) {
    to[i] = a[i] + b[i];
  }
}
)";

// Twelve independent chains: more than any unit's latency needs, fewer than there are registers.
constexpr int kChains = 12;
constexpr int kFewRounds = 20, kRounds = 4000;
constexpr double kNanoseconds = 10e6;  // of a run, about: slow devices do fewer rounds
constexpr int kVector = 16;
constexpr const char* kMultiplyAdd = R"(
#pragma OPENCL FP_CONTRACT ON
kernel void tarn_rate_fma(global float* to, float by, int rounds, int origin) {
  const int item = (int)get_global_id(0) - origin;
  float16 s[12];
  for (int c = 0; c < 12; ++c) s[c] = (float16)((float)item + (float)c);
  for (int i = 0; i < rounds; ++i) {
#pragma unroll
    for (int c = 0; c < 12; ++c) s[c] = s[c] * by + 1.0f;
  }
  float16 all = s[0];
  for (int c = 1; c < 12; ++c) all += s[c];
  to[item] = all.s0 + all.s7 + all.sf;
}
)";

// A block for as long as it is measured, by the driver: the program's own counters stay as they
// are.
class Scratch {
 public:
  Scratch(Allocator& driver, std::size_t bytes)
      : driver_(driver), block_(driver.allocate(bytes, {})) {}
  ~Scratch() { driver_.release(block_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const Block& block() const { return block_; }

 private:
  Allocator& driver_;
  Block block_;
};

// The shortest of several runs, the first of which compiles.
double nanoseconds_of(Stream& stream, const Kernel& kernel, int runs = kRuns) {
  using Clock = std::chrono::steady_clock;
  double shortest = std::numeric_limits<double>::max();
  for (int run = 0; run < runs; ++run) {
    const auto start = Clock::now();
    stream.launch(kernel, {kItems, kLocal, stream.origin(), kPieces});
    stream.finish();
    if (run == 0) continue;
    shortest =
        std::min(shortest, std::chrono::duration<double, std::nano>(Clock::now() - start).count());
  }
  return shortest;
}

double measure_bandwidth(Kernel& add, Stream& stream, Allocator& driver, const DeviceInfo& info) {
  constexpr std::size_t kLargest = std::size_t{64} << 20;
  const std::size_t eighth = info.memory_bytes / 8 / (kItems * 64) * (kItems * 64);
  const std::size_t bytes =
      std::min({kLargest, eighth, info.max_block_bytes / (kItems * 64) * (kItems * 64)});
  const Scratch a(driver, bytes), b(driver, bytes), to(driver, bytes);
  for (const Scratch* each : {&a, &b, &to}) stream.fill(each->block(), 0, bytes, 0);
  add.set(0, a.block());
  add.set(1, b.block());
  add.set(2, to.block());
  add.set(3, static_cast<std::int32_t>(bytes / sizeof(float) / kVector));
  add.set(4, static_cast<std::int32_t>(stream.origin()));
  add.set(5, static_cast<std::int32_t>(kItems));
  return 3 * static_cast<double>(bytes) / nanoseconds_of(stream, add);
}

double measure_arithmetic(Kernel& multiply_add, Stream& stream, Allocator& driver) {
  const Scratch to(driver, kItems * sizeof(float));
  multiply_add.set(0, to.block());
  multiply_add.set(1, 0.5f);
  multiply_add.set(2, std::int32_t{kFewRounds});
  multiply_add.set(3, static_cast<std::int32_t>(stream.origin()));
  const double few = nanoseconds_of(stream, multiply_add, 2);
  const auto rounds = static_cast<std::int32_t>(
      std::clamp<double>(kFewRounds * kNanoseconds / few, kFewRounds, kRounds));
  multiply_add.set(2, rounds);
  const double operations = 2.0 * kChains * kVector * rounds * static_cast<double>(kItems);
  return operations / nanoseconds_of(stream, multiply_add);
}

}  // namespace

DeviceRates device_rates(KernelCache& kernels, Stream& stream, Allocator& driver,
                         const DeviceInfo& info) {
  const std::vector<KernelSource> sources{{"tarn_rate_add", kAdd}, {"tarn_rate_fma", kMultiplyAdd}};
  std::vector<Kernel> built = kernels.get(sources);
  DeviceRates known;
  std::istringstream(kernels.fact(kFact)) >> known.gigabytes_per_second >> known.gigaflops;
  const DeviceRates rates{
      std::max(known.gigabytes_per_second, measure_bandwidth(built[0], stream, driver, info)),
      std::max(known.gigaflops, measure_arithmetic(built[1], stream, driver))};
  std::ostringstream text;
  text << rates.gigabytes_per_second << ' ' << rates.gigaflops;
  kernels.keep_fact(kFact, text.str());
  return rates;
}

}  // namespace tarn::opencl
