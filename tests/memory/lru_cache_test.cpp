#include "tarn/lru_cache.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <sstream>
#include <string>

#include "heap_calls.hpp"

namespace tarn {
namespace {

using test::heap_use;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

template <class Entries>
auto keys(const Entries& entries) {
  std::vector<decltype(entries.begin()->key)> result;
  for (const auto& [key, value] : entries) result.push_back(key);
  return result;
}

// The article's example.
TEST(LruCache, PrintsCapacityAndEntriesOldestFirst) {
  LruCache<std::string, int> cache(3);
  cache.put("one", 1);
  cache.put("two", 2);
  cache.put("three", 3);
  const auto evicted = cache.put("four", 4);
  EXPECT_THAT(keys(evicted), ElementsAre("one"));
  EXPECT_EQ(cache.get("one"), nullptr);
  std::ostringstream out;
  out << cache;
  EXPECT_EQ(out.str(),
            "Capacity: 3\n"
            "Cache: {two: 2, three: 3, four: 4}");
}

// The classic exercise's sequence.
TEST(LruCache, ForgetsWhatWasUsedLongestAgo) {
  LruCache<int, int> cache(2);
  cache.put(1, 1);
  cache.put(2, 2);
  EXPECT_EQ(*cache.get(1), 1);
  EXPECT_THAT(keys(cache.put(3, 3)), ElementsAre(2));
  EXPECT_EQ(cache.get(2), nullptr);
  EXPECT_THAT(keys(cache.put(4, 4)), ElementsAre(1));
  EXPECT_EQ(cache.get(1), nullptr);
  EXPECT_EQ(*cache.get(3), 3);
  EXPECT_EQ(*cache.get(4), 4);
}

TEST(LruCache, PeekAndContainsLeaveTheOrderAsItIs) {
  LruCache<int, int> cache(2);
  cache.put(1, 10);
  cache.put(2, 20);
  EXPECT_EQ(*cache.peek(1), 10);
  EXPECT_TRUE(cache.contains(1));
  EXPECT_EQ(cache.peek(3), nullptr);
  EXPECT_THAT(keys(cache), ElementsAre(1, 2));
}

TEST(LruCache, PuttingAKnownKeyUpdatesItAndMakesItTheYoungest) {
  LruCache<int, int> cache(2);
  cache.put(1, 10);
  cache.put(2, 20);
  EXPECT_THAT(cache.put(1, 11), IsEmpty());
  EXPECT_EQ(*cache.peek(1), 11);
  EXPECT_THAT(keys(cache), ElementsAre(2, 1));
}

TEST(LruCache, CapacityZeroKeepsNothing) {
  LruCache<int, int> cache(0);
  EXPECT_THAT(keys(cache.put(1, 10)), ElementsAre(1));
  EXPECT_TRUE(cache.empty());

  LruCache<int, int> weightless(0, [](int, int) { return std::size_t{0}; });
  EXPECT_THAT(keys(weightless.put(1, 10)), ElementsAre(1));
  EXPECT_TRUE(weightless.empty());
}

TEST(LruCache, LoweringTheCapacityReturnsWhatHadToGo) {
  LruCache<int, int> cache(4);
  for (int i = 1; i <= 4; ++i) cache.put(i, i);
  EXPECT_THAT(keys(cache.set_capacity(2)), ElementsAre(1, 2));
  EXPECT_EQ(cache.capacity(), 2u);
  EXPECT_THAT(keys(cache.set_capacity(0)), ElementsAre(3, 4));
}

LruCache<std::string, std::string> cache_of_characters(std::size_t capacity) {
  return LruCache<std::string, std::string>(
      capacity, [](const std::string&, const std::string& value) { return value.size(); });
}

TEST(LruCache, ACostFunctionBoundsTheSumOfCosts) {
  auto cache = cache_of_characters(10);
  cache.put("a", "1234");
  cache.put("b", "1234");
  EXPECT_EQ(cache.cost(), 8u);
  EXPECT_THAT(keys(cache.put("c", "1234567")), ElementsAre("a", "b"));
  EXPECT_EQ(cache.cost(), 7u);
}

TEST(LruCache, AnUpdateThatGrowsEvictsOthers) {
  auto cache = cache_of_characters(10);
  cache.put("a", "1234");
  cache.put("b", "1234");
  EXPECT_THAT(keys(cache.put("a", "1234567")), ElementsAre("b"));
  EXPECT_THAT(keys(cache), ElementsAre("a"));
  EXPECT_EQ(cache.cost(), 7u);
}

TEST(LruCache, AnEntryThatAloneExceedsTheCapacityGoesAtOnceAndAlone) {
  auto cache = cache_of_characters(4);
  cache.put("a", "12");
  cache.put("b", "12");
  EXPECT_THAT(keys(cache.put("a", "12345")), ElementsAre("a"));
  EXPECT_THAT(keys(cache), ElementsAre("b"));  // the old value of "a" would be wrong
  EXPECT_EQ(cache.cost(), 2u);
}

TEST(LruCache, EraseAndClearGiveTheirCostBack) {
  auto cache = cache_of_characters(10);
  cache.put("a", "12");
  cache.put("b", "123");
  EXPECT_TRUE(cache.erase("a"));
  EXPECT_FALSE(cache.erase("a"));
  EXPECT_EQ(cache.cost(), 3u);
  cache.clear();
  EXPECT_EQ(cache.cost(), 0u);
  EXPECT_EQ(cache.size(), 0u);
}

TEST(LruCache, HoldsMoveOnlyValuesAndReturnsThem) {
  LruCache<int, std::unique_ptr<int>> cache(1);
  cache.put(1, std::make_unique<int>(10));
  const auto evicted = cache.put(2, std::make_unique<int>(20));
  ASSERT_EQ(evicted.size(), 1u);
  EXPECT_EQ(*evicted[0].value, 10);
  EXPECT_EQ(**cache.get(2), 20);
}

TEST(LruCache, DoesNotCallTheHeapWhenNothingIsEvicted) {
  LruCache<int, int> cache(100);
  for (int i = 0; i < 100; ++i) cache.put(i, i);
  const auto before = heap_use().calls;
  for (int i = 0; i < 10000; ++i) {
    cache.put(i % 100, i);
    cache.get(i % 7);
    cache.erase(i % 100);
    cache.put(i % 100, i);
  }
  EXPECT_EQ(heap_use().calls, before);
}

}  // namespace
}  // namespace tarn
