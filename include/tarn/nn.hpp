// Layers of networks, named, shaped and numbered as PyTorch's torch.nn:
//
//   nn::Sequential net{nn::Flatten(), nn::Linear(784, 512), nn::ReLU(), nn::Linear(512, 10)};
//   net.load_safetensors("mlp.safetensors");
//   Tensor logits = net(images);
//
// A layer is a value that owns its parameters; calling it makes nodes, as every function of tensors
// does. Parameters that are not loaded are random: uniform within 1 / sqrt(fan in) of zero, seeded
// by manual_seed, computed when the layer is first called.
#pragma once

#include "tarn/nn/attention.hpp"   // IWYU pragma: export
#include "tarn/nn/layers.hpp"      // IWYU pragma: export
#include "tarn/nn/module.hpp"      // IWYU pragma: export
#include "tarn/nn/norm.hpp"        // IWYU pragma: export
#include "tarn/nn/residual.hpp"    // IWYU pragma: export
#include "tarn/nn/sequential.hpp"  // IWYU pragma: export
