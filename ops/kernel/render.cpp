#include "ops/kernel/render.hpp"

#include "ops/kernel/render_contract.hpp"
#include "ops/kernel/render_loops.hpp"

namespace tarn::kernel {

Rendered render(const plan::KernelSpec& spec, const plan::DeviceTraits& traits) {
  return spec.contraction.reduce >= 0 ? render_contract(spec, traits) : render_loops(spec, traits);
}

}  // namespace tarn::kernel
