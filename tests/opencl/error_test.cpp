#include "runtime/opencl/error.hpp"

#include "opencl/fixture.hpp"
#include "runtime/opencl/device_status.hpp"

namespace tarn::opencl {
namespace {

using test::text_of;

TEST(OpenClError, NamesCallCodeAndNumber) {
  EXPECT_EQ(text_of<DeviceError>([] { check(CL_OUT_OF_RESOURCES, "clEnqueueNDRangeKernel"); }),
            "clEnqueueNDRangeKernel: CL_OUT_OF_RESOURCES (-5)");
  EXPECT_EQ(describe("clGetPlatformIDs", -1001),
            "clGetPlatformIDs: CL_PLATFORM_NOT_FOUND_KHR (-1001)");
  EXPECT_EQ(describe("clFinish", -9999), "clFinish: unknown code (-9999)");
}

TEST(OpenClError, OnlyTheCodesThatMeanItAreOutOfMemory) {
  EXPECT_THROW(raise("clX", CL_MEM_OBJECT_ALLOCATION_FAILURE), OutOfMemory);
  EXPECT_THROW(raise("clX", CL_OUT_OF_HOST_MEMORY), OutOfMemory);
  EXPECT_THROW(raise("clX", CL_OUT_OF_RESOURCES), DeviceError);
  EXPECT_THROW(raise("clX", CL_INVALID_VALUE), DeviceError);
  EXPECT_THROW(raise_allocation("clX", CL_OUT_OF_RESOURCES), OutOfMemory);
  EXPECT_THROW(raise_allocation("clX", CL_INVALID_BUFFER_SIZE), DeviceError);
}

TEST(OpenClError, ExceptionsOfTheBindingsBecomeOurs) {
  const auto fail = [] { guarded([] { throw cl::Error(CL_INVALID_DEVICE, "clCreateContext"); }); };
  EXPECT_EQ(text_of<DeviceError>(fail), "clCreateContext: CL_INVALID_DEVICE (-33)");
  EXPECT_EQ(guarded([] { return 7; }), 7);
}

TEST(OpenClError, SourcesAreNumberedByLine) {
  EXPECT_EQ(number_lines("a\n\nb"), "   1 | a\n   2 | \n   3 | b\n");
  EXPECT_EQ(number_lines("a\n"), "   1 | a\n");
  EXPECT_EQ(number_lines(""), "");
}

TEST(DeviceStatus, RemembersTheFirstCause) {
  DeviceStatus status("toaster");
  EXPECT_NO_THROW(status.check());
  status.lose("clFinish: CL_OUT_OF_RESOURCES (-5)");
  status.lose("something later");
  EXPECT_EQ(text_of<DeviceError>([&] { status.check(); }),
            "device toaster is lost since a command failed: clFinish: CL_OUT_OF_RESOURCES (-5)");
}

TEST(DeviceStatus, SaysThatADeviceIsClosed) {
  DeviceStatus status("toaster");
  status.close();
  EXPECT_EQ(text_of<DeviceError>([&] { status.check(); }), "device toaster is closed");
}

}  // namespace
}  // namespace tarn::opencl
