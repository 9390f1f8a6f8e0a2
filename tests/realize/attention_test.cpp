// Attention as one kernel against the host, which computes every score: sizes around its tiles and
// blocks, masks, broadcast heads, and scores that are not finite.
#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "device_check.hpp"

namespace tarn {
namespace {

using test::Case;
using test::Closeness;
using test::expect_like_host;
using test::Leaves;
using test::random_floats;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr Closeness kClose{2e-5, 2e-6};

class Attention : public testing::Test {
 protected:
  Tensor make(const Shape& shape) {
    return leaves_.add(random_floats(static_cast<std::size_t>(shape.elements()), ++seed_), shape);
  }
  Tensor make(const Shape& shape, std::vector<float> values) { return leaves_.add(values, shape); }
  static Tensor scores(const Tensor& q, const Tensor& k) {
    return matmul(q, k.transpose(-2, -1)) * 0.25f;
  }
  static Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v) {
    return matmul(softmax(scores(q, k)), v);
  }

  Leaves leaves_;
  unsigned seed_ = 300;
};

TEST_F(Attention, AroundTilesAndBlocks) {
  struct Sizes {
    std::int64_t queries, keys, depth, columns;
  };
  std::vector<Case> cases;
  for (const Sizes& s : {Sizes{32, 128, 32, 32}, Sizes{16, 16, 16, 16}, Sizes{37, 53, 20, 24},
                         Sizes{33, 129, 5, 7}, Sizes{65, 300, 33, 17}, Sizes{17, 257, 64, 100}}) {
    cases.push_back({std::to_string(s.queries) + " x " + std::to_string(s.keys),
                     attention(make({2, 3, s.queries, s.depth}), make({2, 3, s.keys, s.depth}),
                               make({2, 3, s.keys, s.columns})),
                     kClose});
  }
  cases.push_back({"no batch", attention(make({40, 16}), make({50, 16}), make({50, 16})), kClose});
  cases.push_back({"the longest head",
                   attention(make({20, 256}) * 1.f, make({30, 256}), make({30, 256})), kClose});
  expect_like_host(cases, leaves_);
}

TEST_F(Attention, OfViews) {
  const auto heads = [](const Tensor& x) { return x.reshape({2, 40, 3, 8}).transpose(1, 2); };
  const Tensor q = make({2, 40, 24}), k = make({2, 40, 24}), v = make({2, 40, 24});
  const Tensor flat = make({2, 3, 40, 8});
  const Tensor one = make({2, 1, 40, 8});
  expect_like_host(
      {{"heads", attention(heads(q), heads(k), heads(v)).transpose(1, 2), kClose},
       {"some in order", attention(flat, heads(k), flat), kClose},
       {"values in order", attention(heads(q), heads(k), flat), kClose},
       {"keys in order", attention(flat, flat, heads(v)), kClose},
       {"one head of keys", attention(heads(q), one.expand({2, 3, 40, 8}), heads(v)), kClose},
       {"one head of keys and values",
        attention(flat, one.expand({2, 3, 40, 8}), one.expand({2, 3, 40, 8})), kClose},
       {"values that lie across", attention(flat, flat, make({2, 3, 8, 40}).transpose(-2, -1)),
        kClose},
       {"parts of what is there",
        attention(q.slice({{}, {.start = 3, .stop = 23}}), k.slice({{}, {.start = 7}}),
                  v.slice({{}, {.start = 7}})),
        kClose}},
      leaves_);
}

TEST_F(Attention, WithWhatIsComputedAround) {
  const Tensor q = make({2, 40, 8}), k = make({2, 150, 8}), v = make({2, 150, 12});
  const Tensor rows = arange(40).reshape({40, 1}), columns = arange(150).reshape({1, 150});
  const Tensor some = make({2, 1, 150});
  expect_like_host(
      {{"a mask", matmul(softmax(scores(q, k) + make({40, 150})), v), kClose},
       {"a mask of keys", matmul(softmax(scores(q, k) + make({2, 1, 150})), v), kClose},
       {"a mask of queries", matmul(softmax(scores(q, k) * make({2, 40, 1})), v), kClose},
       {"a choice", matmul(softmax(where(some > 0.f, scores(q, k), -1e9f)), v), kClose},
       {"causal", matmul(softmax(where(columns <= rows, scores(q, k), -kInf)), v), kClose},
       {"a function", matmul(softmax(scores(q, k).tanh() * 30.f), v), kClose},
       {"a bias and a residual",
        relu(matmul(softmax(scores(q, k)), v) * 2.f + make({12})) + make({2, 40, 12}), kClose}},
      leaves_);
}

// A row without finite scores is NaN; a block of them alone changes nothing.
TEST_F(Attention, WithScoresThatAreNotFinite) {
  constexpr std::int64_t kQueries = 20, kKeys = 300;
  const Tensor q = make({kQueries, 8}), k = make({kKeys, 8}), v = make({kKeys, 8});
  const auto masked = [&](std::int64_t query, std::int64_t first, std::int64_t last, float by) {
    std::vector<float> mask(kQueries * kKeys, 0.f);
    for (std::int64_t key = first; key < last; ++key) {
      mask[static_cast<std::size_t>(query * kKeys + key)] = by;
    }
    return matmul(softmax(scores(q, k) + make({kQueries, kKeys}, mask)), v);
  };
  expect_like_host({{"all", masked(3, 0, kKeys, -kInf), kClose},
                    {"the first blocks", masked(0, 0, 290, -kInf), kClose},
                    {"the last blocks", masked(19, 5, kKeys, -kInf), kClose},
                    {"infinity", masked(5, 7, 8, kInf), kClose},
                    {"infinity late", masked(5, 270, 271, kInf), kClose},
                    {"NaN", masked(6, 140, 141, kNan), kClose},
                    {"large", masked(7, 100, 260, 3e4f), kClose}},
                   leaves_);
  std::vector<float> values(kKeys * 8, 1.f);
  values[9] = kNan;
  values[300] = kInf;
  expect_like_host({{"values", attention(q, k, make({kKeys, 8}, values)), kClose}}, leaves_);
}

}  // namespace
}  // namespace tarn
