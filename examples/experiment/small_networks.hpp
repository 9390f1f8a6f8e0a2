// The programs with real weights, and the chain: what the other examples show, pass by pass.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <tarn/tarn.hpp>
#include <vector>

#include "program.hpp"

namespace examples {

/// Sixteen elementwise steps, each computed at once, as a program in an eager style would: every
/// step needs a new buffer, and the one before is free as soon as it has been read.
inline Program chain(const std::string& size, std::int64_t bytes) {
  const bool small = bytes <= 1 << 20;
  return {"chain " + size, true, 1, small ? tarn::LaneMode::serial : tarn::LaneMode::parallel,
          [bytes](const tarn::Device& device) -> Pass {
            const tarn::Tensor start =
                tarn::rand({bytes / 4}, {.seed = 1, .device = device}).realize();
            return [start](int) {
              tarn::Tensor x = start;
              for (int step = 0; step < 16; ++step) x = (x * 0.5f + 0.25f).realize();
              return x;
            };
          }};
}

/// The weights and biases of a network's layers, in order.
struct Parameters {
  /// From a file with "0.weight", "0.bias", "3.weight", ... Marked as weights: they stay the same.
  Parameters(const std::filesystem::path& file, const tarn::Device& device) {
    const auto stored = tarn::io::load_safetensors(file, {.device = device});
    for (int layer = 0; layer < 32; ++layer) {
      const std::string name = std::to_string(layer);
      if (!stored.find(name + ".weight")) continue;  // a layer without parameters
      weights.push_back(stored[name + ".weight"].as_weight());
      biases.push_back(stored[name + ".bias"].as_weight());
    }
  }
  const tarn::Tensor& weight(std::size_t layer) const { return weights[layer]; }
  const tarn::Tensor& bias(std::size_t layer) const { return biases[layer]; }

  std::vector<tarn::Tensor> weights, biases;
};

inline tarn::Tensor mlp(const tarn::Tensor& x, const Parameters& p) {
  const tarn::Tensor h = relu(linear(x, p.weight(0), p.bias(0)));
  return softmax(linear(relu(linear(h, p.weight(1), p.bias(1))), p.weight(2), p.bias(2)));
}

/// x is (batch, 1, 28, 28).
inline tarn::Tensor lenet(const tarn::Tensor& x, const Parameters& p) {
  using tarn::max_pool2d;
  tarn::Tensor h = max_pool2d(relu(conv2d(x, p.weight(0), p.bias(0), {.padding = 2})), 2);
  h = max_pool2d(relu(conv2d(h, p.weight(1), p.bias(1))), 2).flatten(1);
  for (const auto layer : {2u, 3u}) h = relu(linear(h, p.weight(layer), p.bias(layer)));
  return softmax(linear(h, p.weight(4), p.bias(4)));
}

/// A network whose batch is batches[i % size] in pass i.
inline Program network(const std::string& name, const std::filesystem::path& file,
                       const tarn::Shape& image,
                       std::function<tarn::Tensor(const tarn::Tensor&, const Parameters&)> forward,
                       std::vector<std::int64_t> batches) {
  const bool fixed = batches.size() == 1;
  return {name, fixed, static_cast<int>(batches.size()), tarn::LaneMode::both,
          [=](const tarn::Device& device) -> Pass {
            const Parameters parameters(file, device);
            std::vector<tarn::Tensor> inputs;
            for (const std::int64_t batch : batches) {
              tarn::Shape shape = image;
              shape.insert(0, batch);
              inputs.push_back(tarn::rand(shape, {.seed = 2, .device = device}).realize());
            }
            return [=](int i) {
              return forward(inputs[static_cast<std::size_t>(i) % inputs.size()], parameters);
            };
          }};
}

}  // namespace examples
