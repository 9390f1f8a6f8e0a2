// Layers that bring numbers to mean 0 and variance 1, then scale and shift them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tarn/nn/layers.hpp"
#include "tarn/nn/module.hpp"

namespace tarn::nn {

struct LayerNormOptions {
  double eps = 1e-5;
  std::optional<Device> device =
      {};  ///< of parameters that are not loaded; else the default device
};

/// x (..., size) gives the same shape, normalized over the last axis:
/// (x - mean) / sqrt(var + eps) * weight + bias. Parameters: weight (size,), bias (size,), 1 and 0
/// until loaded.
class LayerNorm : public Module {
 public:
  explicit LayerNorm(std::int64_t size, const LayerNormOptions& options = {});
  Tensor forward(const Tensor& x) const override;
  std::string name() const override;
  void visit(Members& members) override;

 private:
  double eps_;
  Tensor weight_, bias_;
};

struct BatchNorm2dOptions {
  double eps = 1e-5;
  std::optional<Device> device =
      {};  ///< of parameters that are not loaded; else the default device
};

/// x (N, channels, H, W) gives the same shape, each channel normalized with the mean and variance
/// that were seen in training (PyTorch's in eval mode):
/// (x - running_mean) / sqrt(running_var + eps) * weight + bias. Parameters: weight, bias,
/// running_mean, running_var, each (channels,), and 1, 0, 0, 1 until loaded. PyTorch's
/// num_batches_tracked is none of them: leave it out of the file.
class BatchNorm2d : public Module {
 public:
  explicit BatchNorm2d(std::int64_t channels, const BatchNorm2dOptions& options = {});
  Tensor forward(const Tensor& x) const override;
  std::string name() const override;
  void visit(Members& members) override;

 private:
  friend Conv2d fold(const Conv2d& conv, const BatchNorm2d& norm);

  // It is y = scale * x + shift, each (channels,).
  Tensor scale() const;
  Tensor shift() const;

  double eps_;
  Tensor weight_, bias_, running_mean_, running_var_;
};

/// One convolution that computes norm(conv(x)), always with a bias. Computes its parameters.
/// Throws: ShapeError when the norm's channels are not those that the convolution gives.
Conv2d fold(const Conv2d& conv, const BatchNorm2d& norm);

}  // namespace tarn::nn
