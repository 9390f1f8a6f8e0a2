// Binaries of programs on disk, so that the next process need not compile. A file holds its whole
// identity (source, options, device, driver), lengths and a checksum, all of which are checked
// before anybody sees the binary: drivers crash on damaged ones. Nothing that is wrong with the
// directory or its files is an error; it is logged, and the binary is not there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tarn::opencl {

class BinaryCache {
 public:
  static constexpr std::uintmax_t kCapacity = std::uintmax_t{256} << 20;  // bytes

  /// Keeps at most `capacity` bytes of files in the directory; without one, nothing.
  explicit BinaryCache(std::optional<std::filesystem::path> directory,
                       std::uintmax_t capacity = kCapacity);

  /// The binary that was saved under this identity, if there is an undamaged one.
  std::optional<std::vector<unsigned char>> load(std::string_view identity) const;
  /// Whether there is a file for this identity, damaged or not.
  bool contains(std::string_view identity) const;
  /// Saves, so that others see all of the file or none, and removes what was not used longest.
  void save(std::string_view identity, std::span<const unsigned char> binary) const;
  /// Forgets a binary that its driver does not take.
  void remove(std::string_view identity) const;

  bool enabled() const { return directory_.has_value(); }
  /// Where the binary of this identity is or would be. Requires: enabled().
  std::filesystem::path path_of(std::string_view identity) const;

 private:
  void make_room() const;

  std::optional<std::filesystem::path> directory_;
  std::uintmax_t capacity_;
};

}  // namespace tarn::opencl
