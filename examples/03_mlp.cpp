// A network of three dense layers looks at photographs of clothes: real weights, real images, on
// whatever OpenCL device there is.
#include <CLI/CLI.hpp>
#include <iostream>
#include <tarn/tarn.hpp>

#include "fashion_mnist.hpp"

namespace nn = tarn::nn;

int run(const std::string& data, std::int64_t batch) {
  // The network, as PyTorch's nn.Sequential writes it. Shapes: x is (batch, 1, 28, 28).
  nn::Sequential network{
      nn::Flatten(),                     // (batch, 784)
      nn::Linear(784, 512), nn::ReLU(),  // (batch, 512)
      nn::Linear(512, 512), nn::ReLU(),  // (batch, 512)
      nn::Linear(512, 10),               // (batch, 10): one logit for each kind of clothes
  };
  // Its weights were trained in PyTorch and are named by place: "1.weight", "1.bias", "3.weight",
  // ... A file that does not fit would be refused with every difference in one message.
  network.load_safetensors(std::string(TARN_EXAMPLE_DATA) + "/mlp.safetensors");

  const fashion_mnist::Images images = fashion_mnist::load(data);
  const tarn::Device device = images.pixels.device();
  std::cout << "device     " << device.info().name << "\n\n";

  // Calling the network computes nothing yet: it makes a graph. Its plan shows that a layer is one
  // kernel with its bias and its ReLU, that each weight is packed in panels once and for all, and
  // where each buffer is dropped: as soon as its last reader is on its way.
  const tarn::Tensor first = images.pixels.slice({{.stop = batch}});
  std::cout << "The plan of a pass:\n"
            << network(fashion_mnist::normalize(first)).explain() << '\n';

  device.reset_allocator_stats();
  const fashion_mnist::Result result = fashion_mnist::classify(network, images, batch);
  fashion_mnist::print(std::cout, result);

  // Each pass asks for the same buffers, so after the first one the driver is asked for none.
  std::cout << device.allocator_stats() << '\n';

  fashion_mnist::draw(std::cout, images, result,
                      fashion_mnist::two_right_one_wrong(images, result));
  return result.accuracy >= 0.88 ? 0 : 1;
}

int main(int argc, char** argv) {
  CLI::App app("Classifies the test images of Fashion-MNIST with a network of three dense layers.");
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
