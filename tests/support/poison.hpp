// Tests that count what the allocators do, and the mode in which guards and kept blocks count too.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

namespace tarn::test {

/// Whether devices are opened with TARN_POISON: then each request is larger than it seems, what is
/// released is kept for a while and counts as live, and commands wait.
inline bool poisoned() {
  const char* poison = std::getenv("TARN_POISON");
  return poison && std::string_view(poison) == "1";
}

}  // namespace tarn::test

/// Ends a test, or the setting up of one, that holds what the allocators count without TARN_POISON.
#define SKIP_UNDER_POISON() \
  if (::tarn::test::poisoned()) GTEST_SKIP() << "guards and kept blocks count under TARN_POISON"
