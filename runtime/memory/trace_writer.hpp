// Writes a trace to a file while a program runs. Thread-safe; events are in the order of the calls.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "runtime/memory/tick_clock.hpp"
#include "runtime/memory/trace_event.hpp"
#include "runtime/memory/trace_format.hpp"

namespace tarn::memory {

/// The number of a step's label in one trace, once it has been written there: kept by whoever takes
/// the step, so that a label is looked up once.
class TraceLabel {
  friend class TraceWriter;
  static constexpr std::size_t kUnknown = std::numeric_limits<std::size_t>::max();
  std::size_t number_ = kUnknown;
};

class TraceWriter {
 public:
  /// Makes the file, or empties it. Throws: ValueError with the path when it cannot be written.
  explicit TraceWriter(const std::filesystem::path& path);
  /// Ends the trace where end() has not.
  ~TraceWriter();
  TraceWriter(const TraceWriter&) = delete;
  TraceWriter& operator=(const TraceWriter&) = delete;

  /// Once, before any event.
  void begin(const TraceSettings& settings);
  void end() noexcept;
  /// Whether all has been written so far.
  bool good();

  /// How right the time of a turn is. To look at the clock is half of what an event costs.
  enum class Precision {
    exact,
    milliseconds,  ///< too early by a few at most: that of the last look, if it was not long ago
  };

  /// All writing is done in turns: while a thread has one, the others wait for theirs. The top of a
  /// stack takes one from before a request is answered until it is written down, so that no other
  /// comes between: a replay then meets the policy in the same states. A thread that has the turn
  /// may take another within it, since waiting for a device may release blocks.
  class Turn {
   public:
    explicit Turn(TraceWriter& writer) : Turn(writer, Precision::exact) {}
    Turn(TraceWriter& writer, Precision precision)
        : writer_(writer), outermost_(writer.whose_.load(kRelaxed) != this_thread()) {
      if (outermost_) writer_.begin_turn(precision);
    }
    Turn(TraceWriter& writer, const TraceEvent& first) : Turn(writer) { write(first); }
    ~Turn() {
      if (outermost_) writer_.end_turn();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    /// The time of the event is when the outermost turn began, or when it last looked at the clock,
    /// whatever the event says. Nothing is written after end().
    void write(const TraceEvent& event) noexcept { writer_.write(event); }
    /// A step of a plan, named by its kernel, that is about to ask for what it needs. Requires: no
    /// other text has been written with this label, and it in no other trace.
    void write_step(std::string_view text, TraceLabel& label) noexcept {
      writer_.write_step(text, label);
    }
    /// What follows happens now. Returns: nanoseconds since the trace began.
    std::uint64_t look_at_clock() noexcept { return writer_.look_at_clock(); }

   private:
    TraceWriter& writer_;
    const bool outermost_;
  };

 private:
  static constexpr std::memory_order kRelaxed = std::memory_order_relaxed;
  static constexpr std::size_t kBufferBytes = 64 << 10;
  // Of an event without its label's text, or of a number.
  static constexpr std::size_t kMostBytes = 64;

  // Something that each thread has for itself.
  static const void* this_thread() {
    thread_local const char name = 0;
    return &name;
  }
  void begin_turn(Precision precision) {
    order_.lock();
    whose_.store(this_thread(), kRelaxed);
    precision == Precision::exact ? void(look_at_clock()) : look_now_and_then();
  }
  void end_turn() {
    whose_.store(nullptr, kRelaxed);
    order_.unlock();
  }
  void write(const TraceEvent& event) noexcept {
    if (!ended_) put_event(event);
  }
  void write_step(std::string_view text, TraceLabel& label) noexcept;
  std::uint64_t look_at_clock() noexcept {
    return now_ = std::max(clock_.now(), now_);  // cores may differ a little
  }
  void look_now_and_then() noexcept;
  void put_step(std::string_view text, TraceLabel& label);
  void put_event(const TraceEvent& event) noexcept;
  void put_number(std::uint64_t value);
  void put_text(std::string_view text);
  void make_room() {
    if (end_ > buffer_.get() + kBufferBytes - kMostBytes) flush();
  }
  static char* encode(std::uint64_t value, char* to);
  void flush();

  // A recursive mutex would do, but an inner turn would cost as much as an outer one: in all, 1 %
  // of the time of a small program.
  std::mutex order_;                          // of all below but `whose_`
  std::atomic<const void*> whose_ = nullptr;  // turn it is; each thread reads its own name right
  std::ofstream file_;
  const std::unique_ptr<char[]> buffer_;
  char* end_;  // of what is in the buffer
  std::map<std::string, std::size_t, std::less<>> labels_;
  const TickClock clock_;
  std::uint64_t now_ = 0;
  std::uint64_t coarse_ = 0;            // time of the system's, when it was last looked at
  std::uint64_t last_nanoseconds_ = 0;  // as written
  std::uint64_t last_id_ = 0;
  bool ended_ = false;
};

// Returns: behind what it has written at `to`. Bytes of a char may be anyone's, so to count in a
// member would read and write that member for each.
inline char* TraceWriter::encode(std::uint64_t value, char* to) {
  for (; value >= 128; value >>= 7) *to++ = static_cast<char>(value | 128);
  *to++ = static_cast<char>(value);
  return to;
}

// Here, so that it is compiled for the kind of each caller.
inline void TraceWriter::put_event(const TraceEvent& event) noexcept {
  make_room();
  char* to = end_;
  const auto kind = static_cast<std::uint8_t>(event.kind);
  *to++ = static_cast<char>(event.options.host_visible ? kind | kHostVisible : kind);
  to = encode(now_ - last_nanoseconds_, to);
  last_nanoseconds_ = now_;
  const TraceFields fields = fields_of(event.kind);
  if (fields.bytes) to = encode(event.bytes, to);
  if (fields.id) {
    to = encode(zigzag(event.id - last_id_), to);
    last_id_ = event.id;
  }
  if (fields.duration) to = encode(event.duration, to);
  end_ = to;
}

}  // namespace tarn::memory
