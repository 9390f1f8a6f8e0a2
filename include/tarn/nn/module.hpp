// What every layer is: a forward pass, a name, and parameters by name.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

  /// Folds every batch norm within into the convolution that it follows, as nn::fold does, for
  /// inference once the parameters are loaded: fewer steps, and the same numbers but for rounding.
  /// The norms, and their parameters, are gone then.
  virtual void fold_batch_norms() {}

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

 protected:
  /// What `forward` gives; a ShapeError that it throws gets name() in front.
  Tensor named(const std::function<Tensor()>& forward) const;

 private:
  std::vector<Members::Parameter> members() const;
  void assign(const io::NamedTensors& tensors, const std::string& origin);
};

}  // namespace tarn::nn
