#include "benchmarks/workloads.hpp"

namespace tarn::bench {
namespace {

constexpr std::int64_t kLarge = std::int64_t{1} << 24;
constexpr std::int64_t kMedium = std::int64_t{1} << 20;
constexpr std::int64_t kSmall = std::int64_t{1} << 10;

Workload chain(const std::string& label, std::int64_t n) {
  return {.name = "map/chain_" + label,
          .inputs = {{{n}}, {{n}}},
          .weights = {},
          .run = [](const Tensors& x, const Tensors&) { return exp(-relu(x[0] * 1.5f + x[1])); },
          .bytes = 12.0 * static_cast<double>(n)};
}

// A workload over a matrix of 4,096 rows and 1,024 columns that is read, and written where
// `result` says so.
Workload over_rows(const std::string& name, std::function<Tensor(const Tensor&)> function,
                   bool result) {
  return {.name = name,
          .inputs = {{{4096, 1024}}},
          .weights = {},
          .run = [function = std::move(function)](const Tensors& x,
                                                  const Tensors&) { return function(x[0]); },
          .bytes = (result ? 8.0 : 4.0) * 4096 * 1024};
}

Workload matmul_of(const std::string& name, const Shape& a, const Shape& b, double flops) {
  return {.name = "contract/matmul_" + name,
          .inputs = {{a}, {b}},
          .weights = {},
          .run = [](const Tensors& x, const Tensors&) { return matmul(x[0], x[1]); },
          .flops = flops};
}

struct Convolution {
  std::int64_t in, out, size, kernel;
  std::int64_t stride = 1, groups = 1;
};

Workload convolution(const std::string& name, const Convolution& c) {
  const std::int64_t outputs = c.out * (c.size / c.stride) * (c.size / c.stride);
  const std::int64_t products = c.in / c.groups * c.kernel * c.kernel;
  return {
      .name = "contract/" + name,
      .inputs = {{{1, c.in, c.size, c.size}}},
      .weights = {{{c.out, c.in / c.groups, c.kernel, c.kernel}, 0.05}, {{c.out}}},
      .run =
          [c](const Tensors& x, const Tensors& w) {
            return relu(conv2d(x[0], w[0], w[1],
                               {.stride = c.stride, .padding = c.kernel / 2, .groups = c.groups}));
          },
      .flops = 2.0 * static_cast<double>(outputs * products)};
}

}  // namespace

std::function<Tensor(const Tensors& inputs)> prepare(const Workload& work, const Tensors& weights) {
  if (!work.network) {
    return [run = work.run, weights](const Tensors& inputs) { return run(inputs, weights); };
  }
  const std::shared_ptr<nn::Module> network = work.network();
  io::NamedTensors parameters = network->parameters();
  if (parameters.size() != weights.size()) {
    throw ValueError(work.name + " has " + std::to_string(weights.size()) +
                     " weights, and its network " + std::to_string(parameters.size()));
  }
  for (std::size_t i = 0; i < weights.size(); ++i) parameters[i].second = weights[i];
  network->load(parameters);
  return [network](const Tensors& inputs) { return (*network)(inputs[0]); };
}

std::vector<Workload> all_workloads() {
  std::vector<Workload> all;
  add_maps_and_reductions(all);
  add_contractions(all);
  add_networks(all);
  return all;
}

void add_maps_and_reductions(std::vector<Workload>& all) {
  all.push_back(chain("16M", kLarge));
  all.push_back(chain("1M", kMedium));
  all.push_back(chain("1k", kSmall));
  all.push_back({.name = "map/add_16M",
                 .inputs = {{{kLarge}}, {{kLarge}}},
                 .weights = {},
                 .run = [](const Tensors& x, const Tensors&) { return x[0] + x[1]; },
                 .bytes = 12.0 * kLarge});
  all.push_back({.name = "map/bias_4096x1024",
                 .inputs = {{{4096, 1024}}, {{1024}}},
                 .weights = {},
                 .run = [](const Tensors& x, const Tensors&) { return x[0] + x[1]; },
                 .bytes = 8.0 * 4096 * 1024});
  all.push_back(over_rows(
      "map/gelu_4096x1024", [](const Tensor& x) { return gelu(x, GeluForm::tanh); }, true));
  all.push_back({.name = "map/transpose_add_2048",
                 .inputs = {{{2048, 2048}}, {{2048, 2048}}},
                 .weights = {},
                 .run = [](const Tensors& x, const Tensors&) { return x[0].T() + x[1]; },
                 .bytes = 12.0 * 2048 * 2048});

  all.push_back({.name = "reduce/sum_16M",
                 .inputs = {{{kLarge}}},
                 .weights = {},
                 .run = [](const Tensors& x, const Tensors&) { return x[0].sum(); },
                 .bytes = 4.0 * kLarge});
  const auto sum_over = [](std::int64_t axis) {
    return [axis](const Tensor& x) { return x.sum({axis}); };
  };
  all.push_back(over_rows("reduce/sum_rows_4096x1024", sum_over(1), false));
  all.push_back(over_rows("reduce/sum_columns_4096x1024", sum_over(0), false));
  all.push_back(over_rows(
      "reduce/softmax_4096x1024", [](const Tensor& x) { return softmax(x); }, true));
  all.push_back(
      {.name = "reduce/layer_norm_4096x1024",
       .inputs = {{{4096, 1024}}},
       .weights = {{{1024}}, {{1024}}},
       .run = [](const Tensors& x, const Tensors& w) { return layer_norm(x[0], w[0], w[1]); },
       .bytes = 8.0 * 4096 * 1024});
}

void add_contractions(std::vector<Workload>& all) {
  for (const std::int64_t n : {256, 512, 1024, 2048}) {
    all.push_back(
        matmul_of(std::to_string(n), {n, n}, {n, n}, 2.0 * static_cast<double>(n * n * n)));
  }
  all.push_back(
      matmul_of("b96_128x64x128", {96, 128, 64}, {96, 64, 128}, 2.0 * 96 * 128 * 64 * 128));
  all.push_back(
      {.name = "contract/linear_64x1024x1024",
       .inputs = {{{64, 1024}}},
       .weights = {{{1024, 1024}, 0.03}, {{1024}}},
       .run = [](const Tensors& x, const Tensors& w) { return relu(linear(x[0], w[0], w[1])); },
       .flops = 2.0 * 64 * 1024 * 1024});
  all.push_back({.name = "contract/gemv_4096",
                 .inputs = {{{1, 4096}}},
                 .weights = {{{4096, 4096}, 0.02}},
                 .run = [](const Tensors& x, const Tensors& w) { return linear(x[0], w[0]); },
                 .flops = 2.0 * 4096 * 4096,
                 .bytes = 4.0 * 4096 * 4096});
  all.push_back(convolution("conv3x3_64x64_56", {.in = 64, .out = 64, .size = 56, .kernel = 3}));
  all.push_back(convolution("conv1x1_256x64_56", {.in = 256, .out = 64, .size = 56, .kernel = 1}));
  all.push_back(convolution("conv7x7s2_3x64_224",
                            {.in = 3, .out = 64, .size = 224, .kernel = 7, .stride = 2}));
  all.push_back(convolution("conv3x3_depthwise_96_56",
                            {.in = 96, .out = 96, .size = 56, .kernel = 3, .groups = 96}));
}

}  // namespace tarn::bench
