// That this source tree keeps the law.
#include "structure/tree.hpp"

#include <gmock/gmock.h>

namespace tarn::structure {
namespace {

using testing::Contains;
using testing::IsEmpty;

const std::vector<File>& tree() {
  static const std::vector<File> files = read_tree();
  return files;
}

bool is_code(const File& file) {
  return file.path.ends_with(".hpp") || file.path.ends_with(".cpp");
}

// A tree that was not found, or not read, would keep every law.
TEST(Tree, IsAllThere) {
  std::vector<std::string> paths;
  for (const File& file : tree()) paths.push_back(file.path);
  for (const char* path : {"include/tarn/tensor.hpp", "runtime/opencl/direct_allocator.cpp",
                           "ops/plan/plan.cpp", "tests/structure/tree_test.cpp"}) {
    EXPECT_THAT(paths, Contains(path));
  }
  for (const File& file : tree()) {
    EXPECT_FALSE(is_code(file) && file.text.empty()) << file.path;
  }
}

TEST(Tree, KeepsTheLawOfLayers) {
  for (const File& file : below(tree(), {"include/", "runtime/", "ops/"})) {
    if (!is_code(file)) continue;
    EXPECT_THAT(breaches(file), IsEmpty());
  }
}

// Each is spoken, or created, in the place that may do so: else the law above would guard nothing.
TEST(Tree, SpeaksOpenClSomewhere) {
  const auto code = [](const std::string& path) {
    const std::vector<File> files = below(tree(), {path.c_str()});
    return files.size() == 1 ? files[0].text : std::string();
  };
  EXPECT_THAT(code("runtime/opencl/opencl.hpp"), testing::HasSubstr("#include <CL/opencl.hpp>"));
  EXPECT_THAT(code("runtime/opencl/log.hpp"), testing::HasSubstr("#include <spdlog/spdlog.h>"));
  EXPECT_THAT(code_of(code("runtime/opencl/direct_allocator.cpp")),
              testing::HasSubstr("clCreateBuffer("));
}

TEST(Tree, NamesNoPlaceOfOneMachine) {
  for (const File& file : tree()) EXPECT_THAT(foreign_places(file), IsEmpty());
}

TEST(Tree, HasAReadmeInEveryFolder) {
  std::vector<std::string> paths;
  for (const File& file : below(tree(), {"include/", "runtime/", "ops/", "tests/", "examples/"})) {
    paths.push_back(file.path);
  }
  EXPECT_THAT(folders_without_readme(paths), IsEmpty());
}

}  // namespace
}  // namespace tarn::structure
