// The block that residual networks are made of (He et al., 2016).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tarn/nn/layers.hpp"
#include "tarn/nn/norm.hpp"
#include "tarn/nn/sequential.hpp"

namespace tarn::nn {

struct BasicBlockOptions {
  std::int64_t stride = 1;
  bool norm = true;                   ///< without: as after fold_batch_norms()
  std::optional<Device> device = {};  ///< of parameters not loaded; else the default device
};

/// x (N, in, H, W) gives (N, out, H', W'), with H' = H / stride, rounded up:
/// relu(bn2(conv2(relu(bn1(conv1(x))))) + downsample(x)), with windows of (3, 3). Where neither the
/// channels nor the size change, downsample(x) is x; else a convolution of (1, 1) and its norm.
/// Parameters, as torchvision's: conv1, bn1, conv2, bn2, downsample.0, downsample.1. A convolution
/// has a bias where no norm follows.
class BasicBlock : public Module {
 public:
  BasicBlock(std::int64_t in, std::int64_t out, const BasicBlockOptions& options = {});
  Tensor forward(const Tensor& x) const override;
  std::string name() const override;
  void visit(Members& members) override;
  void fold_batch_norms() override;

 private:
  std::int64_t in_, out_;
  Conv2d conv1_, conv2_;
  std::optional<BatchNorm2d> bn1_, bn2_;
  Sequential downsample_;
};

}  // namespace tarn::nn
