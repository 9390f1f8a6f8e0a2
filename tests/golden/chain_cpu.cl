#pragma OPENCL FP_CONTRACT OFF
#ifndef HAVE_tarn_load_all_float16
#define HAVE_tarn_load_all_float16
static inline float16 tarn_load_all_float16(global const float* place) {
  typedef float16 unaligned __attribute__((aligned(sizeof(float))));
  return *(global const unaligned*)place;
}
#endif
#ifndef HAVE_tarn_exp_within16
#define HAVE_tarn_exp_within16
static inline float16 tarn_exp_within16(float16 x) {
  const float16 shifted = fma(x, (float16)(0x1.715476p+0f), (float16)(0x1.8p23f));
  const float16 n = shifted - 0x1.8p23f;
  float16 r = fma(n, (float16)(-0x1.62e4p-1f), x);
  r = fma(n, (float16)(-0x1.7f7d1cp-20f), r);
  float16 p = fma((float16)(0x1.6a23d0p-10f), r, (float16)(0x1.123a20p-7f));
  p = fma(p, r, (float16)(0x1.5558f2p-5f));
  p = fma(p, r, (float16)(0x1.555492p-3f));
  p = fma(p, r, (float16)(0x1.fffffcp-2f));
  p = fma(p, r, (float16)(1.0f));
  p = fma(p, r, (float16)(1.0f));
#if defined(__AVX512F__) && 16 == 16
  return __builtin_ia32_scalefps512_mask(p, n, p, (ushort)0xffff, 4);
#else
  const int16 power = as_int16(shifted) - 0x4b400000;
  const int16 half_power = power >> 1;
  return p * as_float16((half_power + 127) << 23) * as_float16((power - half_power + 127) << 23);
#endif
}
#endif
#ifndef HAVE_tarn_exp16
#define HAVE_tarn_exp16
static inline float16 tarn_exp16(float16 x) {
  const float16 below = 128.0f < x ? (float16)(128.0f) : x;
  return tarn_exp_within16(-128.0f > below ? (float16)(-128.0f) : below);
}
#endif
#ifndef HAVE_tarn_store_all_float16
#define HAVE_tarn_store_all_float16
static inline void tarn_store_all_float16(float16 value, global float* place) {
  typedef float16 unaligned __attribute__((aligned(sizeof(float))));
  *(global unaligned*)place = value;
}
#endif
#ifndef HAVE_tarn_load_float16
#define HAVE_tarn_load_float16
static inline float16 tarn_load_float16(global const float* place, int m) {
#if defined(__AVX512F__) && 16 == 16
  const ushort bits = (ushort)((1u << m) - 1);
  return as_float16(__builtin_ia32_loadups512_mask((const float*)(size_t)place, (float16)(0), bits));
#else
  float t[16] = {0};
  for (int l = 0; l < m; ++l) t[l] = place[l];
  return vload16(0, t);
#endif
}
#endif
#ifndef HAVE_tarn_store_float16
#define HAVE_tarn_store_float16
static inline void tarn_store_float16(float16 value, global float* place, int m) {
#if defined(__AVX512F__) && 16 == 16
  const ushort bits = (ushort)((1u << m) - 1);
  __builtin_ia32_storeups512_mask((float*)(size_t)place, as_float16(value), bits);
#else
  float t[16];
  vstore16(value, 0, t);
  for (int l = 0; l < m; ++l) place[l] = t[l];
#endif
}
#endif
// exp(neg(relu(add(mul(x0,c0),x1))))
__attribute__((noinline)) static void tarn_map_d0d18c65f21e2d0a_item(global const float* restrict x0, global const float* restrict x1, global float* restrict y, const int16 numbers0, const int item) {
  const float c0 = as_float(numbers0.s0);
  const int n0 = numbers0.s1;
  const int tasks = numbers0.s2;
  const int blocks = numbers0.s3;
  const int block = numbers0.s4;
  const int item_0 = numbers0.s5;
  const int items = numbers0.s6;
  const int share_of_tasks = (tasks + (int)items - 1) / (int)items;
  const int task_begin = (int)item * share_of_tasks;
  const int task_end = min((int)(task_begin + share_of_tasks), tasks);
  for (int task = task_begin; task < task_end; ++task) {
    const int begin = task % blocks * block;
    const int end = min((int)(begin + block), n0);
    int i0 = begin;
    for (; i0 + 16 <= end; i0 += 16) {
      const float16 v0 = tarn_load_all_float16(x0 + i0);
      const float16 v2 = v0 * (float16)(c0);
      const float16 v3 = tarn_load_all_float16(x1 + i0);
      const float16 v4 = v2 + v3;
      const float16 v5 = v4 < (float16)(0) ? (float16)(0) : v4;
      const float16 v6 = -v5;
      const float16 v7 = tarn_exp16(v6);
      tarn_store_all_float16(v7, y + i0);
    }
    if (i0 < end) {
      const int m = (int)(end - i0);
      const float16 v0 = tarn_load_float16(x0 + i0, m);
      const float16 v2 = v0 * (float16)(c0);
      const float16 v3 = tarn_load_float16(x1 + i0, m);
      const float16 v4 = v2 + v3;
      const float16 v5 = v4 < (float16)(0) ? (float16)(0) : v4;
      const float16 v6 = -v5;
      const float16 v7 = tarn_exp16(v6);
      tarn_store_float16(v7, y + i0, m);
    }
  }
}
kernel void tarn_map_d0d18c65f21e2d0a(global const float* restrict x0, global const float* restrict x1, global float* restrict y, const int16 numbers0) {
  const float c0 = as_float(numbers0.s0);
  const int n0 = numbers0.s1;
  const int tasks = numbers0.s2;
  const int blocks = numbers0.s3;
  const int block = numbers0.s4;
  const int item_0 = numbers0.s5;
  const int items = numbers0.s6;
  const int item = (int)get_global_id(0) - item_0;
  if (item >= items) return;
  tarn_map_d0d18c65f21e2d0a_item(x0, x1, y, numbers0, item);
}
