#include "ops/plan/forms.hpp"

#include <algorithm>
#include <array>

#include "ops/plan/rounding.hpp"
#include "ops/plan/window.hpp"

namespace tarn::plan {
namespace {

using Form = Contraction::Form;

// Below these, a tile's edges cost more than it gains.
constexpr std::int64_t kMinRows = 4;
constexpr std::int64_t kMinColumns = 4;
constexpr std::int64_t kMinDepth = 8;
constexpr std::int64_t kLongSum = 1024;

// Costs in multiply-adds of a vector, as measured on processors with wide registers.
constexpr double kPackInOrder = 1;   // an element that is packed from whole vectors
constexpr double kPackByLane = 3;    // ... from elements that lie apart
constexpr double kCopy = 0.5;        // an element of a strip that is copied
constexpr double kStoreByLane = 1;   // an element that is stored alone
constexpr double kLoad = 0.7;        // a vector of columns, or of a row's element, for a tile
constexpr double kJoinVector = 3;    // a vector that waits in the cache before it is stored
constexpr double kUnaligned = 1.1;   // a strip's vectors begin anywhere
constexpr double kEveryOther = 1.4;  // ... and are picked from two
constexpr double kFarApart = 2;      // rows of columns fall into the same sets of the cache
constexpr std::int64_t kSetBytes = 4096;
constexpr std::int64_t kCopiedRows = 64;      // that pass by a strip, at least
constexpr std::int64_t kCopiedDepth = 128;    // below, a strip is in the nearest cache as it is
constexpr std::int64_t kCopiedStride = 1024;  // bytes from the columns of one k to the next
constexpr std::int64_t kNearBytes = 128
                                    << 10;  // of an image: it passes by for every row of weights

// Of many rows: the sums, the columns of a step and the rows' elements fit 32 registers.
constexpr std::array kTiles{Tile{6, 4}, Tile{8, 2}, Tile{8, 1}};

// Of all sums, those for nothing too. Each of their steps loads the tile's columns and spreads an
// element of each of its rows: the nearer a tile is to a square, the less of that there is.
double cost_of(const Tile& tile, std::int64_t rows, std::int64_t vectors) {
  const double sums = tile.rows * tile.vectors;
  return static_cast<double>(rounded_up(rows, tile.rows) * rounded_up(vectors, tile.vectors)) *
         (1 + kLoad * (tile.rows + tile.vectors) / sums);
}

// Few rows take wide tiles, so that enough sums are under way to hide the latency of each. The rows
// of strips are channels, of which a network has the same number every time. Those of panels are
// what a batch has, so that one text serves many sizes.
void set_tile(Contraction& c, std::int64_t rows, std::int64_t vectors) {
  const bool strips = c.form == Form::strips;
  if (rows < (strips ? 8 : kMinRows)) {
    c.tile_vectors = vectors > 1 ? vectors > 2 ? 4 : 2 : 1;
    c.tile_rows = strips && rows <= 6 ? static_cast<int>(rows) : rows > 1 ? 4 : 1;
    return;
  }
  if (strips && vectors > 1 && vectors < 8 && vectors % 2 == 1) {  // none is computed for nothing
    c.tile_vectors = static_cast<int>(vectors);
    c.tile_rows = vectors == 3 ? 8 : vectors == 5 ? 4 : 3;  // more would not fit the registers
    return;
  }
  const std::int64_t height = strips ? rows : 24;  // which each tile divides
  const Tile tile = *std::ranges::min_element(
      kTiles, {}, [&](const Tile& each) { return cost_of(each, height, vectors); });
  c.tile_rows = tile.rows;
  c.tile_vectors = tile.vectors;
}

double stores(const KernelSpec& spec, const Contraction& c) {
  return spec.store.address.factor(c.n.back()) == 1
             ? 0
             : kStoreByLane * static_cast<double>(spec.kept_elements());
}

const Affine& columns_address(const KernelSpec& spec, const Contraction& c) {
  return spec.values[static_cast<std::size_t>(c.columns)].address;
}

// The last two loops of n as one, as many rows of the last but one as fit.
bool join_rows(const KernelSpec& spec, const DeviceTraits& traits, Contraction& c) {
  if (c.n.size() < 2) return false;
  const int y = c.n[c.n.size() - 2];
  const std::int64_t width = spec.extent(c.n.back());
  c.pitch =
      c.window ? staged_image(spec, c, 1, traits.lanes).pitch : columns_address(spec, c).factor(y);
  if (c.pitch < width || (c.window && c.window->step_y != 1)) return false;
  for (c.joined = spec.extent(y); c.joined > 1; --c.joined) {
    const std::int64_t columns = (c.joined - 1) * c.pitch + width;
    if (spec.extent(y) % c.joined == 0 && columns <= kMaxJoined) return columns >= traits.lanes;
  }
  return false;
}

// Whether every vector of a strip begins where a vector of the whole buffer does.
bool aligned(const KernelSpec& spec, const DeviceTraits& traits, const Contraction& c) {
  const Affine& address = columns_address(spec, c);
  return c.joined == 1 && spec.extent(c.n.back()) % traits.lanes == 0 &&
         address.constant % traits.lanes == 0 &&
         std::ranges::all_of(address.terms, [&](const Term& term) {
           return term.atom == c.n.back() || term.factor % traits.lanes == 0;
         });
}

// As many rows of windows as leave their image in the nearest caches, but enough bands for all
// units; rows that are joined are one band.
bool choose_band(const KernelSpec& spec, const DeviceTraits& traits, Contraction& c) {
  const auto bytes = [&](std::int64_t band) {
    return 4 * staged_image(spec, c, band, traits.lanes).elements;
  };
  const std::int64_t rows = spec.extent(c.window->y);
  const std::int64_t others =
      product(spec, c.batch) * product(spec, c.n) / rows / spec.extent(c.window->x);
  c.band = c.joined > 1 ? c.joined : rows;
  while (
      c.joined == 1 && c.band > 1 &&
      (bytes(c.band) > kNearBytes || others * divide_up(rows, c.band) < 4 * traits.compute_units)) {
    c.band = divide_up(c.band, 2);
  }
  return bytes(c.band) <=
         static_cast<std::int64_t>(std::min(traits.local_bytes, traits.cache_bytes / 2));
}

// One row of weights: where its window is small enough to be written out.
void as_depthwise(const KernelSpec& spec, Contraction& c) {
  constexpr std::int64_t kWrittenOut = 25;
  const Window& w = *c.window;
  const std::int64_t height = w.ky < 0 ? 1 : spec.extent(w.ky);
  const std::int64_t width = w.kx < 0 ? 1 : spec.extent(w.kx);
  if (height * width > kWrittenOut) return;
  const std::int64_t last = spec.extent(w.y) % c.band;  // rows of the last band
  c.form = Form::depthwise;
  c.tile_vectors = std::min(c.tile_vectors, 2);
  c.tile_rows = 4;
  while (c.band % c.tile_rows != 0 || last % c.tile_rows != 0) c.tile_rows /= 2;
}

// Whether the columns of one k after another lie so that they push each other out of the cache.
bool far_apart(const KernelSpec& spec, const Contraction& c) {
  const Affine& address = columns_address(spec, c);
  return std::ranges::any_of(c.k, [&](int loop) {
    return spec.extent(loop) > 128 && address.factor(loop) * 4 % kSetBytes == 0;
  });
}

}  // namespace

bool copies_strips(const KernelSpec& spec, const DeviceTraits& traits, const Contraction& c) {
  if (c.form != Form::strips || c.fill >= 0 || c.joined > 1 || c.k.size() != 1) return false;
  const Affine& address = columns_address(spec, c);
  if (address.factor(c.n.back()) != 1 || address.factor(c.k[0]) * 4 < kCopiedStride) return false;
  return product(spec, c.m) >= kCopiedRows && spec.extent(c.k[0]) >= kCopiedDepth &&
         c.chunk == c.tile_vectors * traits.lanes && spec.extent(c.n.back()) >= c.chunk &&
         copied_elements(spec, c) * 4 <= static_cast<std::int64_t>(traits.local_bytes) / 2;
}

std::int64_t copied_elements(const KernelSpec& spec, const Contraction& c) {
  return spec.extent(c.k[0]) * c.chunk;
}

bool by_columns(const KernelSpec& spec) {
  return spec.contraction.form == Form::strips && spec.bytes > kNearOperands;
}

std::int64_t product(const KernelSpec& spec, const std::vector<int>& loops) {
  std::int64_t count = 1;
  for (const int loop : loops) count *= spec.extent(loop);
  return count;
}

std::optional<FormChoice> as_panels(const KernelSpec& spec, const DeviceTraits& traits,
                                    Contraction c, bool kept) {
  if (c.n.size() != 1) return std::nullopt;
  const std::int64_t m = product(spec, c.m);
  const std::int64_t n = product(spec, c.n);
  const std::int64_t k = product(spec, c.k);
  if ((m < kMinRows && !kept) || n < kMinColumns || k < kMinDepth) return std::nullopt;
  c.form = Form::panels;
  c.panel = traits.lanes * (n > traits.lanes ? 2 : 1);
  const std::int64_t columns = rounded_up(n, c.panel);
  set_tile(c, m, columns / traits.lanes);
  const double batch = static_cast<double>(product(spec, c.batch));
  const std::int64_t vectors = rounded_up(columns / traits.lanes, c.tile_vectors);
  double cost = static_cast<double>(rounded_up(m, c.tile_rows) * vectors * k);
  if (!kept) {
    const bool in_order = columns_address(spec, c).factor(c.n[0]) == 1;
    cost += (in_order ? kPackInOrder : kPackByLane) * static_cast<double>(columns * k);
  }
  const double total = cost * batch + stores(spec, c);
  return FormChoice{std::move(c), total};
}

std::optional<FormChoice> as_strips(const KernelSpec& spec, const DeviceTraits& traits,
                                    Contraction c) {
  const bool padded = c.fill >= 0;
  if (padded && !(c.window = find_window(spec, c))) return std::nullopt;
  const std::int64_t step = columns_address(spec, c).factor(c.n.back());
  if (step != 1 && step != 2) return std::nullopt;
  if (spec.store.address.factor(c.n.back()) != 1) return std::nullopt;
  const std::int64_t m = product(spec, c.m);
  const std::int64_t k = product(spec, c.k);
  const std::int64_t width = spec.extent(c.n.back());
  std::int64_t strips = product(spec, c.batch) * product(spec, c.n);
  std::int64_t columns = width;
  const bool joins = step == 1 && width < 2 * traits.lanes && join_rows(spec, traits, c);
  if (joins) {
    columns = (c.joined - 1) * c.pitch + width;
    strips /= width * c.joined;
  } else {
    c.joined = 1;
    strips /= width;
  }
  if (columns < traits.lanes) return std::nullopt;
  // One long sum for few columns is better cut in parts than run by one work item.
  if (m < kMinRows && k > kLongSum && strips * columns < kLongSum) return std::nullopt;
  if (padded && !choose_band(spec, traits, c)) return std::nullopt;
  c.form = Form::strips;
  set_tile(c, m, divide_up(columns, traits.lanes));
  const std::int64_t tile = c.tile_vectors * traits.lanes;
  c.chunk = rounded_up(std::max<std::int64_t>(4 * traits.lanes, tile), tile);
  if (m == 1 && padded && !joins) as_depthwise(spec, c);
  c.copied = copies_strips(spec, traits, c);
  const std::int64_t vectors = rounded_up(divide_up(columns, traits.lanes), c.tile_vectors);
  const std::int64_t rows = c.form == Form::strips ? rounded_up(m, c.tile_rows) : m;
  double cost = static_cast<double>(strips * rows * vectors * k);
  if (padded) {
    cost *= kUnaligned;
  } else if (c.copied) {
    cost += kCopy * static_cast<double>(strips * columns * k);
  } else {
    cost *= step == 2 ? kEveryOther : aligned(spec, traits, c) ? 1 : kUnaligned;
    if (far_apart(spec, c)) cost *= kFarApart;
  }
  if (joins) cost += kJoinVector * static_cast<double>(strips * m * vectors);
  return FormChoice{std::move(c), cost};
}

}  // namespace tarn::plan
