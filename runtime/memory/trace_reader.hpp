// Reads what TraceWriter has written, or a program's own list of requests.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string_view>

#include "runtime/memory/trace_event.hpp"

namespace tarn::memory {

/// A file that was cut gives the events before the cut. Throws: FormatError with the path, the
/// place and what is wrong there.
Trace read_trace(const std::filesystem::path& path);
/// The same of bytes in memory; `name` stands for the path in errors.
Trace decode_trace(std::string_view bytes, std::string_view name);

/// Text of lines `allocate ID BYTES` and `release ID`, where an ID is a number and free again once
/// released; empty lines and those that begin with # are skipped. The settings are those of a cache
/// without limits. Throws: FormatError with the name, the line and what is wrong in it.
Trace import_trace(std::istream& text, std::string_view name);

}  // namespace tarn::memory
