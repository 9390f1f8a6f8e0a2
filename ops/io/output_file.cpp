#include "ops/io/output_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "tarn/error.hpp"

namespace tarn::io {
namespace {

[[noreturn]] void throw_write_error(const std::filesystem::path& path) {
  throw Error(path.string() + ": cannot be written: " + std::generic_category().message(errno));
}

}  // namespace

// The process id keeps two programs that save the same file apart.
OutputFile::OutputFile(const std::filesystem::path& path)
    : path_(path),
      partial_(path.string() + ".partial-" + std::to_string(::getpid())),
      descriptor_(::open(partial_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) throw_write_error(path_);
}

OutputFile::~OutputFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(partial_.c_str());
}

void OutputFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_write_error(path_);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

// The bytes reach the disk before the name does, or a crash could leave an empty file in its place.
void OutputFile::commit() {
  if (::fsync(descriptor_) != 0 || ::rename(partial_.c_str(), path_.c_str()) != 0) {
    throw_write_error(path_);
  }
  ::close(std::exchange(descriptor_, -1));
}

}  // namespace tarn::io
