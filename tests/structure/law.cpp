#include "structure/law.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <iterator>
#include <set>

namespace tarn::structure {
namespace {

// Paths of folders end with a slash; every prefix names what lies below it.
struct Layer {
  std::string_view folder;
  std::vector<std::string_view> includes;  // beside itself and the C++ standard library
};

const std::vector<Layer>& layers() {
  static const std::vector<Layer> table = {
      {"include/tarn/", {}},
      {"runtime/memory/", {"tarn/"}},
      {"runtime/profile/", {"tarn/"}},
      {"runtime/opencl/", {"tarn/", "runtime/memory/", "runtime/profile/"}},
      {"ops/graph/", {"tarn/"}},
      {"ops/plan/", {"tarn/", "ops/graph/"}},
      {"ops/kernel/", {"tarn/", "ops/graph/", "ops/plan/"}},
      {"ops/tensor/", {"tarn/", "ops/graph/"}},
      {"ops/realize/",
       {"tarn/", "ops/graph/", "ops/plan/", "ops/kernel/", "ops/tensor/format.hpp", "runtime/"}},
      {"ops/nn/", {"tarn/"}},
      {"ops/io/", {"tarn/"}},
  };
  return table;
}

// Libraries of others, and the one place that may include each.
struct Library {
  std::string_view headers;
  std::string_view place;
};
constexpr Library kLibraries[] = {
    {"CL/", "runtime/opencl/opencl.hpp"},
    {"spdlog/", "runtime/opencl/log.hpp"},
    {"nlohmann/", "ops/io/"},
};

constexpr std::string_view kAllocator = "runtime/opencl/direct_allocator.cpp";
constexpr std::string_view kCreatesMemory[] = {"clCreateBuffer", "clCreateImage", "clCreatePipe",
                                               "clSVMAlloc",     "cl::Buffer",    "cl::Image"};

bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Whether a word that begins so is in the line. A prefix that begins with a slash is the beginning
/// of an absolute path.
bool has_word(std::string_view line, std::string_view prefix) {
  for (std::size_t at = line.find(prefix); at != std::string_view::npos;
       at = line.find(prefix, at + 1)) {
    if (at == 0 || !(in_word(line[at - 1]) || line[at - 1] == '.')) return true;
  }
  return false;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string_view without_spaces_before(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
}

/// The file that a line of code includes with its quotes or brackets; nothing when it includes
/// none. `line` is the line as written, `code` the same without comments and literals.
std::string_view included(std::string_view line, std::string_view code) {
  code = without_spaces_before(code);
  if (!code.starts_with('#')) return {};
  if (!without_spaces_before(code.substr(1)).starts_with("include")) return {};
  const std::size_t begin = line.find("include") + 7;
  const std::size_t open = std::min(line.find_first_of("\"<", begin), line.size());
  if (open == line.size()) return without_spaces_before(line.substr(begin));
  const std::size_t close = line.find(line[open] == '<' ? '>' : '"', open + 1);
  return line.substr(open, close == std::string_view::npos ? close : close - open + 1);
}

bool may_include(std::string_view path, const Layer& layer, std::string_view target) {
  const auto begins = [&](std::string_view prefix) { return target.starts_with(prefix); };
  const bool bracket = target.starts_with('<');
  if (!bracket && !target.starts_with('"')) return false;  // a macro: nobody can tell
  target = target.substr(1, target.size() - 2);
  for (const Library& library : kLibraries) {
    if (begins(library.headers)) return path.starts_with(library.place);
  }
  if (bracket) {
    if (target.find_first_of("./") == std::string_view::npos) return true;  // C++'s own
    // The system's own, such as <unistd.h>: for those who speak with the system.
    const bool speaks = path.starts_with("runtime/opencl/") || path.starts_with("ops/io/");
    return speaks && (begins("sys/") || target.find('/') == std::string_view::npos);
  }
  constexpr std::string_view root = "include/";
  std::string_view own = layer.folder;
  if (own.starts_with(root)) own.remove_prefix(root.size());
  return begins(own) || std::ranges::any_of(layer.includes, begins);
}

std::string breach(const File& file, std::size_t line, std::string_view what) {
  return file.path + ':' + std::to_string(line) + ": " + std::string(what);
}

/// Where the literal or comment that begins at `at` ends; `at` itself where none does. `kept` gets
/// how many characters at each end belong to the code.
std::size_t end_of_span(std::string_view text, std::size_t at, std::size_t& kept) {
  const auto past = [&](std::string_view mark, std::size_t from) {
    const std::size_t found = text.find(mark, from);
    return found == std::string_view::npos ? text.size() : found + mark.size();
  };
  kept = 0;
  if (text.substr(at).starts_with("//")) return std::min(text.find('\n', at), text.size());
  if (text.substr(at).starts_with("/*")) return past("*/", at + 2);
  kept = 1;
  const char quote = text[at];
  if (quote == '"' && at > 0 && text[at - 1] == 'R') {
    const std::size_t open = std::min(text.find('(', at), text.size());
    return past(')' + std::string(text.substr(at + 1, open - at - 1)) + '"', open);
  }
  if (quote != '"' && (quote != '\'' || (at > 0 && in_word(text[at - 1])))) return at;  // 1'000
  std::size_t end = at + 1;
  while (end < text.size() && text[end] != quote && text[end] != '\n') {
    end += text[end] == '\\' ? 2 : 1;
  }
  return std::min(end + 1, text.size());
}

}  // namespace

std::string code_of(std::string_view text) {
  std::string code(text);
  for (std::size_t at = 0; at < text.size();) {
    std::size_t kept = 0;
    const std::size_t end = end_of_span(text, at, kept);
    for (std::size_t i = at + kept; i + kept < end; ++i) {
      if (code[i] != '\n') code[i] = ' ';
    }
    at = std::max(end, at + 1);
  }
  return code;
}

std::vector<std::string> breaches(const File& file) {
  const auto layer = std::ranges::find_if(
      layers(), [&](const Layer& each) { return file.path.starts_with(each.folder); });
  if (layer == layers().end()) return {file.path + ": belongs to no layer"};

  std::vector<std::string> found;
  const std::string code = code_of(file.text);
  const std::vector<std::string_view> code_lines = lines_of(code), lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view target = included(lines[i], code_lines[i]);
    if (!target.empty() && !may_include(file.path, *layer, target)) {
      found.push_back(breach(file, i + 1, "includes " + std::string(target)));
    }
    const auto says = [&](std::string_view word) { return has_word(code_lines[i], word); };
    if (file.path.starts_with("ops/") && (says("cl::") || says("cl_"))) {
      found.push_back(breach(file, i + 1, "speaks OpenCL"));
    }
    if (file.path != kAllocator && std::ranges::any_of(kCreatesMemory, says)) {
      found.push_back(breach(file, i + 1, "creates device memory"));
    }
  }
  return found;
}

std::vector<std::string> foreign_places(const File& file) {
  // In two parts each, for this file is looked at too.
  static const std::array<std::string, 5> places = {
      std::string("/wo") + "rk/", std::string("pypi") + ".org",
      std::string("files.") + "pythonhosted", std::string("registry.") + "npmjs",
      std::string("--index") + "-url"};
  if (file.text.find('\0') != std::string::npos) return {};
  std::vector<std::string> found;
  const std::vector<std::string_view> lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (const std::string& place : places) {
      if (has_word(lines[i], place)) found.push_back(breach(file, i + 1, "names " + place));
    }
  }
  return found;
}

std::vector<std::string> folders_without_readme(std::span<const std::string> paths) {
  std::set<std::string> folders, described;
  for (const std::string& path : paths) {
    for (std::size_t slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      folders.insert(path.substr(0, slash));
      if (path.substr(slash) == "/README.md") described.insert(path.substr(0, slash));
    }
  }
  std::vector<std::string> missing;
  std::ranges::set_difference(folders, described, std::back_inserter(missing));
  return missing;
}

}  // namespace tarn::structure
