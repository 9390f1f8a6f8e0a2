// A small convolutional network, LeNet, on the images of 03_mlp: fewer weights, better answers.
#include <CLI/CLI.hpp>
#include <iostream>
#include <tarn/tarn.hpp>

#include "fashion_mnist.hpp"

namespace nn = tarn::nn;

int run(const std::string& data, std::int64_t batch) {
  // Shapes: x is (batch, 1, 28, 28). A convolution is no operator of its own here but a window over
  // a view, multiplied and summed, so it shares its kernels with matrix products.
  // clang-format off
  nn::Sequential network{
      nn::Conv2d(1, 6, 5, {.padding = 2}), nn::ReLU(), nn::MaxPool2d(2),  // (batch, 6, 14, 14)
      nn::Conv2d(6, 16, 5), nn::ReLU(), nn::MaxPool2d(2),                 // (batch, 16, 5, 5)
      nn::Flatten(),                                                      // (batch, 400)
      nn::Linear(400, 120), nn::ReLU(),                                   // (batch, 120)
      nn::Linear(120, 84), nn::ReLU(),                                    // (batch, 84)
      nn::Linear(84, 10),                                                 // (batch, 10)
  };
  // clang-format on
  network.load_safetensors(std::string(TARN_EXAMPLE_DATA) + "/lenet.safetensors");

  // Parameters can be listed by name; what is listed can be saved, and loaded again.
  std::int64_t count = 0;
  for (const auto& [name, tensor] : network.parameters()) {
    std::cout << std::left << std::setw(11) << name << tensor.shape() << '\n';
    count += tensor.size();
  }
  std::cout << count << " weights\n\n";

  const fashion_mnist::Images images = fashion_mnist::load(data);
  const tarn::Device device = images.pixels.device();
  device.reset_allocator_stats();
  const fashion_mnist::Result result = fashion_mnist::classify(network, images, batch);
  fashion_mnist::print(std::cout, result);
  std::cout << device.allocator_stats() << '\n';

  // Extents are arguments of the kernels and not part of their text: passes with other batch sizes
  // make new plans, but soon build nothing.
  for (const std::int64_t other : {7, 50, 33, 64}) {
    const tarn::Counters before = tarn::counters(device);
    const tarn::Tensor pixels = images.pixels.slice({{.stop = other}});
    network(fashion_mnist::normalize(pixels)).realize();
    const tarn::Counters during = tarn::counters(device) - before;
    std::cout << "a batch of " << std::setw(3) << other << " builds " << during.kernels_built
              << " new kernels\n";
  }
  std::cout << '\n';

  fashion_mnist::draw(std::cout, images, result,
                      fashion_mnist::two_right_one_wrong(images, result));
  return result.accuracy >= 0.90 ? 0 : 1;
}

int main(int argc, char** argv) {
  CLI::App app("Classifies the test images of Fashion-MNIST with a convolutional network.");
  std::string data = TARN_EXAMPLE_DATA;
  std::int64_t batch = 100;
  app.add_option("--data", data,
                 "folder with t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, "
                 "for all 10,000 images; else the 2,000 shipped are used")
      ->check(CLI::ExistingDirectory);
  app.add_option("--batch", batch, "images in one pass")->check(CLI::Range(1, 100000));
  CLI11_PARSE(app, argc, argv);
  try {
    return run(data, batch);
  } catch (const tarn::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
