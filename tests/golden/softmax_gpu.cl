#pragma OPENCL FP_CONTRACT OFF
#ifndef HAVE_tarn_exp
#define HAVE_tarn_exp
static inline float tarn_exp(float x) {
  const float below = 128.0f < x ? (float)(128.0f) : x;
  const float within = -128.0f > below ? (float)(-128.0f) : below;
  const float shifted = fma(within, (float)(0x1.715476p+0f), (float)(0x1.8p23f));
  const float n = shifted - 0x1.8p23f;
  float r = fma(n, (float)(-0x1.62e4p-1f), within);
  r = fma(n, (float)(-0x1.7f7d1cp-20f), r);
  float p = fma((float)(1.9875691500e-4f), r, (float)(1.3981999507e-3f));
  p = fma(p, r, (float)(8.3334519073e-3f));
  p = fma(p, r, (float)(4.1665795894e-2f));
  p = fma(p, r, (float)(1.6666665459e-1f));
  p = fma(p, r, (float)(5.0000001201e-1f));
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
// div(exp(sub(x0,max(x0))),sum(exp(sub(x0,max(x0)))))
kernel void tarn_reduce_508f3e4d95ba94a9(global const float* restrict x0, global float* restrict y, const int tasks, const int n1, const int s0_0, const int y_0) {
  const int item = get_global_id(0), items = get_global_size(0);
  for (int task = (int)item; task < tasks; task += (int)items) {
    const int i0 = task;
    float a1 = -INFINITY;
    {
      for (int i1_block = 0; i1_block < n1; i1_block += 32768) {
        int i1 = i1_block;
        const int end = min((int)(i1_block + 32768), n1);
        for (; i1 + 1 <= end; i1 += 1) {
          const float v0 = x0[i0 * s0_0 + (i1 + 0)];
          a1 = a1 != a1 ? a1 : (a1 > v0 ? a1 : v0);
        }
      }
    }
    const float v1 = a1;
    float a4 = 0.0f;
    {
      for (int i1_block = 0; i1_block < n1; i1_block += 32768) {
        int i1 = i1_block;
        const int end = min((int)(i1_block + 32768), n1);
        for (; i1 + 1 <= end; i1 += 1) {
          const float v0 = x0[i0 * s0_0 + (i1 + 0)];
          const float v2 = v0 - v1;
          const float v3 = tarn_exp(v2);
          a4 = a4 + v3;
        }
      }
    }
    const float v4 = a4;
    {
      for (int i1_block = 0; i1_block < n1; i1_block += 32768) {
        int i1 = i1_block;
        const int end = min((int)(i1_block + 32768), n1);
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
}
