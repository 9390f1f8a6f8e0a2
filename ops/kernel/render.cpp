#include "ops/kernel/render.hpp"

#include "ops/kernel/render_attention.hpp"
#include "ops/kernel/render_blocks.hpp"
#include "ops/kernel/render_depthwise.hpp"
#include "ops/kernel/render_loops.hpp"
#include "ops/kernel/render_panels.hpp"
#include "ops/kernel/render_strips.hpp"
#include "ops/kernel/render_transpose.hpp"
#include "ops/kernel/render_winograd.hpp"

namespace tarn::kernel {

Rendered render(const plan::KernelSpec& spec, const plan::DeviceTraits& traits) {
  switch (spec.contraction.form) {
    case plan::Contraction::Form::panels:
      return render_panels(spec, traits);
    case plan::Contraction::Form::strips:
      return render_strips(spec, traits);
    case plan::Contraction::Form::blocks:
      return render_blocks(spec, traits);
    case plan::Contraction::Form::attention:
      return render_attention(spec, traits);
    case plan::Contraction::Form::depthwise:
      return render_depthwise(spec, traits);
    case plan::Contraction::Form::winograd:
      return render_winograd(spec, traits);
    case plan::Contraction::Form::winograd_weights:
      return render_winograd_weights(spec, traits);
    case plan::Contraction::Form::none:
      break;
  }
  if (wants_tiles(spec, traits)) return render_transpose(spec, traits);
  return render_loops(spec, traits);
}

}  // namespace tarn::kernel
