// Two networks at the size people run them, with random weights: what is measured does not depend
// on what they have learned.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <tarn/tarn.hpp>

#include "program.hpp"

namespace examples {

namespace nn = tarn::nn;

/// A sentence encoder of six layers and twelve heads. x is (batch, length, 384).
inline std::shared_ptr<nn::Module> encoder(const tarn::Device& device) {
  auto network = std::make_shared<nn::Sequential>();
  for (int layer = 0; layer < 6; ++layer) {
    network->add(nn::TransformerEncoderLayer(
        384, 12,
        {.dim_feedforward = 1536, .activation = nn::Activation::gelu_tanh, .device = device}));
  }
  return network;
}

/// ResNet-18, its batch norms folded into the convolutions. x is (batch, 3, 224, 224).
inline std::shared_ptr<nn::Module> resnet18(const tarn::Device& device) {
  auto network = std::make_shared<nn::Sequential>(
      nn::Conv2d(3, 64, 7, {.stride = 2, .padding = 3, .device = device}), nn::ReLU(),
      nn::MaxPool2d(3, {.stride = 2, .padding = 1}));
  std::int64_t in = 64;
  for (const std::int64_t out : {64, 64, 128, 128, 256, 256, 512, 512}) {
    const std::int64_t stride = in == out ? 1 : 2;
    network->add(nn::BasicBlock(in, out, {.stride = stride, .norm = false, .device = device}));
    in = out;
  }
  network->add(nn::AdaptiveAvgPool2d(1));
  network->add(nn::Flatten());
  network->add(nn::Linear(512, 1000, {.device = device}));
  return network;
}

/// Computes the random parameters now, and marks them as weights, which stay the same.
inline void settle(nn::Module& module) { module.load(module.parameters()); }

inline Program large_network(const std::string& name, const tarn::Shape& input,
                             std::function<std::shared_ptr<nn::Module>(const tarn::Device&)> make) {
  return {name, true, 1, tarn::LaneMode::both, [=](const tarn::Device& device) -> Pass {
            tarn::manual_seed(100);  // the same weights on every device
            const std::shared_ptr<nn::Module> network = make(device);
            settle(*network);
            const tarn::Tensor x = tarn::rand(input, {.seed = 2, .device = device}).realize();
            return [=](int) { return (*network)(x); };
          }};
}

}  // namespace examples
