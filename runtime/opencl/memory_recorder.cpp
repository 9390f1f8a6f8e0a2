#include "runtime/opencl/memory_recorder.hpp"

#include <exception>
#include <string>
#include <utility>

#include "runtime/memory/byte_size.hpp"
#include "runtime/opencl/log.hpp"

namespace tarn::opencl {
namespace {

const char* to_string(memory::DriverCall call) {
  switch (call) {
    case memory::DriverCall::allocate:
      return "allocate";
    case memory::DriverCall::failed_allocate:
      return "fail to allocate";
    case memory::DriverCall::release:
      return "release";
  }
  return "";
}

// A program must not stop because there is no room to note down what it does.
template <class Note>
void noted(const Note& note) noexcept try {
  note();
} catch (const std::exception& error) {
  log().debug("not recorded: {}", error.what());
}

}  // namespace

void MemoryRecorder::hit(std::size_t bytes) noexcept {
  noted([&] { recorder_.instant(profile::Track::hits, "hit", bytes); });
}

void MemoryRecorder::missed(std::size_t bytes, MissReason reason) noexcept {
  noted([&] { recorder_.instant(profile::Track::misses, tarn::to_string(reason), bytes); });
}

void MemoryRecorder::evicted(std::size_t bytes, EvictionReason reason) noexcept {
  noted([&] { recorder_.instant(profile::Track::evictions, tarn::to_string(reason), bytes); });
}

void MemoryRecorder::driver_called(memory::DriverCall call, std::size_t bytes,
                                   std::uint64_t nanoseconds) noexcept {
  noted([&] {
    const std::uint64_t end = profile::now();
    recorder_.span(profile::Track::driver, end - nanoseconds, end,
                   std::string(to_string(call)) + ' ' + memory::format_bytes(bytes));
  });
}

void MemoryRecorder::changed() noexcept {
  noted([&] {
    recorder_.sample([this] {
      const AllocatorStats stats = stack_.stats();
      return std::pair(stats.live.now, stats.idle.now);
    });
  });
}

}  // namespace tarn::opencl
