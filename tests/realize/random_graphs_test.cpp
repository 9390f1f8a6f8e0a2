// Random graphs on the device: against the host, and fused against node by node.
//
// TARN_TEST_GRAPHS lowers the number of graphs of each test, for slow devices.
#include <bit>
#include <cstdlib>

#include "random_graph.hpp"
#include "tarn/error.hpp"

namespace tarn {
namespace {

using test::Closeness;
using test::Family;
using test::HostArray;
using test::Leaves;
using test::length_of;
using test::RandomGraph;
using test::read_back;

constexpr std::uint64_t kBatch = 60;  // realized together: one plan, one program

std::uint64_t graphs(std::uint64_t usual) {
  const char* fewer = std::getenv("TARN_TEST_GRAPHS");
  return fewer ? std::min<std::uint64_t>(usual, std::strtoull(fewer, nullptr, 10)) : usual;
}

// What is wrong with the program of so many instructions, computed alone. Empty: nothing.
std::string fault(Family family, std::uint64_t seed, int instructions, Closeness closeness) {
  Leaves leaves;
  const RandomGraph graph(family, seed, instructions, leaves);
  try {
    const HostArray want = evaluate(*graph.result().node(), leaves.values());
    return difference(read_back(graph.result()), want, closeness);
  } catch (const Error& error) {
    return error.what();
  }
}

// The smallest prefix of a program that fails, as text.
std::string shrunk(Family family, std::uint64_t seed, Closeness closeness) {
  for (int n = 1; n <= length_of(seed); ++n) {
    const std::string wrong = fault(family, seed, n, closeness);
    if (wrong.empty()) continue;
    Leaves leaves;
    return "fails after " + std::to_string(n) + " instructions, " + wrong + ":\n" +
           RandomGraph(family, seed, n, leaves).text();
  }
  Leaves leaves;
  return "fails with others only:\n" + RandomGraph(family, seed, length_of(seed), leaves).text();
}

void compare_batch(Family family, std::uint64_t first, std::uint64_t count, Closeness closeness) {
  Leaves leaves;
  std::vector<Tensor> results;
  std::vector<graph::NodePtr> nodes;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    results.push_back(RandomGraph(family, seed, length_of(seed), leaves).result());
    nodes.push_back(results.back().node());
  }
  const std::vector<HostArray> want = evaluate(nodes, leaves.values());
  std::string failure;
  try {
    realize(results);
  } catch (const Error& error) {
    failure = error.what();
    ADD_FAILURE() << "graphs of seeds from " << first << ": " << failure;
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string wrong = failure.empty()
                                  ? difference(read_back(results[i]), want[i], closeness)
                                  : fault(family, first + i, length_of(first + i), closeness);
    EXPECT_EQ(wrong, "") << "seed " << first + i << " " << shrunk(family, first + i, closeness);
  }
}

void compare(Family family, std::uint64_t count, Closeness closeness) {
  for (std::uint64_t first = 0; first < count; first += kBatch) {
    compare_batch(family, first, std::min(kBatch, count - first), closeness);
    if (testing::Test::HasFailure()) return;  // one batch says enough
  }
}

TEST(RandomGraphs, OfExactOperatorsEqualTheHost) {
  compare(Family::exact, graphs(1200), {.relative = 0, .absolute = 0});
}

TEST(RandomGraphs, OfSmoothFunctionsAreCloseToTheHost) {
  compare(Family::smooth, graphs(1200), {.relative = 1e-4, .absolute = 1e-4});
}

// All NaN are one: which sign one has, neither IEEE 754 nor OpenCL says.
std::vector<std::uint32_t> bits_of(const Tensor& tensor) {
  std::vector<std::uint32_t> bits;
  const Tensor widest = tensor.dtype() == DType::bool_ ? tensor.cast(DType::int32) : tensor;
  if (widest.dtype() == DType::float32) {
    for (const float x : widest.to_vector<float>()) {
      bits.push_back(std::bit_cast<std::uint32_t>(std::isnan(x) ? std::nanf("") : x));
    }
  } else {
    for (const std::int32_t x : widest.to_vector<std::int32_t>()) {
      bits.push_back(std::bit_cast<std::uint32_t>(x));
    }
  }
  return bits;
}

TEST(RandomGraphs, FusedAndNodeByNodeAreEqualToTheBit) {
  const std::uint64_t count = graphs(360);
  for (std::uint64_t first = 0; first < count; first += kBatch) {
    Leaves leaves;
    std::vector<RandomGraph> fused;
    std::vector<Tensor> results;
    for (std::uint64_t seed = first; seed < std::min(first + kBatch, count); ++seed) {
      fused.emplace_back(Family::elementwise, seed, length_of(seed), leaves);
      results.push_back(fused.back().result());
    }
    realize(results);
    for (std::size_t i = 0; i < fused.size(); ++i) {
      const std::uint64_t seed = first + i;
      const RandomGraph stepwise(Family::elementwise, seed, length_of(seed), leaves,
                                 [](const Tensor& made) { made.realize(); });
      EXPECT_EQ(bits_of(results[i]), bits_of(stepwise.result())) << "seed " << seed << ":\n"
                                                                 << fused[i].text();
    }
  }
}

}  // namespace
}  // namespace tarn
