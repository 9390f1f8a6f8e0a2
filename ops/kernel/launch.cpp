#include "ops/kernel/launch.hpp"

#include <algorithm>

#include "ops/kernel/parameters.hpp"
#include "ops/kernel/render_sequence.hpp"

namespace tarn::kernel {
namespace {

bool fits(const Rendered& kernel, const plan::DeviceTraits& traits) {
  return parameter_bytes(kernel.arguments) <= traits.parameter_bytes;
}

class LaunchRenderer {
 public:
  LaunchRenderer(const plan::Plan& plan, const plan::DeviceTraits& traits)
      : plan_(plan), traits_(traits) {
    for (const plan::Step& step : plan.steps) rendered_.push_back(render(step.kernel, traits));
  }

  std::vector<Launch> run() {
    std::size_t first = 0;
    for (const int length : plan_.launches) {
      add(first, static_cast<std::size_t>(length));
      first += static_cast<std::size_t>(length);
    }
    return std::move(launches_);
  }

 private:
  // In two halves where it takes too many parameters.
  void add(std::size_t first, std::size_t count) {
    if (count == 1) {
      launches_.push_back({first, 1, std::move(rendered_[first])});
      return;
    }
    std::vector<const plan::KernelSpec*> steps;
    for (std::size_t i = first; i < first + count; ++i) steps.push_back(&plan_.steps[i].kernel);
    Rendered sequence = render_sequence(steps, std::span(rendered_).subspan(first, count), traits_);
    if (fits(sequence, traits_)) {
      launches_.push_back({first, count, std::move(sequence)});
      return;
    }
    add(first, count / 2);
    add(first + count / 2, count - count / 2);
  }

  const plan::Plan& plan_;
  const plan::DeviceTraits& traits_;
  std::vector<Rendered> rendered_;  // each step by itself
  std::vector<Launch> launches_;
};

}  // namespace

std::vector<Launch> render(const plan::Plan& plan, const plan::DeviceTraits& traits) {
  return LaunchRenderer(plan, traits).run();
}

bool fit(const std::vector<Launch>& launches, const plan::DeviceTraits& traits) {
  return std::ranges::all_of(launches, [&](const Launch& l) { return fits(l.rendered, traits); });
}

}  // namespace tarn::kernel
