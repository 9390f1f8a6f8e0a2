// What both networks need of Fashion-MNIST: its test images, the input that the networks were
// trained on, a pass over all images with a clock, and a drawing of a few.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iomanip>
#include <ostream>
#include <string>
#include <string_view>
#include <tarn/tarn.hpp>
#include <vector>

namespace fashion_mnist {

inline constexpr std::array<const char*, 10> kNames = {
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
inline constexpr int kSide = 28;  // of an image, in pixels

struct Images {
  tarn::Tensor pixels;               ///< (N, 28, 28) int32, 0 to 255
  std::vector<std::int32_t> labels;  ///< N, indices of kNames

  std::int64_t size() const { return pixels.shape()[0]; }
};

/// The 10,000 test images where the folder has them, else the 2,000 that are shipped.
inline Images load(const std::filesystem::path& folder) {
  const bool all = std::filesystem::exists(folder / "t10k-images-idx3-ubyte");
  const std::string start = all ? "t10k-" : "t10k-2000-";
  return {tarn::io::load_idx(folder / (start + "images-idx3-ubyte")),
          tarn::io::load_idx(folder / (start + "labels-idx1-ubyte")).to_vector<std::int32_t>()};
}

/// (N, 28, 28) pixels to the networks' input, (N, 1, 28, 28) float32. The two constants are the
/// mean and the deviation of the training images.
inline tarn::Tensor normalize(const tarn::Tensor& pixels) {
  return (pixels.unsqueeze(1) / 255 - 0.2860) / 0.3530;
}

/// What a network makes of all images, and what that took.
struct Result {
  std::vector<std::int32_t> predictions;
  double accuracy = 0;  ///< 0 to 1
  double images_per_second = 0;
  tarn::Counters counters;
};

/// Passes all images through the network. The first batch goes through once more, before the clock
/// starts: that is when kernels are built.
inline Result classify(const tarn::nn::Module& network, const Images& images, std::int64_t batch) {
  const auto predict = [&](std::int64_t start) {
    const tarn::Tensor pixels = images.pixels.slice({{.start = start, .stop = start + batch}});
    // The whole pass, from integers to the index of the largest logit, is one graph and one plan.
    return network(normalize(pixels)).argmax(1).to_vector<std::int32_t>();
  };
  predict(0);

  const tarn::Device device = images.pixels.device();
  const tarn::Counters before = tarn::counters(device);
  const auto start = std::chrono::steady_clock::now();
  Result result;
  for (std::int64_t i = 0; i < images.size(); i += batch) {
    const std::vector<std::int32_t> part = predict(i);
    result.predictions.insert(result.predictions.end(), part.begin(), part.end());
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;

  int right = 0;
  for (std::size_t i = 0; i < images.labels.size(); ++i) {
    right += result.predictions[i] == images.labels[i];
  }
  const auto count = static_cast<double>(images.size());
  result.accuracy = right / count;
  result.images_per_second = count / seconds.count();
  result.counters = tarn::counters(device) - before;
  return result;
}

inline void print(std::ostream& out, const Result& result) {
  out << std::fixed << std::setprecision(4) << "accuracy   " << result.accuracy << " on "
      << result.predictions.size() << " images\n"
      << std::setprecision(0) << "speed      " << result.images_per_second << " images/s\n"
      << "launches   " << result.counters.launches << " kernels in " << result.counters.realizations
      << " passes\n\n";
}

/// Draws images side by side, with what they were taken for and what they are.
inline void draw(std::ostream& out, const Images& images, const Result& result,
                 const std::vector<std::size_t>& chosen) {
  constexpr std::string_view kShades = " .:-=+*#%@";
  const std::vector<std::int32_t> pixels = images.pixels.to_vector<std::int32_t>();
  for (std::size_t row = 0; row < kSide; row += 2) {  // a character is about twice as high as wide
    for (const std::size_t image : chosen) {
      for (std::size_t column = 0; column < kSide; ++column) {
        const std::size_t at = (image * kSide + row) * kSide + column;
        const int brightness = pixels[at] + pixels[at + kSide];  // 0 to 510
        out << kShades[static_cast<std::size_t>(brightness * 9 / 510)];
      }
      out << "  ";
    }
    out << '\n';
  }
  for (const std::size_t image : chosen) {
    const std::int32_t guess = result.predictions[image], label = images.labels[image];
    std::string text = kNames[static_cast<std::size_t>(guess)];
    if (guess != label) text += ", no: " + std::string(kNames[static_cast<std::size_t>(label)]);
    out << std::left << std::setw(kSide + 2) << text;
  }
  out << '\n';
}

/// The first two images that were recognised, and the first that was not.
inline std::vector<std::size_t> two_right_one_wrong(const Images& images, const Result& result) {
  std::vector<std::size_t> right, wrong;
  for (std::size_t i = 0; i < images.labels.size(); ++i) {
    (result.predictions[i] == images.labels[i] ? right : wrong).push_back(i);
  }
  right.resize(std::min<std::size_t>(right.size(), 2));
  if (!wrong.empty()) right.push_back(wrong[0]);
  return right;
}

}  // namespace fashion_mnist
