// Kernels that come from an earlier process, which a device that was closed stands in for.
#include <gmock/gmock.h>

#include <fstream>

#include "opencl/faults.hpp"
#include "opencl/fixture.hpp"

namespace tarn::opencl {
namespace {

namespace fs = std::filesystem;
using test::Call;
using test::kAddSource;
using test::kBytes;

class SavedBinaries : public test::DeviceTest {
 protected:
  // Opens a device, runs a kernel, and closes. Returns: what was built and loaded.
  KernelCounters run() {
    const Device device;
    Kernel kernel = kernel_of(device, kAddSource);
    {
      const Buffer x(device.allocator(), kBytes);
      write(device, x.block(), counted());
      add(device, kernel, x.block(), 3);
      EXPECT_EQ(read(device, x.block()), counted(3));
    }
    const KernelCounters counters = device.state()->kernels().counters();
    device.close();
    return counters;
  }
  void expect_built() {
    const KernelCounters counters = run();
    EXPECT_EQ(counters.kernels_built, 1u);
    EXPECT_EQ(counters.programs_loaded, 0u);
  }
  void expect_loaded() {
    const KernelCounters counters = run();
    EXPECT_EQ(counters.kernels_built, 0u);
    EXPECT_EQ(counters.programs_loaded, 1u);
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(directory_.path())) {
      paths.push_back(entry.path());
    }
    return paths;
  }

  test::TemporaryDirectory directory_;
  test::ScopedVariable there_{"TARN_CACHE_DIR", directory_.path().string()};
};

TEST_F(SavedBinaries, AreThereForTheNextDevice) {
  expect_built();
  EXPECT_EQ(files().size(), 1u);
  expect_loaded();
  EXPECT_EQ(files().size(), 1u);
}

TEST_F(SavedBinaries, ThatAreDamagedAreBuiltAgainAndReplaced) {
  expect_built();
  const auto size = fs::file_size(files()[0]);
  fs::resize_file(files()[0], size / 2);
  expect_built();
  {
    std::fstream file(files()[0], std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(size - 100));
    file.put('\x5a').put('\xa5').put('\x5a').put('\xa5');
  }
  expect_built();
  expect_loaded();
}

TEST_F(SavedBinaries, ThatTheDriverRefusesAreBuiltAgain) {
  expect_built();
  test::fail_next(Call::program_with_binary, CL_INVALID_BINARY);
  expect_built();
  expect_loaded();
  test::fail_next(Call::build_program, CL_BUILD_PROGRAM_FAILURE);
  expect_built();
}

TEST_F(SavedBinaries, AreSavedBeforeTheEndWhenTheyAreMany) {
  const Device device;
  for (int i = 0; i < 8; ++i) {
    const std::string name = "k" + std::to_string(i);
    kernel_of(device, {name, "kernel void " + name + "(global int* x) { x[0] = 1; }"});
  }
  EXPECT_TRUE(files().empty());
  device.synchronize();
  EXPECT_EQ(files().size(), 8u);
  EXPECT_EQ(device.state()->kernels().unsaved_programs(), 0u);
}

TEST_F(SavedBinaries, ACacheThatCannotBeWrittenIsNoError) {
  const test::ScopedVariable nowhere("TARN_CACHE_DIR", "/proc/tarn");
  expect_built();
  expect_built();
}

TEST_F(SavedBinaries, OffIsOff) {
  const test::ScopedVariable off("TARN_CACHE_DIR", "off");
  expect_built();
  EXPECT_TRUE(files().empty());
}

}  // namespace
}  // namespace tarn::opencl
