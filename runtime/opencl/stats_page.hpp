// What a stack of allocators has counted, in a small mapped file, for another process to look at
// while the program runs. A thread of the publisher's own looks at the stack now and then: requests
// and releases cost nothing more.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "runtime/memory/stats_snapshot.hpp"

namespace tarn::opencl {

using memory::StatsSnapshot;

/// The page itself is a sequence lock: its number is odd while the words change, and a reader who
/// has seen the same even number before and after has read words that belong together.
class StatsPublisher {
 public:
  /// Throws: ValueError if the file cannot be made or mapped.
  StatsPublisher(const std::filesystem::path& file, std::function<StatsSnapshot()> look,
                 std::chrono::milliseconds every = std::chrono::milliseconds(100));
  /// Publishes once more. The file stays.
  ~StatsPublisher();
  StatsPublisher(const StatsPublisher&) = delete;
  StatsPublisher& operator=(const StatsPublisher&) = delete;

 private:
  struct Page;
  friend class StatsReader;
  void publish();
  void run(std::chrono::milliseconds every);

  const std::function<StatsSnapshot()> look_;
  Page* const page_;
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool stop_ = false;
  std::thread thread_;
};

class StatsReader {
 public:
  /// Throws: FormatError if the file is no such page, or one of another version of tarn.
  explicit StatsReader(const std::filesystem::path& file);
  ~StatsReader();
  StatsReader(const StatsReader&) = delete;
  StatsReader& operator=(const StatsReader&) = delete;

  /// What was published last; nothing before the first time, or where the writer has stopped amid.
  std::optional<StatsSnapshot> read() const;

 private:
  const StatsPublisher::Page* const page_;
};

}  // namespace tarn::opencl
