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

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "tarn/device.hpp"
#include "tarn/io.hpp"
#include "tarn/tensor.hpp"

namespace tarn::nn {

class Module;

/// The parameters of a module and of those within it, with dotted names. See Module::visit.
class Members {
 public:
  void operator()(std::string_view name, Tensor& parameter);
  /// A parameter that may not be there.
  void operator()(std::string_view name, std::optional<Tensor>& parameter);
  /// A module within: its parameters' names begin with `name` and a dot.
  void operator()(std::string_view name, Module& module);

 private:
  friend class Module;
  struct Parameter {
    std::string name;
    Tensor* tensor;
  };
  std::vector<Parameter> found_;
  std::string prefix_;
};

/// Anything with a forward pass and parameters. One of your own says what it computes, and names
/// its members:
///
///   struct Residual : nn::Module {
///     nn::Linear inner{64, 64};
///     std::string name() const override { return "Residual"; }
///     Tensor forward(const Tensor& x) const override { return x + inner(x); }
///     void visit(nn::Members& members) override { members("inner", inner); }  // "inner.weight"
///   };
class Module {
 public:
  virtual ~Module() = default;

  virtual Tensor forward(const Tensor& x) const = 0;
  /// What errors call it, such as "Linear(784, 512)".
  virtual std::string name() const = 0;
  /// Calls `members` with the name of each parameter and of each module within, in order.
  virtual void visit(Members&) {}

  /// forward(x). Throws: ShapeError, which names the layer and those around it.
  Tensor operator()(const Tensor& x) const;

  /// All parameters, by dotted names: what save_safetensors takes.
  io::NamedTensors parameters() const;

  /// Sets every parameter, and marks each as a weight. The names, shapes and dtypes must be those
  /// of parameters(), in any order. Throws: ValueError with every name that is missing, unexpected
  /// or does not fit; then all parameters are as they were.
  void load(const io::NamedTensors& tensors);
  /// The same from a file. Throws: FormatError and Error too, as io::load_safetensors.
  void load_safetensors(const std::filesystem::path& path, const io::LoadOptions& options = {});

 private:
  std::vector<Members::Parameter> members() const;
  void assign(const io::NamedTensors& tensors, const std::string& origin);
};

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

/// Any shape: max(x, 0).
class ReLU : public Module {
 public:
  Tensor forward(const Tensor& x) const override { return x.relu(); }
  std::string name() const override { return "ReLU"; }
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

template <class Layer>
concept ModuleType = std::derived_from<std::remove_cvref_t<Layer>, Module>;

/// Layers one after another. Parameters are named by the layer's place: "0.weight".
class Sequential : public Module {
 public:
  Sequential() = default;
  template <ModuleType... Layers>
  requires(sizeof...(Layers) > 1 || (!std::same_as<std::remove_cvref_t<Layers>, Sequential> &&
                                     ...)) explicit Sequential(Layers&&... layers) {
    (add(std::forward<Layers>(layers)), ...);
  }

  /// Takes the layer as its last.
  template <ModuleType Layer>
  void add(Layer&& layer) {
    layers_.push_back(std::make_unique<std::remove_cvref_t<Layer>>(std::forward<Layer>(layer)));
  }
  std::size_t size() const { return layers_.size(); }
  const Module& operator[](std::size_t place) const { return *layers_[place]; }

  Tensor forward(const Tensor& x) const override;
  std::string name() const override { return "Sequential"; }
  void visit(Members& members) override;

 private:
  std::vector<std::unique_ptr<Module>> layers_;
};

}  // namespace tarn::nn
