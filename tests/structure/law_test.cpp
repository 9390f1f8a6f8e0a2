// That a file which breaks the law is caught, and one that looks as if it did is not.
#include "structure/law.hpp"

#include <gmock/gmock.h>

namespace tarn::structure {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> including(const std::string& path, const std::string& target) {
  return breaches({path, "#include " + target + "\n"});
}

TEST(Law, LetsALayerIncludeItselfAndWhatLiesBelow) {
  EXPECT_THAT(including("include/tarn/tensor.hpp", "\"tarn/shape.hpp\""), IsEmpty());
  EXPECT_THAT(including("runtime/opencl/stream.hpp", "\"runtime/memory/buffer.hpp\""), IsEmpty());
  EXPECT_THAT(including("ops/kernel/emit.cpp", "\"ops/plan/index.hpp\""), IsEmpty());
  EXPECT_THAT(including("ops/realize/tensor.cpp", "\"runtime/opencl/stream.hpp\""), IsEmpty());
  EXPECT_THAT(including("ops/realize/tensor.cpp", "\"ops/tensor/format.hpp\""), IsEmpty());
  EXPECT_THAT(including("ops/graph/op.cpp", "<cmath>"), IsEmpty());
}

TEST(Law, CatchesEachLayerLookingUp) {
  const std::pair<const char*, const char*> lookers[] = {
      {"include/tarn/tensor.hpp", "\"ops/graph/node.hpp\""},
      {"runtime/memory/lru_allocator.cpp", "\"runtime/opencl/stream.hpp\""},
      {"runtime/opencl/device.cpp", "\"ops/graph/node.hpp\""},
      {"ops/graph/node.cpp", "\"ops/plan/plan.hpp\""},
      {"ops/plan/plan.cpp", "\"ops/kernel/render.hpp\""},
      {"ops/kernel/render.cpp", "\"runtime/opencl/kernel.hpp\""},
      {"ops/tensor/math.cpp", "\"ops/plan/plan.hpp\""},
      {"ops/realize/tensor.cpp", "\"ops/tensor/build.hpp\""},
      {"ops/nn/layers.cpp", "\"ops/graph/node.hpp\""},
      {"ops/io/npy.cpp", "\"ops/nn/layers.hpp\""},
  };
  for (const auto& [path, target] : lookers) {
    EXPECT_THAT(including(path, target), ElementsAre(std::string(path) + ":1: includes " + target));
  }
}

TEST(Law, HoldsLibrariesToTheirPlaces) {
  EXPECT_THAT(including("runtime/opencl/opencl.hpp", "<CL/opencl.hpp>"), IsEmpty());
  EXPECT_THAT(including("runtime/opencl/log.hpp", "<spdlog/spdlog.h>"), IsEmpty());
  EXPECT_THAT(including("ops/io/json.cpp", "<nlohmann/json.hpp>"), IsEmpty());
  for (const char* header : {"<CL/opencl.hpp>", "<CL/cl.h>", "\"CL/cl.h\"", "<spdlog/spdlog.h>",
                             "<nlohmann/json.hpp>", "<fmt/core.h>", "<boost/any.hpp>"}) {
    EXPECT_EQ(including("runtime/opencl/stream.cpp", header).size(), 1U) << header;
    EXPECT_EQ(including("include/tarn/tensor.hpp", header).size(), 1U) << header;
    EXPECT_EQ(including("ops/realize/tensor.cpp", header).size(), 1U) << header;
  }
}

TEST(Law, LetsThoseWhoSpeakWithTheSystemDoSo) {
  EXPECT_THAT(including("runtime/opencl/system_memory.cpp", "<sys/resource.h>"), IsEmpty());
  EXPECT_THAT(including("ops/io/input.cpp", "<unistd.h>"), IsEmpty());
  EXPECT_EQ(including("runtime/memory/buffer.cpp", "<sys/mman.h>").size(), 1U);
  EXPECT_EQ(including("include/tarn/io.hpp", "<unistd.h>").size(), 1U);
}

TEST(Law, CatchesPathsThatHideWhereTheyLead) {
  EXPECT_EQ(including("ops/plan/plan.cpp", "\"../../runtime/opencl/stream.hpp\"").size(), 1U);
  EXPECT_EQ(including("ops/plan/plan.cpp", "\"stream.hpp\"").size(), 1U);
  EXPECT_EQ(including("ops/plan/plan.cpp", "<runtime/opencl/stream.hpp>").size(), 1U);
  EXPECT_EQ(including("ops/plan/plan.cpp", "STREAM_HEADER").size(), 1U);
  EXPECT_EQ(breaches({"ops/plan/x.cpp", "\n  #  include  \"ops/nn/a.hpp\""}).size(), 1U);
}

TEST(Law, KnowsEveryFolder) {
  EXPECT_THAT(breaches({"ops/extra/x.cpp", ""}),
              ElementsAre("ops/extra/x.cpp: belongs to no layer"));
  EXPECT_THAT(breaches({"runtime/x.cpp", ""}), ElementsAre("runtime/x.cpp: belongs to no layer"));
}

TEST(Law, CatchesOpenClInOps) {
  EXPECT_THAT(breaches({"ops/realize/run.cpp", "int a;\ncl::Kernel k;\n"}),
              ElementsAre("ops/realize/run.cpp:2: speaks OpenCL"));
  EXPECT_EQ(breaches({"ops/plan/plan.cpp", "auto m = (cl_mem)p;"}).size(), 1U);
  EXPECT_THAT(breaches({"ops/realize/run.cpp", "opencl::Stream s; int ncl_mem;"}), IsEmpty());
}

TEST(Law, CatchesBuffersMadeElsewhere) {
  const std::string create = "m = clCreateBuffer(c, f, n, nullptr, &e);";
  EXPECT_THAT(breaches({"runtime/opencl/direct_allocator.cpp", create}), IsEmpty());
  EXPECT_THAT(breaches({"runtime/opencl/stream.cpp", create}),
              ElementsAre("runtime/opencl/stream.cpp:1: creates device memory"));
  EXPECT_EQ(breaches({"runtime/opencl/kernel.cpp", "cl::Buffer b(c, f, n);"}).size(), 1U);
  EXPECT_EQ(breaches({"runtime/opencl/kernel.cpp", "::clSVMAlloc(c, f, n, 0);"}).size(), 1U);
}

TEST(Law, ReadsCodeAndNotCommentsOrText) {
  EXPECT_THAT(breaches({"ops/plan/plan.cpp", "// cl::Kernel\n/* cl_mem\n#include \"x.hpp\"\n*/\n"}),
              IsEmpty());
  EXPECT_THAT(breaches({"ops/plan/plan.cpp", "auto s = \"cl_mem // \\\" cl::X\";"}), IsEmpty());
  EXPECT_THAT(breaches({"ops/plan/plan.cpp", "auto s = R\"(\n#include \"x.hpp\"\ncl_mem)\";"}),
              IsEmpty());
  EXPECT_EQ(breaches({"ops/plan/plan.cpp", "auto s = \"//\"; cl_mem m;"}).size(), 1U);
  EXPECT_EQ(breaches({"ops/plan/plan.cpp", "int n = 1'000; char c = '\"'; cl_mem m;"}).size(), 1U);
}

TEST(Law, BlanksCommentsAndLiteralsInPlace) {
  EXPECT_EQ(code_of("a; // b\nc"), "a;     \nc");
  EXPECT_EQ(code_of("a /* b\nc */ d"), "a     \n     d");
  EXPECT_EQ(code_of("f(\"b\", 'c')"), "f(\" \", ' ')");
  EXPECT_EQ(code_of("/* no end"), "         ");
}

TEST(ForeignPlaces, AreFoundInText) {
  const std::string place = std::string("/wo") + "rk/";
  EXPECT_THAT(foreign_places({"README.md", "one\nsee " + place + "main\n"}),
              ElementsAre("README.md:2: names " + place));
  EXPECT_EQ(foreign_places({"a.txt", "https://pypi" + std::string(".org/simple")}).size(), 1U);
  EXPECT_THAT(foreign_places({"a.txt", "pool" + place + " and .." + place}), IsEmpty());
  EXPECT_THAT(foreign_places({"a.bin", std::string("\0", 1) + place}), IsEmpty());
}

TEST(Readmes, AreMissedWhereAFolderHasNone) {
  const std::string paths[] = {"ops/README.md",    "ops/plan/plan.cpp", "ops/plan/plan.hpp",
                               "ops/io/README.md", "ops/io/npy.cpp",    "LICENSE"};
  EXPECT_THAT(folders_without_readme(paths), ElementsAre("ops/plan"));
}

}  // namespace
}  // namespace tarn::structure
