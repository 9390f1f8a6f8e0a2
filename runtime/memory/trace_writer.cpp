#include "runtime/memory/trace_writer.hpp"

#include <algorithm>
#include <bit>
#include <exception>

#include "runtime/memory/trace_format.hpp"
#include "tarn/error.hpp"

namespace tarn::memory {
namespace {

constexpr std::size_t kBufferBytes = 64 << 10;
constexpr std::size_t kLongestEvent = 64;  // without its label

}  // namespace

TraceWriter::TraceWriter(const std::filesystem::path& path)
    : file_(path, std::ios::binary | std::ios::trunc) {
  if (!file_) throw ValueError("trace: cannot write '" + path.string() + "'");
  buffer_.reserve(kBufferBytes + kLongestEvent);
}

TraceWriter::~TraceWriter() { end(); }

void TraceWriter::begin(const TraceSettings& settings) {
  const std::lock_guard lock(order_);
  buffer_ += kTraceMagic;
  put_varint(kTraceVersion);
  put_varint(settings.mode == AllocatorMode::lru ? 0 : 1);
  put_varint(settings.exact ? 1 : 0);
  put_varint(settings.cache_limit);
  put_varint(settings.max_idle_blocks);
  put_varint(settings.memory_limit);
  put_varint(settings.max_block_bytes);
  put_varint(std::bit_cast<std::uint64_t>(settings.slack_share));
  put_varint(settings.slack_bytes);
}

// A trace that cannot be written must not stop the program it is of.
void TraceWriter::write(TraceEvent event) noexcept try {
  const std::lock_guard lock(order_);
  if (!ended_) put_event(event);
} catch (const std::exception&) {
  ended_ = true;
}

void TraceWriter::write_step(std::string_view label) noexcept try {
  const std::lock_guard lock(order_);
  if (ended_) return;
  put_event({.kind = TraceKind::step});
  const auto known = labels_.find(label);
  put_varint(known == labels_.end() ? labels_.size() : known->second);
  if (known != labels_.end()) return;
  labels_.emplace(label, labels_.size());
  put_varint(label.size());
  buffer_ += label;
} catch (const std::exception&) {
  ended_ = true;
}

void TraceWriter::end() noexcept {
  const std::lock_guard lock(order_);
  write({.kind = TraceKind::end});
  if (ended_) return;
  ended_ = true;
  flush();
}

bool TraceWriter::good() const {
  const std::lock_guard lock(order_);
  return file_.good();
}

void TraceWriter::put_event(const TraceEvent& event) {
  if (buffer_.size() >= kBufferBytes) flush();
  const std::uint64_t now = std::max(clock_.now(), last_nanoseconds_);  // cores may differ a little
  const auto kind = static_cast<std::uint8_t>(event.kind);
  buffer_ += static_cast<char>(event.options.host_visible ? kind | kHostVisible : kind);
  put_varint(now - last_nanoseconds_);
  last_nanoseconds_ = now;
  const TraceFields fields = fields_of(event.kind);
  if (fields.bytes) put_varint(event.bytes);
  if (fields.id) put_id(event.id);
  if (fields.duration) put_varint(event.duration);
}

void TraceWriter::put_varint(std::uint64_t value) {
  for (; value >= 128; value >>= 7) buffer_ += static_cast<char>(value | 128);
  buffer_ += static_cast<char>(value);
}

void TraceWriter::put_id(std::uint64_t id) {
  put_varint(zigzag(id - last_id_));
  last_id_ = id;
}

void TraceWriter::flush() {
  file_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  file_.flush();
  buffer_.clear();
}

}  // namespace tarn::memory
