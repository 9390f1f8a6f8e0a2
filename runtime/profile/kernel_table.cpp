#include "runtime/profile/kernel_table.hpp"

#include <algorithm>
#include <cstdio>
#include <ostream>
#include <string>
#include <string_view>

namespace tarn::profile {
namespace {

constexpr std::size_t kNameWidth = 14, kLoopsWidth = 24;
constexpr std::string_view kPrefix = "tarn_";  // of all names

// As wide as its column at least.
std::string cell(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

// Enough to tell kernels apart: the beginning of their texts' hash is in their names.
std::string short_name(std::string_view name) {
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  return std::string(name.substr(0, kNameWidth));
}

std::string number(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string share(double rate, double most) {
  return most > 0 ? number("%7.0f", 100 * rate / most) : "      -";
}

}  // namespace

std::vector<KernelTime> kernel_times(const Recording& recording) {
  std::vector<KernelTime> times;
  for (const Kernel& kernel : recording.kernels) {
    times.push_back({.name = kernel.name,
                     .expression = kernel.expression,
                     .loops = kernel.loops,
                     .bytes = kernel.bytes,
                     .operations = kernel.operations});
  }
  for (const Launch& launch : recording.launches) {
    ++times[launch.kernel].calls;
    times[launch.kernel].nanoseconds += launch.end - launch.start;
  }
  std::ranges::stable_sort(times, std::ranges::greater{}, &KernelTime::nanoseconds);
  return times;
}

void print_kernel_table(std::ostream& out, std::span<const KernelTime> times,
                        const DeviceRates& device) {
  double all = 0;
  std::uint64_t calls = 0;
  for (const KernelTime& time : times) {
    all += static_cast<double>(time.nanoseconds);
    calls += time.calls;
  }
  out << cell("kernel", kNameWidth) << ' ' << cell("loops", kLoopsWidth)
      << "   calls  total ms  share %     GB/s  of max %  GFLOPS  of max %\n";
  for (const KernelTime& time : times) {
    const double gigabytes = time.gigabytes_per_second(), gigaflops = time.gigaflops();
    out << cell(short_name(time.name), kNameWidth) << ' ' << cell(time.loops, kLoopsWidth)
        << number("%8.0f", static_cast<double>(time.calls))
        << number("%10.3f", static_cast<double>(time.nanoseconds) * 1e-6)
        << number("%9.1f", all > 0 ? 100 * static_cast<double>(time.nanoseconds) / all : 0)
        << number("%9.1f", gigabytes) << "   " << share(gigabytes, device.gigabytes_per_second)
        << number("%8.1f", gigaflops) << "   " << share(gigaflops, device.gigaflops) << '\n';
  }
  out << cell("all", kNameWidth + 1 + kLoopsWidth) << number("%8.0f", static_cast<double>(calls))
      << number("%10.3f", all * 1e-6) << '\n';
  if (device.gigabytes_per_second > 0) {
    out << "max: " << number("%.1f", device.gigabytes_per_second) << " GB/s of memory, "
        << number("%.0f", device.gigaflops) << " GFLOPS, measured on this device\n";
  }
}

}  // namespace tarn::profile
