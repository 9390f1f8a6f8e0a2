// The cache of a program while it runs, in the terminal.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "runtime/memory/stats_snapshot.hpp"

namespace examples {

/// Runs the program and shows what it publishes each `seconds`, over itself on a terminal, else one
/// after the other; and once more at the end. What the program prints goes to standard error.
/// Returns: its exit code. Throws: tarn::Error.
int top(const std::vector<std::string>& program, double seconds, std::ostream& out);

/// One look; `before` is the one before it, for what has happened since.
std::string describe(const tarn::memory::StatsSnapshot& now,
                     const tarn::memory::StatsSnapshot& before);

}  // namespace examples
