// Attention and encoder layers against their formula, written out on the host in double.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tarn/error.hpp"
#include "tarn/nn.hpp"
#include "throws.hpp"

namespace tarn::nn {
namespace {

using ::testing::ElementsAre;

using Matrix = std::vector<std::vector<double>>;

Matrix matrix(const Tensor& x) {  // of (rows, columns) or (columns,)
  const std::vector<float> flat = x.to_vector<float>();
  const auto columns = static_cast<std::ptrdiff_t>(x.size(-1));
  Matrix rows;
  for (auto at = flat.begin(); at != flat.end(); at += columns) rows.emplace_back(at, at + columns);
  return rows;
}

Matrix parameter(const Module& layer, const std::string& wanted) {
  for (const auto& [name, tensor] : layer.parameters()) {
    if (name == wanted) return matrix(tensor);
  }
  throw ValueError("no parameter " + wanted);
}

Matrix linear(const Matrix& x, const Module& layer, const std::string& name) {
  const Matrix weight = parameter(layer, name + ".weight"), bias = parameter(layer, name + ".bias");
  Matrix y(x.size(), bias[0]);
  for (std::size_t row = 0; row < x.size(); ++row) {
    for (std::size_t out = 0; out < weight.size(); ++out) {
      for (std::size_t in = 0; in < x[row].size(); ++in)
        y[row][out] += x[row][in] * weight[out][in];
    }
  }
  return y;
}

// The mean of rows of v, weighted by the softmax of the scores.
std::vector<double> attend(std::vector<double> scores, const Matrix& v) {
  const double largest = *std::max_element(scores.begin(), scores.end());
  double total = 0;
  for (double& score : scores) total += score = std::exp(score - largest);
  std::vector<double> y(v[0].size());
  for (std::size_t key = 0; key < v.size(); ++key) {
    for (std::size_t i = 0; i < y.size(); ++i) y[i] += scores[key] / total * v[key][i];
  }
  return y;
}

Matrix attention(const Matrix& x, const Module& layer, const std::string& prefix, std::size_t heads,
                 const Matrix& mask) {
  const Matrix q = linear(x, layer, prefix + "q_proj"), k = linear(x, layer, prefix + "k_proj"),
               v = linear(x, layer, prefix + "v_proj");
  const std::size_t size = x[0].size() / heads;
  Matrix joined(x.size(), std::vector<double>(x[0].size()));
  for (std::size_t column = 0; column < x[0].size(); ++column) {
    const std::size_t first = column / size * size;  // of its head
    for (std::size_t query = 0; query < x.size(); ++query) {
      std::vector<double> scores = mask[query];
      for (std::size_t key = 0; key < x.size(); ++key) {
        double product = 0;
        for (std::size_t i = first; i < first + size; ++i) product += q[query][i] * k[key][i];
        scores[key] += product / std::sqrt(static_cast<double>(size));
      }
      joined[query][column] = attend(scores, v)[column];
    }
  }
  return linear(joined, layer, prefix + "out_proj");
}

Matrix operator+(Matrix a, const Matrix& b) {
  for (std::size_t row = 0; row < a.size(); ++row) {
    for (std::size_t i = 0; i < a[row].size(); ++i) a[row][i] += b[row][i];
  }
  return a;
}

Matrix normalized(Matrix x, double eps) {  // with weight 1 and bias 0
  for (std::vector<double>& row : x) {
    double mean = 0, var = 0;
    for (const double value : row) mean += value / static_cast<double>(row.size());
    for (const double value : row) {
      var += (value - mean) * (value - mean) / static_cast<double>(row.size());
    }
    for (double& value : row) value = (value - mean) / std::sqrt(var + eps);
  }
  return x;
}

Matrix gelu(Matrix x) {
  for (std::vector<double>& row : x) {
    for (double& value : row) value *= (1 + std::erf(value / std::sqrt(2.0))) / 2;
  }
  return x;
}

Matrix feed_forward(const Matrix& x, const Module& layer) {
  return linear(gelu(linear(x, layer, "linear1")), layer, "linear2");
}

void expect_near(const Tensor& x, const Matrix& wanted) {
  const Matrix got = matrix(x);
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t row = 0; row < got.size(); ++row) {
    for (std::size_t i = 0; i < got[row].size(); ++i) {
      EXPECT_NEAR(got[row][i], wanted[row][i], 1e-5) << row << ", " << i;
    }
  }
}

const Matrix kNoMask(5, std::vector<double>(5));

TEST(MultiHeadAttention, IsTheFormula) {
  const MultiHeadAttention layer(8, 2);
  const Tensor x = randn({5, 8}, {.seed = 3});
  expect_near(layer(x), attention(matrix(x), layer, "", 2, kNoMask));
}

TEST(MultiHeadAttention, AddsTheMaskToTheScores) {
  const MultiHeadAttention layer(8, 4);
  const Tensor x = randn({5, 8}, {.seed = 4}), mask = randn({5, 5}, {.seed = 5}) * 3;
  expect_near(layer(x, mask), attention(matrix(x), layer, "", 4, matrix(mask)));
}

TEST(MultiHeadAttention, DoesNotSeeWhatTheMaskHides) {
  const MultiHeadAttention layer(8, 2);
  const Tensor x = randn({2, 3, 8}, {.seed = 6});
  const Tensor padded = concatenate({x, ones({2, 2, 8})}, 1);
  const Tensor mask = tensor({0.f, 0.f, 0.f, -1e9f, -1e9f}).reshape({1, 1, 1, 5});
  const Tensor seen = layer(padded, mask).slice({{}, {.stop = 3}});
  EXPECT_TRUE(allclose(seen, layer(x), {.absolute = 1e-6}));
  EXPECT_FALSE(allclose(layer(padded).slice({{}, {.stop = 3}}), layer(x), {.absolute = 1e-3}));
}

TEST(MultiHeadAttention, NamesItselfAndWhatDoesNotFit) {
  EXPECT_ERROR(MultiHeadAttention(8, 3), ValueError, "3 heads do not divide a width of 8");
  EXPECT_ERROR(MultiHeadAttention(8, 0), ValueError, "0 heads do not divide a width of 8");
  const MultiHeadAttention layer(8, 2);
  EXPECT_ERROR(layer(ones({5, 4})), ShapeError,
               "MultiHeadAttention(8, 2): x is (5,4), not (..., length, 8)");
  EXPECT_ERROR(layer(ones({5, 8}), ones({4, 4})), ShapeError, "MultiHeadAttention(8, 2): ");
}

TEST(TransformerEncoderLayer, NormalizesAfterEachSum) {
  const TransformerEncoderLayer layer(
      8, 2, {.dim_feedforward = 12, .activation = Activation::gelu, .layer_norm_eps = 1e-3});
  const Tensor x = randn({5, 8}, {.seed = 7});
  const Matrix in = matrix(x);
  const Matrix y = normalized(in + attention(in, layer, "self_attn.", 2, kNoMask), 1e-3);
  expect_near(layer(x), normalized(y + feed_forward(y, layer), 1e-3));
}

TEST(TransformerEncoderLayer, NormalizesBeforeOnRequestAndTakesAMask) {
  const TransformerEncoderLayer layer(
      8, 2, {.dim_feedforward = 12, .activation = Activation::gelu, .norm_first = true});
  const Tensor x = randn({5, 8}, {.seed = 8}), mask = randn({5, 5}, {.seed = 9});
  const Matrix in = matrix(x);
  const Matrix y = in + attention(normalized(in, 1e-5), layer, "self_attn.", 2, matrix(mask));
  expect_near(layer(x, mask), y + feed_forward(normalized(y, 1e-5), layer));
}

TEST(TransformerEncoderLayer, NamesItsParametersAsPyTorch) {
  const TransformerEncoderLayer layer(4, 2, {.dim_feedforward = 6});
  std::vector<std::string> names;
  for (const auto& [name, tensor] : layer.parameters()) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("self_attn.q_proj.weight", "self_attn.q_proj.bias",
                                 "self_attn.k_proj.weight", "self_attn.k_proj.bias",
                                 "self_attn.v_proj.weight", "self_attn.v_proj.bias",
                                 "self_attn.out_proj.weight", "self_attn.out_proj.bias",
                                 "linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias",
                                 "norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias"));
}

TEST(SplitInProj, GivesQueriesKeysAndValuesTheirOwn) {
  const io::NamedTensors parts = split_in_proj({{"a.in_proj_weight", tensor({{1.f}, {2.f}, {3.f}})},
                                                {"in_proj_bias", tensor({4.f, 5.f, 6.f})},
                                                {"main_proj_weight", tensor({7.f})}});
  std::vector<std::string> names;
  std::vector<float> values;
  for (const auto& [name, tensor] : parts) {
    names.push_back(name);
    values.push_back(tensor.flatten().item<float>());
  }
  EXPECT_THAT(names, ElementsAre("a.q_proj.weight", "a.k_proj.weight", "a.v_proj.weight",
                                 "q_proj.bias", "k_proj.bias", "v_proj.bias", "main_proj_weight"));
  EXPECT_THAT(values, ElementsAre(1, 2, 3, 4, 5, 6, 7));
  EXPECT_ERROR(split_in_proj({{"in_proj_bias", ones({4})}}), ShapeError,
               "split_in_proj: in_proj_bias is (4,), not (3 width, ...)");
}

}  // namespace
}  // namespace tarn::nn
