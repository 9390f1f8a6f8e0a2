// The exponential and two functions made of it in OpenCL C, as helpers of prelude.cpp.
//
// x = n ln 2 + r with n whole and |r| <= ln 2 / 2: adding 1.5 * 2^23 rounds x / ln 2 to n, ln 2 is
// subtracted in two parts (Cody and Waite, 1980), and exp(r) is 1 + r + r^2 q(r), where q is the
// polynomial of degree 4 whose largest relative error is least (3.1e-9, by Remez' exchange). Within
// 0.9 units in the last place of every float, subnormal results too. What is beyond the ends is the
// same as at the ends: infinity and 0. NaN passes through both comparisons.
//
// Drivers' own are not used: PoCL's takes 1.4 times as long, since it does not know the
// instruction of AVX-512 that multiplies by 2^n for any n. Elsewhere 2^n is two factors, none of
// which overflows; the bits are the same, as the first product is exact.
#pragma once

#include <string_view>

namespace tarn::kernel {

// For |x| <= 128.
inline constexpr std::string_view kExpWithin = R"(
static inline $T tarn_exp_within$N($T x) {
  const $T shifted = fma(x, ($T)(0x1.715476p+0f), ($T)(0x1.8p23f));
  const $T n = shifted - 0x1.8p23f;
  $T r = fma(n, ($T)(-0x1.62e4p-1f), x);
  r = fma(n, ($T)(-0x1.7f7d1cp-20f), r);
  $T p = fma(($T)(0x1.6a23d0p-10f), r, ($T)(0x1.123a20p-7f));
  p = fma(p, r, ($T)(0x1.5558f2p-5f));
  p = fma(p, r, ($T)(0x1.555492p-3f));
  p = fma(p, r, ($T)(0x1.fffffcp-2f));
  p = fma(p, r, ($T)(1.0f));
  p = fma(p, r, ($T)(1.0f));
#if defined(__AVX512F__) && $C == 16
  return __builtin_ia32_scalefps512_mask(p, n, p, (ushort)0xffff, 4);
#else
  const $I power = as_$I(shifted) - 0x4b400000;
  const $I half_power = power >> 1;
  return p * as_$T((half_power + 127) << 23) * as_$T((power - half_power + 127) << 23);
#endif
}
)";

inline constexpr std::string_view kExp = R"(
static inline $T tarn_exp$N($T x) {
  const $T below = 128.0f < x ? ($T)(128.0f) : x;
  return tarn_exp_within$N(-128.0f > below ? ($T)(-128.0f) : below);
}
)";

// Within 1.35 units in the last place: Cephes' polynomial near 0, beyond 1 - 2 / (exp(2 |x|) + 1),
// which is 1 from 9.02 on. PoCL's, within 1.07, takes twice as long.
inline constexpr std::string_view kTanh = R"(
static inline $T tarn_tanh$N($T x) {
  const $T size = fabs(x);
  const $T s = x * x;
  $T p = fma(($T)(-5.70498872745e-3f), s, ($T)(2.06390887954e-2f));
  p = fma(p, s, ($T)(-5.37397155531e-2f));
  p = fma(p, s, ($T)(1.33314422036e-1f));
  p = fma(p, s, ($T)(-3.33332819422e-1f));
  const $T small = fma(p * s, size, size);
  const $T end = 10.0f < size ? ($T)(10.0f) : size;
  const $T power = tarn_exp_within$N(end + end);
  const $T large = 1.0f - 2.0f / (power + 1.0f);
  return copysign(size < 0.625f ? small : large, x);
}
)";

// Within 0.99 units in the last place: a polynomial near 0, beyond 1 - exp(polynomial), with the
// coefficients that N. Juffa has published. PoCL's takes 4 times as long.
inline constexpr std::string_view kErf = R"(
static inline $T tarn_erf$N($T x) {
  const $T size = fabs(x);
  const $T s = x * x;
  $T p = fma(($T)(-5.96761703e-4f), s, ($T)(4.99119423e-3f));
  p = fma(p, s, ($T)(-2.67681349e-2f));
  p = fma(p, s, ($T)(1.12819925e-1f));
  p = fma(p, s, ($T)(-3.76125336e-1f));
  p = fma(p, s, ($T)(1.28379166e-1f));
  const $T small = fma(p, x, x);
  const $T low = fma(($T)(-3.88396438e-3f), size, ($T)(2.42546219e-2f));
  $T q = fma(fma(($T)(-1.72853470e-5f), size, ($T)(3.83197126e-4f)), s, low);
  q = fma(q, size, ($T)(-1.06777877e-1f));
  q = fma(q, size, ($T)(-6.34846687e-1f));
  q = fma(q, size, ($T)(-1.28717512e-1f));
  q = fma(q, size, -size);
  return size > 0.927734375f ? copysign(1.0f - tarn_exp$N(q), x) : small;
}
)";

}  // namespace tarn::kernel
