// Bytes of files, built by tests: as text in memory, or on disk in a folder of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "ops/io/input.hpp"

namespace tarn::io::test {

/// An input that was never a file.
class MemoryInput final : public Input {
 public:
  explicit MemoryInput(std::string bytes)
      : Input("memory", bytes.size()), bytes_(std::move(bytes)) {}

 private:
  void read_within(std::uint64_t offset, std::span<std::byte> out) const override {
    if (!out.empty()) std::memcpy(out.data(), bytes_.data() + offset, out.size());
  }
  std::string bytes_;
};

inline std::string little_endian(std::uint64_t number, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(number >> (8 * i) & 0xff);
  return text;
}

inline std::string big_endian(std::uint64_t number, int bytes) {
  const std::string text = little_endian(number, bytes);
  return {text.rbegin(), text.rend()};
}

inline std::string safetensors_file(const std::string& header, const std::string& data = "") {
  return little_endian(header.size(), 8) + header + data;
}

/// One of a tensor's lines in a safetensors header.
inline std::string entry(const std::string& name, const std::string& dtype,
                         const std::string& shape, std::uint64_t begin, std::uint64_t end) {
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape +
         ",\"data_offsets\":[" + std::to_string(begin) + "," + std::to_string(end) + "]}";
}

inline std::string npy_file(const std::string& dict, const std::string& data = "", int major = 1) {
  const std::string version{static_cast<char>(major), '\0'};
  return "\x93NUMPY" + version + little_endian(dict.size(), major == 1 ? 2 : 4) + dict + data;
}

/// `type` is the format's code; the extents are the caller's bytes.
inline std::string idx_file(int type, int rank, const std::string& extents_and_data) {
  return std::string{'\0', '\0', static_cast<char>(type), static_cast<char>(rank)} +
         extents_and_data;
}

inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A folder that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "tarn-test-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder: " + name);
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace tarn::io::test
