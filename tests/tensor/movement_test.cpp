#include <gmock/gmock.h>

#include <limits>

#include "host_device.hpp"
#include "throws.hpp"

namespace tarn {
namespace {

using graph::Op;
using test::count_nodes;
using test::values;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Tensor iota(const Shape& shape) { return arange(shape.elements()).reshape(shape); }

TEST(Reshape, InfersOneExtent) {
  const Tensor x = zeros({2, 6});
  EXPECT_EQ(x.reshape({3, -1}).shape(), (Shape{3, 4}));
  EXPECT_EQ(x.reshape({-1}).shape(), (Shape{12}));
  EXPECT_EQ(zeros({0, 6}).reshape({-1, 3}).shape(), (Shape{0, 3}));
  EXPECT_EQ(zeros({}).reshape({-1, 1}).shape(), (Shape{1, 1}));
}

TEST(Reshape, ToTheSameShapeIsTheTensorItself) {
  const Tensor x = zeros({2, 6});
  EXPECT_EQ(x.reshape({2, 6}).node(), x.node());
  EXPECT_EQ(x.reshape({2, -1}).node(), x.node());
}

TEST(Reshape, ErrorsSayBothShapes) {
  const Tensor x = zeros({2, 3});
  EXPECT_ERROR(x.reshape({4}), ShapeError, "reshape: (2,3) has 6 elements, (4,) has 4");
  EXPECT_ERROR(x.reshape({4, -1}), ShapeError,
               "reshape: no extent for the -1 in (4,-1) fits (2,3)");
  EXPECT_ERROR(x.reshape({0, -1}), ShapeError, "no extent for the -1 in (0,-1) fits (2,3)");
  EXPECT_ERROR(x.reshape({-1, -1}), ShapeError, "reshape: more than one -1 in (-1,-1)");
  EXPECT_ERROR(x.reshape({-2, -3}), ShapeError, "reshape: negative extent -2 in (-2,-3)");
}

TEST(Permute, ReordersAxes) {
  const Tensor x = iota({2, 3, 4});
  EXPECT_EQ(x.permute({2, 0, 1}).shape(), (Shape{4, 2, 3}));
  EXPECT_EQ(x.permute({-1, 0, 1}).shape(), (Shape{4, 2, 3}));
  EXPECT_EQ(x.T().shape(), (Shape{4, 3, 2}));
  EXPECT_EQ(x.transpose(0, -1).shape(), (Shape{4, 3, 2}));
  EXPECT_THAT(values(iota({2, 2}).T()), ElementsAre(0, 2, 1, 3));
  EXPECT_EQ(x.permute({0, 1, 2}).node(), x.node());
  EXPECT_EQ(zeros({}).T().shape(), Shape{});
  EXPECT_EQ(zeros({5}).T().shape(), (Shape{5}));
}

TEST(Permute, NamesEveryAxisOnce) {
  const Tensor x = zeros({2, 3});
  EXPECT_ERROR(x.permute({0}), ShapeError, "permute: (0,) does not name every axis of (2,3) once");
  EXPECT_ERROR(x.permute({1, -1}), ShapeError, "permute: (1,-1) does not name every axis");
  EXPECT_ERROR(x.permute({0, 2}), ShapeError, "permute: axis 2 is out of range");
  EXPECT_ERROR(x.transpose(0, 2), ShapeError, "transpose: axis 2 is out of range");
}

TEST(Expand, RepeatsExtentsOfOne) {
  const Tensor x = tensor({{1}, {2}});
  EXPECT_THAT(values(x.expand({2, 3})), ElementsAre(1, 1, 1, 2, 2, 2));
  EXPECT_EQ(x.expand({4, -1, 3}).shape(), (Shape{4, 2, 3}));
  EXPECT_EQ(x.broadcast_to({2, 1}).node(), x.node());
  EXPECT_EQ(zeros({1}).expand({0}).shape(), (Shape{0}));
  EXPECT_EQ(zeros({}).expand({2, 2}).shape(), (Shape{2, 2}));
}

TEST(Expand, ErrorsSayBothShapes) {
  EXPECT_ERROR(zeros({2, 3}).expand({4, 3}), ShapeError,
               "expand: (2,3) does not broadcast to (4,3)");
  EXPECT_ERROR(zeros({2, 3}).expand({3}), ShapeError, "expand: (2,3) does not broadcast to (3,)");
  EXPECT_ERROR(zeros({3}).expand({-1, 3}), ShapeError, "expand: negative extent -1 in (-1,3)");
}

TEST(Squeeze, DropsAxesOfExtentOne) {
  const Tensor x = zeros({1, 2, 1, 3});
  EXPECT_EQ(x.squeeze().shape(), (Shape{2, 3}));
  EXPECT_EQ(x.squeeze(0).shape(), (Shape{2, 1, 3}));
  EXPECT_EQ(x.squeeze({0, -2}).shape(), (Shape{2, 3}));
  EXPECT_EQ(zeros({1, 1}).squeeze().shape(), Shape{});
  EXPECT_ERROR(x.squeeze(1), ShapeError, "squeeze: axis 1 of (1,2,1,3) has an extent of 2, not 1");
}

TEST(Squeeze, UnsqueezeAddsAnAxis) {
  EXPECT_EQ(zeros({2, 3}).unsqueeze(0).shape(), (Shape{1, 2, 3}));
  EXPECT_EQ(zeros({2, 3}).unsqueeze(-1).shape(), (Shape{2, 3, 1}));
  EXPECT_ERROR(zeros({2, 3}).unsqueeze(3), ShapeError, "unsqueeze: axis 3 is out of range");
}

TEST(Flatten, JoinsARangeOfAxes) {
  const Tensor x = zeros({2, 3, 4, 5});
  EXPECT_EQ(x.flatten().shape(), (Shape{120}));
  EXPECT_EQ(x.flatten(1).shape(), (Shape{2, 60}));
  EXPECT_EQ(x.flatten(1, 2).shape(), (Shape{2, 12, 5}));
  EXPECT_EQ(x.flatten(2, 2).node(), x.node());
  EXPECT_EQ(zeros({}).flatten().shape(), (Shape{1}));
  EXPECT_ERROR(x.flatten(2, 1), ShapeError, "flatten: axis 2 comes after axis 1 in (2,3,4,5)");
}

TEST(Slice, IsPythons) {
  const Tensor x = arange(6);
  EXPECT_THAT(values(x.slice({{1, 4}})), ElementsAre(1, 2, 3));
  EXPECT_THAT(values(x.slice({{-2, {}}})), ElementsAre(4, 5));
  EXPECT_THAT(values(x.slice({{{}, {}, 2}})), ElementsAre(0, 2, 4));
  EXPECT_THAT(values(x.slice({{{}, {}, -2}})), ElementsAre(5, 3, 1));
  EXPECT_THAT(values(x.slice({{4, 1, -1}})), ElementsAre(4, 3, 2));
  EXPECT_THAT(values(x.slice({{100, {}, -3}})), ElementsAre(5, 2));
  EXPECT_THAT(values(x.slice({{-100, 2}})), ElementsAre(0, 1));
  EXPECT_THAT(values(x.slice({{4, 2}})), IsEmpty());
  EXPECT_THAT(values(x.slice({{2, 4, -1}})), IsEmpty());
  EXPECT_THAT(values(x.slice({{100, 200}})), IsEmpty());
  EXPECT_EQ(x.slice({{0, 6}}).node(), x.node());
  EXPECT_EQ(x.slice({}).node(), x.node());
  EXPECT_EQ(zeros({0}).slice({{{}, {}, -1}}).shape(), (Shape{0}));
}

// Every slice of a small range against Python's definition, which walks: start, start + step, ...
TEST(Slice, AgreesWithAWalkForEveryStartStopAndStep) {
  constexpr std::int64_t kExtent = 4;
  const Tensor x = arange(kExtent);
  for (std::int64_t start = -6; start <= 6; ++start) {
    for (std::int64_t stop = -6; stop <= 6; ++stop) {
      for (const std::int64_t step : {-5, -2, -1, 1, 2, 5}) {
        std::vector<double> expected;
        const std::int64_t first = start < 0 ? start + kExtent : start;
        const std::int64_t end = stop < 0 ? stop + kExtent : stop;
        for (std::int64_t i = step > 0 ? std::max<std::int64_t>(first, 0)
                                       : std::min<std::int64_t>(first, kExtent - 1);
             step > 0 ? i < std::min(end, kExtent) : i > std::max<std::int64_t>(end, -1);
             i += step) {
          expected.push_back(static_cast<double>(i));
        }
        ASSERT_EQ(values(x.slice({{start, stop, step}})), expected)
            << start << ':' << stop << ':' << step;
      }
    }
  }
}

TEST(Slice, StepsThatLeaveTheRangeAtOnceTakeOne) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(values(arange(3).slice({{1, {}, kMax}})), ElementsAre(1));
  EXPECT_THAT(values(arange(3).slice({{{}, {}, std::numeric_limits<std::int64_t>::min()}})),
              ElementsAre(2));
}

TEST(Slice, AxesThatAreNotNamedAreWhole) {
  EXPECT_THAT(values(iota({2, 3}).slice({{1, {}}})), ElementsAre(3, 4, 5));
  EXPECT_THAT(values(iota({2, 3}).slice({{}, {{}, {}, -1}})), ElementsAre(2, 1, 0, 5, 4, 3));
}

TEST(Slice, Errors) {
  EXPECT_ERROR(zeros({2}).slice({{}, {}}), ShapeError, "slice: 2 slices for (2,)");
  EXPECT_ERROR(zeros({2}).slice({{0, 1, 0}}), ValueError, "slice: the step is 0");
}

TEST(Index, TakesOnePartAlongTheFirstAxis) {
  const Tensor x = iota({3, 2});
  EXPECT_THAT(values(x[1]), ElementsAre(2, 3));
  EXPECT_THAT(values(x[-1]), ElementsAre(4, 5));
  EXPECT_EQ(x[0][1].shape(), Shape{});
  EXPECT_THAT(values(x[2][1]), ElementsAre(5));
  EXPECT_ERROR(x[3], ShapeError, "operator[]: index 3 is out of range for axis 0 of (3,2)");
  EXPECT_ERROR(x[-4], ShapeError, "operator[]: index -4 is out of range");
  EXPECT_ERROR(zeros({})[0], ShapeError, "operator[]: index 0 is out of range for axis 0 of ()");
}

TEST(Flip, ReversesTheseAxesOrAll) {
  const Tensor x = iota({2, 2});
  EXPECT_THAT(values(x.flip()), ElementsAre(3, 2, 1, 0));
  EXPECT_THAT(values(x.flip(0)), ElementsAre(2, 3, 0, 1));
  EXPECT_THAT(values(x.flip(-1)), ElementsAre(1, 0, 3, 2));
  EXPECT_EQ(x.flip(Axes(Dims{})).node(), x.node());
  EXPECT_EQ(zeros({1, 0}).flip().shape(), (Shape{1, 0}));
  EXPECT_ERROR(x.flip({0, -2}), ShapeError, "flip: axis 0 is named twice in (0,-2)");
}

TEST(Pad, SurroundsWithAValue) {
  const Tensor x = tensor({{1, 2}});
  EXPECT_THAT(values(x.pad({1, 0}, {0, 1}, 9)), ElementsAre(9, 9, 9, 1, 2, 9));
  EXPECT_THAT(values(x.pad({0, 1}, {0, 0})), ElementsAre(0, 1, 2));
  EXPECT_EQ(x.pad({0, 0}, {0, 0}).node(), x.node());
  EXPECT_EQ(tensor({true}).pad({1}, {0}).dtype(), DType::bool_);
  EXPECT_THAT(values(zeros({0}).pad({1}, {2}, 5)), ElementsAre(5, 5, 5));
}

TEST(Pad, Errors) {
  const Tensor x = zeros({2, 3});
  EXPECT_ERROR(x.pad({1}, {1}), ShapeError, "pad: (1,) before and (1,) after the axes of (2,3)");
  EXPECT_ERROR(x.pad({0, -1}, {0, 0}), ShapeError,
               "pad: negative or too many: (0,-1) before and (0,0) after the axes of (2,3)");
  EXPECT_ERROR(x.pad({std::numeric_limits<std::int64_t>::max(), 0}, {0, 0}), ShapeError,
               "pad: negative or too many");
  EXPECT_ERROR(tensor({1}).pad({1}, {1}, 1e10), ValueError, "pad: 10000000000.000000");
}

TEST(Window, SlidesOverTheLastAxes) {
  EXPECT_THAT(values(arange(4).window({{2}})), ElementsAre(0, 1, 1, 2, 2, 3));
  EXPECT_THAT(values(arange(5).window({{2, 2}})), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(values(arange(5).window({{2, 1, 3}})), ElementsAre(0, 3, 1, 4));
  EXPECT_EQ(zeros({8, 3, 10, 12}).window({{3, 1}, {5, 2}}).shape(), (Shape{8, 3, 8, 4, 3, 5}));
  const Tensor x = zeros({2});
  EXPECT_EQ(x.window({}).node(), x.node());
}

TEST(Window, Errors) {
  EXPECT_ERROR(zeros({2, 4}).window({{3, 1, 2}}), ShapeError,
               "window: 3 elements, 2 apart, do not fit axis 1 of (2,4)");
  EXPECT_ERROR(zeros({0}).window({{1}}), ShapeError, "do not fit axis 0 of (0,)");
  EXPECT_ERROR(zeros({4}).window({{0, 1, 1}}), ShapeError,
               "window: size, step and dilation are at least 1, not (0,1,1)");
  EXPECT_ERROR(zeros({4}).window({{1, 0}}), ShapeError, "not (1,0,1)");
  EXPECT_ERROR(zeros({4}).window({{2}, {2}}), ShapeError, "window: 2 windows for (4,)");
}

TEST(Contiguous, IsACopy) {
  const Tensor x = iota({2, 2}).T();
  EXPECT_EQ(x.contiguous().node()->op, Op::contiguous);
  EXPECT_EQ(values(x.contiguous()), values(x));
}

TEST(Concatenate, JoinsAlongAnAxis) {
  const Tensor a = tensor({{1, 2}});
  const Tensor b = tensor({{3, 4}, {5, 6}});
  EXPECT_THAT(values(concatenate({a, b})), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(values(concatenate({a.T(), b}, -1)), ElementsAre(1, 3, 4, 2, 5, 6));
  EXPECT_EQ(concatenate({a, b.cast(DType::float32)}).dtype(), DType::float32);
  EXPECT_EQ(count_nodes(concatenate({b, b}), Op::concatenate), 1);
}

TEST(Concatenate, PartsWithoutElementsAreLeftOut) {
  const Tensor a = tensor({1, 2});
  const Tensor none = zeros({0}, {.dtype = DType::int32});
  EXPECT_EQ(concatenate({a, none}).node(), a.node());
  EXPECT_EQ(concatenate({none, none}).shape(), (Shape{0}));
  EXPECT_EQ(concatenate({a, zeros({0})}).dtype(), DType::float32);
}

TEST(Concatenate, Errors) {
  EXPECT_ERROR(concatenate({}), ShapeError, "concatenate: no tensors");
  EXPECT_ERROR(concatenate({zeros({2, 3}), zeros({2, 4})}), ShapeError,
               "concatenate: shapes differ beside axis 0: (2,3) and (2,4)");
  EXPECT_ERROR(concatenate({zeros({2, 3}), zeros({2})}), ShapeError, "(2,3) and (2,)");
  EXPECT_ERROR(concatenate({zeros({})}), ShapeError, "concatenate: axis 0 is out of range");
}

TEST(Stack, JoinsAlongANewAxis) {
  const Tensor a = tensor({1, 2});
  const Tensor b = tensor({3, 4});
  EXPECT_EQ(stack({a, b}).shape(), (Shape{2, 2}));
  EXPECT_THAT(values(stack({a, b})), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(values(stack({a, b}, -1)), ElementsAre(1, 3, 2, 4));
  EXPECT_THAT(values(stack({a, b}, 1)), ElementsAre(1, 3, 2, 4));
  EXPECT_EQ(stack({zeros({}), zeros({})}).shape(), (Shape{2}));
  EXPECT_ERROR(stack({}), ShapeError, "stack: no tensors");
  EXPECT_ERROR(stack({a, zeros({3})}), ShapeError, "stack: shapes differ: (2,) and (3,)");
  EXPECT_ERROR(stack({a}, 2), ShapeError, "stack: axis 2 is out of range");
}

}  // namespace
}  // namespace tarn
