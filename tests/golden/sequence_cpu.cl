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
#ifndef HAVE_tarn_tanh16
#define HAVE_tarn_tanh16
static inline float16 tarn_tanh16(float16 x) {
  const float16 size = fabs(x);
  const float16 s = x * x;
  float16 p = fma((float16)(-5.70498872745e-3f), s, (float16)(2.06390887954e-2f));
  p = fma(p, s, (float16)(-5.37397155531e-2f));
  p = fma(p, s, (float16)(1.33314422036e-1f));
  p = fma(p, s, (float16)(-3.33332819422e-1f));
  const float16 small = fma(p * s, size, size);
  const float16 end = 10.0f < size ? (float16)(10.0f) : size;
  const float16 power = tarn_exp_within16(end + end);
  const float16 large = 1.0f - 2.0f / (power + 1.0f);
  return copysign(size < 0.625f ? small : large, x);
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
#ifndef HAVE_tarn_reduce_e3f3a5b152be0db5_step
#define HAVE_tarn_reduce_e3f3a5b152be0db5_step
// tanh(mul(sum(mul(x0,x1)),c0))
__attribute__((noinline)) static void tarn_reduce_e3f3a5b152be0db5_step(global const float* restrict x0, global const float* restrict x1, global float* restrict y, const float c0, const int n1, const int tasks, const int blocks, const int block, const int n2, const int s0_0, const int s0_2, const int s1_2, const int y_0, const int item, const int items) {
  const int share_of_tasks = (tasks + (int)items - 1) / (int)items;
  const int task_begin = (int)item * share_of_tasks;
  const int task_end = min((int)(task_begin + share_of_tasks), tasks);
  for (int task = task_begin; task < task_end; ++task) {
    const int i0 = task / blocks;
    const int begin = task % blocks * block;
    const int end = min((int)(begin + block), n1);
    int i1 = begin;
    for (; i1 + 256 <= end; i1 += 256) {
      float16 a3 = (float16)(0.0f);
      float16 a3_1 = (float16)(0.0f);
      float16 a3_2 = (float16)(0.0f);
      float16 a3_3 = (float16)(0.0f);
      float16 a3_4 = (float16)(0.0f);
      float16 a3_5 = (float16)(0.0f);
      float16 a3_6 = (float16)(0.0f);
      float16 a3_7 = (float16)(0.0f);
      float16 a3_8 = (float16)(0.0f);
      float16 a3_9 = (float16)(0.0f);
      float16 a3_10 = (float16)(0.0f);
      float16 a3_11 = (float16)(0.0f);
      float16 a3_12 = (float16)(0.0f);
      float16 a3_13 = (float16)(0.0f);
      float16 a3_14 = (float16)(0.0f);
      float16 a3_15 = (float16)(0.0f);
      for (int i2 = 0; i2 < n2; ++i2) {
        const float v0 = x0[i0 * s0_0 + i2 * s0_2];
        const float16 v1 = tarn_load_all_float16(x1 + i1 + i2 * s1_2);
        const float16 v2 = (float16)(v0) * v1;
        a3 = a3 + v2;
        const float16 v1_1 = tarn_load_all_float16(x1 + (i1 + 16) + i2 * s1_2);
        const float16 v2_1 = (float16)(v0) * v1_1;
        a3_1 = a3_1 + v2_1;
        const float16 v1_2 = tarn_load_all_float16(x1 + (i1 + 32) + i2 * s1_2);
        const float16 v2_2 = (float16)(v0) * v1_2;
        a3_2 = a3_2 + v2_2;
        const float16 v1_3 = tarn_load_all_float16(x1 + (i1 + 48) + i2 * s1_2);
        const float16 v2_3 = (float16)(v0) * v1_3;
        a3_3 = a3_3 + v2_3;
        const float16 v1_4 = tarn_load_all_float16(x1 + (i1 + 64) + i2 * s1_2);
        const float16 v2_4 = (float16)(v0) * v1_4;
        a3_4 = a3_4 + v2_4;
        const float16 v1_5 = tarn_load_all_float16(x1 + (i1 + 80) + i2 * s1_2);
        const float16 v2_5 = (float16)(v0) * v1_5;
        a3_5 = a3_5 + v2_5;
        const float16 v1_6 = tarn_load_all_float16(x1 + (i1 + 96) + i2 * s1_2);
        const float16 v2_6 = (float16)(v0) * v1_6;
        a3_6 = a3_6 + v2_6;
        const float16 v1_7 = tarn_load_all_float16(x1 + (i1 + 112) + i2 * s1_2);
        const float16 v2_7 = (float16)(v0) * v1_7;
        a3_7 = a3_7 + v2_7;
        const float16 v1_8 = tarn_load_all_float16(x1 + (i1 + 128) + i2 * s1_2);
        const float16 v2_8 = (float16)(v0) * v1_8;
        a3_8 = a3_8 + v2_8;
        const float16 v1_9 = tarn_load_all_float16(x1 + (i1 + 144) + i2 * s1_2);
        const float16 v2_9 = (float16)(v0) * v1_9;
        a3_9 = a3_9 + v2_9;
        const float16 v1_10 = tarn_load_all_float16(x1 + (i1 + 160) + i2 * s1_2);
        const float16 v2_10 = (float16)(v0) * v1_10;
        a3_10 = a3_10 + v2_10;
        const float16 v1_11 = tarn_load_all_float16(x1 + (i1 + 176) + i2 * s1_2);
        const float16 v2_11 = (float16)(v0) * v1_11;
        a3_11 = a3_11 + v2_11;
        const float16 v1_12 = tarn_load_all_float16(x1 + (i1 + 192) + i2 * s1_2);
        const float16 v2_12 = (float16)(v0) * v1_12;
        a3_12 = a3_12 + v2_12;
        const float16 v1_13 = tarn_load_all_float16(x1 + (i1 + 208) + i2 * s1_2);
        const float16 v2_13 = (float16)(v0) * v1_13;
        a3_13 = a3_13 + v2_13;
        const float16 v1_14 = tarn_load_all_float16(x1 + (i1 + 224) + i2 * s1_2);
        const float16 v2_14 = (float16)(v0) * v1_14;
        a3_14 = a3_14 + v2_14;
        const float16 v1_15 = tarn_load_all_float16(x1 + (i1 + 240) + i2 * s1_2);
        const float16 v2_15 = (float16)(v0) * v1_15;
        a3_15 = a3_15 + v2_15;
      }
      const float16 v3 = a3;
      const float16 v3_1 = a3_1;
      const float16 v3_2 = a3_2;
      const float16 v3_3 = a3_3;
      const float16 v3_4 = a3_4;
      const float16 v3_5 = a3_5;
      const float16 v3_6 = a3_6;
      const float16 v3_7 = a3_7;
      const float16 v3_8 = a3_8;
      const float16 v3_9 = a3_9;
      const float16 v3_10 = a3_10;
      const float16 v3_11 = a3_11;
      const float16 v3_12 = a3_12;
      const float16 v3_13 = a3_13;
      const float16 v3_14 = a3_14;
      const float16 v3_15 = a3_15;
      const float16 v5 = v3 * (float16)(c0);
      const float16 v5_1 = v3_1 * (float16)(c0);
      const float16 v5_2 = v3_2 * (float16)(c0);
      const float16 v5_3 = v3_3 * (float16)(c0);
      const float16 v5_4 = v3_4 * (float16)(c0);
      const float16 v5_5 = v3_5 * (float16)(c0);
      const float16 v5_6 = v3_6 * (float16)(c0);
      const float16 v5_7 = v3_7 * (float16)(c0);
      const float16 v5_8 = v3_8 * (float16)(c0);
      const float16 v5_9 = v3_9 * (float16)(c0);
      const float16 v5_10 = v3_10 * (float16)(c0);
      const float16 v5_11 = v3_11 * (float16)(c0);
      const float16 v5_12 = v3_12 * (float16)(c0);
      const float16 v5_13 = v3_13 * (float16)(c0);
      const float16 v5_14 = v3_14 * (float16)(c0);
      const float16 v5_15 = v3_15 * (float16)(c0);
      const float16 v6 = tarn_tanh16(v5);
      const float16 v6_1 = tarn_tanh16(v5_1);
      const float16 v6_2 = tarn_tanh16(v5_2);
      const float16 v6_3 = tarn_tanh16(v5_3);
      const float16 v6_4 = tarn_tanh16(v5_4);
      const float16 v6_5 = tarn_tanh16(v5_5);
      const float16 v6_6 = tarn_tanh16(v5_6);
      const float16 v6_7 = tarn_tanh16(v5_7);
      const float16 v6_8 = tarn_tanh16(v5_8);
      const float16 v6_9 = tarn_tanh16(v5_9);
      const float16 v6_10 = tarn_tanh16(v5_10);
      const float16 v6_11 = tarn_tanh16(v5_11);
      const float16 v6_12 = tarn_tanh16(v5_12);
      const float16 v6_13 = tarn_tanh16(v5_13);
      const float16 v6_14 = tarn_tanh16(v5_14);
      const float16 v6_15 = tarn_tanh16(v5_15);
      tarn_store_all_float16(v6, y + i0 * y_0 + i1);
      tarn_store_all_float16(v6_1, y + i0 * y_0 + (i1 + 16));
      tarn_store_all_float16(v6_2, y + i0 * y_0 + (i1 + 32));
      tarn_store_all_float16(v6_3, y + i0 * y_0 + (i1 + 48));
      tarn_store_all_float16(v6_4, y + i0 * y_0 + (i1 + 64));
      tarn_store_all_float16(v6_5, y + i0 * y_0 + (i1 + 80));
      tarn_store_all_float16(v6_6, y + i0 * y_0 + (i1 + 96));
      tarn_store_all_float16(v6_7, y + i0 * y_0 + (i1 + 112));
      tarn_store_all_float16(v6_8, y + i0 * y_0 + (i1 + 128));
      tarn_store_all_float16(v6_9, y + i0 * y_0 + (i1 + 144));
      tarn_store_all_float16(v6_10, y + i0 * y_0 + (i1 + 160));
      tarn_store_all_float16(v6_11, y + i0 * y_0 + (i1 + 176));
      tarn_store_all_float16(v6_12, y + i0 * y_0 + (i1 + 192));
      tarn_store_all_float16(v6_13, y + i0 * y_0 + (i1 + 208));
      tarn_store_all_float16(v6_14, y + i0 * y_0 + (i1 + 224));
      tarn_store_all_float16(v6_15, y + i0 * y_0 + (i1 + 240));
    }
    for (; i1 + 64 <= end; i1 += 64) {
      float16 a3 = (float16)(0.0f);
      float16 a3_1 = (float16)(0.0f);
      float16 a3_2 = (float16)(0.0f);
      float16 a3_3 = (float16)(0.0f);
      for (int i2 = 0; i2 < n2; ++i2) {
        const float v0 = x0[i0 * s0_0 + i2 * s0_2];
        const float16 v1 = tarn_load_all_float16(x1 + i1 + i2 * s1_2);
        const float16 v2 = (float16)(v0) * v1;
        a3 = a3 + v2;
        const float16 v1_1 = tarn_load_all_float16(x1 + (i1 + 16) + i2 * s1_2);
        const float16 v2_1 = (float16)(v0) * v1_1;
        a3_1 = a3_1 + v2_1;
        const float16 v1_2 = tarn_load_all_float16(x1 + (i1 + 32) + i2 * s1_2);
        const float16 v2_2 = (float16)(v0) * v1_2;
        a3_2 = a3_2 + v2_2;
        const float16 v1_3 = tarn_load_all_float16(x1 + (i1 + 48) + i2 * s1_2);
        const float16 v2_3 = (float16)(v0) * v1_3;
        a3_3 = a3_3 + v2_3;
      }
      const float16 v3 = a3;
      const float16 v3_1 = a3_1;
      const float16 v3_2 = a3_2;
      const float16 v3_3 = a3_3;
      const float16 v5 = v3 * (float16)(c0);
      const float16 v5_1 = v3_1 * (float16)(c0);
      const float16 v5_2 = v3_2 * (float16)(c0);
      const float16 v5_3 = v3_3 * (float16)(c0);
      const float16 v6 = tarn_tanh16(v5);
      const float16 v6_1 = tarn_tanh16(v5_1);
      const float16 v6_2 = tarn_tanh16(v5_2);
      const float16 v6_3 = tarn_tanh16(v5_3);
      tarn_store_all_float16(v6, y + i0 * y_0 + i1);
      tarn_store_all_float16(v6_1, y + i0 * y_0 + (i1 + 16));
      tarn_store_all_float16(v6_2, y + i0 * y_0 + (i1 + 32));
      tarn_store_all_float16(v6_3, y + i0 * y_0 + (i1 + 48));
    }
    for (; i1 + 16 <= end; i1 += 16) {
      float16 a3 = (float16)(0.0f);
      for (int i2 = 0; i2 < n2; ++i2) {
        const float v0 = x0[i0 * s0_0 + i2 * s0_2];
        const float16 v1 = tarn_load_all_float16(x1 + i1 + i2 * s1_2);
        const float16 v2 = (float16)(v0) * v1;
        a3 = a3 + v2;
      }
      const float16 v3 = a3;
      const float16 v5 = v3 * (float16)(c0);
      const float16 v6 = tarn_tanh16(v5);
      tarn_store_all_float16(v6, y + i0 * y_0 + i1);
    }
    if (i1 < end) {
      const int m = (int)(end - i1);
      float16 a3 = (float16)(0.0f);
      for (int i2 = 0; i2 < n2; ++i2) {
        const float v0 = x0[i0 * s0_0 + i2 * s0_2];
        const float16 v1 = tarn_load_float16(x1 + i1 + i2 * s1_2, m);
        const float16 v2 = (float16)(v0) * v1;
        a3 = a3 + v2;
      }
      const float16 v3 = a3;
      const float16 v5 = v3 * (float16)(c0);
      const float16 v6 = tarn_tanh16(v5);
      tarn_store_float16(v6, y + i0 * y_0 + i1, m);
    }
  }
}
#endif
kernel void tarn_sequence_4e51cfdc0bfe9b3d(global float* b0, global float* b1, global float* b2, global float* b3, global float* b4, const int16 numbers0) {
  const float c0 = as_float(numbers0.s0);
  const int n0_4 = numbers0.s1;
  const int n0_5 = numbers0.s2;
  const int n0_6 = numbers0.s3;
  const int n0_7 = numbers0.s4;
  const int n0_8 = numbers0.s5;
  const int n0_9 = numbers0.s6;
  const int n0_10 = numbers0.s7;
  const int n0_11 = numbers0.s8;
  const int n0_12 = numbers0.s9;
  const float c1 = as_float(numbers0.sa);
  const float c2 = as_float(numbers0.sb);
  const float c3 = as_float(numbers0.sc);
  const int item_0 = numbers0.sd;
  const int items = numbers0.se;
  const int item = (int)get_global_id(0) - item_0;
  if (item >= items) return;
  tarn_reduce_e3f3a5b152be0db5_step(b0, b1, b2, c0, n0_4, n0_5, n0_6, n0_7, n0_8, n0_9, n0_10, n0_11, n0_12, item, items);
  tarn_reduce_e3f3a5b152be0db5_step(b2, b1, b3, c1, n0_4, n0_5, n0_6, n0_7, n0_8, n0_9, n0_10, n0_11, n0_12, item, items);
  tarn_reduce_e3f3a5b152be0db5_step(b3, b1, b2, c2, n0_4, n0_5, n0_6, n0_7, n0_8, n0_9, n0_10, n0_11, n0_12, item, items);
  tarn_reduce_e3f3a5b152be0db5_step(b2, b1, b4, c3, n0_4, n0_5, n0_6, n0_7, n0_8, n0_9, n0_10, n0_11, n0_12, item, items);
}
