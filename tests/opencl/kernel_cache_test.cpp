#include "runtime/opencl/kernel_cache.hpp"

#include <gmock/gmock.h>

#include "opencl/faults.hpp"
#include "opencl/fixture.hpp"

namespace tarn::opencl {
namespace {

using test::Call;
using test::kAddSource;
using test::kBytes;
using test::kItems;
using test::kLocal;
using testing::HasSubstr;

const KernelSource kTwice{"twice",
                          "kernel void twice(global int* x) { x[get_global_id(0)] *= 2; }"};
const KernelSource kBroken{"broken", "kernel void broken(global int* x) {\n  x[0] = nonsense;\n}"};

class KernelCacheTest : public test::DeviceTest {
 protected:
  std::vector<Kernel> get(const std::vector<KernelSource>& sources) { return cache().get(sources); }
  KernelCache& cache() { return device_.state()->kernels(); }

  const Device device_;
};

TEST_F(KernelCacheTest, BuildsAllThatIsAskedForAsOneProgram) {
  std::vector<Kernel> kernels = get({kAddSource, kTwice});
  EXPECT_EQ(cache().counters().programs_built, 1u);
  EXPECT_EQ(cache().counters().kernels_built, 2u);

  const Buffer x(device_.allocator(), kBytes);
  write(device_, x.block(), counted());
  add(device_, kernels[0], x.block(), 1);
  kernels[1].set(0, x.block());
  device_.state()->stream().launch(kernels[1], {kItems, kLocal});
  const auto values = read(device_, x.block());
  EXPECT_EQ(values[0], 2);
  EXPECT_EQ(values[10], 22);
}

TEST_F(KernelCacheTest, WhatIsKnownIsNotBuiltAgain) {
  get({kAddSource});
  get({kAddSource, kTwice});
  EXPECT_EQ(cache().counters().hits, 1u);
  EXPECT_EQ(cache().counters().kernels_built, 2u);
  const auto builds = test::calls(Call::build_program);
  get({kTwice, kAddSource});
  EXPECT_EQ(cache().counters().hits, 3u);
  EXPECT_EQ(test::calls(Call::build_program), builds);
}

TEST_F(KernelCacheTest, EqualTextsAreOneKernel) {
  EXPECT_EQ(get({kAddSource, kAddSource, kAddSource}).size(), 3u);
  EXPECT_EQ(cache().counters().kernels_built, 1u);
}

TEST_F(KernelCacheTest, NothingIsAskedNothingIsBuilt) {
  EXPECT_TRUE(get({}).empty());
  EXPECT_EQ(cache().counters().programs_built, 0u);
}

TEST_F(KernelCacheTest, EachHandleHasItsOwnArguments) {
  std::vector<Kernel> kernels = get({kAddSource, kAddSource});
  const Buffer x(device_.allocator(), kBytes);
  write(device_, x.block(), counted());
  kernels[0].set(0, x.block());
  kernels[1].set(0, x.block());
  kernels[0].set(1, 10);
  kernels[1].set(1, 100);
  for (const Kernel& kernel : kernels) device_.state()->stream().launch(kernel, {kItems, kLocal});
  EXPECT_EQ(read(device_, x.block()), counted(110));
}

TEST_F(KernelCacheTest, AKernelThatDoesNotBuildIsNamedWithLogAndNumberedSource) {
  try {
    get({kAddSource, kBroken, kTwice});
    FAIL() << "nothing was thrown";
  } catch (const BuildError& error) {
    EXPECT_THAT(error.what(), HasSubstr("kernel broken does not build"));
    EXPECT_THAT(error.what(), HasSubstr("CL_BUILD_PROGRAM_FAILURE (-11)"));
    EXPECT_THAT(error.what(), HasSubstr("   2 |   x[0] = nonsense;\n"));
    EXPECT_THAT(error.log(), HasSubstr("nonsense"));
    EXPECT_THAT(error.source(), HasSubstr("kernel void broken"));
    EXPECT_THAT(error.source(), testing::Not(HasSubstr("kernel void add")));
  }
  EXPECT_EQ(get({kAddSource, kTwice}).size(), 2u) << "the others can still be had";
}

TEST_F(KernelCacheTest, SourcesThatDoNotGoTogetherAreBuiltApart) {
  const KernelSource other{"add", "kernel void add(global int* x, int n) { x[0] = n; }"};
  EXPECT_EQ(get({kAddSource, other}).size(), 2u);
  EXPECT_EQ(cache().counters().programs_built, 2u);
}

TEST_F(KernelCacheTest, AWrongNameIsAnError) {
  EXPECT_THROW(get({{"subtract", kAddSource.text}}), DeviceError);
}

TEST_F(KernelCacheTest, FailingForAnotherReasonIsNoBuildError) {
  test::fail_next(Call::build_program, CL_OUT_OF_HOST_MEMORY);
  EXPECT_THROW(get({kAddSource}), OutOfMemory);
  EXPECT_EQ(get({kAddSource}).size(), 1u);
}

TEST_F(KernelCacheTest, ArgumentsAreOfAnyTypeAndStayUntilSetAgain) {
  Kernel kernel = kernel_of(
      device_, {"sum",
                "kernel void sum(global int* x, int i, long l, float f, int16 words) {\n"
                "  x[get_global_id(0)] = i + (int)(l >> 32) + (int)f + words.s0 + words.sf;\n}"});
  const Buffer x(device_.allocator(), kBytes);
  KernelWords words{};
  words.front() = 1000;
  words.back() = 10000;
  kernel.set(0, x.block());
  kernel.set(1, 1);
  kernel.set(2, std::int64_t{20} << 32);
  kernel.set(3, 300.f);
  kernel.set(4, words);
  device_.state()->stream().launch(kernel, {kItems, kLocal});
  EXPECT_THAT(read(device_, x.block()), testing::Each(11321));
  kernel.set(1, 2);
  device_.state()->stream().launch(kernel, {kItems, kLocal});
  EXPECT_THAT(read(device_, x.block()), testing::Each(11322));
}

TEST_F(KernelCacheTest, AnEmptyBlockIsANullPointer) {
  Kernel kernel = kernel_of(device_, {"is_null",
                                      "kernel void is_null(global int* x, global int* y) {\n"
                                      "  y[get_global_id(0)] = x == 0;\n}"});
  const Buffer y(device_.allocator(), kBytes);
  kernel.set(0, Block{});
  kernel.set(1, y.block());
  device_.state()->stream().launch(kernel, {kItems, kLocal});
  EXPECT_THAT(read(device_, y.block()), testing::Each(1));
}

TEST_F(KernelCacheTest, LocalMemoryIsAsLargeAsItIsSet) {
  Kernel kernel = kernel_of(device_, {"last",
                                      "kernel void last(local int* room, global int* y, int n) {\n"
                                      "  for (int i = 0; i < n; ++i) room[i] = i;\n"
                                      "  y[0] = room[n - 1];\n}"});
  const Buffer y(device_.allocator(), kBytes);
  constexpr int kNumbers = 1000;
  kernel.set_local(0, kNumbers * sizeof(int));
  kernel.set(1, y.block());
  kernel.set(2, kNumbers);
  device_.state()->stream().launch(kernel, {1, 1});
  EXPECT_EQ(read(device_, y.block())[0], kNumbers - 1);
}

TEST_F(KernelCacheTest, AnArgumentThatIsRefusedNamesKernelAndIndex) {
  Kernel kernel = kernel_of(device_, kAddSource);
  EXPECT_EQ(test::text_of<DeviceError>([&] { kernel.set(7, 1); }),
            "clSetKernelArg(add, 7): CL_INVALID_ARG_INDEX (-49)");
  EXPECT_THROW(kernel.set(1, std::int64_t{1}), DeviceError) << "wants an int";
}

TEST_F(KernelCacheTest, AKernelKeepsItsProgram) {
  Kernel kernel = kernel_of(device_, kAddSource);
  const Kernel moved = std::move(kernel);
  EXPECT_EQ(moved.name(), "add");
  cache().close();  // lets go of all programs
  Kernel again = std::move(kernel = kernel_of(device_, kAddSource));
  const Buffer x(device_.allocator(), kBytes);
  write(device_, x.block(), counted());
  add(device_, again, x.block(), 1);
  EXPECT_EQ(read(device_, x.block()), counted(1));
}

}  // namespace
}  // namespace tarn::opencl
