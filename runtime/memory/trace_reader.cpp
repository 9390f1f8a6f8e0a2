#include "runtime/memory/trace_reader.hpp"

#include <bit>
#include <fstream>
#include <iterator>
#include <optional>

#include "runtime/memory/trace_format.hpp"
#include "tarn/error.hpp"

namespace tarn::memory {
namespace {

// The end of the bytes in the middle of something: a cut, which is no error.
struct Cut {};

class Decoder {
 public:
  Decoder(std::string_view bytes, std::string_view name) : bytes_(bytes), name_(name) {}

  void header(TraceSettings& settings) {
    const std::string_view magic = bytes_.substr(0, kTraceMagic.size());
    if (magic != kTraceMagic.substr(0, magic.size())) fail("does not begin with 'tarntrace'");
    if (magic.size() < kTraceMagic.size()) throw Cut{};
    at_ = magic.size();
    const std::uint64_t version = varint();
    if (version != kTraceVersion) {
      fail("has version " + std::to_string(version) + "; version " + std::to_string(kTraceVersion) +
           " is read");
    }
    settings.mode = varint() == 0 ? AllocatorMode::lru : AllocatorMode::direct;
    settings.exact = varint() != 0;
    settings.cache_limit = varint();
    settings.max_idle_blocks = varint();
    settings.memory_limit = varint();
    settings.max_block_bytes = varint();
    settings.slack_share = std::bit_cast<double>(varint());
    settings.slack_bytes = varint();
  }

  TraceEvent event(std::vector<std::string>& labels) {
    const std::uint8_t first = byte();
    const int kind = first & ~kHostVisible;
    if (kind > static_cast<int>(TraceKind::end))
      fail("no event has the kind " + std::to_string(kind));
    TraceEvent event{.kind = static_cast<TraceKind>(kind)};
    event.options.host_visible = (first & kHostVisible) != 0;
    event.nanoseconds = nanoseconds_ += varint();
    const TraceFields fields = fields_of(event.kind);
    if (fields.bytes) event.bytes = static_cast<std::size_t>(varint());
    if (fields.id) event.id = id_ += unzigzag(varint());
    if (fields.duration) event.duration = varint();
    if (event.kind == TraceKind::step) event.label = label(labels);
    return event;
  }

 private:
  std::size_t label(std::vector<std::string>& labels) {
    const std::uint64_t index = varint();
    if (index > labels.size()) fail("a label is used before it is defined");
    if (index < labels.size()) return static_cast<std::size_t>(index);
    const std::uint64_t length = varint();
    if (length > bytes_.size() - at_) throw Cut{};
    labels.emplace_back(bytes_.substr(at_, static_cast<std::size_t>(length)));
    at_ += static_cast<std::size_t>(length);
    return static_cast<std::size_t>(index);
  }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      value |= std::uint64_t{next & 127u} << shift;
      if (next < 128) return value;
    }
    fail("a number has more than 64 bits");
  }

  std::uint8_t byte() {
    if (at_ >= bytes_.size()) throw Cut{};
    return static_cast<std::uint8_t>(bytes_[at_++]);
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw FormatError("trace '" + std::string(name_) + "', byte " + std::to_string(at_) + ": " +
                      what);
  }

  const std::string_view bytes_;
  const std::string_view name_;
  std::size_t at_ = 0;
  std::uint64_t nanoseconds_ = 0;
  std::uint64_t id_ = 0;
};

}  // namespace

Trace decode_trace(std::string_view bytes, std::string_view name) {
  Trace trace;
  Decoder decoder(bytes, name);
  try {
    decoder.header(trace.settings);
    while (!trace.complete) {
      const TraceEvent event = decoder.event(trace.labels);
      trace.complete = event.kind == TraceKind::end;
      if (!trace.complete) trace.events.push_back(event);
    }
  } catch (const Cut&) {
  }
  return trace;
}

Trace read_trace(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw FormatError("trace '" + path.string() + "': cannot be opened");
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  return decode_trace(bytes, path.string());
}

}  // namespace tarn::memory
