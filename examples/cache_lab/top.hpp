// The cache of a program while it runs, in the terminal.
#pragma once

#include <iosfwd>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "runtime/memory/stats_snapshot.hpp"

namespace examples {

/// How a look is printed: for people, or as a JSON object in one line.
enum class Format { text, json };

/// Runs the program and shows what it publishes each `seconds`, over itself on a terminal, else one
/// after the other; and once more at the end. What the program prints goes to standard error.
/// Returns: its exit code. Throws: tarn::Error.
int top(const std::vector<std::string>& program, double seconds, std::ostream& out,
        Format format = Format::text);

/// One look; `before` is the one before it, for what has happened since.
std::string describe(const tarn::memory::StatsSnapshot& now,
                     const tarn::memory::StatsSnapshot& before);

/// One look, all counts since the start.
nlohmann::ordered_json json_of(const tarn::memory::StatsSnapshot& now);

}  // namespace examples
