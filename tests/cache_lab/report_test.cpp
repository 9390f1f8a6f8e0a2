#include "cache_lab/report/report.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "cache_lab/report/history.hpp"
#include "cache_lab/report/plot.hpp"
#include "runtime/memory/replay.hpp"
#include "runtime/memory/trace_reader.hpp"
#include "tarn/error.hpp"

namespace examples {
namespace {

using tarn::memory::import_trace;
using tarn::memory::read_trace;
using tarn::memory::ReplayDriver;
using tarn::memory::Trace;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::ThrowsMessage;

Trace trace_of(const std::string& requests) {
  std::istringstream text(requests);
  return import_trace(text, "requests");
}

Trace growing_cache() {
  return read_trace(std::filesystem::path(TARN_SOURCE_DIR) /
                    "examples/cache_lab/traces/growing_cache.trace");
}

// Elements that are open at the end, or the first that is closed in the wrong place.
std::vector<std::string> unbalanced(const std::string& html) {
  std::vector<std::string> open;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const std::string tag = html.substr(at, html.find('>', at) - at);
    const bool closes = tag[1] == '/';
    const std::string name =
        tag.substr(closes ? 2 : 1, tag.find_first_of(" \n") - (closes ? 2 : 1));
    if (name == "!doctype" || name == "meta" || tag.back() == '/') continue;
    if (!closes) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return {"</" + name};
    } else {
      open.pop_back();
    }
  }
  return open;
}

TEST(Plot, AxesPlaceValuesBetweenTheirEnds) {
  const Axis linear = count_axis("", 46);
  EXPECT_EQ(linear.high, 50);
  EXPECT_EQ(linear.place(25), 0.5);
  const Axis logarithmic = log_count_axis("", 1, 100);
  EXPECT_DOUBLE_EQ(logarithmic.place(10), 0.5);
  EXPECT_EQ(logarithmic.place(0), 0) << "what is below the low end is at the low end";
}

TEST(Plot, BytesHaveTicksAtPowersOfTwo) {
  const Axis axis = bytes_axis("", 3 << 20);
  EXPECT_THAT(axis.ticks, ElementsAre(Pair(0, "0 B"), Pair(1 << 20, "1 MiB"),
                                      Pair(2 << 20, "2 MiB"), Pair(3 << 20, "3 MiB")));
}

TEST(Plot, EscapesWhatHtmlWouldRead) {
  EXPECT_EQ(escape("a<b> & \"c\""), "a&lt;b&gt; &amp; &quot;c&quot;");
}

TEST(History, EndsWithTheCountsOfTheReplay) {
  const Trace trace = growing_cache();
  const std::vector<Moment> moments = history(trace, 10);
  ASSERT_EQ(moments.size(), 10u);
  const tarn::AllocatorStats end =
      replay(trace, recorded_options(trace), ReplayDriver::as_recorded);
  EXPECT_EQ(moments.back().requests, end.requests);
  EXPECT_EQ(moments.back().stats.hits(), end.hits());
  for (std::size_t i = 1; i < 10; ++i) {
    EXPECT_NEAR(static_cast<double>(moments[i].requests - moments[i - 1].requests), 514, 2);
  }
}

TEST(History, KeepsPeaksBetweenItsMoments) {
  const std::vector<Moment> moments = history(
      trace_of("allocate 1 1024\nrelease 1\nallocate 1 65536\nrelease 1\nallocate 2 1024\n"), 1);
  ASSERT_EQ(moments.size(), 1u);
  EXPECT_EQ(moments[0].stats.live.now + moments[0].stats.idle.now, 65536u + 1024u);
}

TEST(History, ReuseDistancesAreRequestsSinceTheRelease) {
  const ReuseDistances seen = reuse_distances(
      trace_of("allocate 1 1024\nrelease 1\nallocate 2 4096\nallocate 3 8192\nallocate 4 1024\n"
               "release 2\nallocate 5 4096\n"));
  EXPECT_THAT(seen, ElementsAre(Pair(Pair(1024u, 2u), 1u),  // three, rounded down
                                Pair(Pair(4096u, 1u), 1u)));
}

TEST(Report, IsOneFileWithoutScriptsOrLinks) {
  const std::string html = report(growing_cache(), "growing <cache>", nullptr);
  EXPECT_THAT(unbalanced(html), ElementsAre());
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("http")));
  EXPECT_THAT(html, Not(HasSubstr("url(")));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
  EXPECT_THAT(html, HasSubstr("growing &lt;cache&gt;"));
  EXPECT_THAT(html, HasSubstr("<dt>requests</dt><dd>5137</dd>"));
  EXPECT_THAT(html, HasSubstr("hit (5025)"));
}

TEST(Report, ShowsTheExperiment) {
  const auto experiment = nlohmann::json::parse(R"([
    {"program": "chain", "mode": "direct", "driver_allocations": 320, "machine": "a machine",
     "direct_over_this": {"median": 1, "low": 1, "high": 1}},
    {"program": "chain", "mode": "lru", "driver_allocations": 5, "machine": "a machine",
     "direct_over_this": {"median": 2.5, "low": 2.25, "high": 3},
     "time_split": {"direct_less_cached_ms": 2, "driver_ms": 0.5, "estimated_first_touch_ms": 1.25,
                    "estimated_layer_ms": -0.125, "rest_ms": 0.375}}])");
  const std::string html = report(trace_of("allocate 1 1000\n"), "run", experiment);
  EXPECT_THAT(unbalanced(html), ElementsAre());
  EXPECT_THAT(html, HasSubstr("<td>320 → 5</td><td>2.50</td><td>2.25 to 3.00</td>"));
  EXPECT_THAT(html, HasSubstr("a machine"));
  EXPECT_THAT(html, HasSubstr("<td>2.000</td><td>0.500</td><td>1.250</td><td>-0.125</td>"));
}

TEST(Report, ShortAndEmptyTraces) {
  EXPECT_THAT(unbalanced(report(trace_of("allocate 1 1000\n"), "one", nullptr)), ElementsAre());
  EXPECT_THAT([] { report(trace_of(""), "none", nullptr); },
              ThrowsMessage<tarn::ValueError>("report: the trace 'none' has no requests"));
}

TEST(Report, SaysWhatAnExperimentMustBe) {
  EXPECT_THAT([] { report(trace_of("allocate 1 1000\n"), "run", nlohmann::json::parse("[{}]")); },
              ThrowsMessage<tarn::FormatError>(
                  HasSubstr("the experiment is not what 05_cache_savings --json prints")));
  EXPECT_THAT(
      [] {
        report(trace_of("allocate 1 1000\n"), "run", nlohmann::json::parse("{", nullptr, false));
      },
      ThrowsMessage<tarn::FormatError>(HasSubstr("is not what 05_cache_savings")));
}

}  // namespace
}  // namespace examples
