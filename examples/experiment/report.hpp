// The outcome of the experiment: rows for programs that read, a table and a summary for people.
#pragma once

#include <cstdio>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "comparison.hpp"
#include "time_split.hpp"

namespace examples {

inline const char* name_of(tarn::LaneMode lanes) {
  using enum tarn::LaneMode;
  return lanes == both ? "both" : lanes == serial ? "serial" : "parallel";
}

/// One row an arm; its ratio is the direct arm's time to its own.
inline nlohmann::ordered_json rows_of(const Comparison& c, const std::string& machine) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  std::size_t index = 0;
  for (const Arm& arm : c.arms) {
    const tarn::AllocatorStats stats = arm.device().allocator_stats();
    const Interval ratio = c.ratio(0, index++);
    const auto passes = static_cast<double>(arm.milliseconds().size());
    rows.push_back(
        {{"program", c.program},
         {"mode", arm.way().name},
         {"passes", arm.milliseconds().size()},
         {"requests", stats.requests},
         {"driver_allocations", stats.driver_allocations},
         {"driver_bytes", stats.driver_bytes},
         {"hits", stats.hits()},
         {"misses", stats.misses()},
         {"evictions", stats.evictions()},
         {"peak_live_bytes", stats.live.peak},
         {"peak_total_bytes", stats.held.peak},
         {"driver_ms", driver_ns(stats) * 1e-6},
         {"pass_ms", median(arm.milliseconds())},
         {"warmup_driver_allocations", arm.warm_up_allocations()},
         {"direct_over_this", {{"median", ratio.median}, {"low", ratio.low}, {"high", ratio.high}}},
         {"page_faults_per_pass", static_cast<double>(arm.usage().page_faults) / passes},
         {"waits_per_pass", static_cast<double>(arm.usage().waits) / passes},
         {"preemptions_per_pass", static_cast<double>(arm.usage().preemptions) / passes},
         {"measured_programs", arm.measured_programs()},
         {"equal_bits", c.equal_bits},
         {"fixed_size", c.fixed_size},
         {"lanes", name_of(c.lanes)},
         {"machine", machine}});
  }
  return rows;
}

inline double mebibytes(const nlohmann::ordered_json& bytes) {
  return bytes.get<double>() / (1 << 20);
}

/// `1.52 [1.49, 1.55]`, and a word where it shows nothing.
inline std::string text_of(const Interval& ratio) {
  char text[96];
  std::snprintf(text, sizeof text, "%5.2f [%.2f, %.2f]%s", ratio.median, ratio.low, ratio.high,
                ratio.shows_nothing() ? "  no difference shown" : "");
  return text;
}

inline void print_header(std::ostream& out) {
  out << "program                    mode   passes requests   driver   saved  asked MiB  peak live"
         "   peak all  driver ms    pass ms   faults  switches  direct / this [95 %]\n";
}

inline void print_row(std::ostream& out, const nlohmann::ordered_json& row) {
  char line[256];
  const double requests = row["requests"], driver = row["driver_allocations"];
  std::snprintf(line, sizeof line,
                "%-26s %-6s %6llu %8.0f %8.0f %6.1f%% %10.2f %10.2f %10.2f %10.3f %10.3f %8.0f "
                "%9.1f",
                row["program"].get<std::string>().c_str(), row["mode"].get<std::string>().c_str(),
                row["passes"].get<unsigned long long>(), requests, driver,
                requests > 0 ? 100 * (1 - driver / requests) : 0.0, mebibytes(row["driver_bytes"]),
                mebibytes(row["peak_live_bytes"]), mebibytes(row["peak_total_bytes"]),
                row["driver_ms"].get<double>(), row["pass_ms"].get<double>(),
                row["page_faults_per_pass"].get<double>(),
                row["waits_per_pass"].get<double>() + row["preemptions_per_pass"].get<double>());
  out << line;
}

inline void print(std::ostream& out, const Comparison& c, const nlohmann::ordered_json& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    print_row(out, rows[i]);
    if (i > 0) out << "  " << text_of(c.ratio(0, i));
    out << '\n';
  }
  if (!c.equal_bits) out << "RESULTS DIFFER between the modes\n";
}

/// Milliseconds of a pass, and the unit costs by which some of them were estimated.
inline nlohmann::ordered_json json_of(const TimeSplit& split, const UnitCosts& unit) {
  return {{"direct_less_cached_ms", split.all},
          {"driver_ms", split.driver},
          {"estimated_first_touch_ms", split.first_touch},
          {"estimated_layer_ms", split.layer},
          {"rest_ms", split.rest()},
          {"page_fault_us", unit.fault_us},
          {"direct_layer_ns", unit.direct_layer_ns},
          {"cached_layer_ns", unit.cached_layer_ns}};
}

inline void print_split_header(std::ostream& out) {
  out << R"(
What direct takes more than lru, in ms of a pass. In the driver: measured. First touch, of page
faults, and the allocator's own layers: estimated, by unit costs calibrated apart from the passes.
The rest is below 0 where the driver is called while kernels run, for both times count the same.

)"
         "program                         more = driver + first touch +  layers +    rest   us a "
         "fault  ns a request: direct   lru\n";
}

inline void print_split(std::ostream& out, const std::string& program, const TimeSplit& split,
                        const UnitCosts& unit) {
  char line[200];
  std::snprintf(line, sizeof line, "%-28s %7.3f %8.3f %13.3f %9.4f %9.3f %12.2f %21.0f %5.0f\n",
                program.c_str(), split.all, split.driver, split.first_touch, split.layer,
                split.rest(), unit.fault_us, unit.direct_layer_ns, unit.cached_layer_ns);
  out << line;
}

/// What the cache did for the programs, in a few sentences.
class Summary {
 public:
  void add(const Comparison& c) {
    const tarn::AllocatorStats stats = c.arms.back().device().allocator_stats();
    requests_ += stats.requests;
    driver_ += stats.driver_allocations;
    const Interval ratio = c.ratio(0, c.arms.size() - 1);
    std::string& list = ratio.shows_nothing() ? none_ : ratio.median > 1 ? faster_ : slower_;
    list += (list.empty() ? "" : "; ") + c.program;
  }
  void print(std::ostream& out) const {
    char text[160];
    std::snprintf(text, sizeof text,
                  "\nOf %llu requests for buffers in the measured passes, the cache answered %.1f "
                  "%% without the driver.\n",
                  static_cast<unsigned long long>(requests_),
                  requests_ > 0
                      ? 100 * (1 - static_cast<double>(driver_) / static_cast<double>(requests_))
                      : 0.0);
    out << text << "Faster with it: " << (faster_.empty() ? "none" : faster_)
        << ".\nSlower with it: " << (slower_.empty() ? "none" : slower_)
        << ".\nNo difference shown: " << (none_.empty() ? "none" : none_) << ".\n";
  }

 private:
  std::uint64_t requests_ = 0, driver_ = 0;
  std::string faster_, slower_, none_;
};

}  // namespace examples
