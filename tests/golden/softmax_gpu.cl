#pragma OPENCL FP_CONTRACT OFF
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
#ifndef HAVE_tarn_exp_within
#define HAVE_tarn_exp_within
static inline float tarn_exp_within(float x) {
  const float shifted = fma(x, (float)(0x1.715476p+0f), (float)(0x1.8p23f));
  const float n = shifted - 0x1.8p23f;
  float r = fma(n, (float)(-0x1.62e4p-1f), x);
  r = fma(n, (float)(-0x1.7f7d1cp-20f), r);
  float p = fma((float)(0x1.6a23d0p-10f), r, (float)(0x1.123a20p-7f));
  p = fma(p, r, (float)(0x1.5558f2p-5f));
  p = fma(p, r, (float)(0x1.555492p-3f));
  p = fma(p, r, (float)(0x1.fffffcp-2f));
  p = fma(p, r, (float)(1.0f));
  p = fma(p, r, (float)(1.0f));
#if defined(__AVX512F__) && 1 == 16
  return __builtin_ia32_scalefps512_mask(p, n, p, (ushort)0xffff, 4);
#else
  const int power = as_int(shifted) - 0x4b400000;
  const int half_power = power >> 1;
  return p * as_float((half_power + 127) << 23) * as_float((power - half_power + 127) << 23);
#endif
}
#endif
#ifndef HAVE_tarn_exp
#define HAVE_tarn_exp
static inline float tarn_exp(float x) {
  const float below = 128.0f < x ? (float)(128.0f) : x;
  return tarn_exp_within(-128.0f > below ? (float)(-128.0f) : below);
}
#endif
// div(exp(sub(x0,max(x0))),sum(exp(sub(x0,max(x0)))))
kernel void tarn_reduce_60a580df1693631e(global const float* restrict x0, global float* restrict y, const int16 numbers0) {
  const int tasks = numbers0.s0;
  const int n1 = numbers0.s1;
  const int s0_0 = numbers0.s2;
  const int y_0 = numbers0.s3;
  const int item_0 = numbers0.s4;
  const int items = numbers0.s5;
  const int item = (int)get_global_id(0) - item_0;
  if (item >= items) return;
  for (int task = (int)item; task < tasks; task += (int)items) {
    const int i0 = task;
    float a1 = -INFINITY;
    {
      int i1 = 0;
      const int end = n1;
      for (; i1 + 1 <= end; i1 += 1) {
        const float v0 = x0[i0 * s0_0 + (i1 + 0)];
        a1 = tarn_maximum(a1, v0);
      }
    }
    const float v1 = a1;
    float a4 = 0.0f;
    {
      int i1 = 0;
      const int end = n1;
      for (; i1 + 1 <= end; i1 += 1) {
        const float v0 = x0[i0 * s0_0 + (i1 + 0)];
        const float v2 = v0 - v1;
        const float v3 = tarn_exp(v2);
        a4 = a4 + v3;
      }
    }
    const float v4 = a4;
    {
      int i1 = 0;
      const int end = n1;
      for (; i1 + 1 <= end; i1 += 1) {
        const float v0 = x0[i0 * s0_0 + (i1 + 0)];
        const float v2 = v0 - v1;
        const float v3 = tarn_exp(v2);
        const float v5 = v3 / v4;
        y[i0 * y_0 + (i1 + 0)] = v5;
      }
    }
  }
}
