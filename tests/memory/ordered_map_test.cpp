#include "tarn/ordered_map.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

#include "heap_calls.hpp"

namespace tarn {
namespace {

using test::heap_use;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

template <class Map>
auto keys(const Map& map) {
  std::vector<decltype(map.begin()->key)> result;
  for (const auto& [key, value] : map) result.push_back(key);
  return result;
}

OrderedMap<int, std::string> one_two_three() {
  OrderedMap<int, std::string> map;
  map.insert(1, "one");
  map.insert(2, "two");
  map.insert(3, "three");
  return map;
}

TEST(OrderedMap, IteratesFromTheOldestToTheYoungest) {
  EXPECT_THAT(keys(one_two_three()), ElementsAre(1, 2, 3));
}

TEST(OrderedMap, IteratesBackwardsToo) {
  const auto map = one_two_three();
  auto last = map.end();
  EXPECT_EQ((--last)->key, 3);
  EXPECT_EQ((last--)->key, 3);
  EXPECT_EQ(last->key, 2);
}

TEST(OrderedMap, FindLeavesTheOrderAsItIs) {
  auto map = one_two_three();
  ASSERT_NE(map.find(1), nullptr);
  EXPECT_EQ(*map.find(1), "one");
  EXPECT_EQ(map.find(4), nullptr);
  EXPECT_THAT(keys(map), ElementsAre(1, 2, 3));
}

TEST(OrderedMap, InsertingAKnownKeyChangesNothing) {
  auto map = one_two_three();
  const auto [value, inserted] = map.insert(1, "uno");
  EXPECT_FALSE(inserted);
  EXPECT_EQ(*value, "one");
  EXPECT_THAT(keys(map), ElementsAre(1, 2, 3));
}

TEST(OrderedMap, MoveToEndMakesTheYoungest) {
  auto map = one_two_three();
  EXPECT_EQ(*map.move_to_end(1), "one");
  EXPECT_THAT(keys(map), ElementsAre(2, 3, 1));
  EXPECT_EQ(*map.move_to_end(1), "one");
  EXPECT_THAT(keys(map), ElementsAre(2, 3, 1));
  EXPECT_EQ(map.move_to_end(4), nullptr);
}

TEST(OrderedMap, PopFirstTakesTheOldest) {
  auto map = one_two_three();
  const auto oldest = map.pop_first();
  ASSERT_TRUE(oldest);
  EXPECT_EQ(oldest->key, 1);
  EXPECT_EQ(oldest->value, "one");
  EXPECT_THAT(keys(map), ElementsAre(2, 3));
}

TEST(OrderedMap, PopFirstOfAnEmptyMapIsNothing) {
  OrderedMap<int, int> map;
  EXPECT_FALSE(map.pop_first());
}

TEST(OrderedMap, EraseSaysWhetherThereWasAnEntry) {
  auto map = one_two_three();
  EXPECT_TRUE(map.erase(2));
  EXPECT_FALSE(map.erase(2));
  EXPECT_FALSE(map.contains(2));
  EXPECT_THAT(keys(map), ElementsAre(1, 3));
}

TEST(OrderedMap, AnEntryMayBeErasedByItsOwnKey) {
  auto map = one_two_three();
  EXPECT_TRUE(map.erase(map.begin()->key));
  EXPECT_THAT(keys(map), ElementsAre(2, 3));
}

TEST(OrderedMap, ClearEmptiesAndLeavesItUsable) {
  auto map = one_two_three();
  map.clear();
  EXPECT_TRUE(map.empty());
  EXPECT_THAT(keys(map), IsEmpty());
  map.insert(4, "four");
  EXPECT_THAT(keys(map), ElementsAre(4));
}

TEST(OrderedMap, HoldsMoveOnlyKeysAndValues) {
  struct Hash {
    std::size_t operator()(const std::unique_ptr<int>& p) const { return std::hash<int>{}(*p); }
  };
  struct Equal {
    bool operator()(const std::unique_ptr<int>& a, const std::unique_ptr<int>& b) const {
      return *a == *b;
    }
  };
  OrderedMap<std::unique_ptr<int>, std::unique_ptr<int>, Hash, Equal> map;
  map.insert(std::make_unique<int>(1), std::make_unique<int>(10));
  const auto entry = map.pop(std::make_unique<int>(1));
  ASSERT_TRUE(entry);
  EXPECT_EQ(*entry->value, 10);
}

TEST(OrderedMap, UsesTheGivenHashAndEquality) {
  struct Length {
    std::size_t operator()(const std::string& s) const { return s.size(); }
  };
  struct SameLength {
    bool operator()(const std::string& a, const std::string& b) const {
      return a.size() == b.size();
    }
  };
  OrderedMap<std::string, int, Length, SameLength> map;
  map.insert("abc", 1);
  EXPECT_TRUE(map.contains("xyz"));
  EXPECT_FALSE(map.contains("wxyz"));
}

TEST(OrderedMap, PointersToValuesSurviveGrowth) {
  OrderedMap<int, int> map;
  int* const first = map.insert(0, 100).first;
  for (int i = 1; i < 10000; ++i) map.insert(i, i);
  EXPECT_EQ(map.find(0), first);
  EXPECT_EQ(*first, 100);
}

TEST(OrderedMap, MovingTakesTheEntriesAndLeavesAnEmptyMap) {
  auto source = one_two_three();
  auto target = std::move(source);
  EXPECT_THAT(keys(target), ElementsAre(1, 2, 3));
  EXPECT_TRUE(source.empty());  // NOLINT: a moved-from map is empty and usable
  source.insert(9, "nine");
  EXPECT_THAT(keys(source), ElementsAre(9));
  source = std::move(target);
  EXPECT_THAT(keys(source), ElementsAre(1, 2, 3));
  source.move_to_end(1);
  EXPECT_THAT(keys(source), ElementsAre(2, 3, 1));
}

TEST(OrderedMap, AThrowingHashLosesNothing) {
  struct Picky {
    std::size_t operator()(int key) const {
      return key == 13 ? throw std::runtime_error("unlucky") : static_cast<std::size_t>(key);
    }
  };
  OrderedMap<int, int, Picky> map;
  map.insert(1, 1);
  EXPECT_THROW(map.insert(13, 1), std::runtime_error);
  map.insert(2, 2);
  EXPECT_THAT(keys(map), ElementsAre(1, 2));
}

TEST(OrderedMap, DestroysEveryValueOnce) {
  const auto counted = std::make_shared<int>();
  {
    OrderedMap<int, std::shared_ptr<int>> map;
    for (int i = 0; i < 100; ++i) map.insert(i, counted);
    for (int i = 0; i < 50; ++i) map.erase(i);
    EXPECT_EQ(counted.use_count(), 51);
  }
  EXPECT_EQ(counted.use_count(), 1);
}

TEST(OrderedMap, DoesNotCallTheHeapOnceItNoLongerGrows) {
  OrderedMap<int, int> map;
  for (int i = 0; i < 1000; ++i) map.insert(i, i);
  const auto before = heap_use().calls;
  for (int i = 1000; i < 100000; ++i) {
    map.pop_first();
    map.insert(i, i);
  }
  EXPECT_EQ(heap_use().calls, before);
}

TEST(OrderedMap, PrintsAsPythonPrintsADict) {
  std::ostringstream out;
  out << one_two_three() << ' ' << OrderedMap<int, int>();
  EXPECT_EQ(out.str(), "{1: one, 2: two, 3: three} {}");
}

}  // namespace
}  // namespace tarn
