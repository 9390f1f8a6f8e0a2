#include "runtime/opencl/huge_pages.hpp"

#include <cstdlib>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace tarn::opencl {

void* allocate_huge_pages(std::size_t bytes) noexcept {
  constexpr std::size_t kPage = std::size_t{2} << 20;
  void* place = nullptr;
  if (posix_memalign(&place, kPage, bytes) != 0) return nullptr;
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  madvise(place, bytes / kPage * kPage, MADV_HUGEPAGE);  // a hint, which may do nothing
#endif
  return place;
}

}  // namespace tarn::opencl
