#include "runtime/opencl/binary_cache.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include "runtime/opencl/log.hpp"

namespace tarn::opencl {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".tarn-binary";
constexpr std::string_view kTemporary = ".tmp";

// A file is this, the identity, the binary, and nothing else.
struct Header {
  char magic[8];
  std::uint64_t identity_bytes;
  std::uint64_t binary_bytes;
  std::uint64_t checksum;  // of identity and binary
};
constexpr char kMagic[sizeof Header::magic] = {'t', 'a', 'r', 'n', 'b', 'i', 'n', '1'};

// FNV-1a. Against damage, not against malice: who may write here may run what he likes anyway.
constexpr std::uint64_t kHashStart = 0xcbf29ce484222325;
template <class Byte>
std::uint64_t hash(std::span<const Byte> bytes, std::uint64_t state = kHashStart) {
  for (const Byte byte : bytes) {
    state = (state ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  }
  return state;
}

std::uint64_t checksum(std::string_view identity, std::span<const unsigned char> binary) {
  return hash(binary, hash(std::span(identity)));
}

// The whole file, when it is a file and not too large to be one of ours.
std::optional<std::string> read_file(const fs::path& path, std::uintmax_t largest) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error || size > largest) return std::nullopt;
  std::string bytes(size, '\0');
  std::ifstream file(path, std::ios::binary);
  if (!file.read(bytes.data(), static_cast<std::streamsize>(size))) return std::nullopt;
  return bytes;
}

// The binary in the file's bytes, if they are what save() has written under this identity.
std::optional<std::vector<unsigned char>> unpack(std::string_view bytes,
                                                 std::string_view identity) {
  Header header;
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  bytes.remove_prefix(sizeof header);
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) return std::nullopt;
  if (header.identity_bytes != identity.size() || !bytes.starts_with(identity)) return std::nullopt;
  bytes.remove_prefix(identity.size());
  if (header.binary_bytes != bytes.size()) return std::nullopt;
  std::vector<unsigned char> binary(bytes.begin(), bytes.end());
  if (header.checksum != checksum(identity, binary)) return std::nullopt;
  return binary;
}

bool write_file(const fs::path& path, std::string_view identity,
                std::span<const unsigned char> binary) {
  Header header{.magic = {},
                .identity_bytes = identity.size(),
                .binary_bytes = binary.size(),
                .checksum = checksum(identity, binary)};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  const auto put = [](std::ofstream& file, const void* data, std::size_t bytes) {
    file.write(static_cast<const char*>(data), static_cast<std::streamsize>(bytes));
  };
  std::ofstream file(path, std::ios::binary);
  put(file, &header, sizeof header);
  put(file, identity.data(), identity.size());
  put(file, binary.data(), binary.size());
  file.close();
  return file.good();
}

// A name that no other writer uses, in this process or another.
fs::path temporary(fs::path path) {
  static std::atomic<unsigned> count = 0;
  path += "." + std::to_string(getpid()) + "." + std::to_string(count++) + std::string(kTemporary);
  return path;
}

bool is_ours(const fs::path& path) {
  return path.filename().string().find(kExtension) != std::string::npos;
}

}  // namespace

BinaryCache::BinaryCache(std::optional<fs::path> directory, std::uintmax_t capacity)
    : directory_(std::move(directory)), capacity_(capacity) {}

fs::path BinaryCache::path_of(std::string_view identity) const {
  char name[17];
  std::snprintf(name, sizeof name, "%016llx",
                static_cast<unsigned long long>(hash(std::span(identity))));
  return *directory_ / (name + std::string(kExtension));
}

std::optional<std::vector<unsigned char>> BinaryCache::load(std::string_view identity) const {
  if (!enabled()) return std::nullopt;
  const fs::path path = path_of(identity);
  const auto bytes = read_file(path, capacity_);
  if (!bytes) return std::nullopt;
  auto binary = unpack(*bytes, identity);
  if (!binary) {
    log().debug("{} is damaged or of another source: not used", path.string());
    return std::nullopt;
  }
  std::error_code ignored;  // a directory that cannot be written is still good to read
  fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
  return binary;
}

bool BinaryCache::contains(std::string_view identity) const {
  std::error_code error;
  return enabled() && fs::exists(path_of(identity), error);
}

void BinaryCache::save(std::string_view identity, std::span<const unsigned char> binary) const {
  if (!enabled()) return;
  const fs::path path = path_of(identity);
  const fs::path unfinished = temporary(path);
  std::error_code error;
  fs::create_directories(*directory_, error);
  if (!error && !write_file(unfinished, identity, binary)) {
    error = std::make_error_code(std::errc::io_error);
  }
  if (!error) fs::rename(unfinished, path, error);
  if (error) {
    log().debug("{} was not saved: {}", path.string(), error.message());
    fs::remove(unfinished, error);
    return;
  }
  make_room();
}

void BinaryCache::remove(std::string_view identity) const {
  std::error_code ignored;
  if (enabled()) fs::remove(path_of(identity), ignored);
}

// Files are dated by their last use: load() touches them.
void BinaryCache::make_room() const {
  struct File {
    fs::file_time_type used;
    std::uintmax_t size;
    fs::path path;
  };
  std::vector<File> files;
  std::uintmax_t total = 0;
  std::error_code error;
  for (fs::directory_iterator entry(*directory_, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code gone;  // another process may be making room too
    const File file{entry->last_write_time(gone), entry->file_size(gone), entry->path()};
    if (gone || !is_ours(file.path)) continue;
    total += file.size;
    files.push_back(file);
  }
  std::ranges::sort(files, {}, &File::used);
  for (const File& file : files) {
    if (total <= capacity_) break;
    fs::remove(file.path, error);
    total -= file.size;
  }
}

}  // namespace tarn::opencl
