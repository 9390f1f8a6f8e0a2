// 07_cache_lab as its users run it: every subcommand with and without --json, on a committed trace
// or a real program, and on what is no trace.
#include <gmock/gmock.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kTraces = std::string(TARN_SOURCE_DIR) + "/examples/cache_lab/traces/";
const std::string kMlp = kTraces + "mlp.trace";
const std::string kResnet = kTraces + "resnet18.trace";

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What a run has said.
struct Outcome {
  int code = -1;  // -1 when it was killed
  std::string output, errors;
};

class CommandLine : public testing::Test {
 protected:
  CommandLine() { std::filesystem::create_directory(folder_); }
  ~CommandLine() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ / name; }
  std::string written(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

  Outcome run(const std::string& arguments) const {
    const std::string command =
        "'" CACHE_LAB "' " + arguments + " >" + path("output") + " 2>" + path("errors");
    const int status = system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents(path("output")),
            contents(path("errors"))};
  }
  std::string text(const std::string& arguments) const {
    const Outcome seen = run(arguments);
    EXPECT_EQ(seen.code, 0) << arguments << '\n' << seen.errors;
    return seen.output;
  }
  // Throws, and so fails, where the output is no JSON.
  json object(const std::string& arguments) const { return json::parse(text(arguments)); }

 private:
  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("tarn_command_line_" + std::to_string(getpid()));
};

TEST_F(CommandLine, ReplayCountsAgain) {
  const json seen = object("replay --json " + kMlp);
  EXPECT_EQ(seen.at("requests"), 130);
  EXPECT_EQ(seen.at("exact_hits"), 116);
  EXPECT_EQ(seen.at("misses").at("first"), 9);
  EXPECT_EQ(seen.at("driver_allocations"), 14);
  EXPECT_EQ(seen.at("driver_bytes"), 5908736);
  EXPECT_EQ(seen.at("complete"), true);
  EXPECT_THAT(text("replay " + kMlp),
              AllOf(HasSubstr("398 events, "), HasSubstr("\nrequests                130 "),
                    HasSubstr("exact 116, slack 0")));
}

TEST_F(CommandLine, ReplayTakesOtherSettings) {
  EXPECT_EQ(object("replay --json --direct " + kMlp).at("misses").at("disabled"), 130);
  const json scarce = object("replay --json --cache-limit 64KiB " + kMlp);
  EXPECT_EQ(scarce.at("cache_limit"), 65536);
  EXPECT_EQ(scarce.at("exact_hits"), 58);
  const std::string growing = kTraces + "growing_cache.trace";
  EXPECT_EQ(object("replay --json " + growing).at("slack_hits"), 256);
  EXPECT_EQ(object("replay --json --exact " + growing).at("slack_hits"), 0);
  EXPECT_EQ(object("replay --json --slack 0 --slack-bytes 0 " + growing).at("slack_hits"), 0);
}

TEST_F(CommandLine, ImportReplaysText) {
  const std::string file =
      written("requests.txt", "allocate 1 1000\nrelease 1\nallocate 2 1000\nallocate 3 5000\n");
  const json seen = object("import --json " + file);
  EXPECT_EQ(seen.at("requests"), 3);
  EXPECT_EQ(seen.at("exact_hits"), 1);
  EXPECT_EQ(seen.at("driver_allocations"), 2);
  EXPECT_EQ(object("import --json --direct " + file).at("driver_allocations"), 3);
  EXPECT_THAT(text("import " + file), HasSubstr("\nrequests                  3 "));
}

TEST_F(CommandLine, AdviseKnowsTheKnee) {
  const json seen = object("advise --json " + kResnet);
  ASSERT_EQ(seen.at("capacities").size(), 20u);
  EXPECT_EQ(seen.at("capacities").front().at("driver_allocations"), 264);
  EXPECT_EQ(seen.at("capacities").back().at("driver_allocations"), 78);
  EXPECT_LE(seen.at("knee"), seen.at("capacities").back().at("cache_limit"));
  EXPECT_GE(seen.at("kept"), 0.98);
  EXPECT_EQ(seen.at("at_twice_live").at("exact_hits"), 156);
  EXPECT_THAT(text("advise " + kResnet), AllOf(HasSubstr("capacity      hits  driver calls"),
                                               HasSubstr(seen.at("sentence").get<std::string>())));
}

TEST_F(CommandLine, CompareHasARowForEachCacheAndLimit) {
  const json rows = object("compare --json " + kMlp);
  ASSERT_EQ(rows.size(), 5u * (1 + 10));
  EXPECT_EQ(rows[0].at("cache"), "offline optimum");
  EXPECT_EQ(rows[0].at("driver_allocations_at_least"), 14);
  int ours = 0;
  for (const json& row : rows) {
    if (row.at("cache") != "tarn") continue;
    ++ours;
    EXPECT_EQ(row.at("driver_allocations"), 14);
    EXPECT_EQ(row.at("peak_held"), 5908736);
  }
  EXPECT_EQ(ours, 5);
  EXPECT_THAT(text("compare " + kMlp),
              AllOf(HasSubstr("\ntarn                       14      5.64 MiB"),
                    HasSubstr("\nsplit segments              3"), HasSubstr("(has no limit)")));
}

TEST_F(CommandLine, ExplainSaysWhatBecameOfTheBlocks) {
  const json seen = object("explain --json " + kResnet);
  EXPECT_EQ(seen.at("evictions"), 65);
  EXPECT_EQ(seen.at("age_of_nine_in_ten"), 15);
  EXPECT_EQ(seen.at("regretted"), 0);
  EXPECT_EQ(object("explain --json --within 5 " + kTraces + "sawtooth.trace").at("evictions"), 0);
  EXPECT_THAT(text("explain " + kResnet),
              AllOf(StartsWith("evicted      65 blocks, "), HasSubstr("nine in ten by 15")));
}

TEST_F(CommandLine, ReportWritesItsFile) {
  const json seen = object("report --json -o " + path("report.html") + " " + kMlp);
  EXPECT_EQ(seen.at("output"), path("report.html"));
  EXPECT_EQ(seen.at("driver_allocations"), 14);
  const std::string first = contents(path("report.html"));
  EXPECT_THAT(first, AllOf(StartsWith("<!doctype html>"), HasSubstr("mlp.trace")));
  EXPECT_EQ(text("report -o " + path("again.html") + " " + kMlp), "");
  EXPECT_EQ(contents(path("again.html")), first);
}

// The trace, replayed, has the counts that the recording said; and top saw the same program.
TEST_F(CommandLine, RecordAndTopSeeARealProgram) {
  const json recorded = object("record --json " + path("run.trace") + " -- '" PROGRAM "'");
  EXPECT_EQ(recorded.at("exit_code"), 0);
  EXPECT_EQ(recorded.at("complete"), true);
  EXPECT_GT(recorded.at("requests"), 0);
  json replayed = object("replay --json " + path("run.trace"));
  for (const char* count : {"requests", "exact_hits", "misses", "driver_bytes", "held_peak"}) {
    EXPECT_EQ(replayed.at(count), recorded.at(count)) << count;
  }
  EXPECT_THAT(text("record " + path("text.trace") + " -- '" PROGRAM "'"), StartsWith("The plan:\n"))
      << "what the program prints is its own";
  EXPECT_EQ(object("replay --json " + path("text.trace")).at("requests"), recorded.at("requests"));

  std::istringstream looks(text("top --json --every 0.05 -- '" PROGRAM "'"));
  json last;
  for (std::string look; std::getline(looks, look);) last = json::parse(look);
  ASSERT_TRUE(last.is_object());
  EXPECT_EQ(last.at("requests"), recorded.at("requests"));
  EXPECT_EQ(last.at("live"), 0) << "the last look is after the end";
  const std::string requests = recorded.at("requests").dump();
  EXPECT_THAT(text("top --every 0.05 -- '" PROGRAM "'"),
              AllOf(StartsWith("live   "), HasSubstr(" of all " + requests + "\n")));
}

TEST_F(CommandLine, AProgramsOwnCodeIsHandedOn) {
  EXPECT_EQ(run("record " + path("x.trace") + " -- sh -c 'exit 3'").code, 3);
  EXPECT_EQ(run("top -- sh -c 'exit 3'").code, 3);
  for (const char* command : {"record x.trace", "record --json x.trace", "top", "top --json"}) {
    const Outcome seen = run(std::string(command) + " -- /no/such/program");
    EXPECT_EQ(seen.code, 127) << command;
    EXPECT_THAT(seen.errors, HasSubstr("cannot run '/no/such/program': No such file")) << command;
  }
}

TEST_F(CommandLine, WhatIsNoTraceIsAnError) {
  const std::string other = written("other", "something else");
  const std::string empty = written("empty", "");
  const std::string broken = written("broken.trace", contents(kMlp).replace(60, 8, 8, '\x7f'));
  for (const char* command : {"replay", "advise", "compare", "explain", "report -o /dev/null"}) {
    for (const std::string form : {" ", " --json "}) {
      const auto expect = [&](const std::string& file, const std::string& message) {
        const Outcome seen = run(command + form + file);
        EXPECT_EQ(seen.code, 2) << command << form << file;
        EXPECT_EQ(seen.output, "") << command << form << file;
        EXPECT_THAT(seen.errors, AllOf(HasSubstr("'" + file + "'"), HasSubstr(message)));
      };
      expect("/no/such.trace", "cannot be opened");
      expect(other, "byte 0: does not begin with 'tarntrace'");
      expect(empty, "cut before its first event");
      expect(broken, "no event has the kind");
    }
  }
  const Outcome imported = run("import " + written("x.txt", "allocate 1 5\nfree 1\n"));
  EXPECT_EQ(imported.code, 2);
  EXPECT_THAT(imported.errors, HasSubstr("x.txt, line 2: 'free 1'; allowed are"));
}

// As after a crash of the program: what there is can be used, and whoever does is told.
TEST_F(CommandLine, ACutTraceIsUsedUpToTheCut) {
  const std::string cut = written("cut.trace", contents(kMlp).substr(0, 700));
  for (const char* command : {"replay", "advise", "compare", "explain", "report -o /dev/null"}) {
    const Outcome seen = run(std::string(command) + " --json " + cut);
    EXPECT_EQ(seen.code, 0) << command;
    EXPECT_THAT(json::parse(seen.output).size(), testing::Gt(0u)) << command;
    EXPECT_THAT(seen.errors, HasSubstr("'" + cut + "': cut after 84 events")) << command;
  }
  const json replayed = object("replay --json " + cut);
  EXPECT_EQ(replayed.at("complete"), false);
  EXPECT_EQ(replayed.at("requests"), 29);
}

TEST_F(CommandLine, WhatItDoesNotKnowIsAnError) {
  const auto expect = [&](const std::string& arguments, const std::string& message) {
    const Outcome seen = run(arguments);
    EXPECT_NE(seen.code, 0) << arguments;
    EXPECT_THAT(seen.errors, HasSubstr(message)) << arguments;
  };
  expect("forget", "not expected: forget");
  expect("replay", "FILE is required");
  expect("replay --sideways " + kMlp, "not expected: --sideways");
  expect("replay --cache-limit lots " + kMlp, "'lots' is no amount of bytes");
  expect("replay --slack -1 " + kMlp, "--slack");
  expect("report " + kMlp, "--output is required");
  expect("report -o /no/such/x.html " + kMlp, "'/no/such/x.html': cannot be written");
  expect("record " + path("x.trace"), "PROGRAM is required");
  expect("top", "PROGRAM is required");
}

}  // namespace
