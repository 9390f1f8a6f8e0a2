#include "runtime/opencl/log.hpp"

#include <memory>

namespace tarn::opencl {
namespace {

spdlog::logger* make_logger() {
  auto* logger = new spdlog::logger("tarn", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(spdlog::level::off);
  logger->set_pattern("[%n %l] %v");
  return logger;
}

}  // namespace

spdlog::logger& log() {
  static spdlog::logger* const logger = make_logger();
  return *logger;
}

void set_log_level(LogLevel level) {
  switch (level) {
    case LogLevel::off:
      return log().set_level(spdlog::level::off);
    case LogLevel::warn:
      return log().set_level(spdlog::level::warn);
    case LogLevel::info:
      return log().set_level(spdlog::level::info);
    case LogLevel::debug:
      return log().set_level(spdlog::level::debug);
    case LogLevel::trace:
      return log().set_level(spdlog::level::trace);
  }
}

}  // namespace tarn::opencl
