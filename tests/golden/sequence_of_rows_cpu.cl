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
#ifndef HAVE_tarn_contract_31e5eddef9882ada_step
#define HAVE_tarn_contract_31e5eddef9882ada_step
// tanh(sum(mul(x0,x1)))
__attribute__((noinline)) static void tarn_contract_31e5eddef9882ada_step(global const float* restrict x0, global const float* restrict x1, global float* restrict y, const int tasks, const int strips, const int blocks, const int parts, const int to_strip, const int to_block, const int block, const int rows, const int n1, const int chunk, const int a_0, const int n2, const int a_2, const int b_2, const int y_0, const int item, const int items) {
  const int groups = (int)items;
  const int share = (tasks + groups - 1) / groups;
  const int task_begin = (int)item * share;
  const int task_end = min((int)(task_begin + share), (int)(tasks));
  for (int task = task_begin; task < task_end; ++task) {
    const int strip = task / to_strip % strips;
    const int row_begin = task / to_block % blocks * block;
    const int row_end = min((int)(row_begin + block), (int)(rows));
    const int batch = task / blocks / strips;
    const int part = strip % parts;
    const int first = part * chunk;
    const int columns = part == parts - 1 ? n1 - first : chunk;
    global const float* restrict b_strip = x1 + 0 + first * 1;
    global const float* restrict a_batch = x0 + 0;
    for (int row = row_begin; row < row_end; row += 8) {
      int p0;
      {
        const int r = min((int)(row + 0), (int)(row_end - 1));
        const int i0 = r;
        p0 = i0 * a_0;
      }
      int p1;
      {
        const int r = min((int)(row + 1), (int)(row_end - 1));
        const int i0 = r;
        p1 = i0 * a_0;
      }
      int p2;
      {
        const int r = min((int)(row + 2), (int)(row_end - 1));
        const int i0 = r;
        p2 = i0 * a_0;
      }
      int p3;
      {
        const int r = min((int)(row + 3), (int)(row_end - 1));
        const int i0 = r;
        p3 = i0 * a_0;
      }
      int p4;
      {
        const int r = min((int)(row + 4), (int)(row_end - 1));
        const int i0 = r;
        p4 = i0 * a_0;
      }
      int p5;
      {
        const int r = min((int)(row + 5), (int)(row_end - 1));
        const int i0 = r;
        p5 = i0 * a_0;
      }
      int p6;
      {
        const int r = min((int)(row + 6), (int)(row_end - 1));
        const int i0 = r;
        p6 = i0 * a_0;
      }
      int p7;
      {
        const int r = min((int)(row + 7), (int)(row_end - 1));
        const int i0 = r;
        p7 = i0 * a_0;
      }
      {
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
        for (int i2 = 0; i2 < n2; ++i2) {
          global const float* restrict a = a_batch + i2 * a_2;
          global const float* restrict b = b_strip + i2 * b_2;
          const float16 b0 = tarn_load_all_float16(b + 0);
          const float16 b1 = tarn_load_all_float16(b + 16);
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
          const int i0 = row + r;
          for (int v = 0; v < 2; ++v) {
            const int i1 = first + v * 16;
            const float16 v3 = sums[r * 2 + v];
            const float16 v4 = tarn_tanh16(v3);
            tarn_store_all_float16(v4, y + i0 * y_0 + i1);
          }
        }
      }
    }
  }
}
#endif
kernel void tarn_sequence_9d5cffa22d065a01(global float* b0, global float* b1, global float* b2, global float* b3, global float* b4, const int16 numbers0, const int16 numbers1) {
  const int n0_3 = numbers0.s0;
  const int n0_4 = numbers0.s1;
  const int n0_5 = numbers0.s2;
  const int n0_6 = numbers0.s3;
  const int n0_7 = numbers0.s4;
  const int n0_8 = numbers0.s5;
  const int n0_9 = numbers0.s6;
  const int n0_10 = numbers0.s7;
  const int n0_11 = numbers0.s8;
  const int n0_12 = numbers0.s9;
  const int n0_13 = numbers0.sa;
  const int n0_14 = numbers0.sb;
  const int n0_15 = numbers0.sc;
  const int n0_16 = numbers0.sd;
  const int n0_17 = numbers0.se;
  const int item_0 = numbers0.sf;
  const int items = numbers1.s0;
  const int item = (int)get_global_id(0) - item_0;
  if (item >= items) return;
  tarn_contract_31e5eddef9882ada_step(b0, b1, b2, n0_3, n0_4, n0_5, n0_6, n0_7, n0_8, n0_9, n0_10, n0_11, n0_12, n0_13, n0_14, n0_15, n0_16, n0_17, item, items);
  tarn_contract_31e5eddef9882ada_step(b2, b1, b3, n0_3, n0_4, n0_5, n0_6, n0_7, n0_8, n0_9, n0_10, n0_11, n0_12, n0_13, n0_14, n0_15, n0_16, n0_17, item, items);
  tarn_contract_31e5eddef9882ada_step(b3, b1, b2, n0_3, n0_4, n0_5, n0_6, n0_7, n0_8, n0_9, n0_10, n0_11, n0_12, n0_13, n0_14, n0_15, n0_16, n0_17, item, items);
  tarn_contract_31e5eddef9882ada_step(b2, b1, b4, n0_3, n0_4, n0_5, n0_6, n0_7, n0_8, n0_9, n0_10, n0_11, n0_12, n0_13, n0_14, n0_15, n0_16, n0_17, item, items);
}
