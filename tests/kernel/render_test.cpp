// Kernels as text: what they depend on, and some of them whole, for a CPU and for a GPU that is not
// here.
#include "ops/kernel/render.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "ops/graph/traversal.hpp"
#include "ops/kernel/launch.hpp"
#include "ops/kernel/parameters.hpp"
#include "ops/plan/plan.hpp"
#include "tarn/tensor.hpp"

namespace tarn {
namespace {

constexpr plan::DeviceTraits kCpu{};
constexpr plan::DeviceTraits kGpu{.cpu = false, .lanes = 1, .compute_units = 40};

Tensor leaf(const Shape& shape, bool weight = false) {
  graph::Attributes with;
  with.weight = weight;
  auto node = graph::make_leaf(graph::Op::data, DType::float32, shape, with, nullptr);
  node->set_result(std::make_shared<graph::Result>(nullptr, graph::contiguous_view(shape)));
  return Tensor(node);
}

std::vector<kernel::Rendered> rendered(const Tensor& tensor,
                                       const plan::DeviceTraits& traits = kCpu) {
  graph::Walker walker;
  const graph::NodePtr node = tensor.node();
  std::vector<kernel::Rendered> kernels;
  for (const plan::Step& step : plan::make_plan(walker.walk({&node, 1}), traits).steps) {
    kernels.push_back(kernel::render(step.kernel, traits));
  }
  return kernels;
}
std::string text(const Tensor& tensor, const plan::DeviceTraits& traits = kCpu) {
  std::string all;
  for (const kernel::Rendered& kernel : rendered(tensor, traits)) all += kernel.text;
  return all;
}

// The value of a kernel's argument of this name; -1 where it has none.
std::int64_t argument(const kernel::Rendered& kernel, const std::string& name) {
  const auto found = std::ranges::find(kernel.arguments, name, &kernel::Argument::name);
  return found == kernel.arguments.end() ? -1 : found->number;
}

Tensor chain(std::int64_t n) { return (-(leaf({n}) * 1.5f + leaf({n})).relu()).exp(); }

TEST(Render, SizesAreArguments) {
  EXPECT_EQ(text(chain(1024)), text(chain(1 << 20)));
  EXPECT_EQ(text(softmax(leaf({64, 1000}))), text(softmax(leaf({7, 333}))));
  EXPECT_EQ(text(matmul(leaf({128, 64}), leaf({64, 96}))),
            text(matmul(leaf({256, 100}), leaf({100, 160}))));
}

TEST(Render, ValuesOfConstantsAreArguments) {
  EXPECT_EQ(text(leaf({100}) * 2.f), text(leaf({100}) * 3.f));
}

TEST(Render, RowsOfATableAreLoadedAsVectors) {
  const Tensor ids = leaf({32}).cast(DType::int32);
  const std::string rows = text(take(leaf({1000, 384}), ids + 1));
  EXPECT_EQ(rows, text(take(leaf({77, 100}), (leaf({9}).cast(DType::int32) + 1))));
  EXPECT_NE(rows.find("// x0[add(cast(x1),c0)]"), std::string::npos);
  EXPECT_NE(rows.find("if (at_v4 >= 0) row_v4 = tarn_load_all_float16(x0 + i1 + s4_t * at_v4);"),
            std::string::npos);
  EXPECT_NE(text(take(leaf({10, 4}), ids), kGpu).find("v2 = at_v2 < 0 ? NAN : x0["),
            std::string::npos);
}

TEST(Render, TheSameGraphGivesTheSameText) { EXPECT_EQ(text(chain(64)), text(chain(64))); }

TEST(Render, SaysWhatItComputes) {
  EXPECT_NE(text(chain(64)).find("// exp(neg(relu(add(mul(x0,c0),x1))))\n"), std::string::npos);
}

// Which is compiled once, where a kernel is three times.
TEST(Render, OnCpusTheWorkOfAnItemIsAFunction) {
  const std::string cpu = text(chain(64)), gpu = text(chain(64), kGpu);
  const std::size_t function = cpu.find("__attribute__((noinline)) static void tarn_map_");
  const std::size_t kernel = cpu.find("kernel void tarn_map_");
  EXPECT_LT(function, kernel);
  EXPECT_LT(cpu.find("tarn_exp16(", function), kernel);
  EXPECT_EQ(cpu.find("tarn_exp16(", kernel), std::string::npos);
  EXPECT_EQ(gpu.find("noinline"), std::string::npos);
}

TEST(Render, LocalMemoryIsAnArgument) {
  const auto padded = [](std::int64_t height) {
    return conv2d(leaf({1, 8, height, 40}), leaf({8, 8, 3, 3}), std::nullopt, {.padding = 1});
  };
  EXPECT_NE(text(padded(40)).find("local float16* restrict room_for_staged"), std::string::npos);
  EXPECT_EQ(text(padded(40)), text(padded(60)));
}

TEST(Render, AGpuHasScalarsAndManyWorkItems) {
  const auto kernels = rendered(chain(1 << 20), kGpu);
  ASSERT_EQ(kernels.size(), 1u);
  EXPECT_EQ(kernels[0].text.find("float16"), std::string::npos);
  EXPECT_GE(kernels[0].global, 4096u);
  EXPECT_EQ(kernels[0].global % kernels[0].local, 0u);
}

TEST(Render, ASmallKernelIsOneGroup) { EXPECT_EQ(rendered(chain(100))[0].global, 1u); }

// A few rows left over would be a block of their own, and the cores that have it wait for the rest.
TEST(Render, RowsOfAProductAreCutInEqualBlocks) {
  for (const auto& [m, k] : {std::pair(1024, 384), std::pair(128, 1536), std::pair(1000, 500)}) {
    const kernel::Rendered kernel = rendered(matmul(leaf({m, k}), leaf({k, 320}))).back();
    const std::int64_t blocks = argument(kernel, "blocks"), block = argument(kernel, "block");
    ASSERT_GT(blocks, 1) << m;
    EXPECT_GE(blocks * block, m);
    EXPECT_LT(blocks * block - m, 12 * blocks) << "a tile of rows at most is missing from each";
  }
}

// A block of rows copies its strip: four strips are enough for two units, five are not.
TEST(Render, CopiedStripsThatShareOutEvenlyStayWhole) {
  const auto blocks = [](std::int64_t columns) {
    return argument(rendered(matmul(leaf({256, 256}), leaf({256, columns})))[0], "blocks");
  };
  EXPECT_EQ(blocks(256), 1);
  EXPECT_EQ(blocks(320), 2);
}

// An array of sums, which a loop takes one by one, is for edges and long epilogues.
TEST(Render, SumsOfFullTilesAreStoredFromTheirRegisters) {
  const auto in_array = [](const Tensor& tensor) {
    return text(tensor).find(" sums[") != std::string::npos;
  };
  const Tensor x = leaf({64, 128});
  EXPECT_FALSE(in_array(relu(matmul(x, leaf({128, 256})) + leaf({256}))));
  EXPECT_FALSE(in_array(matmul(leaf({96, 128}), leaf({128, 270}))))
      << "copied strips are full tiles";
  EXPECT_TRUE(in_array(matmul(x, leaf({128, 250}))));
  EXPECT_TRUE(in_array(gelu(matmul(x, leaf({128, 256})))));
  const Tensor weight = leaf({256, 128}, true).T();
  EXPECT_FALSE(in_array(matmul(x, weight) + leaf({64, 256})));
  EXPECT_TRUE(in_array(matmul(x, leaf({250, 128}, true).T())));
  const auto padded = [](std::int64_t width) {
    return conv2d(leaf({1, 3, 40, width}), leaf({64, 3, 3, 3}), std::nullopt, {.padding = 1});
  };
  EXPECT_FALSE(in_array(padded(64)));
  EXPECT_TRUE(in_array(padded(60)));
}

// Which is a kernel less to build where a network ends with few outputs.
TEST(Render, WeightsOfAllWidthsArePackedByOneText) {
  const auto packing = [](std::int64_t outputs) {
    const auto kernels = rendered(matmul(leaf({64, 128}), leaf({128, outputs}, true)));
    EXPECT_EQ(kernels.size(), 2u);
    return kernels.front().text;
  };
  EXPECT_EQ(packing(512), packing(10));
}

TEST(Render, TilesOfPanelsFetchTheNextOnes) {
  const auto fetches = [](const Tensor& tensor, const plan::DeviceTraits& traits = {}) {
    return text(tensor, traits).find("tarn_prefetch_float16(ahead)") != std::string::npos;
  };
  const Tensor weight = leaf({96, 64}, true).T();
  EXPECT_TRUE(fetches(matmul(leaf({64, 64}), weight)));
  EXPECT_FALSE(fetches(matmul(leaf({1, 64}), weight))) << "its loads are in order";
  EXPECT_FALSE(fetches(matmul(leaf({64, 64}), weight), kGpu));
}

// A vector for each iteration, or as many tiles as share one.
TEST(Render, PanelsAreFetchedEvenlyWhereThereAreTilesEnough) {
  const auto tiles = [](std::int64_t rows) {
    const auto kernel = rendered(matmul(leaf({rows, 64}), leaf({96, 64}, true).T())).back();
    return std::pair(argument(kernel, "tiles_ahead"), argument(kernel, "floats_ahead"));
  };
  const auto [few, vectors] = tiles(8);
  const auto [many, quarters] = tiles(6'000);
  EXPECT_EQ(vectors, 16);
  EXPECT_EQ(quarters, 4);
  EXPECT_EQ(many, 4 * few);
}

TEST(Render, ColumnsOfWindowsThatStepByTwoAreLookedUp) {
  const auto looks_up = [](std::int64_t step) {
    return text(conv2d(leaf({1, 3, 64, 64}), leaf({16, 3, 7, 7}), std::nullopt,
                       {.stride = step, .padding = 3}))
               .find("window_columns[") != std::string::npos;
  };
  EXPECT_TRUE(looks_up(2));
  EXPECT_FALSE(looks_up(1));
}

TEST(Render, TilesOfStripsFetchTheNextRowsFromFarAway) {
  const auto fetches = [](const Tensor& tensor) {
    return text(tensor).find("tarn_prefetch_float16(ahead)") != std::string::npos;
  };
  const auto convolved = [](std::int64_t channels) {
    return conv2d(leaf({1, channels, 7, 7}), leaf({channels, channels, 3, 3}), std::nullopt,
                  {.padding = 1});
  };
  EXPECT_TRUE(fetches(convolved(512)));
  EXPECT_FALSE(fetches(convolved(64)));
  const auto product = [](std::int64_t m, std::int64_t k) {
    return matmul(leaf({m, k}), leaf({k, 512}));
  };
  EXPECT_TRUE(fetches(product(512, 512))) << "rows of half a page";
  EXPECT_FALSE(fetches(product(64, 512))) << "which stay in the core's cache";
  EXPECT_FALSE(fetches(product(1024, 1024))) << "rows of a page";
}

// Of a row: 2^12 floats are 16 KB. A sum alone reads each row once.
TEST(Render, TheNextRowIsFetchedWhileOneIsReadAgain) {
  const auto fetches = [](const Tensor& tensor) {
    return text(tensor).find("+ next") != std::string::npos;
  };
  EXPECT_TRUE(fetches(softmax(leaf({64, 1 << 12}))));
  EXPECT_FALSE(fetches(softmax(leaf({64, (1 << 12) + 1}))));
  const Tensor x = leaf({64, 1000});
  EXPECT_TRUE(fetches(x / x.sum({1}, {.keepdim = true})));
  EXPECT_FALSE(fetches(x.sum({1})));
  EXPECT_FALSE(fetches(leaf({1000}).broadcast_to({64, 1000}).sum({1})));
}

TEST(Render, MapsPastTheCachesReadAheadOfOperandsOfTheirSize) {
  constexpr plan::DeviceTraits kStreaming{.streamed_bytes = 1 << 20};
  const auto fetches = [&](const Tensor& tensor) {
    std::size_t count = 0;
    const std::string all = text(tensor, kStreaming);
    for (auto at = all.find("tarn_prefetch_near_float16(x"); at != std::string::npos;
         at = all.find("tarn_prefetch_near_float16(x", at + 1)) {
      ++count;
    }
    return count;
  };
  EXPECT_EQ(fetches(leaf({1 << 18}).exp()), 1u);
  EXPECT_EQ(fetches(leaf({1 << 10, 1 << 10}) * leaf({1 << 10, 1 << 10})), 2u);
  EXPECT_EQ(fetches(leaf({1 << 10, 1 << 10}) * leaf({1 << 10})), 1u);
  EXPECT_EQ(fetches(leaf({1 << 10}).exp()), 0u);
}

TEST(Render, SmallProductsFetchTheNextOfTheirBatch) {
  const auto fetches = [](const Tensor& tensor) {
    return text(tensor).find("next_b") != std::string::npos;
  };
  EXPECT_TRUE(fetches(matmul(leaf({96, 128, 64}), leaf({96, 64, 128}))));
  EXPECT_FALSE(fetches(matmul(leaf({128, 64}), leaf({64, 128}))));
}

TEST(Render, WorkItemsHaveEqualSharesOfTheTasks) {
  EXPECT_EQ(rendered(matmul(leaf({96, 64, 64}), leaf({96, 64, 32})))[0].global, 48u);
  EXPECT_EQ(rendered(softmax(leaf({96, 8192})))[0].global, 48u);
}

// A megabyte is 2^18 floats. Light maps are patient: the last cache may keep what they write.
TEST(Render, LargeResultsGoPastTheCaches) {
  constexpr plan::DeviceTraits kStreaming{.streamed_bytes = 1 << 20};
  const auto streams = [&](const Tensor& tensor) {
    return text(tensor, kStreaming).find("nontemporal") != std::string::npos;
  };
  EXPECT_FALSE(streams(leaf({(1 << 18) - 16}).exp()));
  EXPECT_TRUE(streams(leaf({1 << 18}).exp()));
  EXPECT_TRUE(streams(softmax(leaf({1 << 10, 1 << 8}))));
  EXPECT_TRUE(streams(leaf({1 << 9, 1 << 9}).T() + leaf({1 << 9, 1 << 9})));
  EXPECT_FALSE(streams(leaf({1 << 18}) + 1.f));
  EXPECT_TRUE(streams(leaf({3 << 18}) + 1.f));
  EXPECT_EQ(text(leaf({3 << 18}).exp()).find("nontemporal"), std::string::npos);
}

// Rows of 40 end within a vector, wherever in a wider result they lie.
TEST(Render, RowsThatEndWithinAVectorAreNotStreamed) {
  constexpr plan::DeviceTraits kStreaming{.streamed_bytes = 1024};
  const auto joined = [&](std::int64_t width) {
    std::vector<Tensor> parts = {conv2d(leaf({1, 8, 40, width}), leaf({8, 1, 3, 3}), std::nullopt,
                                        {.padding = 1, .groups = 8})};
    parts.resize(9, leaf({1, 8, 40, 16}));
    parts.push_back(leaf({1, 8, 40, 64 - width % 64}));
    const std::string all = text(concatenate(parts, 3), kStreaming);
    const std::size_t begin = all.find("static void tarn_depthwise");
    return all.substr(begin, all.find("\n}\n", begin) - begin).find("nontemporal");
  };
  EXPECT_EQ(joined(40), std::string::npos);
  EXPECT_NE(joined(48), std::string::npos);
}

// Windows are unrolled, and their overlapping rows read once: every second element of two vectors.
TEST(Render, PoolingReadsVectors) {
  const Tensor x = leaf({2, 3, 32, 64});
  const std::string pooling = text(max_pool2d(x, 2));
  EXPECT_NE(pooling.find("tarn_load_even_float16(x0"), std::string::npos);
  EXPECT_NE(pooling.find("#pragma unroll"), std::string::npos);
  EXPECT_EQ(pooling.find("t[l] = x0"), std::string::npos);
}

TEST(Render, LargeOperandsAreIndexedByLong) {
  EXPECT_EQ(text(chain(1 << 30)).find("const long"), std::string::npos);
  EXPECT_NE(text(chain(std::int64_t{1} << 32)).find("const long"), std::string::npos);
}

// Three buffers, rounded up to a vector, and one vector of numbers.
TEST(Render, CountsItsParameters) {
  const kernel::Rendered kernel = rendered(chain(64))[0];
  EXPECT_EQ(kernel::parameter_bytes(kernel.arguments), 64u + 64u);
}

TEST(Render, NumbersShareParameters) {
  const kernel::Rendered kernel = rendered(matmul(leaf({128, 64}), leaf({64, 96})))[0];
  const std::vector<kernel::Place> places = kernel::places(kernel.arguments);
  ASSERT_EQ(places.size(), kernel.arguments.size());
  unsigned words = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const bool buffer = kernel.arguments[i].kind <= kernel::Argument::Kind::output;
    EXPECT_EQ(places[i].parameter, buffer ? i : 3 + words / kernel::kWords);
    EXPECT_EQ(places[i].word, buffer ? -1 : static_cast<int>(words++ % kernel::kWords));
  }
  EXPECT_GT(words, 0u + kernel::kWords / 2);
  EXPECT_NE(kernel.text.find("const int items = numbers"), std::string::npos);
}

TEST(Render, AFloatIsAWordToo) {
  EXPECT_NE(text(leaf({100}) * 2.f).find("const float c0 = as_float(numbers0.s0);"),
            std::string::npos);
}

TEST(Render, StoresPastTheCachesAreAligned) {
  plan::DeviceTraits traits;
  traits.streamed_bytes = 1024;
  const auto product = [&](std::int64_t columns) {
    return text(matmul(leaf({1, 8}), leaf({8, columns})), traits);
  };
  EXPECT_NE(product(1 << 16).find("__builtin_nontemporal_store"), std::string::npos);
  EXPECT_EQ(product((1 << 16) + 5).find("__builtin_nontemporal_store"), std::string::npos);
}

Tensor small_steps(int count) {
  const Tensor w = leaf({16, 16});
  Tensor x = leaf({16, 16});
  for (int i = 0; i < count; ++i) x = tanh(matmul(x, w) * 0.5f);
  return x;
}
std::vector<kernel::Launch> launches(const Tensor& tensor,
                                     const plan::DeviceTraits& traits = kCpu) {
  graph::Walker walker;
  const graph::NodePtr node = tensor.node();
  return kernel::render(plan::make_plan(walker.walk({&node, 1}), traits), traits);
}

// The weight, two blocks that take turns, and the numbers of a step, once.
TEST(RenderSequence, EqualStepsAreOneFunctionAndShareTheirNumbers) {
  const auto four = launches(small_steps(4)), eight = launches(small_steps(8));
  ASSERT_EQ(four.size(), 1u);
  ASSERT_EQ(eight.size(), 1u);
  EXPECT_EQ(eight[0].count, 8u);
  EXPECT_EQ(eight[0].rendered.arguments.size(), four[0].rendered.arguments.size() + 4)
      << "a factor more for each step";
  const std::string& text = eight[0].rendered.text;
  EXPECT_EQ(text.find("static void tarn_contract"), text.rfind("static void tarn_contract"));
}

Tensor row_steps(std::int64_t rows) {
  const Tensor w = leaf({32, 32});
  Tensor x = leaf({rows, 32});
  for (int i = 0; i < 4; ++i) x = tanh(matmul(x, w));
  return x;
}

// One for each unit, or as many more as it takes for each to have as many blocks as the others.
TEST(RenderSequence, RowsThatStayApartAreShared) {
  const auto rows = [](std::int64_t count, int units) {
    const auto all = launches(row_steps(count), {.compute_units = units});
    EXPECT_EQ(all.size(), 1u);
    return all[0].rendered;
  };
  EXPECT_EQ(rows(32, 1).global, 1u);
  EXPECT_EQ(rows(32, 2).global, 2u);
  EXPECT_EQ(rows(32, 3).global, 4u);
  EXPECT_EQ(rows(32, 64).global, 4u) << "of a tile each";
  EXPECT_EQ(rows(24, 2).global, 3u);
  EXPECT_EQ(rows(32, 2).text, rows(24, 64).text);
  EXPECT_EQ(rows(8, 2).global, 1u);
  EXPECT_EQ(rows(8, 2).text, rows(32, 2).text);
}

TEST(RenderSequence, WhatReadsAllRowsIsNot) {
  Tensor x = leaf({32, 32});
  for (int i = 0; i < 4; ++i) x = tanh(matmul(leaf({32, 32}), x));
  const auto all = launches(x);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].rendered.global, 1u);
}

// A block of one step is not a block of the next.
TEST(RenderSequence, RowsInOtherBlocksAreNot) {
  Tensor x = leaf({32, 32});
  for (int i = 0; i < 2; ++i) x = matmul(matmul(x, leaf({32, 80})), leaf({80, 32}));
  const auto all = launches(x, {.compute_units = 4});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].rendered.global, 1u);
}

TEST(RenderSequence, TakesNoMoreParametersThanADeviceDoes) {
  constexpr plan::DeviceTraits kFew{.parameter_bytes = 200};
  std::size_t next = 0;
  for (const kernel::Launch& launch : launches(small_steps(32), kFew)) {
    EXPECT_EQ(launch.first, next);
    EXPECT_LE(kernel::parameter_bytes(launch.rendered.arguments), kFew.parameter_bytes);
    next += launch.count;
  }
  EXPECT_EQ(next, 32u);
  EXPECT_LT(launches(small_steps(32), kFew)[0].count, launches(small_steps(32))[0].count);
}

// TARN_UPDATE_GOLDEN=1 writes the files anew: look at what changed.
void expect_golden(const std::string& name, const std::string& got) {
  const std::string path = TARN_SOURCE_DIR "/tests/golden/" + name;
  if (std::getenv("TARN_UPDATE_GOLDEN")) std::ofstream(path) << got;
  std::ifstream in(path);
  std::stringstream want;
  want << in.rdbuf();
  EXPECT_EQ(got, want.str()) << path;
}

TEST(Render, Golden) {
  const Tensor x = leaf({64, 1000});
  const Tensor wide = leaf({128, 64});
  expect_golden("chain_cpu.cl", text(chain(64)));
  expect_golden("chain_gpu.cl", text(chain(64), kGpu));
  expect_golden("softmax_cpu.cl", text(softmax(x)));
  expect_golden("softmax_gpu.cl", text(softmax(x), kGpu));
  expect_golden("linear_cpu.cl", text(relu(matmul(wide, leaf({96, 64}).T()) + leaf({96}))));
  expect_golden("matmul_copied_cpu.cl", text(matmul(leaf({64, 128}), leaf({128, 256}))));
  expect_golden(
      "attention_cpu.cl",
      text(matmul(softmax(matmul(wide, leaf({200, 64}).T()) + leaf({128, 200})), leaf({200, 48}))));
  expect_golden("conv_rows_cpu.cl", text(conv2d(leaf({1, 3, 40, 40}), leaf({8, 3, 3, 3}))));
  expect_golden("conv_joined_cpu.cl", text(conv2d(leaf({1, 3, 14, 14}), leaf({6, 3, 5, 5}))));
  const Conv2dOptions padded{.padding = 1};
  expect_golden("conv_padded_cpu.cl",
                text(conv2d(leaf({1, 3, 40, 40}), leaf({8, 3, 3, 3}), std::nullopt, padded)));
  expect_golden("conv_depthwise_cpu.cl", text(conv2d(leaf({1, 8, 40, 40}), leaf({8, 1, 3, 3}),
                                                     std::nullopt, {.padding = 1, .groups = 8})));
  expect_golden(
      "conv_winograd_cpu.cl",
      text(conv2d(leaf({1, 64, 14, 14}), leaf({16, 64, 3, 3}, true), std::nullopt, padded)));
  expect_golden("matmul_gpu.cl",
                text(relu(matmul(leaf({1024, 500}), leaf({800, 500}).T()) + leaf({800})), kGpu));
  expect_golden(
      "conv_gpu.cl",
      text(conv2d(leaf({8, 3, 56, 56}), leaf({32, 3, 3, 3}), std::nullopt, padded), kGpu));
  expect_golden("sequence_cpu.cl", launches(small_steps(4))[0].rendered.text);
  expect_golden("sequence_of_rows_cpu.cl", launches(row_steps(32))[0].rendered.text);
  expect_golden("pad_cpu.cl", text(leaf({20, 30}).pad({1, 2}, {3, 4}) + 1.f));
}

}  // namespace
}  // namespace tarn
