// When something runs, and how often: laziness, plans that are remembered, views that share, and
// packed weights. Held by counts, which are exact.
#include <string>

#include "fixture.hpp"
#include "tarn/nn.hpp"

namespace tarn {
namespace {

using test::programs;
using Floats = std::vector<float>;

class Realize : public test::RealizeTest {};

std::size_t occurrences(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    ++count;
  }
  return count;
}

TEST_F(Realize, NothingRunsBeforeSomebodyLooks) {
  const Tensor x = counted({4});
  std::optional<Tensor> y;
  const Counters building = during([&] { y = exp(x * 2).sum() + matmul(x, x); });
  EXPECT_EQ(building.realizations, 0u);
  EXPECT_EQ(building.launches, 0u);
  EXPECT_FALSE(y->is_realized());
  const Counters reading = during([&] { (void)(x * 2 + 1).to_vector<float>(); });
  EXPECT_EQ(reading.realizations, 1u);
  EXPECT_EQ(reading.launches, 1u);
}

TEST_F(Realize, ARealizedTensorIsNotComputedAgain) {
  const Tensor y = counted({4}) + 1;
  y.realize();
  const Counters again = during([&] {
    y.realize();
    (void)y.to_vector<float>();
    realize({y, y});
  });
  EXPECT_EQ(again.realizations, 0u);
}

// Where steps share a launch, no bit differs from steps that have one each.
TEST_F(Realize, SmallStepsInOneLaunchGiveTheSameBits) {
  const Tensor w = counted({24, 24}) / 300.f;
  const auto step = [&](const Tensor& x, int i) {
    const Tensor h = tanh(matmul(x, w) + static_cast<float>(i) / 8);
    return i % 3 == 0 ? softmax(h, 0) : where(h < 0.1f, h, h.max(1, {.keepdim = true}));
  };
  Tensor together = counted({24, 24}) / 600.f;
  Tensor alone = together;
  for (int i = 0; i < 21; ++i) {
    together = step(together, i);
    alone = step(alone, i).realize();
  }
  const Counters counters = during([&] { together.realize(); });
  if (device_.info().vector_width > 1) {
    EXPECT_LT(counters.launches, 21u);
  }
  EXPECT_EQ(together.to_vector<float>(), alone.to_vector<float>());
}

// ... nor where several threads each take some rows through all of them.
TEST_F(Realize, RowsThatStayApartGiveTheSameBitsOnAllLanes) {
  const bool two_lanes = device_.info().serial_lane;
  const int passes = two_lanes ? 20 : 1, steps = two_lanes ? 96 : 8;
  std::vector<LaneMode> modes{LaneMode::both};
  if (two_lanes) modes = {LaneMode::serial, LaneMode::parallel};
  std::vector<Floats> results;
  for (const LaneMode lanes : modes) {
    const Device device({.lanes = lanes});
    const auto numbers = [&](const Shape& shape, float scale) {
      const Tensor random = randn(shape, {.seed = 1, .device = device});
      return (random * scale).realize();
    };
    for (const std::int64_t width : {32, 128}) {
      const Tensor w = numbers({width, width}, 0.15f), bias = numbers({width}, 0.1f);
      const auto step = [&](const Tensor& x) { return tanh(matmul(x, w.T()) - bias) + x / 2.f; };
      const Tensor start = numbers({53, width}, 1);
      Tensor alone = start;
      for (int i = 0; i < steps; ++i) alone = step(alone).realize();
      results.push_back(alone.to_vector<float>());
      for (int pass = 0; pass < passes; ++pass) {
        Tensor together = start;
        for (int i = 0; i < steps; ++i) together = step(together);
        ASSERT_EQ(together.to_vector<float>(), results.back()) << "pass " << pass;
      }
    }
  }
  for (std::size_t i = 2; i < results.size(); ++i) EXPECT_EQ(results[i - 2], results[i]);
}

TEST_F(Realize, TheSameStructureIsPlannedOnce) {
  const auto step = [](const Tensor& x) { return (relu(x - 1.5f) * 2).realize(); };
  const Counters first = during([&] { step(counted({3, 5})); });
  EXPECT_EQ(first.plans, 1u);
  const Counters second = during([&] {
    EXPECT_EQ(step(upload(Floats(15, 2.f), {3, 5})).to_vector<float>(), Floats(15, 1.f));
  });
  EXPECT_EQ(second.realizations, 1u);
  EXPECT_EQ(second.plans, 0u);
  EXPECT_EQ(programs(second), 0u);
}

TEST_F(Realize, AnotherShapeIsPlannedAndBuildsNothing) {
  const auto step = [&](const Shape& shape) { (counted(shape) * 2 + 1).realize(); };
  step({3, 5});
  const Counters other = during([&] { step({7, 4}); });
  EXPECT_EQ(other.plans, 1u);
  EXPECT_EQ(programs(other), 0u);
}

TEST_F(Realize, AnotherValueOfAConstantIsTheSamePlan) {
  const Tensor x = counted({4});
  EXPECT_EQ((x * 2).to_vector<float>(), (Floats{0, 2, 4, 6}));
  const Counters other = during([&] {
    EXPECT_EQ((x * 3).to_vector<float>(), (Floats{0, 3, 6, 9}));
  });
  EXPECT_EQ(other.plans, 0u);
  EXPECT_EQ(programs(other), 0u);
  EXPECT_EQ(other.launches, 1u);
}

TEST_F(Realize, SharingIsPartOfTheStructure) {
  const Tensor a = counted({3});
  const Tensor b = upload({10, 20, 30}, {3});
  EXPECT_EQ((a + a).to_vector<float>(), (Floats{0, 2, 4}));
  EXPECT_EQ((a + b).to_vector<float>(), (Floats{10, 21, 32}));
}

TEST_F(Realize, SeveralTensorsAreOneRealization) {
  const Tensor x = counted({4});
  const Tensor a = x + 1;
  const Tensor b = x * 2;
  const Counters did = during([&] { realize({a, b, a}); });
  EXPECT_EQ(did.realizations, 1u);
  EXPECT_EQ(did.plans, 1u);
  EXPECT_LE(did.programs_built, 1u);
  EXPECT_TRUE(a.is_realized() && b.is_realized());
  EXPECT_EQ(a.to_vector<float>(), (Floats{1, 2, 3, 4}));
  EXPECT_EQ(b.to_vector<float>(), (Floats{0, 2, 4, 6}));
}

TEST_F(Realize, AReductionUsedTwiceRunsOnce) {
  const Tensor s = counted({4, 3}).sum(0);  // 18 22 26
  const Tensor a = s * 2;
  const Tensor b = s.unsqueeze(1) + s;
  EXPECT_EQ(occurrences((a.sum() + b.sum()).explain(), "=leaf"), 1u);  // one kernel reads x
  const Counters did = during([&] { realize({a, b}); });
  EXPECT_LE(did.launches, 3u);  // the sum, and what each makes of it
  EXPECT_EQ(a.to_vector<float>(), (Floats{36, 44, 52}));
  EXPECT_EQ(b.to_vector<float>(), (Floats{36, 40, 44, 40, 44, 48, 44, 48, 52}));
}

TEST_F(Realize, AHeldIntermediateStaysLazy) {
  const Tensor inner = counted({4}) + 1;
  const Tensor outer = inner * 2;
  outer.realize();
  EXPECT_FALSE(inner.is_realized());
  EXPECT_EQ(inner.to_vector<float>(), (Floats{1, 2, 3, 4}));
}

TEST_F(Realize, AViewOfWhatIsThereSharesItsMemory) {
  const Tensor x = counted({4, 3});
  const std::size_t before = live();
  const Tensor view = x.T().slice({{1, {}, 1}}).flip(1);
  const Counters did = during([&] { view.realize(); });
  EXPECT_EQ(did.launches, 0u);
  EXPECT_EQ(live(), before);
  EXPECT_EQ(view.to_vector<float>(), (Floats{10, 7, 4, 1, 11, 8, 5, 2}));
}

TEST_F(Realize, AViewOutlivesWhatItSees) {
  std::optional<Tensor> x = counted({4});
  const Tensor view = x->flip().realize();
  x.reset();
  const Tensor other = upload({9, 9, 9, 9}, {4});  // would take the block, were it free
  EXPECT_EQ(view.to_vector<float>(), (Floats{3, 2, 1, 0}));
}

// Register tiles are for wide vectors; Oclgrind is given the same kernels.
bool packs_weights() {
  const DeviceInfo info = Device::default_device().info();
  return info.kind == DeviceKind::simulator || info.vector_width > 1;
}

TEST_F(Realize, AWeightIsPackedOnce) {
  if (!packs_weights()) GTEST_SKIP() << "products read weights as they are on this device";
  const Tensor w = counted({96, 100}).as_weight();
  const Tensor x = counted({64, 100});
  const auto pass = [&] { matmul(x, w.T()).realize(); };
  const Counters first = during(pass);
  const Counters second = during(pass);
  EXPECT_EQ(second.launches + 1, first.launches);
  EXPECT_EQ(during(pass).launches, second.launches);
}

TEST_F(Realize, APackedWeightGoesWithItsTensor) {
  SKIP_UNDER_POISON();
  if (!packs_weights()) GTEST_SKIP() << "products read weights as they are on this device";
  const Tensor x = counted({64, 100});
  const std::size_t before = live();
  {
    const Tensor w = counted({96, 100}).as_weight();
    (void)matmul(x, w.T()).realize();
    EXPECT_GT(live(), before + 2 * 96 * 100 * sizeof(float) - 1);  // itself and the copy
  }
  EXPECT_EQ(live(), before);
}

TEST_F(Realize, ABatchSizeAfterTheThirdBuildsNothing) {
  manual_seed(1);
  const nn::Conv2dOptions on{.padding = 2, .device = device_};
  const nn::Sequential net{nn::Conv2d(1, 6, 5, on),
                           nn::ReLU(),
                           nn::MaxPool2d(2),
                           nn::Conv2d(6, 16, 5, {.device = device_}),
                           nn::ReLU(),
                           nn::MaxPool2d(2),
                           nn::Flatten(),
                           nn::Linear(400, 120, {.device = device_}),
                           nn::ReLU(),
                           nn::Linear(120, 10, {.device = device_})};
  const auto pass = [&](std::int64_t batch) {
    softmax(net(rand({batch, 1, 28, 28}, {.seed = 1, .device = device_}))).realize();
  };
  // One image; few; enough for register tiles in every layer: from then on there is nothing new.
  for (const std::int64_t batch : {1, 2, 8}) pass(batch);
  const Counters rest = during([&] {
    for (const std::int64_t batch : {3, 4, 5, 7, 12, 16, 17, 24, 31, 32, 33, 48, 64}) pass(batch);
  });
  EXPECT_EQ(rest.plans, 13u);
  EXPECT_EQ(rest.kernels_built, 0u);
  EXPECT_EQ(programs(rest), 0u);
}

TEST_F(Realize, ANumberIsATensorToo) {
  const Tensor one = full({}, 1, {.dtype = DType::float32, .device = device_});
  EXPECT_EQ((one * 3 - 1).item<float>(), 2);
  EXPECT_EQ((counted({4}) + one).to_vector<float>(), (Floats{1, 2, 3, 4}));
}

TEST_F(Realize, ATensorWithoutElementsLaunchesNothing) {
  const Tensor none = counted({0, 3});
  const Counters did = during([&] {
    EXPECT_EQ((none * 2 + 1).to_vector<float>(), Floats{});
    EXPECT_EQ(matmul(counted({2, 3}), none.T()).to_vector<float>(), Floats{});
  });
  EXPECT_EQ(did.launches, 0u);
  EXPECT_EQ(none.sum(0).to_vector<float>(), (Floats{0, 0, 0}));
  EXPECT_EQ(matmul(none.T(), none).to_vector<float>(), Floats(9, 0.f));
  EXPECT_EQ(concatenate({none, counted({1, 3})}).to_vector<float>(), (Floats{0, 1, 2}));
}

TEST_F(Realize, ExplainNamesKernelsAndTheirMemory) {
  const Tensor y = (counted({4, 6}).sum(1).unsqueeze(1) * counted({4, 6})).sum(0);
  const std::string text = y.explain();
  EXPECT_THAT(text, testing::HasSubstr("leaf0: 24 x float32\n"));
  EXPECT_THAT(text, testing::HasSubstr("step 0: "));
  EXPECT_THAT(text, testing::HasSubstr("drop tmp"));
  EXPECT_FALSE(y.is_realized());
  EXPECT_EQ(y.realize().explain(), "realized\n");
}

TEST_F(Realize, WinogradCanBeTurnedOff) {
  for (const bool on : {true, false}) {
    const Device device({.winograd = on});
    const bool can = device.info().platform == "Portable Computing Language";
    const Tensor x = ones({1, 64, 14, 14}, {.dtype = {}, .device = device}).realize();
    const Tensor w = ones({16, 64, 3, 3}, {.dtype = {}, .device = device}).as_weight();
    const std::string plan = conv2d(x, w, std::nullopt, {.padding = 1}).explain();
    EXPECT_EQ(plan.find("winograd") != plan.npos, on && can) << plan;
  }
}

}  // namespace
}  // namespace tarn
