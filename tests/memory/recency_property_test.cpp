// A million random operations on OrderedMap and LruCache, each compared with a naive model: a
// vector of entries, the oldest first.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "tarn/lru_cache.hpp"

namespace tarn {
namespace {

constexpr int kOperations = 1'000'000;
constexpr int kKeys = 40;

// Many keys share a bucket, and a bucket holds equal hashes of different keys.
struct PoorHash {
  std::size_t operator()(int key) const { return static_cast<std::size_t>(key % 5); }
};

struct Model {
  using Entry = std::pair<int, int>;
  std::vector<Entry> entries;

  auto at(int key) {
    return std::ranges::find_if(entries, [&](const Entry& entry) { return entry.first == key; });
  }
  int* find(int key) {
    const auto place = at(key);
    return place == entries.end() ? nullptr : &place->second;
  }
  int* move_to_end(int key) {
    const auto place = at(key);
    if (place == entries.end()) return nullptr;
    std::rotate(place, place + 1, entries.end());
    return &entries.back().second;
  }
  bool erase(int key) {
    const auto place = at(key);
    if (place == entries.end()) return false;
    entries.erase(place);
    return true;
  }
};

template <class Entries>
std::vector<Model::Entry> pairs(const Entries& entries) {
  std::vector<Model::Entry> result;
  for (const auto& [key, value] : entries) result.emplace_back(key, value);
  return result;
}

void expect_equal(const int* actual, const int* expected) {
  ASSERT_EQ(actual == nullptr, expected == nullptr);
  if (actual) {
    ASSERT_EQ(*actual, *expected);
  }
}

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int below(int n) { return static_cast<int>(engine_() % static_cast<unsigned>(n)); }

 private:
  std::mt19937 engine_;
};

TEST(OrderedMapProperty, AgreesWithAVectorInOrder) {
  OrderedMap<int, int, PoorHash> map;
  Model model;
  Dice dice(1);
  for (int i = 0; i < kOperations; ++i) {
    const int key = dice.below(kKeys);
    switch (dice.below(6)) {
      case 0:
      case 1: {
        const bool added = map.insert(key, i).second;
        ASSERT_EQ(added, model.find(key) == nullptr);
        if (added) model.entries.emplace_back(key, i);
        break;
      }
      case 2:
        expect_equal(map.find(key), model.find(key));
        break;
      case 3:
        expect_equal(map.move_to_end(key), model.move_to_end(key));
        break;
      case 4:
        ASSERT_EQ(map.erase(key), model.erase(key));
        break;
      case 5:
        if (dice.below(3) > 0) break;
        if (const auto first = map.pop_first()) {
          ASSERT_EQ(Model::Entry(first->key, first->value), model.entries.front());
          model.entries.erase(model.entries.begin());
        }
        break;
    }
    if (dice.below(10000) == 0) map.clear(), model.entries.clear();
    if (dice.below(10000) == 0) map = OrderedMap<int, int, PoorHash>(std::move(map));
    ASSERT_EQ(map.size(), model.entries.size());
    if (i % 16 == 0) {
      ASSERT_EQ(pairs(map), model.entries);
    }
    ASSERT_FALSE(HasFatalFailure()) << "operation " << i;
  }
}

// The bound of LruCache, in the model's terms. Costs are 1 where no function is given.
struct LruModel : Model {
  std::size_t capacity;
  bool costly;

  std::size_t cost(const Entry& entry) const {
    return costly ? static_cast<std::size_t>(entry.second % 7) : 1;
  }
  std::size_t total() const {
    std::size_t sum = 0;
    for (const Entry& entry : entries) sum += cost(entry);
    return sum;
  }
  std::vector<Entry> evict() {
    std::vector<Entry> evicted;
    while (!entries.empty() && (capacity == 0 || total() > capacity)) {
      evicted.push_back(entries.front());
      entries.erase(entries.begin());
    }
    return evicted;
  }
  std::vector<Entry> put(int key, int value) {
    erase(key);
    if (capacity == 0 || cost({key, value}) > capacity) return {{key, value}};
    entries.emplace_back(key, value);
    return evict();
  }
};

void run_lru(LruCache<int, int, PoorHash> cache, bool costly) {
  LruModel model{{}, cache.capacity(), costly};
  Dice dice(2);
  for (int i = 0; i < kOperations; ++i) {
    const int key = dice.below(kKeys);
    switch (dice.below(4)) {
      case 0:
      case 1:
        ASSERT_EQ(pairs(cache.put(key, i)), model.put(key, i));
        break;
      case 2:
        expect_equal(cache.get(key), model.move_to_end(key));
        break;
      case 3:
        expect_equal(cache.peek(key), model.find(key));
        if (dice.below(4) == 0) {
          ASSERT_EQ(cache.erase(key), model.erase(key));
        }
        break;
    }
    if (dice.below(200) == 0) {
      model.capacity = static_cast<std::size_t>(dice.below(30));
      ASSERT_EQ(pairs(cache.set_capacity(model.capacity)), model.evict());
    }
    if (dice.below(10000) == 0) cache.clear(), model.entries.clear();
    ASSERT_LE(cache.cost(), cache.capacity());
    if (i % 16 == 0) {
      ASSERT_EQ(pairs(cache), model.entries);
      ASSERT_EQ(cache.cost(), model.total());
    }
    ASSERT_FALSE(::testing::Test::HasFatalFailure()) << "operation " << i;
  }
}

TEST(LruCacheProperty, AgreesWithAVectorWhenCountingEntries) {
  run_lru(LruCache<int, int, PoorHash>(10), false);
}

TEST(LruCacheProperty, AgreesWithAVectorWhenAddingCosts) {
  const auto cost = [](int, int value) { return static_cast<std::size_t>(value % 7); };
  run_lru(LruCache<int, int, PoorHash>(20, cost), true);
}

}  // namespace
}  // namespace tarn
