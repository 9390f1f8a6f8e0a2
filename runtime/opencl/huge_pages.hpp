// Large pages for large blocks. Memory of 2 MiB pages takes a quarter of the time to be touched
// first, and kernels that stream through it miss the processor's page tables less often.
#pragma once

#include <cstddef>

namespace tarn::opencl {

/// Blocks of at least so many bytes are worth it.
inline constexpr std::size_t kHugeFrom = std::size_t{4} << 20;

/// Memory in large pages where the system has them, else in small ones. Returns: null when there is
/// none. To be given back by std::free.
void* allocate_huge_pages(std::size_t bytes) noexcept;

}  // namespace tarn::opencl
