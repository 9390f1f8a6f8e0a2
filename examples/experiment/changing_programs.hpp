// Programs whose requests change: a key/value cache that grows, sizes at random, several threads.
#pragma once

#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <tarn/tarn.hpp>
#include <thread>
#include <vector>

#include "large_networks.hpp"
#include "program.hpp"

namespace examples {

/// A layer of a decoder, and the keys and values of what it has seen: (tokens, width), each step
/// one row longer.
class DecoderLayer {
 public:
  DecoderLayer(const tarn::Device& device, std::int64_t width)
      : width_(width),
        query_(width, width, {.device = device}),
        key_(width, width, {.device = device}),
        value_(width, width, {.device = device}),
        out_(width, width, {.device = device}),
        norm_(width, {.device = device}) {
    for (nn::Linear* layer : {&query_, &key_, &value_, &out_}) settle(*layer);
    settle(norm_);
  }

  void forget() { keys_ = values_ = std::nullopt; }

  /// x is (1, width), the token of this step.
  tarn::Tensor operator()(const tarn::Tensor& x) {
    const tarn::Tensor q = query_(x);
    keys_ = appended(keys_, key_(x));
    values_ = appended(values_, value_(x));
    const double scale = 1 / std::sqrt(static_cast<double>(width_));
    const tarn::Tensor a = matmul(softmax(matmul(q, keys_->T()) * scale), *values_);
    tarn::Tensor y = norm_(x + out_(a));
    tarn::realize({*keys_, *values_, y});
    return y;
  }

 private:
  static tarn::Tensor appended(const std::optional<tarn::Tensor>& rows, const tarn::Tensor& row) {
    return rows ? tarn::concatenate({*rows, row}) : row;
  }

  std::int64_t width_;
  nn::Linear query_, key_, value_, out_;
  nn::LayerNorm norm_;
  std::optional<tarn::Tensor> keys_, values_;
};

/// A pass is the generation of `steps` tokens by two layers.
inline Program growing_cache(int steps) {
  return {
      "key/value cache, " + std::to_string(steps) + " steps", true, 1, tarn::LaneMode::both,
      [steps](const tarn::Device& device) -> Pass {
        constexpr std::int64_t kWidth = 256;
        tarn::manual_seed(100);  // the same weights on every device
        const auto layers = std::make_shared<std::vector<DecoderLayer>>();
        for (int i = 0; i < 2; ++i) layers->emplace_back(device, kWidth);
        const tarn::Tensor first = tarn::rand({1, kWidth}, {.seed = 3, .device = device}).realize();
        return [=](int) {
          for (DecoderLayer& layer : *layers) layer.forget();
          tarn::Tensor x = first;
          for (int step = 0; step < steps; ++step) {
            for (DecoderLayer& layer : *layers) x = layer(x);
          }
          return x;
        };
      }};
}

/// Sixteen steps on tensors of as many sizes between 4 KiB and 4 MiB, drawn from 64.
inline Program random_sizes() {
  return {"random sizes", false, 16, tarn::LaneMode::parallel,
          [](const tarn::Device& device) -> Pass {
            std::mt19937 dice(5);
            std::vector<tarn::Tensor> inputs;
            for (int i = 0; i < 64; ++i) {
              const std::int64_t elements = (1 << 10) + dice() % (1 << (11 + i % 10));
              inputs.push_back(tarn::rand({elements}, {.seed = 6, .device = device}).realize());
            }
            return [inputs](int pass) {
              std::mt19937 order(static_cast<unsigned>(pass % 16));
              std::vector<tarn::Tensor> sums;
              for (int step = 0; step < 16; ++step) {
                const tarn::Tensor y = (inputs[order() % inputs.size()] * 0.5f + 0.25f).realize();
                sums.push_back(y.sum().realize());
              }
              return tarn::stack(sums);
            };
          }};
}

/// Four threads realize chains on one device at the same time.
inline Program four_threads() {
  return {"four threads", true, 1, tarn::LaneMode::parallel,
          [](const tarn::Device& device) -> Pass {
            constexpr std::size_t kThreads = 4;
            std::vector<tarn::Tensor> inputs;
            for (std::size_t i = 0; i < kThreads; ++i) {
              const std::int64_t elements = 64 << (10 + i);  // 256 KiB to 2 MiB
              inputs.push_back(tarn::rand({elements}, {.seed = i, .device = device}).realize());
            }
            return [inputs](int) {
              std::array<std::optional<tarn::Tensor>, kThreads> sums;
              std::vector<std::thread> threads;
              for (std::size_t i = 0; i < kThreads; ++i) {
                threads.emplace_back([&, i] {
                  tarn::Tensor x = inputs[i];
                  for (int step = 0; step < 16; ++step) x = (x * 0.5f + 0.25f).realize();
                  sums[i] = x.sum().realize();
                });
              }
              for (std::thread& thread : threads) thread.join();
              return tarn::stack({*sums[0], *sums[1], *sums[2], *sums[3]});
            };
          }};
}

}  // namespace examples
