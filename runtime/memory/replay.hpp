// Runs a trace through a stack of allocators on a driver that only counts: what a program would
// have got from its cache with other settings, without its device.
#pragma once

#include <functional>

#include "runtime/memory/allocator_stack.hpp"
#include "runtime/memory/trace_event.hpp"

namespace tarn::memory {

/// The settings that a trace was recorded with.
StackOptions recorded_options(const Trace& trace);

/// What the driver does in a replay when it is asked.
enum class ReplayDriver {
  unlimited,    ///< always has memory
  as_recorded,  ///< fails at the same calls: its n-th in the replay if the n-th failed in the trace
};

/// The counts at the end of the trace; the times in the driver are 0. With the recorded settings
/// and ReplayDriver::as_recorded they are those of the recorded run, if no request failed by
/// UnexpectedAllocation: such a one is asked of the driver here. A request that failed then and
/// does not now is released at once. With other settings than the recorded ones, changes of the
/// cache limit are left out. Requires: no tracer in the options.
AllocatorStats replay(const Trace& trace, const StackOptions& options, ReplayDriver driver);

/// The same; calls `after` with each event of the trace and the counts that it has led to.
using ReplayObserver = std::function<void(const TraceEvent& event, const AllocatorStats& stats)>;
AllocatorStats replay(const Trace& trace, const StackOptions& options, ReplayDriver driver,
                      const ReplayObserver& after);

}  // namespace tarn::memory
