// Two networks at the size people run them, with random weights: what is measured does not depend
// on what they have learned.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <tarn/tarn.hpp>
#include <vector>

#include "program.hpp"

namespace examples {

/// Makes the weights of a network one after the other, and hands them out again in that order.
class Weights {
 public:
  explicit Weights(const tarn::Device& device) : device_(device) {}

  /// Uniform in (-1, 1) / sqrt(fan in) but for biases and norms, whose fan in is 1: around `mean`.
  tarn::Tensor next(const tarn::Shape& shape, std::int64_t fan_in, double mean = 0) {
    if (at_ == made_.size()) {
      const double scale = 1 / std::sqrt(static_cast<double>(fan_in));
      const tarn::Tensor unit = tarn::rand(shape, {.seed = 100 + at_, .device = device_});
      made_.push_back(((unit * 2 - 1) * scale + mean).realize().as_weight());
    }
    return made_[at_++];
  }
  void rewind() { at_ = 0; }

 private:
  tarn::Device device_;
  std::vector<tarn::Tensor> made_;
  std::size_t at_ = 0;
};

/// x is (..., in), the result (..., out).
inline tarn::Tensor dense(const tarn::Tensor& x, Weights& w, std::int64_t out) {
  const std::int64_t in = x.shape().back();
  const tarn::Tensor product = matmul(x, w.next({out, in}, in).T());
  return product + w.next({out}, 100);
}

inline tarn::Tensor norm(const tarn::Tensor& x, Weights& w) {
  const std::int64_t width = x.shape().back();
  const tarn::Tensor weight = w.next({width}, 100, 1);
  return layer_norm(x, weight, w.next({width}, 100));
}

/// One layer of a sentence encoder of twelve heads. x is (batch, length, width).
inline tarn::Tensor encoder_layer(const tarn::Tensor& x, Weights& w) {
  constexpr std::int64_t kHeads = 12;
  const tarn::Shape& s = x.shape();
  const auto heads = [&](const tarn::Tensor& h) {
    return h.reshape({s[0], s[1], kHeads, s[2] / kHeads}).permute({0, 2, 1, 3});
  };
  const tarn::Tensor q = heads(dense(x, w, s[2]));
  const tarn::Tensor k = heads(dense(x, w, s[2]));
  const tarn::Tensor v = heads(dense(x, w, s[2]));
  const double scale = 1 / std::sqrt(static_cast<double>(s[2] / kHeads));
  const tarn::Tensor a = matmul(softmax(matmul(q, k.transpose(2, 3)) * scale), v);
  const tarn::Tensor mixed = dense(a.permute({0, 2, 1, 3}).reshape({s[0], s[1], s[2]}), w, s[2]);
  const tarn::Tensor y = norm(x + mixed, w);
  const tarn::Tensor up = gelu(dense(y, w, 4 * s[2]), tarn::GeluForm::tanh);
  return norm(y + dense(up, w, s[2]), w);
}

inline tarn::Tensor encoder(tarn::Tensor x, Weights& w) {
  for (int layer = 0; layer < 6; ++layer) x = encoder_layer(x, w);
  return x;
}

/// ResNet-18, its batch norms folded into the convolutions. x is (batch, 3, 224, 224).
inline tarn::Tensor resnet18(const tarn::Tensor& x, Weights& w) {
  const auto conv = [&](const tarn::Tensor& h, std::int64_t out, std::int64_t size,
                        std::int64_t stride) {
    const std::int64_t in = h.shape()[1];
    const tarn::Tensor weight = w.next({out, in, size, size}, in * size * size);
    return conv2d(h, weight, w.next({out}, 100), {.stride = stride, .padding = size / 2});
  };
  tarn::Tensor h = max_pool2d(relu(conv(x, 64, 7, 2)), 3, {.stride = 2, .padding = 1});
  for (const std::int64_t out : {64, 64, 128, 128, 256, 256, 512, 512}) {
    const std::int64_t stride = h.shape()[1] == out ? 1 : 2;
    const tarn::Tensor inner = conv(relu(conv(h, out, 3, stride)), out, 3, 1);
    h = relu(inner + (stride == 1 ? h : conv(h, out, 1, stride)));
  }
  return dense(h.mean({2, 3}), w, 1000);
}

inline Program large_network(const std::string& name, const tarn::Shape& input,
                             std::function<tarn::Tensor(const tarn::Tensor&, Weights&)> forward) {
  return {name, true, 1, tarn::LaneMode::both, [=](const tarn::Device& device) -> Pass {
            const auto weights = std::make_shared<Weights>(device);
            const tarn::Tensor x = tarn::rand(input, {.seed = 2, .device = device}).realize();
            return [=](int) {
              weights->rewind();
              return forward(x, *weights);
            };
          }};
}

}  // namespace examples
