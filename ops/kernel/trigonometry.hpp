// Sine and cosine in OpenCL C, as helpers of prelude.cpp.
//
// Drivers' own are not used: PoCL reduces the angles of a whole vector in one way, so that what one
// lane gives depends on its neighbours. Here each lane's result depends on that lane alone, and has
// the same bits whatever the number of lanes.
//
// An angle x becomes r in [-pi/4, pi/4] and the number of quarter turns taken off. Up to 2^16 by
// pi/2 in three parts (Cody and Waite, 1980), where fma makes the first subtraction exact. Beyond,
// x = m * 2^e is multiplied by those 96 bits of 1 / (2 pi) that decide the fraction of a turn
// (Payne and Hanek, 1983). The polynomials are those of Cephes (Moshier), within 1e-7 on
// [-pi/4, pi/4].
#pragma once

#include <string_view>

namespace tarn::kernel {

// The 32 bits of 1 / (2 pi) number n, counted from the point; number -1 is what is before it.
inline constexpr std::string_view kTurnBits = R"(
static inline $U tarn_turn_bits$N($I n) {
  $U word = ($U)(0);
  word = n == 0 ? ($U)(0x28be60dbu) : word;
  word = n == 1 ? ($U)(0x9391054au) : word;
  word = n == 2 ? ($U)(0x7f09d5f4u) : word;
  word = n == 3 ? ($U)(0x7d4d3770u) : word;
  word = n == 4 ? ($U)(0x36d8a566u) : word;
  word = n == 5 ? ($U)(0x4f10e410u) : word;
  return n == 6 ? ($U)(0x7f9458eau) : word;
}
)";

// For 2^16 <= x < infinity. The fraction of a turn is a number of 64 bits, `high` and `low`.
inline constexpr std::string_view kLargeAngle = R"(
static inline $T tarn_large_angle$N($T x, $I* quarters) {
  const $U m = (as_$U(x) << 8) | 0x80000000u;
  const $I e = as_$I(as_$U(x) >> 23) - 126;
  const $I n = e >> 5;
  const $U s = as_$U(e & 31);
  const $U w0 = tarn_turn_bits$N(n - 1);
  const $U w1 = tarn_turn_bits$N(n);
  const $U w2 = tarn_turn_bits$N(n + 1);
  const $U w3 = tarn_turn_bits$N(n + 2);
  const $U h0 = (w0 << s) | ((w1 >> 1) >> (31 - s));
  const $U h1 = (w1 << s) | ((w2 >> 1) >> (31 - s));
  const $U h2 = (w2 << s) | ((w3 >> 1) >> (31 - s));
  const $U carried = mul_hi(m, h2);
  $U low = m * h1 + carried;
  $U high = m * h0 + mul_hi(m, h1);
  high += low < carried ? ($U)(1) : ($U)(0);
  const $U turned = (high + 0x20000000u) >> 30;
  high -= turned << 30;
  *quarters = as_$I(turned);
  const $I below = as_$I(high) < 0;
  low = below ? ($U)(0) - low : low;
  high = below ? ~high + (low == 0 ? ($U)(1) : ($U)(0)) : high;
  const $T fine = fma(convert_float$N(high & 0x7fu), ($T)(0x1p32f), convert_float$N(low));
  const $T r =
      fma(convert_float$N(high & 0xffffff80u), ($T)(0x1p32f), fine) * 0x1.921fb6p-62f;
  return below ? -r : r;
}
)";

inline constexpr std::string_view kAngle = R"(
static inline $T tarn_angle$N($T x, $I* quarters) {
  const $T turned = rint(x * 0x1.45f306p-1f);
  $T r = fma(turned, ($T)(-0x1.921fb6p+0f), x);
  r = fma(turned, ($T)(0x1.777a5cp-25f), r);
  r = fma(turned, ($T)(0x1.ee59dap-50f), r);
  const $T size = fabs(x);
  const $I large = (size >= 0x1p16f) & (size < INFINITY);
  *quarters = convert_int$N(size < 0x1p16f ? turned : ($T)(0));
  r = size < INFINITY ? r : x - x;
  if (any($M(large != 0))) {
    $I more;
    const $T angle = tarn_large_angle$N(large ? size : ($T)(0x1p16f), &more);
    r = large ? (x < 0 ? -angle : angle) : r;
    *quarters = large ? (x < 0 ? -more : more) : *quarters;
  }
  return r;
}
)";

// The sine (`shift` 0) or cosine (1) of r and some quarter turns.
inline constexpr std::string_view kTurned = R"(
static inline $T tarn_turned$N($T r, $I quarters, int shift) {
  const $I at = quarters + shift;
  const $T s = r * r;
  const $T odd = fma(s, fma(s, ($T)(-1.9515295891e-4f), ($T)(8.3321608736e-3f)),
                     ($T)(-1.6666654611e-1f));
  const $T even = fma(s, fma(s, ($T)(2.443315711809948e-5f), ($T)(-1.388731625493765e-3f)),
                      ($T)(4.166664568298827e-2f));
  const $T sine = fma(r * s, odd, r);
  const $T cosine = fma(s * s, even, fma(s, ($T)(-0.5f), ($T)(1.0f)));
  const $T value = (at & 1) == 0 ? sine : cosine;
  return (at & 2) == 0 ? value : -value;
}
)";

// So small an angle is its own sine, which keeps -0.
inline constexpr std::string_view kSin = R"(
static inline $T tarn_sin$N($T x) {
  $I quarters;
  const $T r = tarn_angle$N(x, &quarters);
  return fabs(x) < 0x1p-12f ? x : tarn_turned$N(r, quarters, 0);
}
)";

inline constexpr std::string_view kCos = R"(
static inline $T tarn_cos$N($T x) {
  $I quarters;
  const $T r = tarn_angle$N(x, &quarters);
  return tarn_turned$N(r, quarters, 1);
}
)";

}  // namespace tarn::kernel
