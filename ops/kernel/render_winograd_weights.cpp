#include <algorithm>

#include "ops/kernel/render_winograd.hpp"
#include "ops/kernel/tiles.hpp"
#include "ops/kernel/winograd_matrices.hpp"
#include "ops/plan/winograd.hpp"

namespace tarn::kernel {
namespace {

// Runs once for a network, and so one number at a time.
class WeightsRenderer : TileEmitter {
 public:
  WeightsRenderer(const KernelSpec& spec, const plan::DeviceTraits& traits)
      : TileEmitter(spec, traits), tile_(c_.outputs + 2) {}

  Rendered run() {
    const std::int64_t tasks = product({c_.m[0]}) * product(c_.n);
    const std::string rows = std::to_string(plan::kWinogradRows);
    open_tasks(tasks);
    decode({c_.m[0], c_.n[0]}, "task");
    text_.line("for (" + index_ + " " + loop_name(c_.m[1]) + " = 0; " + loop_name(c_.m[1]) + " < " +
               rows + "; ++" + loop_name(c_.m[1]) + ") {");
    emit_columns();
    const std::string tile = std::to_string(tile_);
    text_.line("for (int i = 0; i < " + tile + "; ++i) {");
    for (int j = 0; j < 3; ++j) {
      const std::string n = std::to_string(j);
      text_.line("const float d" + n + " = half_way[i][" + n + "];");
    }
    for (int j = 0; j < tile_; ++j) {
      text_.line("y[((" + loop_name(c_.m[0]) + " * " + std::to_string(tile_ * tile_) + " + i * " +
                 tile + " + " + std::to_string(j) + ") * " + arguments_.extent(c_.n[0]) + " + " +
                 loop_name(c_.n[0]) + ") * " + rows + " + " + loop_name(c_.m[1]) + "] = " +
                 winograd::combination(winograd::weights(c_.outputs, j), "d", "float") + ";");
    }
    text_.line("}");
    text_.line("}");
    text_.line("}");
    Rendered rendered = finish("winograd_weights");
    rendered.global = static_cast<std::size_t>(std::min<std::int64_t>(tasks, kGroups));
    return rendered;
  }

 private:
  static constexpr std::int64_t kGroups = 16;

  void emit_columns() {
    text_.line("float half_way[" + std::to_string(tile_) + "][3];");
    text_.line("for (int " + loop_name(c_.k[1]) + " = 0; " + loop_name(c_.k[1]) + " < 3; ++" +
               loop_name(c_.k[1]) + ") {");
    const Value& load = rows_load();
    for (int ky = 0; ky < 3; ++ky) {
      text_.line("float d" + std::to_string(ky) + ";");
      text_.line("{");
      text_.line(index(loop_name(c_.k[0]), std::to_string(ky)));
      text_.line("d" + std::to_string(ky) + " = " + guard(load.guards, loop_name) + " ? " +
                 input(load) + "[" + address(load.address, c_.rows, loop_name) + "] : 0;");
      text_.line("}");
    }
    for (int i = 0; i < tile_; ++i) {
      text_.line("half_way[" + std::to_string(i) + "][" + loop_name(c_.k[1]) + "] = " +
                 winograd::combination(winograd::weights(c_.outputs, i), "d", "float") + ";");
    }
    text_.line("}");
  }

  int tile_;
};

}  // namespace

Rendered render_winograd_weights(const KernelSpec& spec, const plan::DeviceTraits& traits) {
  return WeightsRenderer(spec, traits).run();
}

}  // namespace tarn::kernel
