// PyTorch's caching allocator: requests are rounded up to 512 bytes and cut from segments, of 2 MiB
// for those up to 1 MiB, of 20 MiB for those below 10 MiB, else of their own size in steps of 2
// MiB. The best fit is taken and split where the rest is worth it; neighbours that are free are
// merged. Segments go back only when memory runs out: it has no bound by itself.
// https://pytorch.org/docs/stable/notes/cuda.html#memory-management, c10/cuda/CUDACachingAllocator
#pragma once

#include <list>
#include <map>
#include <tuple>
#include <unordered_map>

#include "tarn/allocator.hpp"

namespace examples {

class SplitSegments final : public tarn::Allocator {
 public:
  SplitSegments(tarn::Allocator& driver, std::size_t /*limit*/) : driver_(driver) {}
  ~SplitSegments() override {
    for (const Segment& segment : segments_) driver_.release(segment.block);
  }

  tarn::Block allocate(std::size_t bytes, tarn::BufferOptions options) override {
    const std::size_t rounded = round_up(bytes, kUnit);
    const bool small = rounded <= kSmall;
    const auto found = free_.lower_bound({small, options.host_visible, rounded});
    const bool fits = found != free_.end() && std::get<0>(found->first) == small &&
                      std::get<1>(found->first) == options.host_visible;
    const Place place = fits ? found->second : add_segment(rounded, options);
    take_out(place);
    split(place, rounded);
    live_.emplace(++last_id_, place);
    return {.requested = bytes, .bytes = place->bytes, .options = options, .id = last_id_};
  }

  void release(tarn::Block block) noexcept override {
    const auto found = live_.find(block.id);
    Place place = found->second;
    live_.erase(found);
    std::list<Piece>& pieces = place->segment->pieces;
    if (place != pieces.begin() && std::prev(place)->free) place = absorb(std::prev(place));
    if (const Place next = std::next(place); next != pieces.end() && next->free) absorb(place);
    put_in(place);
  }
  tarn::AllocatorStats stats() const override { return driver_.stats(); }

 private:
  // kMinBlockSize, kSmallSize and kMinLargeAlloc there; kSmallBuffer, kLargeBuffer and kRoundLarge
  // are the 2, 20 and 2 MiB of add_segment; should_split has the limits of split.
  static constexpr std::size_t kUnit = 512, kMiB = std::size_t{1} << 20;
  static constexpr std::size_t kSmall = kMiB, kMedium = 10 * kMiB;

  struct Segment;
  struct Piece {
    Segment* segment;
    std::size_t bytes;
    bool free;
  };
  using Place = std::list<Piece>::iterator;
  struct Segment {
    tarn::Block block;
    bool small;
    std::list<Piece> pieces;  // by address
  };
  using Key = std::tuple<bool, bool, std::size_t>;  // small, host-visible, bytes

  static std::size_t round_up(std::size_t bytes, std::size_t unit) {
    return (bytes + unit - 1) / unit * unit;
  }
  static Key key_of(const Piece& piece) {
    return {piece.segment->small, piece.segment->block.options.host_visible, piece.bytes};
  }

  Place add_segment(std::size_t bytes, tarn::BufferOptions options) {
    const bool small = bytes <= kSmall;
    const std::size_t size = small             ? 2 * kMiB
                             : bytes < kMedium ? 20 * kMiB
                                               : round_up(bytes, 2 * kMiB);
    segments_.push_back({driver_.allocate(size, options), small, {}});
    Segment& added = segments_.back();
    added.pieces.push_back({&added, size, false});
    put_in(added.pieces.begin());
    return added.pieces.begin();
  }

  void split(Place place, std::size_t bytes) {
    const std::size_t rest = place->bytes - bytes;
    if (place->segment->small ? rest < kUnit : rest <= kSmall) return;
    place->bytes = bytes;
    put_in(place->segment->pieces.insert(std::next(place), {place->segment, rest, false}));
  }

  // Merges a piece with the next one. Returns: the whole, which is in no list of free ones.
  Place absorb(Place place) {
    const Place next = std::next(place);
    if (place->free) take_out(place);
    if (next->free) take_out(next);
    place->bytes += next->bytes;
    place->segment->pieces.erase(next);
    return place;
  }

  void put_in(Place place) {
    place->free = true;
    free_.emplace(key_of(*place), place);
  }
  void take_out(Place place) {
    place->free = false;
    auto at = free_.lower_bound(key_of(*place));
    while (at->second != place) ++at;
    free_.erase(at);
  }

  tarn::Allocator& driver_;
  std::list<Segment> segments_;
  std::multimap<Key, Place> free_;
  std::unordered_map<std::uint64_t, Place> live_;  // by the id of what was handed out
  std::uint64_t last_id_ = 0;
};

}  // namespace examples
