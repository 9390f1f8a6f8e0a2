// Large pages for large blocks. Memory of 2 MiB pages takes a quarter of the time to be touched
// first, and kernels that stream through it miss the processor's page tables less often.
#pragma once

#include <cstddef>

namespace tarn::opencl {

/// Blocks of at least so many bytes have whole large pages in them, wherever they begin.
inline constexpr std::size_t kHugeFrom = std::size_t{4} << 20;

/// Asks the system to back these bytes by large pages where it can. A hint: nothing can fail.
/// Requires: nothing has touched them yet, or it comes too late.
void advise_huge_pages(void* place, std::size_t bytes) noexcept;

}  // namespace tarn::opencl
