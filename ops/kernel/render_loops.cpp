#include "ops/kernel/render_loops.hpp"

namespace tarn::kernel {

Rendered render_loops(const plan::KernelSpec& spec, const plan::DeviceTraits& traits) {
  const Layout layout = choose_layout(spec, traits.lanes);
  return layout.across == Across::reduced ? render_rows(spec, traits, layout)
                                          : render_columns(spec, traits, layout);
}

}  // namespace tarn::kernel
