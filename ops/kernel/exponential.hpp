// The exponential in OpenCL C, as a helper of prelude.cpp.
//
// x = n ln 2 + r with n whole and |r| <= ln 2 / 2: adding 1.5 * 2^23 rounds x / ln 2 to n, ln 2 is
// subtracted in two parts (Cody and Waite, 1980), and exp(r) is the polynomial of Cephes (Moshier).
// Within 0.9 units in the last place of every float, subnormal results too. What is beyond the
// ends is the same as at the ends: infinity and 0. NaN passes through both comparisons.
//
// Drivers' own are not used: PoCL's takes 1.4 times as long, since it does not know the
// instruction of AVX-512 that multiplies by 2^n for any n. Elsewhere 2^n is two factors, none of
// which overflows; the bits are the same, as the first product is exact.
#pragma once

#include <string_view>

namespace tarn::kernel {

inline constexpr std::string_view kExp = R"(
static inline $T tarn_exp$N($T x) {
  const $T below = 128.0f < x ? ($T)(128.0f) : x;
  const $T within = -128.0f > below ? ($T)(-128.0f) : below;
  const $T shifted = fma(within, ($T)(0x1.715476p+0f), ($T)(0x1.8p23f));
  const $T n = shifted - 0x1.8p23f;
  $T r = fma(n, ($T)(-0x1.62e4p-1f), within);
  r = fma(n, ($T)(-0x1.7f7d1cp-20f), r);
  $T p = fma(($T)(1.9875691500e-4f), r, ($T)(1.3981999507e-3f));
  p = fma(p, r, ($T)(8.3334519073e-3f));
  p = fma(p, r, ($T)(4.1665795894e-2f));
  p = fma(p, r, ($T)(1.6666665459e-1f));
  p = fma(p, r, ($T)(5.0000001201e-1f));
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

}  // namespace tarn::kernel
