// S3-FIFO over our classes: free blocks wait in a small queue, a tenth of the limit, and those
// whose class was hit more than once go on to the main queue when they come out; the others are
// evicted, and their class is remembered for a while, so that its next block goes to the main queue
// at once. From the main queue a block goes back to its end while its class has hits left. What a
// hit is counted for is the class: blocks of a class stand in for each other. J. Yang et al.: FIFO
// Queues are All You Need for Cache Eviction, SOSP 2023: a small queue of 10 %, at least two hits
// to move on, counts to 3, and as many ghosts as the main queue has blocks.
#pragma once

#include <algorithm>
#include <deque>
#include <list>
#include <unordered_map>

#include "cache_lab/rivals/class_blocks.hpp"

namespace examples {

class S3Fifo final : public tarn::Allocator {
 public:
  S3Fifo(tarn::Allocator& driver, std::size_t limit) : driver_(driver), limit_(limit) {}
  ~S3Fifo() override {
    for (Queue* queue : {&small_, &main_}) {
      for (const tarn::Block& block : queue->blocks) driver_.release(block);
    }
  }

  tarn::Block allocate(std::size_t bytes, tarn::BufferOptions options) override {
    bytes = tarn::memory::size_class(bytes);
    const auto found = blocks_.take(bytes, options);
    if (!found) return driver_.allocate(bytes, options);
    int& hits = hits_[found->bytes];
    hits = std::min(hits + 1, 3);
    const Place place = places_.extract(found->id).mapped();
    place.queue->bytes -= found->bytes;
    place.queue->blocks.erase(place.at);
    return *found;
  }

  void release(tarn::Block block) noexcept override {
    if (block.bytes > limit_) return driver_.release(block);
    while (block.bytes > limit_ - blocks_.bytes()) make_room();
    const auto ghost = std::find(ghosts_.begin(), ghosts_.end(), block.bytes);
    push(ghost == ghosts_.end() ? small_ : main_, block);
    if (ghost != ghosts_.end()) ghosts_.erase(ghost);
    blocks_.add(block);
  }
  tarn::AllocatorStats stats() const override { return driver_.stats(); }

 private:
  struct Queue {
    std::list<tarn::Block> blocks;  // oldest first
    std::size_t bytes = 0;
  };
  struct Place {
    Queue* queue;
    std::list<tarn::Block>::iterator at;
  };

  void push(Queue& queue, const tarn::Block& block) {
    queue.bytes += block.bytes;
    places_[block.id] = {&queue, queue.blocks.insert(queue.blocks.end(), block)};
  }

  tarn::Block pop(Queue& queue) {
    const tarn::Block block = queue.blocks.front();
    queue.blocks.pop_front();
    queue.bytes -= block.bytes;
    places_.erase(block.id);
    return block;
  }

  // Moves one block on, or evicts it.
  void make_room() {
    const bool from_small = small_.bytes > limit_ / 10 || main_.blocks.empty();
    const tarn::Block block = pop(from_small ? small_ : main_);
    int& hits = hits_[block.bytes];
    if (hits > (from_small ? 1 : 0)) {
      if (!from_small) --hits;
      return push(main_, block);
    }
    if (from_small) remember(block.bytes);
    blocks_.remove(block);
    driver_.release(block);
  }

  void remember(std::size_t size_class) {
    ghosts_.push_back(size_class);
    if (ghosts_.size() > std::max<std::size_t>(1, main_.blocks.size())) ghosts_.pop_front();
  }

  tarn::Allocator& driver_;
  const std::size_t limit_;
  ClassBlocks blocks_;
  Queue small_, main_;
  std::unordered_map<std::uint64_t, Place> places_;  // by the block's id
  std::unordered_map<std::size_t, int> hits_;        // by class, 3 at most
  std::deque<std::size_t> ghosts_;                   // classes evicted from the small queue
};

}  // namespace examples
