#include "runtime/memory/trace_writer.hpp"

#include <bit>
#include <ctime>
#include <exception>

#include "runtime/memory/trace_format.hpp"
#include "tarn/error.hpp"

namespace tarn::memory {
namespace {

// Of a clock that moves once in some milliseconds, and costs a load to look at.
std::uint64_t coarse_nanoseconds() {
#if defined(CLOCK_MONOTONIC_COARSE)
  constexpr clockid_t kClock = CLOCK_MONOTONIC_COARSE;
#else
  constexpr clockid_t kClock = CLOCK_MONOTONIC;
#endif
  timespec time{};
  clock_gettime(kClock, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace

TraceWriter::TraceWriter(const std::filesystem::path& path)
    : file_(path, std::ios::binary | std::ios::trunc),
      buffer_(std::make_unique<char[]>(kBufferBytes)),
      end_(buffer_.get()) {
  if (!file_) throw ValueError("trace: cannot write '" + path.string() + "'");
}

TraceWriter::~TraceWriter() { end(); }

void TraceWriter::begin(const TraceSettings& settings) {
  const Turn turn(*this);
  put_text(kTraceMagic);
  put_number(kTraceVersion);
  put_number(settings.mode == AllocatorMode::lru ? 0 : 1);
  put_number(settings.exact ? 1 : 0);
  put_number(settings.cache_limit);
  put_number(settings.max_idle_blocks);
  put_number(settings.memory_limit);
  put_number(settings.max_block_bytes);
  put_number(std::bit_cast<std::uint64_t>(settings.slack_share));
  put_number(settings.slack_bytes);
}

// A trace that cannot be written must not stop the program it is of.
void TraceWriter::write_step(std::string_view text, TraceLabel& label) noexcept try {
  if (!ended_) put_step(text, label);
} catch (const std::exception&) {
  ended_ = true;
}

void TraceWriter::put_step(std::string_view text, TraceLabel& label) {
  put_event({.kind = TraceKind::step});
  bool is_new = false;
  if (label.number_ == TraceLabel::kUnknown) {
    const auto [known, added] = labels_.emplace(text, labels_.size());
    label.number_ = known->second;
    is_new = added;
  }
  put_number(label.number_);
  if (!is_new) return;
  put_number(text.size());
  put_text(text);
}

void TraceWriter::end() noexcept {
  Turn turn(*this);
  turn.write({.kind = TraceKind::end});
  if (ended_) return;
  ended_ = true;
  flush();
}

bool TraceWriter::good() {
  const Turn turn(*this);
  return file_.good();
}

void TraceWriter::look_now_and_then() noexcept {
  const std::uint64_t coarse = coarse_nanoseconds();
  if (coarse == coarse_) return;
  coarse_ = coarse;
  look_at_clock();
}

void TraceWriter::put_number(std::uint64_t value) {
  make_room();
  end_ = encode(value, end_);
}

void TraceWriter::put_text(std::string_view text) {
  for (const char c : text) {
    make_room();
    *end_++ = c;
  }
}

void TraceWriter::flush() {
  file_.write(buffer_.get(), end_ - buffer_.get());
  file_.flush();
  end_ = buffer_.get();
}

}  // namespace tarn::memory
