// A recording in Chrome's trace event format, which Perfetto reads too: one track a lane, one for
// each kind of host event and thread, and a counter of live and of idle bytes.
#pragma once

#include <filesystem>
#include <iosfwd>

#include "runtime/profile/recording.hpp"

namespace tarn::profile {

/// Times in the file begin with the recording.
void write_chrome_trace(std::ostream& out, const Recording& recording);
/// Throws: ValueError with the path when it cannot be written.
void write_chrome_trace(const std::filesystem::path& path, const Recording& recording);

}  // namespace tarn::profile
