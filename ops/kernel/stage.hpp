// What the renderers of padded convolutions share: the part of an image that a task reads is copied
// to local memory, and its padding put around it, so that no window has an edge.
#pragma once

#include "ops/kernel/tiles.hpp"
#include "ops/plan/window.hpp"

namespace tarn::kernel {

class StageEmitter : protected TileEmitter {
 protected:
  StageEmitter(const KernelSpec& spec, const plan::DeviceTraits& traits);

  bool staged() const { return c_.fill >= 0; }
  int step() const { return static_cast<int>(c_.window->step_x); }

  /// Declares the local memory `staged`.
  void declare_staged();
  /// Fills it with what the windows read whose first row is `first`; `outer` are the loops that
  /// choose the image, beside the batch. From one row of it to the next are `staged_pitch`
  /// elements.
  void emit_stage(const std::vector<int>& outer);
  /// The offset of the rows of this iteration of the loops over channels.
  std::string staged_channel();
  /// The offset of column x of the window, a number or a product of numbers.
  std::string staged_column(const std::string& x);

  /// The loops of k outside of the window.
  std::vector<int> channels() const;

 private:
  void emit_stage_row();

  plan::StagedImage image_{};
};

}  // namespace tarn::kernel
