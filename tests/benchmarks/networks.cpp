// The networks of the workloads, of tarn's layers. Each has its weights in the order of its table.
#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include "benchmarks/workloads.hpp"

namespace tarn::bench {
namespace {

double root(std::int64_t n) { return 1 / std::sqrt(static_cast<double>(n)); }

template <class... Layers>
std::shared_ptr<nn::Module> sequence(Layers&&... layers) {
  return std::make_shared<nn::Sequential>(std::forward<Layers>(layers)...);
}

void add_linear(std::vector<Array>& weights, std::int64_t in, std::int64_t out, double scale,
                double bias_scale) {
  weights.push_back({{out, in}, scale});
  weights.push_back({{out}, bias_scale});
}

// ---- A perceptron of three layers

Workload mlp(std::int64_t batch) {
  Workload work{.name = "net/mlp_b" + std::to_string(batch),
                .inputs = {{{batch, 784}}},
                .weights = {},
                .network =
                    [] {
                      return sequence(nn::Linear(784, 512), nn::ReLU(), nn::Linear(512, 512),
                                      nn::ReLU(), nn::Linear(512, 10), nn::Softmax());
                    },
                .flops = 2.0 * static_cast<double>(batch) * (784 * 512 + 512 * 512 + 5120)};
  const std::array<std::int64_t, 4> widths{784, 512, 512, 10};
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
    add_linear(work.weights, widths[i], widths[i + 1], root(widths[i]), 0.1);
  }
  return work;
}

// ---- LeNet-5 with rectified units

std::shared_ptr<nn::Module> lenet_network() {
  return sequence(nn::Conv2d(1, 6, 5, {.padding = 2}), nn::ReLU(), nn::MaxPool2d(2),
                  nn::Conv2d(6, 16, 5), nn::ReLU(), nn::MaxPool2d(2), nn::Flatten(),
                  nn::Linear(400, 120), nn::ReLU(), nn::Linear(120, 84), nn::ReLU(),
                  nn::Linear(84, 10), nn::Softmax());
}

Workload lenet(std::int64_t batch) {
  Workload work{.name = "net/lenet_b" + std::to_string(batch),
                .inputs = {{{batch, 1, 28, 28}}},
                .weights = {{{6, 1, 5, 5}, 0.2}, {{6}}, {{16, 6, 5, 5}, 0.08}, {{16}}},
                .network = lenet_network,
                .flops = 2.0 * static_cast<double>(batch) *
                         (6 * 25 * 784 + 16 * 150 * 100 + 400 * 120 + 120 * 84 + 840)};
  add_linear(work.weights, 400, 120, 0.05, 1);
  add_linear(work.weights, 120, 84, 0.09, 1);
  add_linear(work.weights, 84, 10, 0.1, 1);
  return work;
}

// ---- The sentence encoder MiniLM-L6 after its embedding

struct Encoder {
  std::int64_t layers = 6, width = 384, heads = 12, feed_forward = 1536, length = 128;
};

std::shared_ptr<nn::Module> encoder_network() {
  const Encoder e;
  auto net = std::make_shared<nn::Sequential>();
  for (std::int64_t layer = 0; layer < e.layers; ++layer) {
    net->add(nn::TransformerEncoderLayer(
        e.width, e.heads,
        {.dim_feedforward = e.feed_forward, .activation = nn::Activation::gelu_tanh}));
  }
  return net;
}

Workload encoder(std::int64_t batch) {
  const Encoder e;
  Workload work{.name = "net/encoder_b" + std::to_string(batch),
                .inputs = {{{batch, e.length, e.width}}},
                .weights = {},
                .network = encoder_network,
                .flops = 2.0 * 6 * 128 * (4 * 384 * 384 + 2 * 384 * 1536 + 2 * 128 * 384) *
                         static_cast<double>(batch)};
  for (std::int64_t layer = 0; layer < e.layers; ++layer) {
    for (int i = 0; i < 4; ++i) add_linear(work.weights, e.width, e.width, root(e.width), 0.02);
    add_linear(work.weights, e.width, e.feed_forward, root(e.width), 0.02);
    add_linear(work.weights, e.feed_forward, e.width, root(e.feed_forward), 0.02);
    for (int norm = 0; norm < 2; ++norm) {
      work.weights.push_back({{e.width}, 0.1, 1});
      work.weights.push_back({{e.width}, 0.1});
    }
  }
  return work;
}

// ---- ResNet-18, its batch norms folded into the convolutions

struct Block {
  std::int64_t in, out, stride;
  bool projects() const { return in != out; }
};
constexpr std::array<Block, 8> kBlocks{{{64, 64, 1},
                                        {64, 64, 1},
                                        {64, 128, 2},
                                        {128, 128, 1},
                                        {128, 256, 2},
                                        {256, 256, 1},
                                        {256, 512, 2},
                                        {512, 512, 1}}};

std::shared_ptr<nn::Module> resnet18_network() {
  auto net =
      std::make_shared<nn::Sequential>(nn::Conv2d(3, 64, 7, {.stride = 2, .padding = 3}),
                                       nn::ReLU(), nn::MaxPool2d(3, {.stride = 2, .padding = 1}));
  for (const Block& block : kBlocks) {
    net->add(nn::BasicBlock(block.in, block.out, {.stride = block.stride, .norm = false}));
  }
  net->add(nn::AdaptiveAvgPool2d(1));
  net->add(nn::Flatten());
  net->add(nn::Linear(512, 1000));
  return net;
}

Workload resnet18() {
  Workload work{.name = "net/resnet18_b1",
                .inputs = {{{1, 3, 224, 224}}},
                .weights = {{{64, 3, 7, 7}, 0.1}, {{64}, 0.1}},
                .network = resnet18_network,
                .flops = 3.63e9};
  const auto add_conv = [&](std::int64_t in, std::int64_t out, std::int64_t kernel) {
    work.weights.push_back({{out, in, kernel, kernel}, root(kernel * kernel * in)});
    work.weights.push_back({{out}, 0.1});
  };
  for (const Block& block : kBlocks) {
    add_conv(block.in, block.out, 3);
    add_conv(block.out, block.out, 3);
    if (block.projects()) add_conv(block.in, block.out, 1);
  }
  add_linear(work.weights, 512, 1000, 0.04, 0.1);
  return work;
}

// ---- Many small steps that cannot be one kernel

Workload steps() {
  return {.name = "latency/steps_100_of_32x32",
          .inputs = {{{32, 32}}},
          .weights = {{{32, 32}, root(32)}},
          .run =
              [](const Tensors& inputs, const Tensors& w) {
                Tensor x = inputs[0];
                for (int i = 0; i < 100; ++i) x = tanh(matmul(x, w[0]));
                return x;
              },
          .flops = 100 * 2.0 * 32 * 32 * 32};
}

}  // namespace

void add_networks(std::vector<Workload>& all) {
  for (const std::int64_t batch : {1, 64, 1024}) all.push_back(mlp(batch));
  for (const std::int64_t batch : {1, 256}) all.push_back(lenet(batch));
  for (const std::int64_t batch : {1, 8}) all.push_back(encoder(batch));
  all.push_back(resnet18());
  all.push_back(steps());
}

}  // namespace tarn::bench
