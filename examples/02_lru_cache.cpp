// The idea under all of tarn's caches: forget first what was used longest ago. First as it is
// taught, in two forms; then the same recency list at work on blocks of device memory.
#include <tarn/buffer.hpp>
#include <tarn/device.hpp>
#include <tarn/lru_cache.hpp>

#include <cstdint>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

// Form 1: by hand, from a map that remembers an order (Python's OrderedDict, in C++).
class ByHand {
 public:
  explicit ByHand(std::size_t capacity) : capacity_(capacity) {}

  int* get(const std::string& key) { return entries_.move_to_end(key); }  // used: now the youngest

  void put(const std::string& key, int value) {
    if (int* known = entries_.move_to_end(key)) {
      *known = value;
      return;
    }
    entries_.insert(key, value);
    if (entries_.size() > capacity_) entries_.pop_first();  // the oldest
  }

  friend std::ostream& operator<<(std::ostream& out, const ByHand& cache) {
    return out << "Capacity: " << cache.capacity_ << "\nCache: " << cache.entries_;
  }

 private:
  std::size_t capacity_;
  tarn::OrderedMap<std::string, int> entries_;
};

// Form 2 is tarn::LruCache: the same, and put() returns what had to go.
template <class Cache>
void show_the_idea(Cache cache) {
  cache.put("one", 1);
  cache.put("two", 2);
  cache.put("three", 3);
  cache.put("four", 4);  // the fourth of three: "one" has to go
  std::cout << cache << '\n';

  cache.get("two");      // used, so no longer the oldest
  cache.put("five", 5);  // "three" has to go
  std::cout << "after get(two) and put(five):\n" << cache << "\n\n";
}

// Form 3: the entries are blocks of device memory, the capacity is in bytes. A released block is
// kept idle; a request of its size gets the youngest back; the oldest goes to the driver when idle
// bytes exceed the limit.
class Blocks {
 public:
  explicit Blocks(const tarn::Device& device) : device_(device) {
    std::printf("%-37s %6s %10s %10s %9s %9s\n", "", "block", "live MiB", "idle MiB", "allocated",
                "released");
  }

  std::shared_ptr<tarn::Buffer> allocate(const char* name, std::size_t bytes) {
    auto buffer = std::make_shared<tarn::Buffer>(device_.allocator(), bytes);
    print(std::string("allocate ") + name, buffer->id());
    return buffer;
  }

  // Whoever lets go of a buffer last releases its block.
  void release(const char* name, std::shared_ptr<tarn::Buffer>& buffer) {
    const std::uint64_t id = buffer->id();
    buffer.reset();
    print(std::string("release ") + name, id);
  }

  void print(const std::string& step, std::uint64_t id = 0) {
    if (first_id_ == 0) first_id_ = id;
    const std::string block = id == 0 ? "" : "#" + std::to_string(id - first_id_ + 1);
    const tarn::AllocatorStats stats = device_.allocator_stats();
    std::printf("%-37s %6s %10zu %10zu %9zu %9zu\n", step.c_str(), block.c_str(),
                stats.live.now >> 20, stats.idle.now >> 20,
                static_cast<std::size_t>(stats.driver_allocations),
                static_cast<std::size_t>(stats.driver_releases));
  }

 private:
  tarn::Device device_;
  std::uint64_t first_id_ = 0;  // ids count on through the whole process
};

int main() {
  std::cout << "By hand:\n";
  show_the_idea(ByHand(3));
  std::cout << "tarn::LruCache:\n";
  show_the_idea(tarn::LruCache<std::string, int>(3));

  constexpr std::size_t kMiB = std::size_t{1} << 20;
  const tarn::Device device({.allocator = tarn::AllocatorMode::lru, .cache_limit = 5 * kMiB});
  device.trim();
  device.reset_allocator_stats();

  std::cout << "Blocks of " << device.info().name << ", at most 5 MiB idle:" << std::endl;
  Blocks blocks(device);
  auto a = blocks.allocate("a, 2 MiB", 2 * kMiB);
  blocks.release("a: kept, not freed", a);
  auto b = blocks.allocate("b, 2 MiB: the block of a", 2 * kMiB);
  auto c = blocks.allocate("c, 2 MiB: none is idle", 2 * kMiB);
  auto d = blocks.allocate("d, 3 MiB", 3 * kMiB);
  blocks.release("b", b);
  blocks.release("c", c);
  auto e = blocks.allocate("e, 2 MiB: c's, the youngest", 2 * kMiB);
  blocks.release("e", e);
  blocks.release("d: the oldest, b's, goes", d);
  device.trim();
  blocks.print("trim: all go");

  std::cout << "\nIn all:\n" << device.allocator_stats();
}
