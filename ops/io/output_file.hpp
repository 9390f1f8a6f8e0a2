// A file that appears when it is complete: written beside its place, then renamed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace tarn::io {

class OutputFile {
 public:
  /// Throws: Error, as all functions here.
  explicit OutputFile(const std::filesystem::path& path);
  /// Removes what was written, unless it was committed.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  /// Closes the file and puts it in its place.
  void commit();

 private:
  std::filesystem::path path_, partial_;
  int descriptor_;
};

}  // namespace tarn::io
