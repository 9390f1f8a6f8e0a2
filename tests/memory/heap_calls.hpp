// Counts what the test binary asks of operator new, to show where the library does not.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tarn::test {

struct HeapUse {
  std::uint64_t calls = 0;  ///< of operator new
  std::size_t bytes = 0;    ///< asked of it and not deleted yet
};

/// Since the start of the process, in all threads.
HeapUse heap_use();

}  // namespace tarn::test
