#include "cache_lab/report/report.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "cache_lab/advisor.hpp"
#include "cache_lab/offline.hpp"
#include "cache_lab/report/history.hpp"
#include "cache_lab/report/page.hpp"
#include "cache_lab/report/plot.hpp"
#include "cache_lab/report/savings.hpp"
#include "cache_lab/rival.hpp"
#include "runtime/memory/byte_size.hpp"
#include "tarn/error.hpp"

namespace examples {
namespace {

using tarn::AllocatorStats;
using tarn::MissReason;
using tarn::memory::format_bytes;
using tarn::memory::Trace;

constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kMoments = 64;

double as_double(std::uint64_t value) { return static_cast<double>(value); }

std::string limit_name(std::size_t limit) {
  return limit == kUnbounded ? "no limit" : format_bytes(limit);
}

Section memory_over_time(const Trace& trace, const std::vector<Moment>& moments) {
  const AllocatorStats& end = moments.back().stats;
  Plot::Points none{{0, 0}}, live{{0, 0}}, held{{0, 0}};
  double most = 0;
  for (const Moment& moment : moments) {
    const auto at = as_double(moment.requests);
    const double bytes = as_double(moment.stats.live.now);
    none.emplace_back(at, 0);
    live.emplace_back(at, bytes);
    held.emplace_back(at, bytes + as_double(moment.stats.idle.now));
    most = std::max(most, held.back().second);
  }
  const auto limit = as_double(trace.settings.cache_limit);
  const bool shows_limit = limit < 1.5 * most;
  Plot plot(span_axis("requests", as_double(moments.back().requests)),
            bytes_axis("bytes", shows_limit ? std::max(limit, most) : most),
            "live and idle bytes over the run");
  plot.area("live", none, live, "live, at most " + format_bytes(end.live.peak));
  plot.area("idle", live, held, "idle, at most " + format_bytes(end.idle.peak));
  if (shows_limit) plot.level(limit, "limit of idle bytes");
  return {"Memory over time",
          "What the program used, and above it what the cache kept for it. Idle bytes were limited "
          "to " +
              limit_name(trace.settings.cache_limit) + ".",
          {{"live", "live"}, {"idle", "idle"}},
          plot.svg()};
}

// The marks of hits and of each reason of a miss.
struct Share {
  const char* mark;
  std::string what;
  std::uint64_t (*count)(const AllocatorStats&);
};

const std::vector<Share>& shares() {
  static const std::vector<Share> all = {
      {"hit", "hit", [](const AllocatorStats& s) { return s.hits(); }},
      {"first", "first of its class",
       [](const AllocatorStats& s) { return s.misses_by[MissReason::first]; }},
      {"concurrent", "all of the class live",
       [](const AllocatorStats& s) { return s.misses_by[MissReason::concurrent]; }},
      {"class", "idle in other classes",
       [](const AllocatorStats& s) { return s.misses_by[MissReason::size_class]; }},
      {"evicted", "evicted before",
       [](const AllocatorStats& s) { return s.misses_by[MissReason::evicted]; }},
      {"other", "too large, or cache off", [](const AllocatorStats& s) {
         return s.misses_by[MissReason::disabled] + s.misses_by[MissReason::oversize];
       }}};
  return all;
}

Section hits_over_time(const std::vector<Moment>& moments) {
  double most = 1;
  Moment last;
  for (const Moment& moment : moments) {
    most = std::max(most, as_double(moment.stats.hits() + moment.stats.misses() -
                                    last.stats.hits() - last.stats.misses()));
    last = moment;
  }
  Plot plot(span_axis("requests", as_double(moments.back().requests)), count_axis("requests", most),
            "hits and misses over the run");
  last = {};
  for (const Moment& moment : moments) {
    double below = 0;
    for (const Share& share : shares()) {
      const std::uint64_t count = share.count(moment.stats) - share.count(last.stats);
      if (count == 0) continue;
      plot.box(share.mark, {as_double(last.requests), below},
               {as_double(moment.requests), below + as_double(count)},
               share.what + ": " + std::to_string(count));
      below += as_double(count);
    }
    last = moment;
  }
  Section section{"Hits and misses over time",
                  "Requests in equal stretches of the run, by what became of each.",
                  {},
                  plot.svg()};
  for (const Share& share : shares()) {
    const std::uint64_t count = share.count(moments.back().stats);
    if (count > 0) {
      section.legend.emplace_back(share.mark, share.what + " (" + std::to_string(count) + ")");
    }
  }
  return section;
}

Section hits_against_capacity(const Trace& trace, const Advice& advice) {
  Plot::Points ours, best;
  for (const Capacity& capacity : advice.capacities) {
    if (capacity.bytes == 0) continue;
    const auto requests = as_double(capacity.stats.requests);
    const auto at = as_double(capacity.bytes);
    ours.emplace_back(at, 100 * as_double(capacity.stats.hits()) / requests);
    const std::uint64_t calls = upper_bound(trace, capacity.bytes);
    best.emplace_back(at, 100 * (1 - as_double(calls) / requests));
  }
  const Capacity& knee = advice.capacities[advice.knee];
  const auto least = as_double(std::max<std::size_t>(advice.capacities[1].bytes, 1));
  Axis percent = count_axis("", 100);
  for (auto& [value, name] : percent.ticks) name += " %";
  Plot plot(log_bytes_axis("limit of idle bytes", least, as_double(advice.capacities.back().bytes)),
            percent, "share of hits against the capacity");
  plot.line("best", best);
  plot.line("hit", ours);
  for (const auto& [bytes, hits] : ours) {
    plot.dot("hit", {bytes, hits}, 3,
             decimal(hits, 1) + " % at " + format_bytes(static_cast<std::size_t>(bytes)));
  }
  if (knee.bytes > 0) plot.upright(as_double(knee.bytes), format_bytes(knee.bytes));
  const std::string kept = decimal(100 * advice.kept, 1);
  return {"Hits against capacity",
          "With " + format_bytes(knee.bytes) + " the program keeps " + kept +
              " % of the hits of an unbounded cache, which holds up to " +
              format_bytes(advice.capacities.back().bytes) + " idle.",
          {{"hit", "this cache"}, {"best", "one that knows what comes, at least"}},
          plot.svg()};
}

Section reuse(const Trace& trace) {
  const ReuseDistances distances = reuse_distances(trace);
  double least = 1 << 20, most = 1024, furthest = 1;
  std::uint64_t largest = 1, all = 0;
  for (const auto& [where, count] : distances) {
    least = std::min(least, as_double(where.first));
    most = std::max(most, as_double(where.first));
    furthest = std::max(furthest, as_double(where.second));
    largest = std::max(largest, count);
    all += count;
  }
  Axis sizes = log_bytes_axis("size of the block", least, most);
  Axis waits = log_count_axis("", 1, std::max(furthest, 10.0));
  sizes.low *= 0.7;  // room for the circles at the ends
  sizes.high *= 1.4;
  waits.low *= 0.6;
  waits.high *= 1.6;
  Plot plot(sizes, waits, "sizes of blocks against how long they wait to be used again");
  for (const auto& [where, count] : distances) {
    const double radius = 2 + 10 * std::sqrt(as_double(count) / as_double(largest));
    plot.dot("reuse", {as_double(where.first), as_double(where.second)}, radius,
             std::to_string(count) + " x " + format_bytes(where.first) + " after " +
                 std::to_string(where.second) + " requests");
  }
  return {"Sizes against reuse distance",
          "How many requests passed between the release of a block and the next request for its "
          "class (upwards); larger circles are more of the " +
              std::to_string(all) + " reuses.",
          {},
          plot.svg()};
}

Section rivals_table(const Trace& trace) {
  constexpr std::size_t kMiB = std::size_t{1} << 20;
  const std::size_t limits[] = {scarce_limit(trace), 16 * kMiB, 64 * kMiB, kUnbounded};
  std::vector<std::string> headings = {"driver calls, and bytes held at most"};
  for (const std::size_t limit : limits) headings.push_back(limit_name(limit));
  std::vector<Row> rows;
  for (const Rival& rival : rivals()) {
    Row row{rival.name, {}, rows.empty()};
    for (const std::size_t limit : limits) {
      const Score seen = score(trace, rival, limit);
      row.cells.push_back(std::to_string(seen.driver_allocations) + " · " +
                          format_bytes(seen.peak_held) +
                          (rival.bounded || limit == kUnbounded ? "" : " *"));
    }
    rows.push_back(row);
  }
  Row best{"offline optimum", {}};
  for (const std::size_t limit : limits) {
    const Bracket seen = bracket(trace, limit);
    best.cells.push_back(std::to_string(seen.lower) +
                         (seen.exact() ? "" : " to " + std::to_string(seen.upper)));
  }
  rows.push_back(best);
  Section section{"Other caches on the same requests",
                  "The first limit is half of what this cache keeps when it may: where it matters "
                  "who is evicted. Caches marked * have no limit to obey.",
                  {},
                  table(headings, rows)};
  section.wide = true;
  return section;
}

}  // namespace

std::string report(const Trace& trace, const std::string& name, const nlohmann::json& experiment) {
  const std::vector<Moment> moments = history(trace, kMoments);
  if (moments.empty()) throw tarn::ValueError("report: the trace '" + name + "' has no requests");
  const AllocatorStats& end = moments.back().stats;
  const Advice advice = advise(trace);
  const double hits =
      100 * as_double(end.hits()) / as_double(std::max<std::uint64_t>(1, end.requests));
  const std::vector<Figure> figures = {{std::to_string(end.requests), "requests"},
                                       {decimal(hits, 1) + " %", "of them hit"},
                                       {std::to_string(end.driver_allocations), "driver calls"},
                                       {format_bytes(end.driver_bytes), "asked of the driver"},
                                       {format_bytes(end.live.peak), "live at most"},
                                       {format_bytes(end.held.peak), "held at most"}};
  std::vector<Section> sections = {memory_over_time(trace, moments), hits_over_time(moments),
                                   hits_against_capacity(trace, advice), reuse(trace),
                                   rivals_table(trace)};
  if (!experiment.is_null()) {
    sections.push_back(savings(experiment));
    if (auto split = time_split(experiment)) sections.push_back(*split);
  }
  const std::string mode = to_string(trace.settings.mode);
  return page("Buffer cache: " + name,
              "A run recorded in mode " + mode + " with at most " +
                  limit_name(trace.settings.cache_limit) + " idle" +
                  (trace.complete ? "." : ", up to where its trace was cut."),
              figures, sections);
}

}  // namespace examples
