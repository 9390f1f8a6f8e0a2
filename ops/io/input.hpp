// Bytes of a file that is not trusted, and the errors that say where it is wrong. Formats are
// parsed from an Input, so that a test can hand them bytes that never were a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace tarn::io {

class Input {
 public:
  virtual ~Input() = default;

  /// How errors call it: the file's path.
  const std::string& name() const { return name_; }
  std::uint64_t size() const { return size_; }

  /// Fills `out` from `offset` on. Throws: FormatError when the input ends before that.
  void read(std::uint64_t offset, std::span<std::byte> out) const;
  /// The same as text. The size is checked before anything is allocated.
  std::string read_text(std::uint64_t offset, std::uint64_t size) const;
  /// An unsigned number of at most 8 bytes.
  std::uint64_t read_little_endian(std::uint64_t offset, std::uint64_t bytes) const;
  std::uint64_t read_big_endian(std::uint64_t offset, std::uint64_t bytes) const;

  /// Throws the FormatError `name: byte offset: reason`.
  [[noreturn]] void fail(std::uint64_t offset, const std::string& reason) const;

 protected:
  Input(std::string name, std::uint64_t size) : name_(std::move(name)), size_(size) {}
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

 private:
  /// Requires: the range lies within the input.
  virtual void read_within(std::uint64_t offset, std::span<std::byte> out) const = 0;
  void check_range(std::uint64_t offset, std::uint64_t size) const;

  std::string name_;
  std::uint64_t size_;
};

/// A regular file. It is read, not mapped: a mapped file that is cut while it is used would end the
/// process.
class InputFile final : public Input {
 public:
  /// Throws: Error when it cannot be opened; FormatError when it is a folder, a pipe or a device.
  static InputFile open(const std::filesystem::path& path);
  ~InputFile() override;

 private:
  InputFile(std::string name, std::uint64_t size, int descriptor)
      : Input(std::move(name), size), descriptor_(descriptor) {}
  void read_within(std::uint64_t offset, std::span<std::byte> out) const override;

  int descriptor_;
};

/// In quotes, with what cannot be printed escaped and what is long cut: names and texts of a file
/// that go into an error.
std::string in_quotes(std::string_view text);

}  // namespace tarn::io
