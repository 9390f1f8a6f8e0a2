#include "heaps.hpp"

#include <dlfcn.h>

namespace tarn::bench {

Mimalloc Mimalloc::load() {
  void* library = dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL);
  if (!library) return {};
  return {reinterpret_cast<void* (*)(std::size_t)>(dlsym(library, "mi_malloc")),
          reinterpret_cast<void (*)(void*)>(dlsym(library, "mi_free"))};
}

}  // namespace tarn::bench
