#include "runtime/opencl/poison.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "runtime/opencl/log.hpp"
#include "tarn/error.hpp"

namespace tarn::opencl {
namespace {

constexpr std::size_t kMaxKeptBytes = 32 << 20;
constexpr std::size_t kMaxKeptBlocks = 256;
constexpr std::size_t kWord = sizeof(std::uint32_t);
constexpr std::byte kGuard{0xfb};

// Blocks of the stack are multiples of a word; a request need not be one.
std::size_t whole_words(std::size_t bytes) { return (bytes + kWord - 1) / kWord * kWord; }

std::string describe(const Block& block) {
  return "block " + std::to_string(block.id) + " of " + std::to_string(block.requested) + " bytes";
}

std::uint32_t word_at(std::span<const std::byte> bytes, std::size_t at) {
  std::uint32_t word = 0;
  std::memcpy(&word, bytes.data() + at, kWord);
  return word;
}

// Where a released block is no longer what it was filled with.
std::optional<std::size_t> first_change(std::span<const std::byte> bytes) {
  for (std::size_t at = 0; at + kWord <= bytes.size(); at += kWord) {
    if (word_at(bytes, at) != Poison::kReleased) return at;
  }
  return std::nullopt;
}

}  // namespace

Block Poison::allocate(std::size_t bytes, BufferOptions options) {
  if (bytes == 0) return {};
  const std::lock_guard lock(mutex_);
  const std::size_t guarded = whole_words(bytes) + kGuardBytes;
  Block block;
  try {
    block = upstream_.allocate(guarded, options);
  } catch (const OutOfMemory&) {
    if (released_.empty()) throw;
    flush();
    block = upstream_.allocate(guarded, options);
  }
  block.requested = bytes;
  try {
    stream_.fill(block, 0, whole_words(bytes), kUnwritten);
    guard(block);
    live_.insert(block.id, block);
  } catch (...) {
    give_back(block);
    throw;
  }
  return block;
}

void Poison::guard(const Block& block) {
  const std::vector<std::byte> pattern(kGuardBytes, kGuard);
  stream_.write(block, block.requested, pattern);
}

void Poison::release(Block block) noexcept {
  if (block.empty()) return;
  const std::lock_guard lock(mutex_);
  live_.erase(block.id);
  try {
    stream_.fill(block, 0, whole_words(block.requested), kReleased);
    released_.insert(block.id, block);
  } catch (const std::exception&) {  // the device is closed or lost: there is nothing to watch
    give_back(block);
    return;
  }
  released_bytes_ += block.requested;
  while (released_bytes_ > kMaxKeptBytes || released_.size() > kMaxKeptBlocks) give_back_oldest();
}

void Poison::give_back_oldest() noexcept {
  const auto oldest = released_.pop_first();
  released_bytes_ -= oldest->value.requested;
  give_back(oldest->value);
}

void Poison::give_back(Block block) noexcept {
  block.requested = whole_words(block.requested) + kGuardBytes;
  upstream_.release(block);
}

void Poison::flush() noexcept {
  const std::lock_guard lock(mutex_);
  while (!released_.empty()) give_back_oldest();
}

void Poison::check_after(const std::string& kernel) {
  const std::lock_guard lock(mutex_);
  std::string damage;
  std::vector<std::byte> bytes;
  for (const auto& [id, block] : live_) {
    bytes.resize(kGuardBytes);
    stream_.read_unchecked(block, block.requested, bytes);
    const auto changed = std::ranges::find_if(bytes, [](std::byte b) { return b != kGuard; });
    if (changed == bytes.end()) continue;
    damage += "; past the end of " + describe(block) + ", at byte " +
              std::to_string(block.requested + static_cast<std::size_t>(changed - bytes.begin()));
    guard(block);
  }
  for (const auto& [id, block] : released_) {
    bytes.resize(whole_words(block.requested));
    stream_.read_unchecked(block, 0, bytes);
    const auto changed = first_change(bytes);
    if (!changed) continue;
    damage += "; to " + describe(block) + " after its release, at byte " + std::to_string(*changed);
    stream_.fill(block, 0, bytes.size(), kReleased);
  }
  if (damage.empty()) return;
  throw DeviceError("TARN_POISON: kernel '" + kernel + "' has written where it must not" + damage);
}

void Poison::check_read(const Block& block, std::span<const std::byte> bytes) {
  for (std::size_t at = 0; at + kWord <= bytes.size(); at += kWord) {
    const std::uint32_t word = word_at(bytes, at);
    if (word != kReleased && word != kUnwritten) continue;
    throw DeviceError("TARN_POISON: " + describe(block) + " holds at byte " + std::to_string(at) +
                      " of what is read " +
                      (word == kReleased ? "the NaN of released memory: a kernel has read a block "
                                           "after its release"
                                         : "the NaN of memory that nothing has been written to"));
  }
}

}  // namespace tarn::opencl
