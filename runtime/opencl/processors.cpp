#include "runtime/opencl/processors.hpp"

#include <pthread.h>

namespace tarn::opencl {

Processors Processors::of_this_thread() noexcept {
  Processors processors;
  CPU_ZERO(&processors.set_);
  if (sched_getaffinity(0, sizeof set_, &processors.set_) != 0) CPU_SET(0, &processors.set_);
  return processors;
}

void Processors::keep_off(std::thread& thread, int processor) const noexcept {
  cpu_set_t others = set_;
  if (processor >= 0 && processor < CPU_SETSIZE) CPU_CLR(processor, &others);
  if (CPU_COUNT(&others) == 0) return;
  pthread_setaffinity_np(thread.native_handle(), sizeof others, &others);  // a hint
}

}  // namespace tarn::opencl
