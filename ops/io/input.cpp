#include "ops/io/input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "tarn/error.hpp"

namespace tarn::io {
namespace {

[[noreturn]] void throw_system_error(const std::string& name, const char* what, int code) {
  throw Error(name + ": " + what + ": " + std::generic_category().message(code));
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

}  // namespace

void Input::fail(std::uint64_t offset, const std::string& reason) const {
  throw FormatError(name_ + ": byte " + std::to_string(offset) + ": " + reason);
}

void Input::check_range(std::uint64_t offset, std::uint64_t size) const {
  if (offset <= size_ && size <= size_ - offset) return;
  fail(std::min(offset, size_), "truncated: " + std::to_string(size) + " bytes are wanted at " +
                                    std::to_string(offset) + ", the file has " +
                                    std::to_string(size_));
}

void Input::read(std::uint64_t offset, std::span<std::byte> out) const {
  check_range(offset, out.size());
  read_within(offset, out);
}

std::string Input::read_text(std::uint64_t offset, std::uint64_t size) const {
  check_range(offset, size);
  std::string text(size, '\0');
  read_within(offset, std::as_writable_bytes(std::span(text)));
  return text;
}

std::uint64_t Input::read_little_endian(std::uint64_t offset, std::uint64_t bytes) const {
  std::string text = read_text(offset, bytes);
  std::ranges::reverse(text);
  return big_endian(text);
}

std::uint64_t Input::read_big_endian(std::uint64_t offset, std::uint64_t bytes) const {
  return big_endian(read_text(offset, bytes));
}

InputFile InputFile::open(const std::filesystem::path& path) {
  // Without O_NONBLOCK, opening a pipe waits for a writer.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) throw_system_error(path.string(), "cannot be opened", errno);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) {
    const int code = errno;
    ::close(descriptor);
    throw_system_error(path.string(), "cannot be examined", code);
  }
  if (!S_ISREG(status.st_mode)) {
    ::close(descriptor);
    throw FormatError(path.string() + ": byte 0: not a regular file");
  }
  return InputFile(path.string(), static_cast<std::uint64_t>(status.st_size), descriptor);
}

InputFile::~InputFile() { ::close(descriptor_); }

void InputFile::read_within(std::uint64_t offset, std::span<std::byte> out) const {
  while (!out.empty()) {
    const ssize_t count = ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_system_error(name(), "cannot be read", errno);
    if (count == 0) fail(offset, "the file was cut while it was read");
    out = out.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 120;
  constexpr char kDigits[] = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : text.substr(0, kLongest)) {
    const auto code = static_cast<unsigned char>(c);
    if (code >= ' ' && code < 0x7f) {
      result += c;
    } else {
      result += {'\\', 'x', kDigits[code / 16], kDigits[code % 16]};
    }
  }
  return result + (text.size() > kLongest ? "...\"" : "\"");
}

}  // namespace tarn::io
