#include "runtime/opencl/stats_page.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <atomic>
#include <fstream>

#include "fake_driver.hpp"
#include "runtime/memory/allocator_stack.hpp"
#include "tarn/error.hpp"

namespace tarn::opencl {
namespace {

using memory::AllocatorStack;
using memory::ClassUse;

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class StatsPage : public testing::Test {
 protected:
  ~StatsPage() override { std::filesystem::remove(file); }

  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("tarn_stats_page_" + std::to_string(getpid()));
};

// All words that it fills are one number.
StatsSnapshot all(std::uint64_t number) {
  StatsSnapshot snapshot;
  snapshot.stats.requests = snapshot.stats.releases = snapshot.cache_limit = number;
  snapshot.classes.back() = {number, number, number};
  return snapshot;
}

TEST_F(StatsPage, WhatIsPublishedIsRead) {
  StatsPublisher publisher(
      file, [] { return all(7); }, milliseconds(1));
  const StatsReader reader(file);
  std::optional<StatsSnapshot> seen;
  while (!seen) seen = reader.read();
  EXPECT_EQ(*seen, all(7));
}

TEST_F(StatsPage, TheLastIsPublishedAtTheEnd) {
  std::atomic<std::uint64_t> number = 1;
  {
    StatsPublisher publisher(
        file, [&] { return all(number); }, std::chrono::hours(1));
    number = 2;
  }
  EXPECT_EQ(StatsReader(file).read(), all(2));
}

TEST_F(StatsPage, AReaderSeesWordsThatBelongTogether) {
  std::atomic<std::uint64_t> number = 0;
  StatsPublisher publisher(
      file, [&] { return all(++number); }, milliseconds(0));
  const StatsReader reader(file);
  for (std::uint64_t last = 0; last < 2000;) {
    const auto seen = reader.read();
    if (!seen) continue;
    ASSERT_EQ(*seen, all(seen->cache_limit));
    ASSERT_GE(seen->cache_limit, last);
    last = seen->cache_limit;
  }
}

TEST_F(StatsPage, AStackKnowsItsLargestClasses) {
  AllocatorStack stack(std::make_shared<test::FakeDriver>(),
                       {.cache_limit = 1 << 20, .memory_limit = 1 << 22}, {});
  const Block a = stack.allocate(1000, {}), b = stack.allocate(1000, {}),
              c = stack.allocate(100'000, {});
  stack.release(b);
  const StatsSnapshot seen = stack.snapshot();
  EXPECT_EQ(seen.stats, stack.stats());
  EXPECT_EQ(seen.cache_limit, 1u << 20);
  EXPECT_EQ(seen.memory_limit, 1u << 22);
  EXPECT_EQ(seen.classes[0], (ClassUse{131072, 1, 0}));
  EXPECT_EQ(seen.classes[1], (ClassUse{1024, 1, 1}));
  EXPECT_EQ(seen.classes[2], ClassUse{});
  stack.release(a);
  stack.release(c);
}

TEST_F(StatsPage, OtherFilesAreErrors) {
  const auto reading = [this] { StatsReader reader(file); };
  EXPECT_THAT(reading, ThrowsMessage<FormatError>(HasSubstr("No such file")));
  std::ofstream(file) << "short";
  EXPECT_THAT(reading, ThrowsMessage<FormatError>(HasSubstr("too short")));
  std::ofstream(file) << std::string(10000, 'x');
  EXPECT_THAT(reading, ThrowsMessage<FormatError>(HasSubstr("not of this version")));
  EXPECT_THAT([] { StatsPublisher("/nowhere/page", [] { return all(1); }); },
              ThrowsMessage<ValueError>(HasSubstr("cannot write '/nowhere/page'")));
}

}  // namespace
}  // namespace tarn::opencl
