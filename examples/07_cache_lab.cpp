// What would another cache have done? Records what a program asks of its allocator, and replays it
// with other settings, without the device: exactly, since the very classes that a device uses are
// run on a driver that only counts.
//
//   07_cache_lab record run.trace -- ./03_mlp     07_cache_lab replay run.trace --cache-limit 16MiB
//   07_cache_lab advise run.trace                 07_cache_lab compare run.trace
//   07_cache_lab import requests.txt              07_cache_lab report run.trace -o run.html
//   07_cache_lab top -- ./03_mlp
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "cache_lab/advisor.hpp"
#include "cache_lab/child.hpp"
#include "cache_lab/explain.hpp"
#include "cache_lab/json.hpp"
#include "cache_lab/offline.hpp"
#include "cache_lab/report/report.hpp"
#include "cache_lab/rival.hpp"
#include "cache_lab/top.hpp"
#include "runtime/memory/byte_size.hpp"
#include "runtime/memory/replay.hpp"
#include "runtime/memory/trace_reader.hpp"
#include "tarn/error.hpp"

namespace {

using examples::Advice;
using examples::json_of;
using nlohmann::ordered_json;
using tarn::AllocatorStats;
using tarn::memory::format_bytes;
using tarn::memory::ReplayDriver;
using tarn::memory::StackOptions;
using tarn::memory::Trace;

struct Arguments {
  std::string file;
  bool json = false;
  std::string cache_limit;      // empty: as recorded
  std::optional<double> slack;  // a share; none: as recorded
  std::string slack_bytes;      // empty: as recorded
  bool exact = false, direct = false;
  std::uint64_t within = 1000;  // requests that are soon
  std::string output, experiment;
  double every = 0.5;
  std::vector<std::string> program;  // and its arguments
};

// A trace that was cut is used up to there, and whoever uses it is told.
Trace read(const std::string& path) {
  Trace trace = tarn::memory::read_trace(path);
  if (trace.complete) return trace;
  if (trace.events.empty()) {
    throw tarn::FormatError("trace '" + path + "': cut before its first event");
  }
  std::cerr << "trace '" << path << "': cut after " << trace.events.size() << " events\n";
  return trace;
}

// What the program prints is its own; where the counts are printed, it goes to standard error.
int record(const Arguments& arguments) {
  setenv("TARN_TRACE", arguments.file.c_str(), 1);
  if (!arguments.json) return examples::become(arguments.program);
  const int code = examples::Child(arguments.program, STDERR_FILENO).wait();
  if (code == 127) return code;
  const Trace trace = tarn::memory::read_trace(arguments.file);
  ordered_json out = json_of(replay(trace, recorded_options(trace), ReplayDriver::as_recorded));
  out["cache_limit"] = trace.settings.cache_limit;
  out["events"] = trace.events.size();
  out["complete"] = trace.complete;
  out["exit_code"] = code;
  std::cout << out.dump(1) << '\n';
  return code;
}

StackOptions options_of(const Trace& trace, const Arguments& arguments) {
  StackOptions options = recorded_options(trace);
  if (!arguments.cache_limit.empty()) {
    options.mode = tarn::AllocatorMode::lru;
    options.cache_limit = tarn::memory::parse_bytes(arguments.cache_limit);
  }
  if (arguments.slack) options.slack.share = *arguments.slack;
  if (!arguments.slack_bytes.empty()) {
    options.slack.bytes = tarn::memory::parse_bytes(arguments.slack_bytes);
  }
  if (arguments.exact) options.exact = true;
  if (arguments.direct) options.mode = tarn::AllocatorMode::direct;
  return options;
}

void replay_and_print(const Trace& trace, const Arguments& arguments) {
  const StackOptions options = options_of(trace, arguments);
  const bool as_recorded = arguments.cache_limit.empty() && !arguments.slack &&
                           arguments.slack_bytes.empty() && !arguments.exact && !arguments.direct;
  const auto driver = as_recorded ? ReplayDriver::as_recorded : ReplayDriver::unlimited;
  const auto start = std::chrono::steady_clock::now();
  const AllocatorStats stats = replay(trace, options, driver);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const double rate = static_cast<double>(trace.events.size()) / took.count();
  if (arguments.json) {
    ordered_json out = json_of(stats);
    out["cache_limit"] = options.cache_limit;
    out["events"] = trace.events.size();
    out["complete"] = trace.complete;
    out["events_per_second"] = rate;
    std::cout << out.dump(1) << '\n';
    return;
  }
  std::cout << trace.events.size() << " events" << (trace.complete ? "" : ", then a cut") << ", "
            << std::fixed << std::setprecision(1) << rate * 1e-6 << " million a second\n"
            << stats;
}

void print_table(const Advice& advice) {
  std::cout << std::setw(10) << "capacity" << std::setw(10) << "hits" << std::setw(14)
            << "driver calls" << std::setw(14) << "driver bytes" << std::setw(14) << "time saved"
            << '\n';
  for (const examples::Capacity& capacity : advice.capacities) {
    std::cout << std::setw(10) << format_bytes(capacity.bytes) << std::setw(10)
              << capacity.stats.hits() << std::setw(14) << capacity.stats.driver_allocations
              << std::setw(14) << format_bytes(capacity.stats.driver_bytes) << std::setw(11)
              << std::fixed << std::setprecision(2) << capacity.seconds_saved * 1e3 << " ms\n";
  }
  std::cout << sentence(advice) << '\n' << expectations(advice) << '\n';
}

void advise_and_print(const Trace& trace, const Arguments& arguments) {
  const Advice advice = examples::advise(trace);
  if (!arguments.json) return print_table(advice);
  ordered_json capacities = ordered_json::array();
  for (const examples::Capacity& capacity : advice.capacities) {
    ordered_json row = json_of(capacity.stats);
    row["cache_limit"] = capacity.bytes;
    row["seconds_saved"] = capacity.seconds_saved;
    capacities.push_back(row);
  }
  const ordered_json out = {{"capacities", capacities},
                            {"knee", advice.capacities[advice.knee].bytes},
                            {"kept", advice.kept},
                            {"optimum_at_least", advice.best.lower},
                            {"optimum_at_most", advice.best.upper},
                            {"twice_live", advice.twice_live.bytes},
                            {"at_twice_live", json_of(advice.twice_live.stats)},
                            {"second_half", json_of(advice.steady)},
                            {"sentence", sentence(advice)}};
  std::cout << out.dump(1) << '\n';
}

// In each column the driver's allocations, its bytes, the most it held, and what of that was not
// the program's.
void compare_and_print(const Trace& trace, const Arguments& arguments) {
  constexpr std::size_t kMiB = std::size_t{1} << 20;
  constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();
  ordered_json rows = ordered_json::array();
  for (const std::size_t limit :
       {examples::scarce_limit(trace), 16 * kMiB, 64 * kMiB, 256 * kMiB, kUnbounded}) {
    const std::string name = limit == kUnbounded ? "no limit" : format_bytes(limit);
    if (!arguments.json) {
      std::cout << std::left << std::setw(15) << name << std::right << std::setw(14)
                << "driver calls" << std::setw(14) << "driver bytes" << std::setw(12) << "held"
                << std::setw(12) << "wasted" << '\n';
    }
    const examples::Bracket best = examples::bracket(trace, limit);
    rows.push_back({{"cache", "offline optimum"},
                    {"limit", limit},
                    {"driver_allocations_at_least", best.lower},
                    {"driver_allocations_at_most", best.upper}});
    if (!arguments.json) {
      const std::string calls =
          std::to_string(best.lower) + (best.exact() ? "" : " to " + std::to_string(best.upper));
      std::cout << std::left << std::setw(15) << "(optimum)" << std::right << std::setw(14) << calls
                << '\n';
    }
    for (const examples::Rival& rival : examples::rivals()) {
      const examples::Score seen = score(trace, rival, limit);
      const char* note = rival.bounded ? "" : "  (has no limit)";
      rows.push_back({{"cache", rival.name},
                      {"source", rival.source},
                      {"bounded", rival.bounded},
                      {"limit", limit},
                      {"driver_allocations", seen.driver_allocations},
                      {"driver_bytes", seen.driver_bytes},
                      {"peak_held", seen.peak_held},
                      {"wasted", seen.wasted()}});
      if (arguments.json) continue;
      std::cout << std::left << std::setw(15) << rival.name << std::right << std::setw(14)
                << seen.driver_allocations << std::setw(14) << format_bytes(seen.driver_bytes)
                << std::setw(12) << format_bytes(seen.peak_held) << std::setw(12)
                << format_bytes(seen.wasted()) << (limit == kUnbounded ? "" : note) << '\n';
    }
  }
  if (arguments.json) std::cout << rows.dump(1) << '\n';
}

void explain_and_print(const Trace& trace, const Arguments& arguments) {
  const examples::Explanation seen = examples::explain(trace, arguments.within);
  if (arguments.json) {
    ordered_json at_end = ordered_json::object(), at_peak = ordered_json::object();
    for (const auto& [size, bytes] : seen.stranded_at_end) at_end[std::to_string(size)] = bytes;
    for (const auto& [size, bytes] : seen.stranded_at_peak) at_peak[std::to_string(size)] = bytes;
    const ordered_json out = {
        {"evictions", seen.ages.size()},       {"median_age", seen.age(0.5)},
        {"age_of_nine_in_ten", seen.age(0.9)}, {"regretted", seen.regretted},
        {"given_back", seen.given_back},       {"peak_stranded", seen.peak_stranded},
        {"stranded_at_peak", at_peak},         {"stranded_at_end", at_end}};
    std::cout << out.dump(1) << '\n';
    return;
  }
  std::cout << "evicted      " << seen.ages.size() << " blocks, at a median age of "
            << seen.age(0.5) << " requests, nine in ten by " << seen.age(0.9) << '\n'
            << "regretted    " << seen.regretted << " within " << arguments.within << " requests\n"
            << "given back   " << seen.given_back << " blocks at once\n"
            << "stranded     " << format_bytes(seen.peak_stranded) << " at peak, the largest of "
            << seen.stranded_at_peak.size() << " classes:";
  int shown = 0;
  for (auto it = seen.stranded_at_peak.rbegin(); it != seen.stranded_at_peak.rend(); ++it) {
    if (++shown > 6) break;
    std::cout << "  " << it->second / it->first << " x " << format_bytes(it->first);
  }
  std::cout << '\n';
}

void write_report(const Trace& trace, const Arguments& arguments) {
  nlohmann::json experiment;
  if (!arguments.experiment.empty()) {
    std::ifstream in(arguments.experiment);
    if (!in) throw tarn::FormatError("'" + arguments.experiment + "': cannot be opened");
    experiment = nlohmann::json::parse(in, nullptr, false);
  }
  const std::string name = std::filesystem::path(arguments.file).filename().string();
  std::ofstream out(arguments.output);
  out << examples::report(trace, name, experiment);
  if (!out.flush()) throw tarn::FormatError("'" + arguments.output + "': cannot be written");
  if (!arguments.json) return;
  ordered_json written = json_of(replay(trace, recorded_options(trace), ReplayDriver::as_recorded));
  written["output"] = arguments.output;
  std::cout << written.dump(1) << '\n';
}

Trace import_file(const std::string& path) {
  std::ifstream text(path);
  if (!text) throw tarn::FormatError("'" + path + "': cannot be opened");
  return tarn::memory::import_trace(text, path);
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("Records what a program asks of its allocator, and replays it with other settings.");
  app.require_subcommand(0, 1);
  Arguments arguments;
  const auto command = [&](const char* name, const char* what) {
    CLI::App* added = app.add_subcommand(name, what);
    added->add_option("FILE", arguments.file)->required();
    return added;
  };
  const auto print = [&](CLI::App* added) {
    added->add_flag("--json", arguments.json, "print an object instead of text");
    return added;
  };
  const auto settings = [&](CLI::App* added) {
    added->add_option("--cache-limit", arguments.cache_limit, "idle bytes at most, such as 16MiB");
    added->add_option("--slack", arguments.slack, "how much larger a reused block may be: 0.25")
        ->check(CLI::Range(0.0, 16.0));
    added->add_option(
        "--slack-bytes", arguments.slack_bytes,
        "how much a small request's block may be larger, up to twice its size: 64KiB");
    added->add_flag("--exact", arguments.exact, "no size classes and no slack");
    added->add_flag("--direct", arguments.direct, "no cache");
  };
  CLI::App* const recorded =
      print(command("record", "run a program that writes FILE: FILE -- PROGRAM"));
  recorded->add_option("PROGRAM", arguments.program, "and its arguments")->required();
  CLI::App* const replayed = print(command("replay", "count again, perhaps with other settings"));
  settings(replayed);
  CLI::App* const imported =
      print(command("import", "replay text: 'allocate ID BYTES' or 'release ID' a line"));
  settings(imported);
  CLI::App* const advised = print(command("advise", "how large a cache is worth having"));
  CLI::App* const compared = print(command("compare", "how other runtimes' caches would do"));
  CLI::App* const explained = print(command("explain", "what became of the blocks of the run"));
  explained->add_option("--within", arguments.within, "how many requests are soon");
  CLI::App* const watched =
      print(app.add_subcommand("top", "show the cache of a program while it runs"));
  watched->add_option("PROGRAM", arguments.program, "and its arguments")->required();
  watched->add_option("--every", arguments.every, "seconds between looks: 0.5")
      ->check(CLI::Range(0.05, 60.0));
  CLI::App* const reported = print(command("report", "write about the run as one HTML file"));
  reported->add_option("-o,--output", arguments.output, "the file")->required();
  reported->add_option("--ab,--experiment", arguments.experiment,
                       "what 05_cache_savings --json has printed, to be shown too");
  CLI11_PARSE(app, argc, argv);

  if (app.get_subcommands().empty()) std::cout << app.help();
  if (*recorded) return record(arguments);
  if (*replayed) replay_and_print(read(arguments.file), arguments);
  if (*imported) replay_and_print(import_file(arguments.file), arguments);
  if (*advised) advise_and_print(read(arguments.file), arguments);
  if (*explained) explain_and_print(read(arguments.file), arguments);
  if (*compared) compare_and_print(read(arguments.file), arguments);
  if (*watched) {
    const auto format = arguments.json ? examples::Format::json : examples::Format::text;
    return examples::top(arguments.program, arguments.every, std::cout, format);
  }
  if (*reported) write_report(read(arguments.file), arguments);
  return 0;
} catch (const tarn::Error& error) {
  std::cerr << error.what() << '\n';
  return 2;
}
