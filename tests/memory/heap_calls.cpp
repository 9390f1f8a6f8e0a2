#include "heap_calls.hpp"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::uint64_t> calls{0};
std::atomic<std::size_t> bytes{0};

}  // namespace

namespace tarn::test {

HeapUse heap_use() { return {calls.load(), bytes.load()}; }

}  // namespace tarn::test

void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  if (!memory) throw std::bad_alloc();
  ++calls;
  bytes += malloc_usable_size(memory);
  return memory;
}

void operator delete(void* memory) noexcept {
  bytes -= malloc_usable_size(memory);
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
