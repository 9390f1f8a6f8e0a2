// The sections of a report about the experiment of 05_cache_savings: what it measured, from its
// JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cache_lab/report/page.hpp"

namespace examples {

/// A number with so many digits behind the point.
std::string decimal(double value, int digits);

/// Driver calls and times of each program without the cache against with it. Throws:
/// tarn::FormatError when this is not what the experiment prints.
Section savings(const nlohmann::json& experiment);

/// Where the time goes that a pass takes more without the cache; none where it does not say.
/// Throws: tarn::FormatError.
std::optional<Section> time_split(const nlohmann::json& experiment);

}  // namespace examples
