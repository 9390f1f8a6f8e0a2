#include <istream>
#include <limits>
#include <sstream>
#include <string>
#include <unordered_map>

#include "runtime/memory/lru_allocator.hpp"
#include "runtime/memory/trace_reader.hpp"
#include "tarn/error.hpp"

namespace tarn::memory {
namespace {

class Importer {
 public:
  explicit Importer(std::string_view name) : name_(name) {
    constexpr std::uint64_t kUnbounded = std::numeric_limits<std::size_t>::max();
    trace_.settings = {.cache_limit = kUnbounded,
                       .max_idle_blocks = kUnbounded,
                       .memory_limit = kUnbounded,
                       .max_block_bytes = kUnbounded,
                       .slack_share = Slack{}.share,
                       .slack_bytes = Slack{}.bytes};
    trace_.complete = true;
  }

  void line(const std::string& text) {
    ++line_;
    std::istringstream words(text);
    std::string verb, rest;
    if (!(words >> verb) || verb.starts_with('#')) return;
    std::uint64_t id = 0, bytes = 0;
    const bool allocates = verb == "allocate";
    const bool read = (allocates ? words >> id >> bytes : words >> id) && !(words >> rest);
    if ((!allocates && verb != "release") || !read) {
      fail("'" + text + "'; allowed are 'allocate ID BYTES' and 'release ID'");
    }
    allocates ? allocate(id, bytes) : release(id);
  }

  Trace take() { return std::move(trace_); }

 private:
  void allocate(std::uint64_t id, std::uint64_t bytes) {
    if (!live_.emplace(id, requests_ + 1).second) fail("block " + std::to_string(id) + " is live");
    if (bytes == 0) fail("a request for no bytes");
    trace_.events.push_back(
        {.kind = TraceKind::request, .bytes = static_cast<std::size_t>(bytes), .id = ++requests_});
  }

  void release(std::uint64_t id) {
    const auto found = live_.find(id);
    if (found == live_.end()) fail("block " + std::to_string(id) + " is not live");
    trace_.events.push_back({.kind = TraceKind::release, .id = found->second});
    live_.erase(found);
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw FormatError(std::string(name_) + ", line " + std::to_string(line_) + ": " + what);
  }

  const std::string_view name_;
  std::size_t line_ = 0;
  std::uint64_t requests_ = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> live_;  // the number of the request, by ID
  Trace trace_;
};

}  // namespace

Trace import_trace(std::istream& text, std::string_view name) {
  Importer importer(name);
  for (std::string line; std::getline(text, line);) importer.line(line);
  return importer.take();
}

}  // namespace tarn::memory
