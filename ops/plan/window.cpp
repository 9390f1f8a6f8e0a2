#include "ops/plan/window.hpp"

#include <algorithm>

namespace tarn::plan {
namespace {

bool contains(const std::vector<int>& loops, int loop) {
  return std::ranges::find(loops, loop) != loops.end();
}

// The loop of k that is in `index` beside `outer`; nothing where there is more. -1: none.
std::optional<int> inner_loop(const Contraction& c, const Affine& index, int outer) {
  int inner = -1;
  for (const Term& term : index.terms) {
    if (term.atom == outer) continue;
    if (inner >= 0 || !contains(c.k, term.atom)) return std::nullopt;
    inner = term.atom;
  }
  return inner;
}

// A guard of the rows and one of the columns say what the image is.
std::optional<Window> padded_window(const KernelSpec& spec, const Contraction& c,
                                    const Value& load) {
  Window w{.y = c.n[c.n.size() - 2], .x = c.n.back()};
  const auto& guards = spec.guards[static_cast<std::size_t>(load.guards)];
  if (guards.size() != 2) return std::nullopt;
  const bool in_order = guards[0].index.factor(w.y) != 0;
  const Guard& rows = guards[in_order ? 0 : 1];
  const Guard& columns = guards[in_order ? 1 : 0];
  const auto ky = inner_loop(c, rows.index, w.y);
  const auto kx = inner_loop(c, columns.index, w.x);
  if (!ky || !kx) return std::nullopt;
  w.ky = *ky;
  w.kx = *kx;
  w.step_y = rows.index.factor(w.y);
  w.step_x = columns.index.factor(w.x);
  w.dilation_y = w.ky < 0 ? 1 : rows.index.factor(w.ky);
  w.dilation_x = w.kx < 0 ? 1 : columns.index.factor(w.kx);
  w.top = -rows.index.constant;
  w.left = -columns.index.constant;
  w.height = rows.extent;
  w.width = columns.extent;
  if (w.step_y < 1 || w.step_x < 1 || w.dilation_y < 1 || w.dilation_x < 1) return std::nullopt;
  if (w.top < 0 || w.left < 0) return std::nullopt;
  return w;
}

std::optional<Window> bare_window(const KernelSpec& spec, const Contraction& c, const Value& load) {
  if (c.k.size() < 2) return std::nullopt;
  Window w{.y = c.n[c.n.size() - 2], .x = c.n.back()};
  w.ky = c.k[c.k.size() - 2];
  w.kx = c.k.back();
  w.step_x = load.address.factor(w.x);
  w.dilation_x = load.address.factor(w.kx);
  const std::int64_t down = load.address.factor(w.y);
  const std::int64_t within = load.address.factor(w.ky);
  if (w.step_x < 1 || w.dilation_x < 1 || down < 1 || within < 1) return std::nullopt;
  if (down != within) return std::nullopt;  // a step of 1 in both; others are not told apart
  w.height = spec.extent(w.y) + spec.extent(w.ky) - 1;
  w.width = window_columns(spec, w);
  return w;
}

}  // namespace

std::int64_t window_rows(const KernelSpec& spec, const Window& w, std::int64_t rows) {
  return (rows - 1) * w.step_y + (w.ky < 0 ? 0 : spec.extent(w.ky) - 1) * w.dilation_y + 1;
}

std::int64_t window_columns(const KernelSpec& spec, const Window& w) {
  return (spec.extent(w.x) - 1) * w.step_x + (w.kx < 0 ? 0 : spec.extent(w.kx) - 1) * w.dilation_x +
         1;
}

StagedImage staged_image(const KernelSpec& spec, const Contraction& c, std::int64_t band,
                         int lanes) {
  const Window& w = *c.window;
  StagedImage image;
  for (const int loop : c.k) {
    if (loop != w.ky && loop != w.kx) image.channels *= spec.extent(loop);
  }
  image.rows = window_rows(spec, w, band);
  image.columns = window_columns(spec, w);
  image.part = image.columns;
  if (w.step_x > 1) {  // whole vectors, which do not reach into the next part
    const std::int64_t tile = w.step_x * lanes;
    image.part = (image.columns + tile - 1) / tile * lanes;
  }
  image.pitch = image.part * w.step_x;
  // The last vector of a row may reach past it: into the next one, which is stored later.
  image.elements = image.channels * image.rows * image.pitch + lanes;
  return image;
}

std::optional<Window> find_window(const KernelSpec& spec, const Contraction& c) {
  if (c.n.size() < 2) return std::nullopt;
  const Value& load = spec.values[static_cast<std::size_t>(c.columns)];
  const bool padded = load.guards >= 0;
  auto w = padded ? padded_window(spec, c, load) : bare_window(spec, c, load);
  if (!w) return std::nullopt;
  w->pitch = load.address.factor(w->y) / w->step_y;
  if (w->pitch < 1 || load.address.factor(w->y) != w->pitch * w->step_y) return std::nullopt;
  if (load.address.factor(w->x) != w->step_x) return std::nullopt;
  if (w->ky >= 0 && load.address.factor(w->ky) != w->pitch * w->dilation_y) return std::nullopt;
  if (w->kx >= 0 && load.address.factor(w->kx) != w->dilation_x) return std::nullopt;
  w->origin = load.address.constant + w->top * w->pitch + w->left;
  return w;
}

}  // namespace tarn::plan
