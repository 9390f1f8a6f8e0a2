#include "cache_lab/top.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <limits>
#include <optional>
#include <sstream>
#include <thread>

#include "cache_lab/child.hpp"
#include "cache_lab/json.hpp"
#include "runtime/memory/byte_size.hpp"
#include "runtime/opencl/stats_page.hpp"
#include "tarn/error.hpp"

namespace examples {
namespace {

using tarn::memory::ClassUse;
using tarn::memory::format_bytes;
using tarn::memory::StatsSnapshot;
using tarn::opencl::StatsReader;

constexpr const char* kHome = "\033[H\033[J";  // clears a terminal

// A bar of the share of a whole that is used.
std::string bar(double share) {
  constexpr std::size_t kWidth = 30;
  const auto full = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * kWidth + 0.5);
  return std::string(full, '#') + std::string(kWidth - full, '.');
}

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string limit_name(std::uint64_t bytes) {
  return bytes == std::numeric_limits<std::size_t>::max() ? "no limit" : format_bytes(bytes);
}

// A file that is gone at the end.
class Temporary {
 public:
  Temporary()
      : path_(std::filesystem::temp_directory_path() /
              ("tarn_top_" + std::to_string(getpid()) + ".stats")) {}
  ~Temporary() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  const std::filesystem::path path_;
};

// The page of a program, which is there once its device is open.
class Watch {
 public:
  explicit Watch(std::filesystem::path file) : file_(std::move(file)) {}
  std::optional<StatsSnapshot> look() {
    if (!reader_ && !open()) return std::nullopt;
    return reader_->read();
  }

 private:
  bool open() try {
    reader_.emplace(file_);
    return true;
  } catch (const tarn::FormatError&) {  // not yet there, or not yet whole
    return false;
  }

  const std::filesystem::path file_;
  std::optional<StatsReader> reader_;
};

}  // namespace

std::string describe(const StatsSnapshot& now, const StatsSnapshot& before) {
  const tarn::AllocatorStats& stats = now.stats;
  const std::uint64_t requests = stats.requests - before.stats.requests;
  const std::uint64_t hits = stats.hits() - before.stats.hits();
  std::ostringstream text;
  text << std::fixed << std::setprecision(1);
  text << "live   " << bar(ratio(stats.live.now, now.memory_limit)) << "  "
       << format_bytes(stats.live.now) << ", at most " << format_bytes(stats.live.peak) << ", of "
       << limit_name(now.memory_limit) << '\n'
       << "idle   " << bar(ratio(stats.idle.now, now.cache_limit)) << "  "
       << format_bytes(stats.idle.now) << " in " << stats.idle_blocks << " blocks, of "
       << limit_name(now.cache_limit) << '\n'
       << "hits   " << bar(ratio(hits, requests)) << "  " << 100 * ratio(hits, requests)
       << " % of the last " << requests << ", " << 100 * ratio(stats.hits(), stats.requests)
       << " % of all " << stats.requests << '\n'
       << "driver " << stats.driver_allocations << " calls for " << format_bytes(stats.driver_bytes)
       << "; " << stats.evictions() << " evicted\n";
  for (const ClassUse& use : now.classes) {
    if (use.bytes == 0) break;
    text << std::setw(12) << format_bytes(use.bytes) << " x " << std::setw(5) << use.live
         << " live " << std::setw(5) << use.idle << " idle\n";
  }
  return text.str();
}

nlohmann::ordered_json json_of(const StatsSnapshot& now) {
  nlohmann::ordered_json out = json_of(now.stats);
  out["live"] = now.stats.live.now;
  out["idle"] = now.stats.idle.now;
  out["idle_blocks"] = now.stats.idle_blocks;
  out["cache_limit"] = now.cache_limit;
  out["memory_limit"] = now.memory_limit;
  out["classes"] = nlohmann::ordered_json::array();
  for (const ClassUse& use : now.classes) {
    if (use.bytes == 0) break;
    out["classes"].push_back({{"bytes", use.bytes}, {"live", use.live}, {"idle", use.idle}});
  }
  return out;
}

int top(const std::vector<std::string>& program, double seconds, std::ostream& out, Format format) {
  const Temporary file;
  setenv("TARN_STATS", file.path().c_str(), 1);
  const bool text = format == Format::text;
  const bool over_itself = text && &out == &std::cout && isatty(STDOUT_FILENO) == 1;
  Child child(program, STDERR_FILENO);
  Watch watch(file.path());
  StatsSnapshot before;
  std::optional<int> code;
  while (!code) {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    code = child.ended();
    const auto now = watch.look();
    if (!now) continue;
    out << (over_itself ? kHome : "") << (text ? describe(*now, before) : json_of(*now).dump())
        << (over_itself ? "" : "\n") << std::flush;
    before = *now;
  }
  if (text && before == StatsSnapshot{}) out << "the program has opened no device\n";
  return *code;
}

}  // namespace examples
