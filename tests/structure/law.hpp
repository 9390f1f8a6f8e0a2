// The law of layers, as a function of a file's path and text, so that a test can hand it a file
// that breaks the law and see it caught.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tarn::structure {

/// A file of the tree; the path is relative to its root and has forward slashes.
struct File {
  std::string path;
  std::string text;
};

/// C++ with comments and the contents of literals blanked. Line breaks stay where they are.
std::string code_of(std::string_view text);

/// What is wrong with a file of include/, runtime/ or ops/: includes that its layer must not have,
/// names of OpenCL where it is not spoken, buffers created outside the driver's allocator. Each is
/// one line: `ops/plan/x.cpp:7: includes runtime/opencl/stream.hpp`.
std::vector<std::string> breaches(const File& file);

/// Where a text names a place that only one machine has, or a registry of packages. Each is one
/// line; a file with a zero byte is binary and has none.
std::vector<std::string> foreign_places(const File& file);

/// The folders of these files, and those around them, that have no README.md of their own.
std::vector<std::string> folders_without_readme(std::span<const std::string> paths);

}  // namespace tarn::structure
