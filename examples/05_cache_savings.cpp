// What does caching device buffers save? The same programs run in one process in three ways:
//
//   direct   every request goes to the driver
//   share    so does every request, but the intermediates of a plan share blocks: fewer requests
//   lru      released blocks are kept, and answer later requests
//
// The ways take turns in blocks (A B C C B A, in random order) once all kernels are there. Counts
// are exact. Times are compared within each block, as ratios, with a bootstrap interval of 95 %;
// where it contains 1, no difference has been shown. A second table says where the time went.
#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <tarn/tarn.hpp>

#include "experiment/comparison.hpp"
#include "experiment/machine.hpp"
#include "experiment/report.hpp"
#include "experiment/time_split.hpp"
#include "programs.hpp"

int main(int argc, char** argv) try {
  CLI::App app("Runs programs with and without the cache of device buffers, and compares.");
  examples::Effort effort;
  bool json = false;
  std::string only;
  app.add_option("--passes", effort.passes, "measured passes of each program and mode, at most")
      ->check(CLI::Range(20, 100000));
  app.add_option("--seconds", effort.seconds, "measuring each program, at most")
      ->check(CLI::Range(0.0, 3600.0));
  app.add_flag("--json", json, "print an array of objects instead of the table");
  app.add_option("--only", only, "run the programs whose name contains this");
  CLI11_PARSE(app, argc, argv);

  const std::string machine = examples::describe_machine(tarn::Device());
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  examples::Summary summary;
  std::ostringstream splits;
  bool equal = true;
  std::mt19937 dice(1);
  if (!json) {
    std::cout << machine << "\n\n";
    examples::print_header(std::cout);
  }
  for (const examples::Program& program : examples::programs(TARN_EXAMPLE_DATA)) {
    if (program.name.find(only) == std::string::npos) continue;
    const examples::Comparison seen = compare(program, effort, dice);
    nlohmann::ordered_json rows = rows_of(seen, machine);
    const examples::UnitCosts unit = examples::calibrate(seen);
    const examples::TimeSplit split = split_time(seen, unit);
    rows.back()["time_split"] = json_of(split, unit);
    print_split(splits, seen.program, split, unit);
    all.insert(all.end(), rows.begin(), rows.end());
    if (!json) print(std::cout, seen, rows);
    std::cout.flush();
    summary.add(seen);
    equal &= seen.equal_bits;
  }
  if (json) {
    std::cout << all.dump(1) << '\n';
  } else {
    examples::print_split_header(std::cout);
    std::cout << splits.str();
    summary.print(std::cout);
  }
  return equal ? 0 : 1;
} catch (const tarn::OutOfMemory& error) {
  std::cerr << error.what() << '\n';
  return 2;
}
