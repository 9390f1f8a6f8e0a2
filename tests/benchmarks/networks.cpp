// The networks of the workloads. Each takes its weights in the order of its table.
#include <cmath>

#include "benchmarks/workloads.hpp"

namespace tarn::bench {
namespace {

double root(std::int64_t n) { return 1 / std::sqrt(static_cast<double>(n)); }

/// x is (..., in), weight (out, in), bias (out,).
Tensor linear(const Tensor& x, const Tensors& w, std::size_t at) {
  return matmul(x, w[at].T()) + w[at + 1];
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
                .run =
                    [](const Tensors& x, const Tensors& w) {
                      const Tensor hidden = relu(linear(relu(linear(x[0], w, 0)), w, 2));
                      return softmax(linear(hidden, w, 4));
                    },
                .flops = 2.0 * static_cast<double>(batch) * (784 * 512 + 512 * 512 + 5120)};
  const std::array<std::int64_t, 4> widths{784, 512, 512, 10};
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
    add_linear(work.weights, widths[i], widths[i + 1], root(widths[i]), 0.1);
  }
  return work;
}

// ---- LeNet-5 with rectified units

Workload lenet(std::int64_t batch) {
  const auto forward = [batch](const Tensors& x, const Tensors& w) {
    Tensor h = max_pool2d(relu(conv2d(x[0], w[0], w[1], {.padding = 2})), 2);
    h = max_pool2d(relu(conv2d(h, w[2], w[3])), 2).reshape({batch, 400});
    h = relu(linear(h, w, 4));
    h = relu(linear(h, w, 6));
    return softmax(linear(h, w, 8));
  };
  Workload work{.name = "net/lenet_b" + std::to_string(batch),
                .inputs = {{{batch, 1, 28, 28}}},
                .weights = {{{6, 1, 5, 5}, 0.2}, {{6}}, {{16, 6, 5, 5}, 0.08}, {{16}}},
                .run = forward,
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
constexpr std::size_t kLayerWeights = 16;

/// q, k and v are (batch, heads, length, width / heads).
Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v) {
  const double scale = root(q.shape()[3]);
  return matmul(softmax(matmul(q, k.transpose(2, 3)) * scale), v);
}

/// x is (batch, length, width); the layer's weights begin at `at`: the linear layers q, k, v, out,
/// up, down, then the two norms.
Tensor encoder_layer(const Encoder& e, const Tensor& x, const Tensors& w, std::size_t at) {
  const std::int64_t batch = x.shape()[0];
  const auto heads = [&](const Tensor& h) {
    return h.reshape({batch, e.length, e.heads, e.width / e.heads}).permute({0, 2, 1, 3});
  };
  Tensor a =
      attention(heads(linear(x, w, at)), heads(linear(x, w, at + 2)), heads(linear(x, w, at + 4)));
  a = a.permute({0, 2, 1, 3}).reshape({batch, e.length, e.width});
  const Tensor y = layer_norm(x + linear(a, w, at + 6), w[at + 12], w[at + 13]);
  const Tensor up = gelu(linear(y, w, at + 8), GeluForm::tanh);
  return layer_norm(y + linear(up, w, at + 10), w[at + 14], w[at + 15]);
}

Workload encoder(std::int64_t batch) {
  const Encoder e;
  const auto forward = [e](const Tensors& inputs, const Tensors& w) {
    Tensor x = inputs[0];
    for (std::size_t at = 0; at < w.size(); at += kLayerWeights) x = encoder_layer(e, x, w, at);
    return x;
  };
  Workload work{.name = "net/encoder_b" + std::to_string(batch),
                .inputs = {{{batch, e.length, e.width}}},
                .weights = {},
                .run = forward,
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

Tensor resnet18_forward(const Tensors& x, const Tensors& w) {
  std::size_t at = 0;
  const auto conv = [&](const Tensor& h, std::int64_t stride, std::int64_t padding) {
    at += 2;
    return conv2d(h, w[at - 2], w[at - 1], {.stride = stride, .padding = padding});
  };
  Tensor h = max_pool2d(relu(conv(x[0], 2, 3)), 3, {.stride = 2, .padding = 1});
  for (const Block& block : kBlocks) {
    const Tensor inner = relu(conv(h, block.stride, 1));
    const Tensor y = conv(inner, 1, 1);
    h = relu(y + (block.projects() ? conv(h, block.stride, 0) : h));
  }
  return linear(h.reshape({1, 512, 49}).mean({2}), w, at);
}

Workload resnet18() {
  Workload work{.name = "net/resnet18_b1",
                .inputs = {{{1, 3, 224, 224}}},
                .weights = {{{64, 3, 7, 7}, 0.1}, {{64}, 0.1}},
                .run = resnet18_forward,
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
