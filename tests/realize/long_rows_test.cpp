// Rows that are longer than some devices' loops can be: they give what they should, or say why not.
#include <string>
#include <vector>

#include "fixture.hpp"
#include "tarn/error.hpp"

namespace tarn {
namespace {

constexpr std::int64_t kLong = 70'000;

class LongRows : public test::RealizeTest {
 protected:
  // 0, 1, 2, 0, 1, 2, ...
  Tensor threes(const Shape& shape) const {
    std::vector<float> values(static_cast<std::size_t>(shape.elements()));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 3);
    return upload(values, shape);
  }
  // So many rows that none is cut for want of work.
  const std::int64_t rows_ = 8 * device_.info().compute_units;
};

TEST_F(LongRows, AreSummedToTheirEnd) {
  const Tensor x = threes({rows_, kLong});
  std::int64_t i = 0;
  for (const float sum : x.sum(1).to_vector<float>()) {
    std::int64_t expected = 0;
    for (const std::int64_t end = i + kLong; i < end; ++i) expected += i % 3;
    ASSERT_EQ(sum, static_cast<float>(expected)) << "row " << (i - 1) / kLong;
  }
  const Tensor constant = ones({rows_, kLong}, {.device = device_});
  const std::vector<float> sums = constant.sum(1).to_vector<float>();
  EXPECT_EQ(sums, std::vector<float>(sums.size(), static_cast<float>(kLong)));
}

TEST_F(LongRows, HaveTheirMaximumAtTheEnd) {
  Tensor x = concatenate(
      {zeros({rows_, kLong}, {.device = device_}), full({rows_, 1}, 5.f, {.device = device_})}, 1);
  x.realize();
  EXPECT_EQ(x.max(1).min().item<float>(), 5.f);
  try {
    EXPECT_EQ(x.argmax(1).min().item<std::int32_t>(), kLong);
  } catch (const DeviceError& error) {
    EXPECT_NE(std::string(error.what()).find("cannot be cut in parts"), std::string::npos);
  }
  EXPECT_EQ(x.max(1).sum().item<float>(), 5.f * static_cast<float>(rows_)) << "nothing is lost";
}

TEST_F(LongRows, OfASoftmaxSumToOne) {
  for (const std::int64_t columns : {std::int64_t{30'000}, kLong}) {
    const Tensor sums = softmax(threes({rows_, columns}), 1).sum(1);
    EXPECT_NEAR(sums.min().item<float>(), 1, 1e-4) << columns;
    EXPECT_NEAR(sums.max().item<float>(), 1, 1e-4) << columns;
  }
}

TEST_F(LongRows, OfProductsAreSummedToTheirEnd) {
  const Tensor x = ones({4, kLong}, {.device = device_}), y = ones({kLong, 4}, {.device = device_});
  x.realize();
  y.realize();
  const Tensor product = matmul(x, y);
  EXPECT_EQ(product.min().item<float>(), static_cast<float>(kLong));
  EXPECT_EQ(product.max().item<float>(), static_cast<float>(kLong));
}

}  // namespace
}  // namespace tarn
