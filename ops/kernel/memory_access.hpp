// Vectors from and to memory, whole or in some of their lanes, in OpenCL C, as helpers of
// prelude.cpp.
//
// Whole vectors are accessed as vectors of their elements' alignment: PoCL's vload16 and vstore16
// are made of smaller pieces, which its compiler does not always put together again.
//
// Lanes that do not count touch no memory: kernels read and write their tensors' own bytes only.
// AVX-512 has loads and stores with a mask, which take no longer than whole ones; elsewhere each
// lane goes by itself. A mask of lanes is an int vector of 0 and -1 (`where`), or the number of
// lanes from the first one that count (`m`).
#pragma once

#include <string_view>

namespace tarn::kernel {

// ---- Whole vectors

inline constexpr std::string_view kLoadAll = R"(
static inline $T tarn_load_all_$E$N(global const $E* place) {
  typedef $T unaligned __attribute__((aligned(sizeof($E))));
  return *(global const unaligned*)place;
}
)";

inline constexpr std::string_view kStoreAll = R"(
static inline void tarn_store_all_$E$N($T value, global $E* place) {
  typedef $T unaligned __attribute__((aligned(sizeof($E))));
  *(global unaligned*)place = value;
}
)";

// Brings what lies there into a core's second cache, or into its first. Simulators do not know how.
inline constexpr std::string_view kPrefetch = R"(
static inline void tarn_prefetch_$E$N(global const $E* place) {
#if defined(__x86_64__) || defined(__aarch64__)
  __builtin_prefetch((const void*)(size_t)place, 0, 2);
#endif
}
)";

inline constexpr std::string_view kPrefetchNear = R"(
static inline void tarn_prefetch_near_$E$N(global const $E* place) {
#if defined(__x86_64__) || defined(__aarch64__)
  __builtin_prefetch((const void*)(size_t)place, 0, 3);
#endif
}
)";

inline constexpr std::string_view kLoadLocal = R"(
static inline $T tarn_load_local_$E$N(local const $E* place) {
  typedef $T unaligned __attribute__((aligned(sizeof($E))));
  return *(local const unaligned*)place;
}
)";

inline constexpr std::string_view kStoreLocal = R"(
static inline void tarn_store_local_$E$N($T value, local $E* place) {
  typedef $T unaligned __attribute__((aligned(sizeof($E))));
  *(local unaligned*)place = value;
}
)";

// Every second element: the even ones of one vector, the odd ones of another that ends with the
// last that is wanted.
inline constexpr std::string_view kLoadEven = R"(
static inline $T tarn_load_even_$E$N(global const $E* place) {
  const $T low = tarn_load_all_$E$N(place);
  const $T high = tarn_load_all_$E$N(place + $C - 1);
  return ($T)(low.even, high.odd);
}
)";

// ---- Some lanes of elements of four bytes

inline constexpr std::string_view kLoad = R"(
static inline $T tarn_load_$E$N(global const $E* place, int m) {
#if defined(__AVX512F__) && $C == 16
  const ushort bits = (ushort)((1u << m) - 1);
  return as_$T(__builtin_ia32_loadups512_mask((const float*)(size_t)place, (float16)(0), bits));
#else
  $E t[$C] = {0};
  for (int l = 0; l < m; ++l) t[l] = place[l];
  return vload$N(0, t);
#endif
}
)";

inline constexpr std::string_view kStore = R"(
static inline void tarn_store_$E$N($T value, global $E* place, int m) {
#if defined(__AVX512F__) && $C == 16
  const ushort bits = (ushort)((1u << m) - 1);
  __builtin_ia32_storeups512_mask((float*)(size_t)place, as_float16(value), bits);
#else
  $E t[$C];
  vstore$N(value, 0, t);
  for (int l = 0; l < m; ++l) place[l] = t[l];
#endif
}
)";

inline constexpr std::string_view kLoadWhere = R"(
static inline $T tarn_load_where_$E$N(global const $E* place, $I where) {
#if defined(__AVX512F__) && $C == 16
  const ushort bits = (ushort)__builtin_ia32_cmpd512_mask(where, ($I)(0), 1, (ushort)0xffff);
  return as_$T(__builtin_ia32_loadups512_mask((const float*)(size_t)place, (float16)(0), bits));
#else
  int counts[$C];
  vstore$N(where, 0, counts);
  $E t[$C] = {0};
  for (int l = 0; l < $C; ++l) if (counts[l]) t[l] = place[l];
  return vload$N(0, t);
#endif
}
)";

inline constexpr std::string_view kLoadEvenWhere = R"(
static inline $T tarn_load_even_where_$E$N(global const $E* place, $I where) {
#if defined(__AVX512F__) && defined(__BMI2__) && $C == 16
  const uint lanes = (ushort)__builtin_ia32_cmpd512_mask(where, ($I)(0), 1, (ushort)0xffff);
  const uint bits = __builtin_ia32_pdep_si(lanes, 0x55555555u);
  const float16 low = __builtin_ia32_loadups512_mask((const float*)(size_t)place, (float16)(0),
                                                     (ushort)bits);
  const float16 high = __builtin_ia32_loadups512_mask((const float*)(size_t)(place + 15),
                                                      (float16)(0), (ushort)(bits >> 15));
  return as_$T((float16)(low.even, high.odd));
#else
  int counts[$C];
  vstore$N(where, 0, counts);
  $E t[$C] = {0};
  for (int l = 0; l < $C; ++l) if (counts[l]) t[l] = place[2 * l];
  return vload$N(0, t);
#endif
}
)";

// ---- Some lanes of bytes

inline constexpr std::string_view kLoadBytes = R"(
static inline $T tarn_load_$E$N(global const $E* place, int m) {
  $E t[$C] = {0};
  for (int l = 0; l < m; ++l) t[l] = place[l];
  return vload$N(0, t);
}
)";

inline constexpr std::string_view kStoreBytes = R"(
static inline void tarn_store_$E$N($T value, global $E* place, int m) {
  $E t[$C];
  vstore$N(value, 0, t);
  for (int l = 0; l < m; ++l) place[l] = t[l];
}
)";

inline constexpr std::string_view kLoadBytesWhere = R"(
static inline $T tarn_load_where_$E$N(global const $E* place, $I where) {
  int counts[$C];
  vstore$N(where, 0, counts);
  $E t[$C] = {0};
  for (int l = 0; l < $C; ++l) if (counts[l]) t[l] = place[l];
  return vload$N(0, t);
}
)";

inline constexpr std::string_view kLoadEvenBytesWhere = R"(
static inline $T tarn_load_even_where_$E$N(global const $E* place, $I where) {
  int counts[$C];
  vstore$N(where, 0, counts);
  $E t[$C] = {0};
  for (int l = 0; l < $C; ++l) if (counts[l]) t[l] = place[2 * l];
  return vload$N(0, t);
}
)";

}  // namespace tarn::kernel
