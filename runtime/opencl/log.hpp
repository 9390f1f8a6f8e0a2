// The one place that includes spdlog: a logger to standard error, silent unless TARN_LOG asks.
//   info   the device when it opens, totals when it closes
//   debug  programs, binaries, one line a kernel
//   trace  sources and every allocation by the driver
#pragma once

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>  // IWYU pragma: export

namespace tarn::opencl {

enum class LogLevel { off, warn, info, debug, trace };

/// The logger of the process. Lives to the very end, so that handlers at exit may use it.
spdlog::logger& log();

void set_log_level(LogLevel level);

}  // namespace tarn::opencl
