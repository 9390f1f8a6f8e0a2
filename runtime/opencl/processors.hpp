// Which processors threads run on, where the system is asked to care.
#pragma once

#include <sched.h>

#include <thread>

namespace tarn::opencl {

/// Where the calling thread runs now, until the system moves it.
inline int this_processor() noexcept { return sched_getcpu(); }

/// Those that threads may use.
class Processors {
 public:
  /// What the calling thread may use, and whatever it starts.
  static Processors of_this_thread() noexcept;

  int count() const { return CPU_COUNT(&set_); }
  /// Lets a thread run on all of these but one. Does nothing where that leaves none.
  void keep_off(std::thread& thread, int processor) const noexcept;

 private:
  cpu_set_t set_;
};

}  // namespace tarn::opencl
