// The table of 05_cache_savings, and the sentence below it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

namespace examples {

/// How one program's passes compare: direct time / lru time, pass by pass.
struct Comparison {
  std::string program;
  bool fixed_size;
  bool equal_bits;
  std::vector<double> ratios;
};

inline double quantile(std::vector<double> values, double q) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1) + 0.5)];
}

inline std::string mebibytes(double bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", bytes / (1 << 20));
  return text;
}

inline void print_row(std::ostream& out, const nlohmann::ordered_json& row) {
  char line[256];
  const double requests = row["requests"];
  const double driver = row["driver_allocations"];
  std::snprintf(
      line, sizeof line, "%-24s %-6s %6llu %9.0f %8.0f %6.1f%% %8llu %10s %10s %10s %9.3f %9.3f",
      row["program"].get<std::string>().c_str(), row["mode"].get<std::string>().c_str(),
      row["passes"].get<unsigned long long>(), requests, driver,
      requests > 0 ? 100 * (1 - driver / requests) : 0.0, row["hits"].get<unsigned long long>(),
      mebibytes(row["driver_bytes"]).c_str(), mebibytes(row["peak_live_bytes"]).c_str(),
      mebibytes(row["peak_total_bytes"]).c_str(), row["driver_ms"].get<double>(),
      row["pass_ms"].get<double>());
  out << line;
}

/// Two rows a program (direct, lru), the lru one with direct/lru of the passes: median [quartiles].
inline void print_savings(std::ostream& out, const nlohmann::ordered_json& rows,
                          const std::vector<Comparison>& comparisons) {
  out << "program                  mode   passes  requests   driver   saved     hits  asked MiB "
         "peak live  peak all driver ms   pass ms  direct/lru\n";
  double requests = 0;
  double driver = 0;
  std::string gains;
  std::string none;
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    const Comparison& c = comparisons[i];
    print_row(out, rows[2 * i]);
    out << '\n';
    print_row(out, rows[2 * i + 1]);
    const double low = quantile(c.ratios, 0.25);
    const double high = quantile(c.ratios, 0.75);
    char text[64];
    std::snprintf(text, sizeof text, "  %.2f [%.2f, %.2f]", quantile(c.ratios, 0.5), low, high);
    out << text << (c.equal_bits ? "" : "  RESULTS DIFFER") << '\n';
    requests += rows[2 * i + 1]["requests"].get<double>();
    driver += rows[2 * i + 1]["driver_allocations"].get<double>();
    std::string& list = low > 1.02 ? gains : none;
    list += (list.empty() ? "" : ", ") + c.program;
  }
  char text[256];
  std::snprintf(text, sizeof text,
                "\nOf %.0f requests for buffers in the measured passes, the cache answered %.1f %% "
                "without the driver.",
                requests, requests > 0 ? 100 * (1 - driver / requests) : 0.0);
  out << text;
  if (!gains.empty()) out << " It made these faster: " << gains << ".";
  if (!none.empty()) out << " It made no clear difference to the time of: " << none << ".";
  out << '\n';
}

}  // namespace examples
