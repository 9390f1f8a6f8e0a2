// The two trained networks against their reference logits, which NumPy computed from the same files
// in float64; and how many of the shipped images they recognise.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "examples/fashion_mnist.hpp"
#include "tarn/tarn.hpp"

namespace tarn {
namespace {

const std::string kData = std::string(TARN_SOURCE_DIR) + "/examples/data/";

nn::Sequential mlp() {
  nn::Sequential network{nn::Flatten(),        nn::Linear(784, 512), nn::ReLU(),
                         nn::Linear(512, 512), nn::ReLU(),           nn::Linear(512, 10)};
  network.load_safetensors(kData + "mlp.safetensors");
  return network;
}

nn::Sequential lenet() {
  nn::Sequential network{nn::Conv2d(1, 6, 5, {.padding = 2}),
                         nn::ReLU(),
                         nn::MaxPool2d(2),
                         nn::Conv2d(6, 16, 5),
                         nn::ReLU(),
                         nn::MaxPool2d(2),
                         nn::Flatten(),
                         nn::Linear(400, 120),
                         nn::ReLU(),
                         nn::Linear(120, 84),
                         nn::ReLU(),
                         nn::Linear(84, 10)};
  network.load_safetensors(kData + "lenet.safetensors");
  return network;
}

const fashion_mnist::Images& images() {
  static const fashion_mnist::Images shipped = fashion_mnist::load(kData);
  return shipped;
}

void expect_reference_logits(const nn::Module& network, const std::string& file) {
  const Tensor pixels = images().pixels.slice({{.stop = 64}});
  const Tensor logits = network(fashion_mnist::normalize(pixels));
  const Tensor reference = io::load_npy(kData + file);
  ASSERT_EQ(logits.shape(), (Shape{64, 10}));
  ASSERT_EQ(reference.shape(), (Shape{64, 10}));
  const std::vector<float> ours = logits.to_vector<float>();
  const std::vector<float> theirs = reference.to_vector<float>();
  for (std::size_t i = 0; i < ours.size(); ++i) {
    EXPECT_NEAR(ours[i], theirs[i], 1e-4) << "image " << i / 10 << ", logit " << i % 10;
  }
}

TEST(Mlp, HasTheReferenceLogits) { expect_reference_logits(mlp(), "mlp_logits.npy"); }
TEST(Lenet, HasTheReferenceLogits) { expect_reference_logits(lenet(), "lenet_logits.npy"); }

TEST(Mlp, RecognisesTheShippedImages) {
  EXPECT_GE(fashion_mnist::classify(mlp(), images(), 100).accuracy, 0.88);
}

TEST(Lenet, RecognisesTheShippedImages) {
  EXPECT_GE(fashion_mnist::classify(lenet(), images(), 100).accuracy, 0.90);
}

// 2,000 is no multiple of 96: the last batch is smaller.
TEST(Classify, DoesNotDependOnTheBatch) {
  const nn::Sequential network = lenet();
  EXPECT_EQ(fashion_mnist::classify(network, images(), 96).predictions,
            fashion_mnist::classify(network, images(), 500).predictions);
}

TEST(Images, AreTheShippedOnes) {
  EXPECT_EQ(images().pixels.shape(), (Shape{2000, 28, 28}));
  EXPECT_EQ(images().labels.size(), 2000u);
  EXPECT_EQ(fashion_mnist::kNames[static_cast<std::size_t>(images().labels[0])],
            std::string("Ankle boot"));
}

}  // namespace
}  // namespace tarn
