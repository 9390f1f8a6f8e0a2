#include "runtime/opencl/stats_page.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

#include "tarn/error.hpp"

namespace tarn::opencl {
namespace {

constexpr std::uint64_t kMagic = 0x7461'7473'6e72'6174;  // "tarnstat" in memory
constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kWords = sizeof(StatsSnapshot) / sizeof(std::uint64_t);

static_assert(std::is_trivially_copyable_v<StatsSnapshot>);
static_assert(sizeof(StatsSnapshot) % sizeof(std::uint64_t) == 0);

// A file that is open until the end of the scope.
class File {
 public:
  File(const std::filesystem::path& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

std::string because(const std::filesystem::path& path) {
  return "'" + path.string() + "': " + std::strerror(errno);
}

}  // namespace

struct StatsPublisher::Page {
  std::uint64_t magic = kMagic;
  std::uint64_t version = kVersion;
  std::uint64_t words_count = kWords;
  std::atomic<std::uint64_t> sequence = 0;  // 0: nothing has been published
  std::array<std::atomic<std::uint64_t>, kWords> words = {};
};

StatsPublisher::StatsPublisher(const std::filesystem::path& file,
                               std::function<StatsSnapshot()> look, std::chrono::milliseconds every)
    : look_(std::move(look)), page_([&] {
        const File open(file, O_RDWR | O_CREAT);
        void* address = MAP_FAILED;
        if (open.descriptor() >= 0 && ::ftruncate(open.descriptor(), sizeof(Page)) == 0) {
          address = ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED,
                           open.descriptor(), 0);
        }
        if (address == MAP_FAILED) throw ValueError("statistics: cannot write " + because(file));
        return new (address) Page;
      }()) {
  thread_ = std::thread([this, every] { run(every); });
}

StatsPublisher::~StatsPublisher() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopping_.notify_one();
  thread_.join();
  ::munmap(page_, sizeof(Page));
}

void StatsPublisher::run(std::chrono::milliseconds every) {
  std::unique_lock lock(mutex_);
  do {
    publish();
  } while (!stopping_.wait_for(lock, every, [this] { return stop_; }));
  publish();
}

// Each word is released after the odd number, and acquired before the number is read again: whoever
// has read a new word sees that the number has changed.
void StatsPublisher::publish() {
  const auto words = std::bit_cast<std::array<std::uint64_t, kWords>>(look_());
  const std::uint64_t sequence = page_->sequence.load(std::memory_order_relaxed);
  page_->sequence.store(sequence + 1, std::memory_order_relaxed);
  for (std::size_t i = 0; i < kWords; ++i) {
    page_->words[i].store(words[i], std::memory_order_release);
  }
  page_->sequence.store(sequence + 2, std::memory_order_release);
}

StatsReader::StatsReader(const std::filesystem::path& file)
    : page_([&] {
        using Page = StatsPublisher::Page;
        const File open(file, O_RDONLY);
        struct stat about = {};
        void* address = MAP_FAILED;
        if (open.descriptor() >= 0 && ::fstat(open.descriptor(), &about) == 0) {
          if (static_cast<std::size_t>(about.st_size) < sizeof(Page)) {
            throw FormatError("statistics '" + file.string() + "': too short");
          }
          address = ::mmap(nullptr, sizeof(Page), PROT_READ, MAP_SHARED, open.descriptor(), 0);
        }
        if (address == MAP_FAILED) throw FormatError("statistics: cannot read " + because(file));
        const Page* page = std::launder(static_cast<const Page*>(address));
        if (page->magic == kMagic && page->version == kVersion && page->words_count == kWords) {
          return page;
        }
        ::munmap(address, sizeof(Page));
        throw FormatError("statistics '" + file.string() + "': not of this version of tarn");
      }()) {}

StatsReader::~StatsReader() {
  ::munmap(const_cast<StatsPublisher::Page*>(page_), sizeof(StatsPublisher::Page));
}

std::optional<StatsSnapshot> StatsReader::read() const {
  constexpr int kTries = 1000;  // the writer needs less than a microsecond
  for (int i = 0; i < kTries; ++i) {
    const std::uint64_t before = page_->sequence.load(std::memory_order_acquire);
    if (before == 0) return std::nullopt;
    std::array<std::uint64_t, kWords> words;
    for (std::size_t w = 0; w < kWords; ++w) {
      words[w] = page_->words[w].load(std::memory_order_acquire);
    }
    if (before % 2 == 1 || page_->sequence.load(std::memory_order_relaxed) != before) continue;
    return std::bit_cast<StatsSnapshot>(words);
  }
  return std::nullopt;
}

}  // namespace tarn::opencl
