#pragma OPENCL FP_CONTRACT OFF
#ifndef HAVE_tarn_load_all_float16
#define HAVE_tarn_load_all_float16
static inline float16 tarn_load_all_float16(global const float* place) {
  typedef float16 unaligned __attribute__((aligned(sizeof(float))));
  return *(global const unaligned*)place;
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
#ifndef HAVE_tarn_transpose
#define HAVE_tarn_transpose
static inline void tarn_transpose(float16* t) {
  float16 s[16];
#pragma unroll
  for (int round = 0; round < 2; ++round) {
#pragma unroll
    for (int i = 0; i < 8; ++i) {
      s[2 * i].even = t[i].lo;
      s[2 * i].odd = t[i + 8].lo;
      s[2 * i + 1].even = t[i].hi;
      s[2 * i + 1].odd = t[i + 8].hi;
    }
#pragma unroll
    for (int i = 0; i < 8; ++i) {
      t[2 * i].even = s[i].lo;
      t[2 * i].odd = s[i + 8].lo;
      t[2 * i + 1].even = s[i].hi;
      t[2 * i + 1].odd = s[i + 8].hi;
    }
  }
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
// attention: sum(mul(add(sum(mul(x0,x1)),x2),x3))
__attribute__((noinline)) static void tarn_attention_e3fbf20de4583c2c_item(global const float* restrict x0, global const float* restrict x1, global const float* restrict x2, global const float* restrict x3, global float* restrict y, const int16 numbers0, const int item) {
  const int tasks = numbers0.s0;
  const int blocks = numbers0.s1;
  const int n0 = numbers0.s2;
  const int n3 = numbers0.s3;
  const int q_0 = numbers0.s4;
  const int n1 = numbers0.s5;
  const int n2 = numbers0.s6;
  const int a_2 = numbers0.s7;
  const int a_3 = numbers0.s8;
  const int s4_0 = numbers0.s9;
  const int s4_2 = numbers0.sa;
  const int a_1 = numbers0.sb;
  const int v_2 = numbers0.sc;
  const int y_0 = numbers0.sd;
  const int item_0 = numbers0.se;
  const int items = numbers0.sf;
  float16 queries[512];
  float16 scores[256];
  float16 mixed[512];
  const int groups = (int)items;
  const int share = (tasks + groups - 1) / groups;
  const int task_begin = (int)item * share;
  const int task_end = min((int)(task_begin + share), (int)(tasks));
  for (int task = task_begin; task < task_end; ++task) {
    const int query = task % blocks * 32;
    const int query_end = min((int)(query + 32), (int)(n0));
    const int batch = task / blocks;
    for (int v = 0; v < 2; ++v) {
      for (int i3 = 0; i3 < n3; i3 += 16) {
        const int m = (int)min((int)(16), (int)(n3 - i3));
        float16 t[16];
        for (int l = 0; l < 16; ++l) {
          const int i0 = min((int)(query + v * 16 + l), (int)(query_end - 1));
          global const float* restrict place = x0 + i0 * q_0 + i3;
          t[l] = m == 16 ? tarn_load_all_float16(place) : tarn_load_float16(place, m);
        }
        tarn_transpose(t);
        for (int l = 0; l < 16; ++l) queries[(i3 + l) * 2 + v] = t[l];
      }
    }
    float16 largest0 = -INFINITY;
    float16 total0 = 0;
    float16 largest1 = -INFINITY;
    float16 total1 = 0;
    for (int i = 0; i < (n1 + 15) / 16 * 16 * 2; ++i) mixed[i] = 0;
    for (int row_begin = 0; row_begin < n2; row_begin += 128) {
      const int row_end = min((int)(row_begin + 128), (int)(n2));
      const int keys = (int)(row_end - row_begin);
      {
        global const float* restrict a_batch = x1 + 0;
        for (int row = row_begin; row < row_end; row += 8) {
          int p0;
          {
            const int r = min((int)(row + 0), (int)(row_end - 1));
            const int i2 = r;
            p0 = i2 * a_2;
          }
          int p1;
          {
            const int r = min((int)(row + 1), (int)(row_end - 1));
            const int i2 = r;
            p1 = i2 * a_2;
          }
          int p2;
          {
            const int r = min((int)(row + 2), (int)(row_end - 1));
            const int i2 = r;
            p2 = i2 * a_2;
          }
          int p3;
          {
            const int r = min((int)(row + 3), (int)(row_end - 1));
            const int i2 = r;
            p3 = i2 * a_2;
          }
          int p4;
          {
            const int r = min((int)(row + 4), (int)(row_end - 1));
            const int i2 = r;
            p4 = i2 * a_2;
          }
          int p5;
          {
            const int r = min((int)(row + 5), (int)(row_end - 1));
            const int i2 = r;
            p5 = i2 * a_2;
          }
          int p6;
          {
            const int r = min((int)(row + 6), (int)(row_end - 1));
            const int i2 = r;
            p6 = i2 * a_2;
          }
          int p7;
          {
            const int r = min((int)(row + 7), (int)(row_end - 1));
            const int i2 = r;
            p7 = i2 * a_2;
          }
          float16 sum0_0 = 0;
          float16 sum0_1 = 0;
          float16 sum1_0 = 0;
          float16 sum1_1 = 0;
          float16 sum2_0 = 0;
          float16 sum2_1 = 0;
          float16 sum3_0 = 0;
          float16 sum3_1 = 0;
          float16 sum4_0 = 0;
          float16 sum4_1 = 0;
          float16 sum5_0 = 0;
          float16 sum5_1 = 0;
          float16 sum6_0 = 0;
          float16 sum6_1 = 0;
          float16 sum7_0 = 0;
          float16 sum7_1 = 0;
          for (int i3 = 0; i3 < n3; ++i3) {
            global const float* restrict a = a_batch + i3 * a_3;
            const float16 b0 = queries[(i3) * 2 + 0];
            const float16 b1 = queries[(i3) * 2 + 1];
            sum0_0 = fma((float16)(a[p0]), b0, sum0_0);
            sum0_1 = fma((float16)(a[p0]), b1, sum0_1);
            sum1_0 = fma((float16)(a[p1]), b0, sum1_0);
            sum1_1 = fma((float16)(a[p1]), b1, sum1_1);
            sum2_0 = fma((float16)(a[p2]), b0, sum2_0);
            sum2_1 = fma((float16)(a[p2]), b1, sum2_1);
            sum3_0 = fma((float16)(a[p3]), b0, sum3_0);
            sum3_1 = fma((float16)(a[p3]), b1, sum3_1);
            sum4_0 = fma((float16)(a[p4]), b0, sum4_0);
            sum4_1 = fma((float16)(a[p4]), b1, sum4_1);
            sum5_0 = fma((float16)(a[p5]), b0, sum5_0);
            sum5_1 = fma((float16)(a[p5]), b1, sum5_1);
            sum6_0 = fma((float16)(a[p6]), b0, sum6_0);
            sum6_1 = fma((float16)(a[p6]), b1, sum6_1);
            sum7_0 = fma((float16)(a[p7]), b0, sum7_0);
            sum7_1 = fma((float16)(a[p7]), b1, sum7_1);
          }
          const float16 sums[16] = {sum0_0, sum0_1, sum1_0, sum1_1, sum2_0, sum2_1, sum3_0, sum3_1, sum4_0, sum4_1, sum5_0, sum5_1, sum6_0, sum6_1, sum7_0, sum7_1};
          for (int r = 0; r < (int)min((int)(8), (int)(row_end - row)); ++r) {
            const int i2 = row + r;
            for (int v = 0; v < 2; ++v) {
              const int i0 = query + v * 16;
              const float16 v3 = sums[r * 2 + v];
              const int m = (int)min((int)(16), (int)(query_end - i0));
              if (m == 16) {
                float16 v4;
                {
                  float t[16];
                  for (int l = 0; l < 16; ++l) t[l] = x2[(i0 + l) * s4_0 + i2 * s4_2];
                  v4 = vload16(0, t);
                }
                const float16 v5 = v3 + v4;
                scores[(row + r - row_begin) * 2 + v] = v5;
              } else if (m > 0) {
                float16 v4;
                {
                  float t[16] = {0};
                  for (int l = 0; l < m; ++l) t[l] = x2[(i0 + l) * s4_0 + i2 * s4_2];
                  v4 = vload16(0, t);
                }
                const float16 v5 = v3 + v4;
                scores[(row + r - row_begin) * 2 + v] = v5;
              } else {
                scores[(row + r - row_begin) * 2 + v] = 0;
              }
            }
          }
        }
      }
      float16 high0 = largest0;
      float16 high1 = largest1;
      for (int key = 0; key < keys; ++key) {
        high0 = tarn_maximum16(high0, scores[(key) * 2 + 0]);
        high1 = tarn_maximum16(high1, scores[(key) * 2 + 1]);
      }
      const float16 shift0 = high0 == -INFINITY ? (float16)(0.0f) : high0;
      const float16 shift1 = high1 == -INFINITY ? (float16)(0.0f) : high1;
      const float16 scale0 = tarn_exp16(largest0 - shift0);
      const float16 scale1 = tarn_exp16(largest1 - shift1);
      largest0 = high0;
      largest1 = high1;
      total0 *= scale0;
      total1 *= scale1;
      for (int key = 0; key < keys; ++key) {
        const float16 e0 = tarn_exp16(scores[(key) * 2 + 0] - shift0);
        const float16 e1 = tarn_exp16(scores[(key) * 2 + 1] - shift1);
        scores[(key) * 2 + 0] = e0;
        scores[(key) * 2 + 1] = e1;
        total0 += e0;
        total1 += e1;
      }
      {
        global const float* restrict a_batch = x3 + 0;
        const int first_key = row_begin;
        const int last_key = row_end;
        {
          const int row_begin = 0;
          const int row_end = n1;
          for (int row = row_begin; row < row_end; row += 8) {
            int p0;
            {
              const int r = min((int)(row + 0), (int)(row_end - 1));
              const int i1 = r;
              p0 = i1 * a_1;
            }
            int p1;
            {
              const int r = min((int)(row + 1), (int)(row_end - 1));
              const int i1 = r;
              p1 = i1 * a_1;
            }
            int p2;
            {
              const int r = min((int)(row + 2), (int)(row_end - 1));
              const int i1 = r;
              p2 = i1 * a_1;
            }
            int p3;
            {
              const int r = min((int)(row + 3), (int)(row_end - 1));
              const int i1 = r;
              p3 = i1 * a_1;
            }
            int p4;
            {
              const int r = min((int)(row + 4), (int)(row_end - 1));
              const int i1 = r;
              p4 = i1 * a_1;
            }
            int p5;
            {
              const int r = min((int)(row + 5), (int)(row_end - 1));
              const int i1 = r;
              p5 = i1 * a_1;
            }
            int p6;
            {
              const int r = min((int)(row + 6), (int)(row_end - 1));
              const int i1 = r;
              p6 = i1 * a_1;
            }
            int p7;
            {
              const int r = min((int)(row + 7), (int)(row_end - 1));
              const int i1 = r;
              p7 = i1 * a_1;
            }
            float16 sum0_0 = mixed[(row + 0) * 2 + 0] * scale0;
            float16 sum0_1 = mixed[(row + 0) * 2 + 1] * scale1;
            float16 sum1_0 = mixed[(row + 1) * 2 + 0] * scale0;
            float16 sum1_1 = mixed[(row + 1) * 2 + 1] * scale1;
            float16 sum2_0 = mixed[(row + 2) * 2 + 0] * scale0;
            float16 sum2_1 = mixed[(row + 2) * 2 + 1] * scale1;
            float16 sum3_0 = mixed[(row + 3) * 2 + 0] * scale0;
            float16 sum3_1 = mixed[(row + 3) * 2 + 1] * scale1;
            float16 sum4_0 = mixed[(row + 4) * 2 + 0] * scale0;
            float16 sum4_1 = mixed[(row + 4) * 2 + 1] * scale1;
            float16 sum5_0 = mixed[(row + 5) * 2 + 0] * scale0;
            float16 sum5_1 = mixed[(row + 5) * 2 + 1] * scale1;
            float16 sum6_0 = mixed[(row + 6) * 2 + 0] * scale0;
            float16 sum6_1 = mixed[(row + 6) * 2 + 1] * scale1;
            float16 sum7_0 = mixed[(row + 7) * 2 + 0] * scale0;
            float16 sum7_1 = mixed[(row + 7) * 2 + 1] * scale1;
            for (int i2 = first_key; i2 < last_key; ++i2) {
              global const float* restrict a = a_batch + i2 * v_2;
              const float16 b0 = scores[(i2 - first_key) * 2 + 0];
              const float16 b1 = scores[(i2 - first_key) * 2 + 1];
              sum0_0 = fma((float16)(a[p0]), b0, sum0_0);
              sum0_1 = fma((float16)(a[p0]), b1, sum0_1);
              sum1_0 = fma((float16)(a[p1]), b0, sum1_0);
              sum1_1 = fma((float16)(a[p1]), b1, sum1_1);
              sum2_0 = fma((float16)(a[p2]), b0, sum2_0);
              sum2_1 = fma((float16)(a[p2]), b1, sum2_1);
              sum3_0 = fma((float16)(a[p3]), b0, sum3_0);
              sum3_1 = fma((float16)(a[p3]), b1, sum3_1);
              sum4_0 = fma((float16)(a[p4]), b0, sum4_0);
              sum4_1 = fma((float16)(a[p4]), b1, sum4_1);
              sum5_0 = fma((float16)(a[p5]), b0, sum5_0);
              sum5_1 = fma((float16)(a[p5]), b1, sum5_1);
              sum6_0 = fma((float16)(a[p6]), b0, sum6_0);
              sum6_1 = fma((float16)(a[p6]), b1, sum6_1);
              sum7_0 = fma((float16)(a[p7]), b0, sum7_0);
              sum7_1 = fma((float16)(a[p7]), b1, sum7_1);
            }
            mixed[(row + 0) * 2 + 0] = sum0_0;
            mixed[(row + 0) * 2 + 1] = sum0_1;
            mixed[(row + 1) * 2 + 0] = sum1_0;
            mixed[(row + 1) * 2 + 1] = sum1_1;
            mixed[(row + 2) * 2 + 0] = sum2_0;
            mixed[(row + 2) * 2 + 1] = sum2_1;
            mixed[(row + 3) * 2 + 0] = sum3_0;
            mixed[(row + 3) * 2 + 1] = sum3_1;
            mixed[(row + 4) * 2 + 0] = sum4_0;
            mixed[(row + 4) * 2 + 1] = sum4_1;
            mixed[(row + 5) * 2 + 0] = sum5_0;
            mixed[(row + 5) * 2 + 1] = sum5_1;
            mixed[(row + 6) * 2 + 0] = sum6_0;
            mixed[(row + 6) * 2 + 1] = sum6_1;
            mixed[(row + 7) * 2 + 0] = sum7_0;
            mixed[(row + 7) * 2 + 1] = sum7_1;
          }
        }
      }
    }
    const float16 inverse[2] = {1.0f / total0, 1.0f / total1};
    for (int v = 0; v < 2; ++v) {
      for (int i1 = 0; i1 < n1; i1 += 16) {
        const int m = (int)min((int)(16), (int)(n1 - i1));
        float16 t[16];
        for (int l = 0; l < 16; ++l) t[l] = mixed[(i1 + l) * 2 + v] * inverse[v];
        tarn_transpose(t);
        for (int r = 0; r < 16 && query + v * 16 + r < query_end; ++r) {
          const int i0 = query + v * 16 + r;
          const float16 v8 = t[r];
          if (m == 16) {
            tarn_store_all_float16(v8, y + i0 * y_0 + i1);
          } else {
            tarn_store_float16(v8, y + i0 * y_0 + i1, m);
          }
        }
      }
    }
  }
}
kernel void tarn_attention_e3fbf20de4583c2c(global const float* restrict x0, global const float* restrict x1, global const float* restrict x2, global const float* restrict x3, global float* restrict y, const int16 numbers0) {
  const int tasks = numbers0.s0;
  const int blocks = numbers0.s1;
  const int n0 = numbers0.s2;
  const int n3 = numbers0.s3;
  const int q_0 = numbers0.s4;
  const int n1 = numbers0.s5;
  const int n2 = numbers0.s6;
  const int a_2 = numbers0.s7;
  const int a_3 = numbers0.s8;
  const int s4_0 = numbers0.s9;
  const int s4_2 = numbers0.sa;
  const int a_1 = numbers0.sb;
  const int v_2 = numbers0.sc;
  const int y_0 = numbers0.sd;
  const int item_0 = numbers0.se;
  const int items = numbers0.sf;
  const int item = (int)get_global_id(0) - item_0;
  if (item >= items) return;
  tarn_attention_e3fbf20de4583c2c_item(x0, x1, x2, x3, y, numbers0, item);
}
