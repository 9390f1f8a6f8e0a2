#include "cache_lab/report/savings.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "tarn/error.hpp"

namespace examples {
namespace {

// An interval on a scale of ratios from 0.5 to 16, and where they are equal.
std::string forest(double low, double median, double high) {
  const auto at = [](double ratio) {
    const double place = std::log2(std::clamp(ratio, 0.5, 16.0) / 0.5) / 5;
    return decimal(10 + 300 * place, 1);
  };
  return "<svg viewBox=\"0 0 320 20\" aria-hidden=\"true\"><path class=\"mark\" d=\"M" + at(1) +
         " 0V20\"/><path d=\"M" + at(low) + " 10H" + at(high) + "\"/><circle class=\"hit\" cx=\"" +
         at(median) + "\" cy=\"10\" r=\"4\"/></svg>";
}

[[noreturn]] void refuse(const nlohmann::json::exception& error) {
  throw tarn::FormatError(
      std::string("the experiment is not what 05_cache_savings --json prints: ") + error.what());
}

}  // namespace

std::string decimal(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

Section savings(const nlohmann::json& experiment) try {
  std::vector<Row> rows;
  std::string machine;
  std::uint64_t direct = 0;
  for (const auto& each : experiment) {
    machine = each.at("machine").get<std::string>();
    const auto calls = each.at("driver_allocations").get<std::uint64_t>();
    if (each.at("mode") == "direct") direct = calls;
    if (each.at("mode") != "lru") continue;
    const auto& ratio = each.at("direct_over_this");
    const auto low = ratio.at("low").get<double>(), high = ratio.at("high").get<double>();
    const auto median = ratio.at("median").get<double>();
    rows.push_back({each.at("program").get<std::string>(),
                    {std::to_string(direct) + " → " + std::to_string(calls),
                     low <= 1 && high >= 1 ? "no difference shown" : decimal(median, 2),
                     decimal(low, 2) + " to " + decimal(high, 2)},
                    false,
                    forest(low, median, high)});
  }
  Section section{"Direct against cached",
                  "Times of a pass without the cache over those with it, medians of pairs with "
                  "their 95 % intervals, on a scale from a half to 16. " +
                      machine,
                  {},
                  table({"program", "driver calls", "ratio", "interval", ""}, rows)};
  section.wide = true;
  return section;
} catch (const nlohmann::json::exception& error) {
  refuse(error);
}

std::optional<Section> time_split(const nlohmann::json& experiment) try {
  std::vector<Row> rows;
  for (const auto& each : experiment) {
    if (!each.contains("time_split")) continue;
    Row row{each.at("program").get<std::string>(), {}};
    for (const char* part : {"direct_less_cached_ms", "driver_ms", "estimated_first_touch_ms",
                             "estimated_layer_ms", "rest_ms"}) {
      row.cells.push_back(decimal(each.at("time_split").at(part).get<double>(), 3));
    }
    rows.push_back(row);
  }
  if (rows.empty()) return std::nullopt;
  Section section{
      "Where the time goes",
      "Milliseconds that a pass takes more without the cache. In the driver: measured. "
      "First touch of pages and the allocator's layers: estimated from counts and "
      "calibrated costs. The rest is below 0 where the driver is called while kernels "
      "run.",
      {},
      table({"program", "more", "in the driver", "first touch", "layers", "rest"}, rows)};
  section.wide = true;
  return section;
} catch (const nlohmann::json::exception& error) {
  refuse(error);
}

}  // namespace examples
