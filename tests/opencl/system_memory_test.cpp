#include "runtime/opencl/system_memory.hpp"

#include <fstream>
#include <limits>

#include "opencl/fixture.hpp"

namespace tarn::opencl {
namespace {

// A machine of files.
class SystemMemory : public testing::Test {
 protected:
  void put(const std::string& file, const std::string& text) {
    const auto path = root_.path() / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  std::size_t limit() { return system_memory_limit(root_.path()); }

 private:
  test::TemporaryDirectory root_;
};

TEST_F(SystemMemory, HasNoLimitWhereNothingSaysSo) {
  EXPECT_EQ(limit(), std::numeric_limits<std::size_t>::max());
}

TEST_F(SystemMemory, ReadsTheGroupOfVersion2) {
  put("proc/self/cgroup", "0::/jobs/17\n");
  put("sys/fs/cgroup/jobs/17/memory.max", "1000000\n");
  EXPECT_EQ(limit(), 1000000u);
}

TEST_F(SystemMemory, AnAncestorLimitsToo) {
  put("proc/self/cgroup", "0::/jobs/17\n");
  put("sys/fs/cgroup/jobs/17/memory.max", "max\n");
  put("sys/fs/cgroup/jobs/memory.max", "500000\n");
  EXPECT_EQ(limit(), 500000u);
}

TEST_F(SystemMemory, InAContainerOnlyTheRootIsSeen) {
  put("proc/self/cgroup", "0::/docker/0123456789\n");
  put("sys/fs/cgroup/memory.max", "250000\n");
  EXPECT_EQ(limit(), 250000u);
}

TEST_F(SystemMemory, ReadsTheMemoryHierarchyOfVersion1) {
  put("proc/self/cgroup", "12:pids:/a\n5:cpu,memory:/jobs\n0::/ignored\n");
  put("sys/fs/cgroup/memory/jobs/memory.limit_in_bytes", "125000\n");
  put("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "1\n");
  EXPECT_EQ(limit(), 125000u);
}

TEST_F(SystemMemory, NonsenseIsNoLimit) {
  put("proc/self/cgroup", "nonsense\n0:\n\n0::/x\n");
  put("sys/fs/cgroup/x/memory.max", "plenty\n");
  EXPECT_EQ(limit(), std::numeric_limits<std::size_t>::max());
}

}  // namespace
}  // namespace tarn::opencl
