// What one run did with its memory, as one HTML file.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "runtime/memory/trace_event.hpp"

namespace examples {

/// `experiment`: what `05_cache_savings --json` printed, or null.
/// Throws: FormatError where it is something else.
std::string report(const tarn::memory::Trace& trace, const std::string& name,
                   const nlohmann::json& experiment);

}  // namespace examples
