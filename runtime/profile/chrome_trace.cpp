#include "runtime/profile/chrome_trace.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iomanip>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "tarn/error.hpp"

namespace tarn::profile {
namespace {

// In the order in which a viewer shows them; the index is half of a track's number in the file.
constexpr std::array<std::string_view, 6> kTrackNames{"host", "builds", "driver calls",
                                                      "hits", "misses", "evictions"};
constexpr std::array<std::string_view, 2> kLaneNames{"kernels, parallel lane",
                                                     "kernels, serial lane"};
constexpr unsigned kThreads = 1000;  // threads of a track before the numbers of the next begin

unsigned number_of(Lane lane) { return 1 + static_cast<unsigned>(lane); }
unsigned number_of(Track track, unsigned thread = 0) {
  return (1 + static_cast<unsigned>(track)) * kThreads + thread % kThreads;
}

std::string json_string(std::string_view text) {
  std::ostringstream out;
  out << '"';
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out << '\\' << c;
    } else if (code < 0x20) {
      out << "\\u" << std::hex << std::setw(4) << std::setfill('0') << unsigned{code};
    } else {
      out << c;
    }
  }
  out << '"';
  return out.str();
}

class Writer {
 public:
  Writer(std::ostream& out, std::uint64_t start) : out_(out), start_(start) {
    out_ << R"({"displayTimeUnit":"ns","traceEvents":[)";
  }
  void end() { out_ << "\n]}\n"; }

  void name(unsigned track, const std::string& name) {
    begin("M", "thread_name", track);
    out_ << R"(,"args":{"name":)" << json_string(name) << "}}";
    begin("M", "thread_sort_index", track);
    out_ << R"(,"args":{"sort_index":)" << track << "}}";
  }
  void launch(const Launch& launch, const Kernel& kernel) {
    begin("X", kernel.name, number_of(launch.lane));
    time(",\"ts\":", launch.start);
    lasting(launch.start, launch.end);
    out_ << R"(,"args":{"expression":)" << json_string(kernel.expression) << R"(,"loops":)"
         << json_string(kernel.loops) << R"(,"bytes":)" << kernel.bytes << R"(,"operations":)"
         << kernel.operations << "}}";
  }
  void span(const Span& span) {
    begin("X", span.name, number_of(span.track, span.thread));
    time(",\"ts\":", span.start);
    lasting(span.start, span.end);
    out_ << '}';
  }
  void instant(const Instant& instant) {
    begin("i", instant.name, number_of(instant.track));
    time(",\"ts\":", instant.at);
    out_ << R"(,"s":"t","args":{"bytes":)" << instant.bytes << "}}";
  }
  void sample(const Sample& sample) {
    for (const auto& [name, bytes] :
         {std::pair{"live bytes", sample.live}, std::pair{"idle bytes", sample.idle}}) {
      begin("C", name, 0);
      time(",\"ts\":", sample.at);
      out_ << R"(,"args":{"bytes":)" << bytes << "}}";
    }
  }

 private:
  void begin(std::string_view phase, std::string_view name, unsigned track) {
    out_ << (first_ ? "\n" : ",\n") << R"({"ph":")" << phase << R"(","pid":1,"tid":)" << track
         << R"(,"name":)" << json_string(name);
    first_ = false;
  }
  // In microseconds, to the nanosecond. What a device began earlier than the recording is at its
  // start: its clock is known to less than a microsecond.
  void time(std::string_view key, std::uint64_t at) {
    microseconds(key, at - std::min(at, start_));
  }
  void lasting(std::uint64_t start, std::uint64_t end) {
    start = std::max(start, start_);
    microseconds(",\"dur\":", end - std::min(start, end));
  }
  void microseconds(std::string_view key, std::uint64_t ns) {
    out_ << key << ns / 1000 << '.' << std::setw(3) << std::setfill('0') << ns % 1000;
  }

  std::ostream& out_;
  const std::uint64_t start_;
  bool first_ = true;
};

void name_tracks(Writer& writer, const Recording& recording) {
  for (const Lane lane : {Lane::parallel, Lane::serial}) {
    writer.name(number_of(lane), std::string(kLaneNames[static_cast<std::size_t>(lane)]));
  }
  std::set<std::pair<Track, unsigned>> seen;
  for (const Span& span : recording.spans) seen.emplace(span.track, span.thread);
  for (const Instant& instant : recording.instants) seen.emplace(instant.track, 0);
  for (const auto& [track, thread] : seen) {
    std::string name(kTrackNames[static_cast<std::size_t>(track)]);
    if (thread > 0) name += ", thread " + std::to_string(thread + 1);
    writer.name(number_of(track, thread), name);
  }
}

}  // namespace

void write_chrome_trace(std::ostream& out, const Recording& recording) {
  Writer writer(out, recording.start);
  name_tracks(writer, recording);
  for (const Launch& launch : recording.launches) {
    writer.launch(launch, recording.kernels[launch.kernel]);
  }
  for (const Span& span : recording.spans) writer.span(span);
  for (const Instant& instant : recording.instants) writer.instant(instant);
  for (const Sample& sample : recording.samples) writer.sample(sample);
  writer.end();
}

void write_chrome_trace(const std::filesystem::path& path, const Recording& recording) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (file) write_chrome_trace(file, recording);
  file.close();
  if (!file) throw ValueError("profile: cannot write '" + path.string() + "'");
}

}  // namespace tarn::profile
