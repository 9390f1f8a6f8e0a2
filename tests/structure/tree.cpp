#include "structure/tree.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace tarn::structure {

namespace fs = std::filesystem;

namespace {

bool is_kept_out(const std::string& name) {
  return name == ".git" || name == ".cache" || name == "build" || name == "__pycache__";
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

std::vector<File> read_tree() {
  const fs::path root = TARN_SOURCE_DIR;
  std::vector<File> files;
  for (auto at = fs::recursive_directory_iterator(root); at != fs::end(at); ++at) {
    if (is_kept_out(at->path().filename().string())) {
      at.disable_recursion_pending();
    } else if (at->is_regular_file()) {
      files.push_back({at->path().lexically_relative(root).generic_string(), read(at->path())});
    }
  }
  std::ranges::sort(files, {}, &File::path);
  return files;
}

std::vector<File> below(const std::vector<File>& tree, std::initializer_list<const char*> folders) {
  std::vector<File> found;
  std::ranges::copy_if(tree, std::back_inserter(found), [&](const File& file) {
    return std::ranges::any_of(folders,
                               [&](const char* folder) { return file.path.starts_with(folder); });
  });
  return found;
}

}  // namespace tarn::structure
