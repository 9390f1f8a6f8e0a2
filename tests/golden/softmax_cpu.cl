#pragma OPENCL FP_CONTRACT OFF
#ifndef HAVE_tarn_load_all_float16
#define HAVE_tarn_load_all_float16
static inline float16 tarn_load_all_float16(global const float* place) {
  typedef float16 unaligned __attribute__((aligned(sizeof(float))));
  return *(global const unaligned*)place;
}
#endif
#ifndef HAVE_tarn_maximum16
#define HAVE_tarn_maximum16
static inline float16 tarn_maximum16(float16 a, float16 b) {
#if defined(__AVX512F__) && 16 == 16
  const float16 larger = __builtin_ia32_maxps512(a, b, 4);
#else
  const float16 larger = a > b ? a : b;
#endif
  return a != a ? a : larger;
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
#ifndef HAVE_tarn_lanes16
#define HAVE_tarn_lanes16
#define tarn_lanes16 ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
#endif
#ifndef HAVE_tarn_maximum8
#define HAVE_tarn_maximum8
static inline float8 tarn_maximum8(float8 a, float8 b) {
#if defined(__AVX512F__) && 8 == 16
  const float8 larger = __builtin_ia32_maxps512(a, b, 4);
#else
  const float8 larger = a > b ? a : b;
#endif
  return a != a ? a : larger;
}
#endif
#ifndef HAVE_tarn_maximum4
#define HAVE_tarn_maximum4
static inline float4 tarn_maximum4(float4 a, float4 b) {
#if defined(__AVX512F__) && 4 == 16
  const float4 larger = __builtin_ia32_maxps512(a, b, 4);
#else
  const float4 larger = a > b ? a : b;
#endif
  return a != a ? a : larger;
}
#endif
#ifndef HAVE_tarn_maximum2
#define HAVE_tarn_maximum2
static inline float2 tarn_maximum2(float2 a, float2 b) {
#if defined(__AVX512F__) && 2 == 16
  const float2 larger = __builtin_ia32_maxps512(a, b, 4);
#else
  const float2 larger = a > b ? a : b;
#endif
  return a != a ? a : larger;
}
#endif
#ifndef HAVE_tarn_maximum
#define HAVE_tarn_maximum
static inline float tarn_maximum(float a, float b) {
#if defined(__AVX512F__) && 1 == 16
  const float larger = __builtin_ia32_maxps512(a, b, 4);
#else
  const float larger = a > b ? a : b;
#endif
  return a != a ? a : larger;
}
#endif
#ifndef HAVE_tarn_prefetch_near_float16
#define HAVE_tarn_prefetch_near_float16
static inline void tarn_prefetch_near_float16(global const float* place) {
#if defined(__x86_64__) || defined(__aarch64__)
  __builtin_prefetch((const void*)(size_t)place, 0, 3);
#endif
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
// div(exp(sub(x0,max(x0))),sum(exp(sub(x0,max(x0)))))
__attribute__((noinline)) static void tarn_reduce_13ed05896b1dd15a_item(global const float* restrict x0, global float* restrict y, const int16 numbers0, const int item) {
  const int tasks = numbers0.s0;
  const int n1 = numbers0.s1;
  const int s0_0 = numbers0.s2;
  const int next0 = numbers0.s3;
  const int y_0 = numbers0.s4;
  const int item_0 = numbers0.s5;
  const int items = numbers0.s6;
  const int share_of_tasks = (tasks + (int)items - 1) / (int)items;
  const int task_begin = (int)item * share_of_tasks;
  const int task_end = min((int)(task_begin + share_of_tasks), tasks);
  for (int task = task_begin; task < task_end; ++task) {
    const int i0 = task;
    float16 remembered[128];
    float16 a1 = (float16)(-INFINITY);
    float16 a1_1 = (float16)(-INFINITY);
    float16 a1_2 = (float16)(-INFINITY);
    float16 a1_3 = (float16)(-INFINITY);
    {
      int i1 = 0;
      const int end = n1;
      for (; i1 + 64 <= end; i1 += 64) {
        const float16 v0 = tarn_load_all_float16(x0 + i0 * s0_0 + i1);
        a1 = tarn_maximum16(a1, v0);
        const float16 v0_1 = tarn_load_all_float16(x0 + i0 * s0_0 + (i1 + 16));
        a1_1 = tarn_maximum16(a1_1, v0_1);
        const float16 v0_2 = tarn_load_all_float16(x0 + i0 * s0_0 + (i1 + 32));
        a1_2 = tarn_maximum16(a1_2, v0_2);
        const float16 v0_3 = tarn_load_all_float16(x0 + i0 * s0_0 + (i1 + 48));
        a1_3 = tarn_maximum16(a1_3, v0_3);
      }
      for (; i1 + 16 <= end; i1 += 16) {
        const float16 v0 = tarn_load_all_float16(x0 + i0 * s0_0 + i1);
        a1 = tarn_maximum16(a1, v0);
      }
      if (i1 < end) {
        const int m = (int)(end - i1);
        const float16 v0 = tarn_load_float16(x0 + i0 * s0_0 + i1, m);
        const float16 w1 = (tarn_lanes16 < (int16)(m)) ? v0 : (float16)(-INFINITY);
        a1 = tarn_maximum16(a1, w1);
      }
    }
    a1 = tarn_maximum16(a1, a1_1);
    a1_2 = tarn_maximum16(a1_2, a1_3);
    a1 = tarn_maximum16(a1, a1_2);
    const float8 h1_8 = tarn_maximum8(a1.lo, a1.hi);
    const float4 h1_4 = tarn_maximum4(h1_8.lo, h1_8.hi);
    const float2 h1_2 = tarn_maximum2(h1_4.lo, h1_4.hi);
    const float h1_1 = tarn_maximum(h1_2.x, h1_2.y);
    const float v1 = h1_1;
    float16 a4 = (float16)(0.0f);
    float16 a4_1 = (float16)(0.0f);
    float16 a4_2 = (float16)(0.0f);
    float16 a4_3 = (float16)(0.0f);
    {
      int i1 = 0;
      const int end = n1;
      for (; i1 + 64 <= end; i1 += 64) {
        tarn_prefetch_near_float16(x0 + i0 * s0_0 + i1 + next0);
        const float16 v0 = tarn_load_all_float16(x0 + i0 * s0_0 + i1);
        const float16 v2 = v0 - (float16)(v1);
        const float16 v3 = tarn_exp16(v2);
        remembered[i1 / 16] = v3;
        a4 = a4 + v3;
        tarn_prefetch_near_float16(x0 + i0 * s0_0 + (i1 + 16) + next0);
        const float16 v0_1 = tarn_load_all_float16(x0 + i0 * s0_0 + (i1 + 16));
        const float16 v2_1 = v0_1 - (float16)(v1);
        const float16 v3_1 = tarn_exp16(v2_1);
        remembered[i1 / 16 + 1] = v3_1;
        a4_1 = a4_1 + v3_1;
        tarn_prefetch_near_float16(x0 + i0 * s0_0 + (i1 + 32) + next0);
        const float16 v0_2 = tarn_load_all_float16(x0 + i0 * s0_0 + (i1 + 32));
        const float16 v2_2 = v0_2 - (float16)(v1);
        const float16 v3_2 = tarn_exp16(v2_2);
        remembered[i1 / 16 + 2] = v3_2;
        a4_2 = a4_2 + v3_2;
        tarn_prefetch_near_float16(x0 + i0 * s0_0 + (i1 + 48) + next0);
        const float16 v0_3 = tarn_load_all_float16(x0 + i0 * s0_0 + (i1 + 48));
        const float16 v2_3 = v0_3 - (float16)(v1);
        const float16 v3_3 = tarn_exp16(v2_3);
        remembered[i1 / 16 + 3] = v3_3;
        a4_3 = a4_3 + v3_3;
      }
      for (; i1 + 16 <= end; i1 += 16) {
        tarn_prefetch_near_float16(x0 + i0 * s0_0 + i1 + next0);
        const float16 v0 = tarn_load_all_float16(x0 + i0 * s0_0 + i1);
        const float16 v2 = v0 - (float16)(v1);
        const float16 v3 = tarn_exp16(v2);
        remembered[i1 / 16] = v3;
        a4 = a4 + v3;
      }
      if (i1 < end) {
        const int m = (int)(end - i1);
        const float16 v0 = tarn_load_float16(x0 + i0 * s0_0 + i1, m);
        const float16 v2 = v0 - (float16)(v1);
        const float16 v3 = tarn_exp16(v2);
        remembered[i1 / 16] = v3;
        const float16 w4 = (tarn_lanes16 < (int16)(m)) ? v3 : (float16)(0.0f);
        a4 = a4 + w4;
      }
    }
    a4 = a4 + a4_1;
    a4_2 = a4_2 + a4_3;
    a4 = a4 + a4_2;
    const float8 h4_8 = a4.lo + a4.hi;
    const float4 h4_4 = h4_8.lo + h4_8.hi;
    const float2 h4_2 = h4_4.lo + h4_4.hi;
    const float h4_1 = h4_2.x + h4_2.y;
    const float v4 = h4_1;
    const float r5 = 1.0f / v4;
    {
      int i1 = 0;
      const int end = n1;
      for (; i1 + 16 <= end; i1 += 16) {
        const float16 v3 = remembered[i1 / 16];
        const float16 q5 = v3 * (float16)(r5);
        const float16 v5 = fma(fma(-q5, (float16)(v4), v3), (float16)(r5), q5);
        tarn_store_all_float16(v5, y + i0 * y_0 + i1);
      }
      if (i1 < end) {
        const int m = (int)(end - i1);
        const float16 v3 = remembered[i1 / 16];
        const float16 q5 = v3 * (float16)(r5);
        const float16 v5 = fma(fma(-q5, (float16)(v4), v3), (float16)(r5), q5);
        tarn_store_float16(v5, y + i0 * y_0 + i1, m);
      }
    }
  }
}
kernel void tarn_reduce_13ed05896b1dd15a(global const float* restrict x0, global float* restrict y, const int16 numbers0) {
  const int tasks = numbers0.s0;
  const int n1 = numbers0.s1;
  const int s0_0 = numbers0.s2;
  const int next0 = numbers0.s3;
  const int y_0 = numbers0.s4;
  const int item_0 = numbers0.s5;
  const int items = numbers0.s6;
  const int item = (int)get_global_id(0) - item_0;
  if (item >= items) return;
  tarn_reduce_13ed05896b1dd15a_item(x0, y, numbers0, item);
}
