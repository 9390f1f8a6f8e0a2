#include <gmock/gmock.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <thread>
#include <utility>

#include "fake_driver.hpp"
#include "runtime/memory/replay.hpp"
#include "runtime/memory/trace_reader.hpp"
#include "tarn/error.hpp"

namespace tarn::memory {
namespace {

using test::FakeDriver;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

// A file of this process, gone with the test.
class TraceFile {
 public:
  TraceFile() = default;
  ~TraceFile() { std::filesystem::remove(path_); }
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("tarn_trace_test_" + std::to_string(getpid()));
};

struct Recording {
  explicit Recording(StackOptions options) {
    options.trace = std::make_shared<TraceWriter>(file.path());
    stack = make_allocator_stack(driver, options, {.finish = [] {}});
  }
  Trace end() {
    stack->trace()->end();
    return read_trace(file.path());
  }

  TraceFile file;
  std::shared_ptr<FakeDriver> driver = std::make_shared<FakeDriver>();
  std::shared_ptr<AllocatorStack> stack;
};

AllocatorStats counts(const AllocatorStack& stack) {
  AllocatorStats stats = stack.stats();
  stats.create_nanoseconds = stats.release_nanoseconds = 0;
  return stats;
}

// Requests, releases and all else that a program can do to its stack, some of it failing.
void use(Recording& run, int operations, unsigned seed) {
  std::mt19937 dice(seed);
  std::vector<Block> live;
  for (int i = 0; i < operations; ++i) {
    if (dice() % 500 == 0) run.stack->trim();
    if (dice() % 700 == 0) run.stack->set_cache_limit(dice() % (1 << 20));
    if (dice() % 900 == 0) run.stack->reset_stats();
    if (dice() % 50 == 0) run.driver->fail_next(static_cast<int>(dice() % 4));
    if (dice() % 2 == 0 && !live.empty()) {
      std::swap(live[dice() % live.size()], live.back());
      run.stack->release(live.back());
      live.pop_back();
      continue;
    }
    try {
      live.push_back(run.stack->allocate(1 + dice() % 40000, {.host_visible = dice() % 4 == 0}));
    } catch (const OutOfMemory&) {
    }
  }
  for (const Block& block : live) run.stack->release(block);
}

void write_step(Recording& run, std::string_view text, TraceLabel& label) {
  TraceWriter::Turn(*run.stack->trace()).write_step(text, label);
}

std::vector<TraceKind> kinds(const Trace& trace) {
  std::vector<TraceKind> kinds;
  for (const TraceEvent& event : trace.events) kinds.push_back(event.kind);
  return kinds;
}

TEST(Trace, HasWhatHappenedInItsOrder) {
  Recording run({.cache_limit = 1 << 20});
  TraceLabel label;
  write_step(run, "add", label);
  const Block block = run.stack->allocate(1000, {.host_visible = true});
  run.stack->release(block);
  run.stack->trim();
  const Trace trace = run.end();
  using enum TraceKind;
  EXPECT_THAT(kinds(trace),
              ElementsAre(step, driver_allocation, request, release, trim, driver_release));
  EXPECT_TRUE(trace.complete);
  EXPECT_EQ(trace.settings.cache_limit, 1u << 20);
  EXPECT_EQ(trace.labels, std::vector<std::string>{"add"});
  const TraceEvent& request_event = trace.events[2];
  EXPECT_EQ(request_event.bytes, 1000u);
  EXPECT_EQ(request_event.id, block.id);
  EXPECT_TRUE(request_event.options.host_visible);
  EXPECT_EQ(trace.events[1].bytes, 1024u);
}

TEST(Trace, ALabelIsWrittenOnce) {
  Recording run({});
  TraceLabel add, multiply, another_add;
  write_step(run, "add", add);
  write_step(run, "multiply", multiply);
  write_step(run, "add", add);
  write_step(run, "add", another_add);
  const Trace trace = run.end();
  EXPECT_THAT(trace.labels, ElementsAre("add", "multiply"));
  EXPECT_EQ(trace.events[1].label, 1u);
  EXPECT_EQ(trace.events[2].label, 0u);
  EXPECT_EQ(trace.events[3].label, 0u);
}

// Whoever takes the turn for a step gets the requests that follow it.
TEST(Trace, NoOthersRequestComesBetweenAStepAndItsOwn) {
  constexpr std::size_t kOfSteps = 1000, kOfOthers = 2000;
  Recording run({.cache_limit = 1 << 20});
  std::atomic<bool> done = false;
  std::thread other([&] {
    while (!done) run.stack->release(run.stack->allocate(kOfOthers, {}));
  });
  TraceLabel label;
  for (int i = 0; i < 2000; ++i) {
    Block block;
    {
      TraceWriter::Turn turn(*run.stack->trace());
      turn.write_step("add", label);
      block = run.stack->allocate(kOfSteps, {});
    }
    run.stack->release(block);
  }
  done = true;
  other.join();
  const Trace trace = run.end();
  bool after_step = false;
  for (const TraceEvent& event : trace.events) {
    if (event.kind == TraceKind::step) after_step = true;
    if (event.kind != TraceKind::request || !std::exchange(after_step, false)) continue;
    ASSERT_EQ(event.bytes, kOfSteps);
  }
}

TEST(Trace, TimesNeverDecreaseAndAReleaseIsRightToSomeMilliseconds) {
  using namespace std::chrono_literals;
  Recording run({.cache_limit = 1 << 20});
  const Block block = run.stack->allocate(1000, {});
  std::this_thread::sleep_for(50ms);
  run.stack->release(block);
  const Trace trace = run.end();
  ASSERT_THAT(kinds(trace),
              ElementsAre(TraceKind::driver_allocation, TraceKind::request, TraceKind::release));
  EXPECT_GE(trace.events[1].nanoseconds, trace.events[0].nanoseconds);
  EXPECT_GE(trace.events[2].nanoseconds - trace.events[1].nanoseconds, 30'000'000u);
  EXPECT_LE(trace.events[0].duration, trace.events[0].nanoseconds);
}

TEST(Trace, AFileLoadsUpToWhereItWasCut) {
  Recording run({.cache_limit = 1 << 20});
  use(run, 300, 5);
  const Trace whole = run.end();
  const std::string bytes = run.file.bytes();
  std::size_t events = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Trace part = decode_trace(std::string_view(bytes).substr(0, size), "part");
    EXPECT_FALSE(part.complete);
    ASSERT_GE(part.events.size(), events);
    events = part.events.size();
    ASSERT_TRUE(std::equal(part.events.begin(), part.events.end(), whole.events.begin()));
  }
  EXPECT_EQ(events, whole.events.size());
}

TEST(Trace, BrokenFilesSayWhereAndWhat) {
  const auto decoding = [](std::string bytes) {
    return [bytes] { static_cast<void>(decode_trace(bytes, "some.trace")); };
  };
  EXPECT_THAT(decoding("something else"),
              ThrowsMessage<FormatError>(HasSubstr("'some.trace', byte 0: does not begin with")));
  EXPECT_THAT(decoding("tarntrace\x09"),
              ThrowsMessage<FormatError>(HasSubstr("has version 9; version 2 is read")));
  const std::string header = std::string("tarntrace\x02") + std::string(8, '\0');
  EXPECT_THAT(decoding(header + '\x0f'),
              ThrowsMessage<FormatError>(HasSubstr("no event has the kind 15")));
  EXPECT_THAT(decoding(header + std::string("\x09\x00\x05", 3)),
              ThrowsMessage<FormatError>(HasSubstr("a label is used before it is defined")));
  EXPECT_THAT(decoding(header + std::string("\x06\x00", 2) + std::string(11, '\xff')),
              ThrowsMessage<FormatError>(HasSubstr("more than 64 bits")));
}

TEST(Trace, AFileThatCannotBeWrittenIsAnErrorAtOnce) {
  EXPECT_THAT([] { TraceWriter("/nowhere/at/all"); },
              ThrowsMessage<ValueError>(HasSubstr("cannot write '/nowhere/at/all'")));
}

TEST(Replay, CountsWhatTheRecordedRunCounted) {
  const StackOptions settings[] = {
      {.cache_limit = 300'000, .max_idle_blocks = 20, .memory_limit = 1'500'000},
      {.cache_limit = 1 << 20, .max_block_bytes = 30'000, .exact = true},
      {.cache_limit = 0},
      {.cache_limit = 1 << 20, .slack = {0.5, 4096}}};
  for (const StackOptions& options : settings) {
    Recording run(options);
    use(run, 20'000, 3);
    const AllocatorStats counted = counts(*run.stack);
    const Trace trace = run.end();
    EXPECT_EQ(replay(trace, recorded_options(trace), ReplayDriver::as_recorded), counted);
  }
}

TEST(Replay, IsExactForSeveralThreadsToo) {
  Recording run({.cache_limit = 200'000});
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 4; ++seed) {
    threads.emplace_back([&run, seed] {
      std::mt19937 dice(seed);
      for (int i = 0; i < 2000; ++i) {
        const Block a = run.stack->allocate(1 + dice() % 40000, {});
        const Block b = run.stack->allocate(1 + dice() % 40000, {});
        run.stack->release(a);
        run.stack->release(b);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const AllocatorStats counted = counts(*run.stack);
  const Trace trace = run.end();
  EXPECT_EQ(replay(trace, recorded_options(trace), ReplayDriver::as_recorded), counted);
}

TEST(Replay, PredictsARunWithOtherSettings) {
  const auto run_with = [](std::size_t limit, Trace* trace) {
    Recording run({.cache_limit = limit});
    std::mt19937 dice(11);
    std::vector<Block> live;
    for (int i = 0; i < 5000; ++i) {
      live.push_back(run.stack->allocate(1 + dice() % 40000, {}));
      if (live.size() < 20) continue;
      std::swap(live[dice() % live.size()], live.back());
      run.stack->release(live.back());
      live.pop_back();
    }
    const AllocatorStats counted = counts(*run.stack);
    const Trace recorded = run.end();
    for (const Block& block : live) run.stack->release(block);
    if (trace) *trace = recorded;
    return counted;
  };
  Trace trace;
  run_with(1 << 20, &trace);
  StackOptions options = recorded_options(trace);
  options.cache_limit = 50'000;
  EXPECT_EQ(replay(trace, options, ReplayDriver::unlimited), run_with(50'000, nullptr));
}

TEST(Import, ReadsRequestsAndReleases) {
  std::istringstream text(
      "# mine\nallocate 7 1000\nallocate 8 900\n\nrelease 7\nallocate 7 1000\n");
  const Trace trace = import_trace(text, "mine.txt");
  const AllocatorStats stats = replay(trace, recorded_options(trace), ReplayDriver::unlimited);
  EXPECT_EQ(stats.requests, 3u);
  EXPECT_EQ(stats.hits(), 1u);
  EXPECT_EQ(stats.live.now, 1024u + 1024u);
}

TEST(Import, SaysWhichLineIsWrong) {
  const auto importing = [](const char* text) {
    return [text] {
      std::istringstream in(text);
      static_cast<void>(import_trace(in, "mine.txt"));
    };
  };
  EXPECT_THAT(importing("allocate 1 5\nfree 1\n"),
              ThrowsMessage<FormatError>(HasSubstr("mine.txt, line 2: 'free 1'; allowed are")));
  EXPECT_THAT(importing("allocate 1 5\nallocate 1 6\n"),
              ThrowsMessage<FormatError>(HasSubstr("line 2: block 1 is live")));
  EXPECT_THAT(importing("release 1\n"),
              ThrowsMessage<FormatError>(HasSubstr("line 1: block 1 is not live")));
}

}  // namespace
}  // namespace tarn::memory
