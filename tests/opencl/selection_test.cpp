#include "runtime/opencl/selection.hpp"

#include <gmock/gmock.h>

#include "opencl/fixture.hpp"

namespace tarn::opencl {
namespace {

using test::text_of;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

DeviceInfo device(const char* name, const char* platform, const char* icd, DeviceKind kind) {
  DeviceInfo info;
  info.name = name;
  info.platform = platform;
  info.icd = icd;
  info.kind = kind;
  return info;
}

const DeviceInfo kPocl =
    device("pthread-AMD EPYC", "Portable Computing Language", "POCL", DeviceKind::cpu);
const DeviceInfo kRusticl = device("llvmpipe (LLVM 15)", "rusticl", "MESA", DeviceKind::cpu);
const DeviceInfo kGpu = device("GeForce RTX 4090", "NVIDIA CUDA", "NV", DeviceKind::gpu);
const DeviceInfo kOtherGpu = device("Arc A770", "Intel(R) OpenCL", "INTEL", DeviceKind::gpu);
const DeviceInfo kFpga = device("Stratix", "Intel FPGA", "IntelFPGA", DeviceKind::accelerator);
const DeviceInfo kOclgrind =
    device("Oclgrind Simulator", "Oclgrind", "oclg", DeviceKind::simulator);

Inventory machine(std::vector<DeviceInfo> devices, std::vector<std::string> empty = {}) {
  for (std::size_t i = 0; i < devices.size(); ++i) devices[i].index = static_cast<int>(i);
  return {std::move(devices), std::move(empty)};
}

std::string refusal(const Inventory& inventory, const char* wanted) {
  return text_of<DeviceError>([&] { select(inventory, wanted); });
}

TEST(Selection, PrefersAGpuThenPoclThenAnotherCpuThenTheRest) {
  EXPECT_EQ(select(machine({kFpga, kRusticl, kPocl, kGpu}), ""), 3);
  EXPECT_EQ(select(machine({kFpga, kRusticl, kPocl}), ""), 2);
  EXPECT_EQ(select(machine({kFpga, kRusticl}), ""), 1);
  EXPECT_EQ(select(machine({kFpga}), ""), 0);
}

TEST(Selection, OfEqualsTakesTheFirst) {
  EXPECT_EQ(select(machine({kPocl, kGpu, kOtherGpu}), ""), 1);
}

TEST(Selection, ByIndex) {
  const Inventory two = machine({kGpu, kPocl});
  EXPECT_EQ(select(two, "0"), 0);
  EXPECT_EQ(select(two, "1"), 1);
}

TEST(Selection, ByPartOfPlatformIcdOrDeviceNameInAnyCase) {
  const Inventory all = machine({kGpu, kPocl, kRusticl});
  EXPECT_EQ(select(all, "portable"), 1);
  EXPECT_EQ(select(all, "pocl"), 1);
  EXPECT_EQ(select(all, "PoCL"), 1);
  EXPECT_EQ(select(all, "llvmPIPE"), 2);
  EXPECT_EQ(select(all, "rusticl"), 2);
  EXPECT_EQ(select(all, "4090"), 0) << "no index, so a name";
}

TEST(Selection, OfSeveralThatFitTakesTheBest) {
  EXPECT_EQ(select(machine({kFpga, kOtherGpu}), "intel"), 1);
}

TEST(Selection, TakesASimulatorOnlyWhenItIsWanted) {
  EXPECT_EQ(select(machine({kOclgrind, kRusticl}), ""), 1);
  EXPECT_EQ(select(machine({kPocl, kOclgrind}), "oclgrind"), 1);
  EXPECT_EQ(select(machine({kPocl, kOclgrind}), "1"), 1);
  EXPECT_THAT(refusal(machine({kOclgrind}), ""),
              AllOf(HasSubstr("0: Oclgrind Simulator (Oclgrind)"),
                    HasSubstr("a simulator must be asked for by name")));
}

TEST(Selection, WithoutAPlatformSaysWhatToInstall) {
  EXPECT_EQ(refusal(machine({}), ""),
            "no OpenCL device to choose; no device was found; to run on the CPU, install PoCL (on "
            "Debian: apt install pocl-opencl-icd)");
}

TEST(Selection, WithoutAMatchSaysWhatWasFound) {
  EXPECT_EQ(refusal(machine({kGpu, kPocl}, {"Clover"}), "radeon"),
            "no OpenCL device is called 'radeon'; found 0: GeForce RTX 4090 (NVIDIA CUDA), 1: "
            "pthread-AMD EPYC (Portable Computing Language); platforms without a device: Clover");
  EXPECT_THAT(refusal(machine({kGpu}), "7"), HasSubstr("'7'; found 0: GeForce"));
}

TEST(Selection, PoclWithoutADeviceNamesItsCacheDirectory) {
  const Inventory blocked = machine({}, {"Clover", "Portable Computing Language"});
  EXPECT_THAT(refusal(blocked, ""),
              AllOf(HasSubstr("platforms without a device: Clover, Portable Computing Language"),
                    HasSubstr("POCL_CACHE_DIR"), Not(HasSubstr("apt install"))));
}

TEST(Selection, APlatformWithoutDevicesIsSkipped) {
  EXPECT_EQ(select(machine({kPocl}, {"Clover"}), ""), 0);
}

}  // namespace
}  // namespace tarn::opencl
