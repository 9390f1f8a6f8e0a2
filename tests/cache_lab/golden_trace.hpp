// The committed traces of real programs.
#pragma once

#include <filesystem>
#include <string>

#include "runtime/memory/trace_reader.hpp"

namespace tarn::test {

inline constexpr const char* kGoldenTraces[] = {"changing_batch", "encoder",     "growing_cache",
                                                "lenet",          "mlp",         "resnet18",
                                                "sawtooth",       "taking_turns"};

inline memory::Trace read_golden(const std::string& name) {
  return memory::read_trace(std::filesystem::path(TARN_SOURCE_DIR) / "examples/cache_lab/traces" /
                            (name + ".trace"));
}

}  // namespace tarn::test
