#include <algorithm>
#include <map>

#include "tarn/error.hpp"
#include "tarn/nn.hpp"

namespace tarn::nn {
namespace {

std::string describe(const Tensor& tensor) {
  return to_string(tensor.shape()) + " " + std::string(name(tensor.dtype()));
}

}  // namespace

void Members::operator()(std::string_view name, Tensor& parameter) {
  found_.push_back({prefix_ + std::string(name), &parameter});
}

void Members::operator()(std::string_view name, std::optional<Tensor>& parameter) {
  if (parameter) (*this)(name, *parameter);
}

void Members::operator()(std::string_view name, Module& module) {
  const std::size_t length = prefix_.size();
  prefix_ += std::string(name) + ".";
  module.visit(*this);
  prefix_.resize(length);
}

Tensor Module::operator()(const Tensor& x) const {
  return named([&] { return forward(x); });
}

Tensor Module::named(const std::function<Tensor()>& forward) const {
  try {
    return forward();
  } catch (const ShapeError& error) {
    throw ShapeError(name() + ": " + error.what());
  }
}

// visit() is one function for reading and for loading, so it cannot be const; but it changes
// nothing, and only load() writes through what it finds.
std::vector<Members::Parameter> Module::members() const {
  Members members;
  const_cast<Module*>(this)->visit(members);
  return std::move(members.found_);
}

io::NamedTensors Module::parameters() const {
  io::NamedTensors result;
  for (const auto& [name, tensor] : members()) result.emplace_back(name, *tensor);
  return result;
}

void Module::load(const io::NamedTensors& tensors) { assign(tensors, "what was given"); }

void Module::load_safetensors(const std::filesystem::path& path, const io::LoadOptions& options) {
  assign(io::load_safetensors(path, options).tensors, path.string());
}

void Module::assign(const io::NamedTensors& tensors, const std::string& origin) {
  std::string problems;
  std::map<std::string_view, const Tensor*> given;
  for (const auto& [name, tensor] : tensors) {
    if (!given.emplace(name, &tensor).second) problems += "\n  twice: " + name;
  }
  const std::vector<Members::Parameter> wanted = members();
  std::vector<const Tensor*> chosen;
  for (const auto& [name, tensor] : wanted) {
    const auto found = given.extract(name);
    if (found.empty()) {
      problems += "\n  missing: " + name + " " + describe(*tensor);
      continue;
    }
    const Tensor& value = *found.mapped();
    if (value.shape() != tensor->shape() || value.dtype() != tensor->dtype()) {
      problems += "\n  misfit: " + name + " is " + describe(*tensor) + ", not " + describe(value);
    }
    chosen.push_back(&value);
  }
  for (const auto& [name, tensor] : given) {
    problems += "\n  unexpected: " + std::string(name) + " " + describe(*tensor);
  }
  if (!problems.empty()) throw ValueError(name() + " does not fit " + origin + ":" + problems);

  std::vector<Tensor> weights;  // marking may compute, and that may fail: first all, then assign
  for (const Tensor* value : chosen) weights.push_back(value->as_weight());
  for (std::size_t i = 0; i < wanted.size(); ++i) *wanted[i].tensor = weights[i];
}

}  // namespace tarn::nn
