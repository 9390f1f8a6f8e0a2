// Layers that need no other layer: products, tables, convolutions, pools and maps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tarn/nn/module.hpp"

namespace tarn::nn {

struct LinearOptions {
  bool bias = true;
  std::optional<Device> device = {};  ///< of random parameters; else the default device
};

/// x (..., in) gives (..., out): x times the transposed weight, plus bias.
/// Parameters: weight (out, in), bias (out,).
class Linear : public Module {
 public:
  Linear(std::int64_t in, std::int64_t out, const LinearOptions& options = {});
  Tensor forward(const Tensor& x) const override;
  std::string name() const override;
  void visit(Members& members) override;

 private:
  Tensor weight_;
  std::optional<Tensor> bias_;
};

class BatchNorm2d;

struct Conv2dOptions {
  std::int64_t stride = 1;
  std::int64_t padding = 0;
  std::int64_t dilation = 1;
  std::int64_t groups = 1;
  bool bias = true;
  std::optional<Device> device = {};  ///< of random parameters; else the default device
};

/// x (N, in, H, W) gives (N, out, H', W'), where
/// H' = (H + 2 padding - dilation (kernel - 1) - 1) / stride + 1, rounded down, and W' likewise.
/// Parameters: weight (out, in / groups, kernel, kernel), bias (out,).
class Conv2d : public Module {
 public:
  /// Throws: ValueError when a number is not positive (the padding: negative), or the groups do
  /// not divide the channels.
  Conv2d(std::int64_t in, std::int64_t out, std::int64_t kernel, const Conv2dOptions& options = {});
  Tensor forward(const Tensor& x) const override;
  std::string name() const override;
  void visit(Members& members) override;

 private:
  friend Conv2d fold(const Conv2d& conv, const BatchNorm2d& norm);

  tarn::Conv2dOptions options_;
  Tensor weight_;
  std::optional<Tensor> bias_;
};

/// x (N, C, H, W) gives (N, C, H', W'): the maximum of each window of (size, size). Windows do not
/// overlap, unless the stride says so.
class MaxPool2d : public Module {
 public:
  explicit MaxPool2d(std::int64_t size, const Pool2dOptions& options = {})
      : size_(size), options_(options) {}
  Tensor forward(const Tensor& x) const override { return max_pool2d(x, size_, options_); }
  std::string name() const override { return "MaxPool2d(" + std::to_string(size_) + ")"; }

 private:
  std::int64_t size_;
  Pool2dOptions options_;
};

/// x (N, C, H, W) gives (N, C, size, size), whatever H and W: output i is the mean of the inputs
/// from i H / size, rounded down, to (i + 1) H / size, rounded up. AdaptiveAvgPool2d(1) is the mean
/// of all.
class AdaptiveAvgPool2d : public Module {
 public:
  /// Throws: ValueError when the size is not positive.
  explicit AdaptiveAvgPool2d(std::int64_t size);
  Tensor forward(const Tensor& x) const override;
  std::string name() const override { return "AdaptiveAvgPool2d(" + std::to_string(size_) + ")"; }

 private:
  std::int64_t size_;
};

struct EmbeddingOptions {
  std::optional<Device> device = {};  ///< of random parameters; else the default device
};

/// ids (int32, ...) give (..., width): row `id` of a table for each. An id that the table does not
/// have gives NaN, unless it is one of take's that count from the end. Parameters: weight (count,
/// width), standard normal until loaded, as PyTorch's.
class Embedding : public Module {
 public:
  Embedding(std::int64_t count, std::int64_t width, const EmbeddingOptions& options = {});
  Tensor forward(const Tensor& ids) const override;
  std::string name() const override;
  void visit(Members& members) override;

 private:
  Tensor weight_;
};

/// Any shape: max(x, 0).
class ReLU : public Module {
 public:
  Tensor forward(const Tensor& x) const override { return x.relu(); }
  std::string name() const override { return "ReLU"; }
};

/// Any shape: x times the normal distribution's probability of a smaller number.
class GELU : public Module {
 public:
  explicit GELU(GeluForm form = GeluForm::erf) : form_(form) {}
  Tensor forward(const Tensor& x) const override { return x.gelu(form_); }
  std::string name() const override { return "GELU"; }

 private:
  GeluForm form_;
};

/// Any shape: exp(x) divided by its sum along the axis.
class Softmax : public Module {
 public:
  explicit Softmax(std::int64_t axis = -1) : axis_(axis) {}
  Tensor forward(const Tensor& x) const override { return softmax(x, axis_); }
  std::string name() const override { return "Softmax"; }

 private:
  std::int64_t axis_;
};

/// x (N, ...) gives (N, elements): all axes from `start` on become one.
class Flatten : public Module {
 public:
  explicit Flatten(std::int64_t start = 1) : start_(start) {}
  Tensor forward(const Tensor& x) const override { return x.flatten(start_); }
  std::string name() const override { return "Flatten"; }

 private:
  std::int64_t start_;
};

}  // namespace tarn::nn
