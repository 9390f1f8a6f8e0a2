// Layers one after another.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tarn/nn/module.hpp"

namespace tarn::nn {

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
  /// The places of layers after a folded norm become smaller by one.
  void fold_batch_norms() override;

 private:
  std::vector<std::unique_ptr<Module>> layers_;
};

}  // namespace tarn::nn
