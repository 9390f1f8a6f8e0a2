// Writes a trace to a file while a program runs. Thread-safe; events are in the order of the calls.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "runtime/memory/tick_clock.hpp"
#include "runtime/memory/trace_event.hpp"

namespace tarn::memory {

class TraceWriter {
 public:
  /// Makes the file, or empties it. Throws: ValueError with the path when it cannot be written.
  explicit TraceWriter(const std::filesystem::path& path);
  /// Ends the trace where end() has not.
  ~TraceWriter();
  TraceWriter(const TraceWriter&) = delete;
  TraceWriter& operator=(const TraceWriter&) = delete;

  /// Held by the top of a stack from before a request is answered until it is written down, so that
  /// no other comes between: a replay then meets the policy in the same states. Recursive, since
  /// waiting for a device may release blocks. It is held while anything is written.
  std::recursive_mutex& order() { return order_; }

  /// Once, before any event.
  void begin(const TraceSettings& settings);
  /// The time of the event is now, whatever it says. Nothing is written after end().
  void write(TraceEvent event) noexcept;
  /// A step of a plan, named by its kernel, that is about to ask for what it needs.
  void write_step(std::string_view label) noexcept;
  void end() noexcept;
  /// Whether all has been written so far.
  bool good() const;

 private:
  void put_event(const TraceEvent& event);
  void put_varint(std::uint64_t value);
  void put_id(std::uint64_t id);
  void flush();

  mutable std::recursive_mutex order_;  // of all below too
  std::ofstream file_;
  std::string buffer_;
  std::map<std::string, std::size_t, std::less<>> labels_;
  const TickClock clock_;
  std::uint64_t last_nanoseconds_ = 0;
  std::uint64_t last_id_ = 0;
  bool ended_ = false;
};

}  // namespace tarn::memory
