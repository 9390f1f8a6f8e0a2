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

}  // namespace tarn::nn
