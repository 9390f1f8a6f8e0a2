#pragma OPENCL FP_CONTRACT OFF
#ifndef HAVE_tarn_load_all_float16
#define HAVE_tarn_load_all_float16
static inline float16 tarn_load_all_float16(global const float* place) {
  typedef float16 unaligned __attribute__((aligned(sizeof(float))));
  return *(global const unaligned*)place;
}
#endif
#ifndef HAVE_tarn_store_all_float16
#define HAVE_tarn_store_all_float16
static inline void tarn_store_all_float16(float16 value, global float* place) {
  typedef float16 unaligned __attribute__((aligned(sizeof(float))));
  *(global unaligned*)place = value;
}
#endif
// sum(mul(x0,x1))
__attribute__((noinline)) static void tarn_contract_086fa28624a49282_item(global const float* restrict x0, global const float* restrict x1, global float* restrict y, const int16 numbers0, const int16 numbers1, const int item) {
  const int tasks = numbers0.s0;
  const int strips = numbers0.s1;
  const int blocks = numbers0.s2;
  const int parts = numbers0.s3;
  const int to_strip = numbers0.s4;
  const int to_block = numbers0.s5;
  const int block = numbers0.s6;
  const int rows = numbers0.s7;
  const int n2 = numbers0.s8;
  const int chunk = numbers0.s9;
  const int b_1 = numbers0.sa;
  const int a_0 = numbers0.sb;
  const int a_3 = numbers0.sc;
  const int a_4 = numbers0.sd;
  const int a_5 = numbers0.se;
  const int b_3 = numbers0.sf;
  const int b_4 = numbers1.s0;
  const int b_5 = numbers1.s1;
  const int y_0 = numbers1.s2;
  const int y_1 = numbers1.s3;
  const int item_0 = numbers1.s4;
  const int items = numbers1.s5;
  const int groups = (int)items;
  const int share = (tasks + groups - 1) / groups;
  const int task_begin = (int)item * share;
  const int task_end = min((int)(task_begin + share), (int)(tasks));
  for (int task = task_begin; task < task_end; ++task) {
    const int strip = task / to_strip % strips;
    const int row_begin = task / to_block % blocks * block;
    const int row_end = min((int)(row_begin + block), (int)(rows));
    const int batch = task / blocks / strips;
    const int i1 = strip / parts;
    const int part = strip % parts;
    const int first = part * chunk;
    const int columns = part == parts - 1 ? n2 - first : chunk;
    global const float* restrict b_strip = x0 + 0 + i1 * b_1 + first * 1;
    global const float* restrict a_batch = x1 + 0;
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
      for (int at = 0; at < columns; at += 48) {
        const int f0 = min((int)(at + 0), (int)(columns - 16));
        const int f1 = min((int)(at + 16), (int)(columns - 16));
        const int f2 = min((int)(at + 32), (int)(columns - 16));
        float16 sum0_0 = 0;
        float16 sum0_1 = 0;
        float16 sum0_2 = 0;
        float16 sum1_0 = 0;
        float16 sum1_1 = 0;
        float16 sum1_2 = 0;
        float16 sum2_0 = 0;
        float16 sum2_1 = 0;
        float16 sum2_2 = 0;
        float16 sum3_0 = 0;
        float16 sum3_1 = 0;
        float16 sum3_2 = 0;
        float16 sum4_0 = 0;
        float16 sum4_1 = 0;
        float16 sum4_2 = 0;
        float16 sum5_0 = 0;
        float16 sum5_1 = 0;
        float16 sum5_2 = 0;
        float16 sum6_0 = 0;
        float16 sum6_1 = 0;
        float16 sum6_2 = 0;
        float16 sum7_0 = 0;
        float16 sum7_1 = 0;
        float16 sum7_2 = 0;
        for (int i3 = 0; i3 < 3; ++i3) {
          for (int i4 = 0; i4 < 3; ++i4) {
            for (int i5 = 0; i5 < 3; ++i5) {
              global const float* restrict a = a_batch + i3 * a_3 + i4 * a_4 + i5 * a_5;
              global const float* restrict b = b_strip + i3 * b_3 + i4 * b_4 + i5 * b_5;
              const float16 b0 = tarn_load_all_float16(b + f0);
              const float16 b1 = tarn_load_all_float16(b + f1);
              const float16 b2 = tarn_load_all_float16(b + f2);
              sum0_0 = fma((float16)(a[p0]), b0, sum0_0);
              sum0_1 = fma((float16)(a[p0]), b1, sum0_1);
              sum0_2 = fma((float16)(a[p0]), b2, sum0_2);
              sum1_0 = fma((float16)(a[p1]), b0, sum1_0);
              sum1_1 = fma((float16)(a[p1]), b1, sum1_1);
              sum1_2 = fma((float16)(a[p1]), b2, sum1_2);
              sum2_0 = fma((float16)(a[p2]), b0, sum2_0);
              sum2_1 = fma((float16)(a[p2]), b1, sum2_1);
              sum2_2 = fma((float16)(a[p2]), b2, sum2_2);
              sum3_0 = fma((float16)(a[p3]), b0, sum3_0);
              sum3_1 = fma((float16)(a[p3]), b1, sum3_1);
              sum3_2 = fma((float16)(a[p3]), b2, sum3_2);
              sum4_0 = fma((float16)(a[p4]), b0, sum4_0);
              sum4_1 = fma((float16)(a[p4]), b1, sum4_1);
              sum4_2 = fma((float16)(a[p4]), b2, sum4_2);
              sum5_0 = fma((float16)(a[p5]), b0, sum5_0);
              sum5_1 = fma((float16)(a[p5]), b1, sum5_1);
              sum5_2 = fma((float16)(a[p5]), b2, sum5_2);
              sum6_0 = fma((float16)(a[p6]), b0, sum6_0);
              sum6_1 = fma((float16)(a[p6]), b1, sum6_1);
              sum6_2 = fma((float16)(a[p6]), b2, sum6_2);
              sum7_0 = fma((float16)(a[p7]), b0, sum7_0);
              sum7_1 = fma((float16)(a[p7]), b1, sum7_1);
              sum7_2 = fma((float16)(a[p7]), b2, sum7_2);
            }
          }
        }
        const float16 sums[24] = {sum0_0, sum0_1, sum0_2, sum1_0, sum1_1, sum1_2, sum2_0, sum2_1, sum2_2, sum3_0, sum3_1, sum3_2, sum4_0, sum4_1, sum4_2, sum5_0, sum5_1, sum5_2, sum6_0, sum6_1, sum6_2, sum7_0, sum7_1, sum7_2};
        for (int r = 0; r < (int)min((int)(8), (int)(row_end - row)); ++r) {
          const int i0 = row + r;
          for (int v = 0; v < 3 && at + v * 16 < columns; ++v) {
            const int i2 = first + min((int)(at + v * 16), (int)(columns - 16));
            const float16 v3 = sums[r * 3 + v];
            tarn_store_all_float16(v3, y + i0 * y_0 + i1 * y_1 + i2);
          }
        }
      }
    }
  }
}
kernel void tarn_contract_086fa28624a49282(global const float* restrict x0, global const float* restrict x1, global float* restrict y, const int16 numbers0, const int16 numbers1) {
  const int tasks = numbers0.s0;
  const int strips = numbers0.s1;
  const int blocks = numbers0.s2;
  const int parts = numbers0.s3;
  const int to_strip = numbers0.s4;
  const int to_block = numbers0.s5;
  const int block = numbers0.s6;
  const int rows = numbers0.s7;
  const int n2 = numbers0.s8;
  const int chunk = numbers0.s9;
  const int b_1 = numbers0.sa;
  const int a_0 = numbers0.sb;
  const int a_3 = numbers0.sc;
  const int a_4 = numbers0.sd;
  const int a_5 = numbers0.se;
  const int b_3 = numbers0.sf;
  const int b_4 = numbers1.s0;
  const int b_5 = numbers1.s1;
  const int y_0 = numbers1.s2;
  const int y_1 = numbers1.s3;
  const int item_0 = numbers1.s4;
  const int items = numbers1.s5;
  const int item = (int)get_global_id(0) - item_0;
  if (item >= items) return;
  tarn_contract_086fa28624a49282_item(x0, x1, y, numbers0, numbers1, item);
}
