// What shows only in a process of its own: exhausted memory, the end of the process, and what is
// read from the environment once.
#include <gmock/gmock.h>
#include <stdio.h>
#include <sys/wait.h>

#include <algorithm>

#include "opencl/fixture.hpp"

namespace tarn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Outcome {
  int status;  // what the process returned; -1 when it was killed
  std::string output;
};

// Runs the child with these variables set; standard error goes where it is told.
Outcome run(const std::string& variables, const std::string& arguments,
            const std::string& standard_error = "2>&1") {
  const std::string command = variables + " '" TARN_CHILD "' " + arguments + " " + standard_error;
  FILE* pipe = popen(command.c_str(), "r");
  if (!pipe) return {-1, "popen"};
  std::string output;
  char part[4096];
  while (const std::size_t size = fread(part, 1, sizeof part, pipe)) output.append(part, size);
  const int status = pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

// A sanitizer takes address space for each allocation, and PoCL's smallest ones fail then.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

bool simulated() { return Device().info().kind == DeviceKind::simulator; }

bool pocl_is_here() {
  return std::ranges::any_of(Device::list(), [](const DeviceInfo& device) {
    return device.platform == "Portable Computing Language";
  });
}

TEST(Process, RunsOutOfMemoryByAnExceptionAndGoesOn) {
  SKIP_UNDER_POISON();
  if (kSanitized) GTEST_SKIP() << "not under a sanitizer";
  if (simulated()) GTEST_SKIP() << "Oclgrind's own exceptions come out of its C functions";
  const Outcome direct = run("", "exhaust direct");
  EXPECT_EQ(direct.status, 0) << direct.output;
  EXPECT_THAT(direct.output, AllOf(HasSubstr("OutOfMemory after "), HasSubstr("asked for 16.0 MiB"),
                                   HasSubstr("evicted 0"), HasSubstr("usable afterwards")));
  const Outcome lru = run("", "exhaust lru");
  EXPECT_EQ(lru.status, 0) << lru.output;
  EXPECT_THAT(lru.output, AllOf(HasSubstr("OutOfMemory after "), Not(HasSubstr("evicted 0")),
                                HasSubstr("usable afterwards")));
}

TEST(Process, EndsWellWhenABufferOutlivesTheDevice) {
  const Outcome outcome = run("TARN_LOG=info", "outlive");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_THAT(outcome.output,
              AllOf(HasSubstr("[tarn info] opened device"), HasSubstr("[tarn info] closing")));
}

TEST(Process, IsSilentUnlessAsked) {
  EXPECT_EQ(run("TARN_LOG=off", "outlive").output, "");
  EXPECT_EQ(run("TARN_LOG=trace", "outlive", "2>/dev/null").output, "");
}

TEST(Process, PinsPoclUnlessTheUserHasSetIt) {
  EXPECT_THAT(run("POCL_AFFINITY=0", "open").output, HasSubstr("POCL_AFFINITY=0\n"));
  EXPECT_THAT(run("env -u POCL_AFFINITY", "open").output, HasSubstr("POCL_AFFINITY=1\n"));
}

TEST(Process, PlacesThreadsUnlessTheUserSaysNo) {
  EXPECT_THAT(run("POCL_AFFINITY=0", "open").output, HasSubstr("places none\n"));
  EXPECT_THAT(run("POCL_AFFINITY=1", "open").output, HasSubstr("places threads\n"));
  EXPECT_THAT(run("env -u POCL_AFFINITY", "open").output, HasSubstr("places threads\n"));
}

TEST(Process, PoclThatCannotWriteItsCacheIsNamed) {
  if (!pocl_is_here()) GTEST_SKIP() << "PoCL is not here";
  const Outcome outcome = run("TARN_DEVICE=pocl POCL_CACHE_DIR=/proc/nowhere", "open");
  EXPECT_THAT(outcome.output,
              AllOf(HasSubstr("no OpenCL device is called 'pocl'"), HasSubstr("POCL_CACHE_DIR")));
}

TEST(Process, WithoutAnyDriverSaysWhatToInstall) {
  if (!pocl_is_here()) GTEST_SKIP() << "the loader is not Debian's";
  const Outcome outcome = run("OCL_ICD_VENDORS=/nowhere", "open");
  EXPECT_THAT(outcome.output, HasSubstr("apt install pocl-opencl-icd"));
}

}  // namespace
}  // namespace tarn
