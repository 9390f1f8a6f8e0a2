#pragma OPENCL FP_CONTRACT OFF
#ifndef HAVE_tarn_store_local_float16
#define HAVE_tarn_store_local_float16
static inline void tarn_store_local_float16(float16 value, local float* place) {
  typedef float16 unaligned __attribute__((aligned(sizeof(float))));
  *(local unaligned*)place = value;
}
#endif
#ifndef HAVE_tarn_load_all_float16
#define HAVE_tarn_load_all_float16
static inline float16 tarn_load_all_float16(global const float* place) {
  typedef float16 unaligned __attribute__((aligned(sizeof(float))));
  return *(global const unaligned*)place;
}
#endif
#ifndef HAVE_tarn_load_local_float16
#define HAVE_tarn_load_local_float16
static inline float16 tarn_load_local_float16(local const float* place) {
  typedef float16 unaligned __attribute__((aligned(sizeof(float))));
  return *(local const unaligned*)place;
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
__attribute__((noinline)) static void tarn_contract_a0161dcac65133db_item(global const float* restrict x0, global const float* restrict x1, global float* restrict y, local float16* restrict room_for_copied, const int16 numbers0, const int16 numbers1, const int item) {
  const int tasks = numbers0.s0;
  const int strips = numbers0.s1;
  const int blocks = numbers0.s2;
  const int parts = numbers0.s3;
  const int to_strip = numbers0.s4;
  const int to_block = numbers0.s5;
  const int block = numbers0.s6;
  const int rows = numbers0.s7;
  const int n1 = numbers0.s8;
  const int chunk = numbers0.s9;
  const int n2 = numbers0.sa;
  const int b_2 = numbers0.sb;
  const int a_0 = numbers0.sc;
  const int a_2 = numbers0.sd;
  const int y_0 = numbers0.se;
  const int item_0 = numbers0.sf;
  const int items = numbers1.s0;
  local float* const copied = (local float*)room_for_copied;
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
    const int first = min((int)(part * chunk), (int)(n1 - 16));
    const int columns = part == parts - 1 ? n1 - first : min((int)(chunk), (int)(n1 - 16 - first));
    const int f0 = min((int)(0), (int)(columns - 16));
    const int f1 = min((int)(16), (int)(columns - 16));
    const int f2 = min((int)(32), (int)(columns - 16));
    const int f3 = min((int)(48), (int)(columns - 16));
    global const float* restrict b_strip = x1 + 0 + first * 1;
    global const float* restrict a_batch = x0 + 0;
    for (int i2 = 0; i2 < n2; ++i2) {
      global const float* restrict from = b_strip + i2 * b_2;
      tarn_store_local_float16(tarn_load_all_float16(from + f0), copied + i2 * 64 + 0);
      tarn_store_local_float16(tarn_load_all_float16(from + f1), copied + i2 * 64 + 16);
      tarn_store_local_float16(tarn_load_all_float16(from + f2), copied + i2 * 64 + 32);
      tarn_store_local_float16(tarn_load_all_float16(from + f3), copied + i2 * 64 + 48);
    }
    for (int row = row_begin; row < row_end; row += 6) {
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
      {
        float16 sum0_0 = 0;
        float16 sum0_1 = 0;
        float16 sum0_2 = 0;
        float16 sum0_3 = 0;
        float16 sum1_0 = 0;
        float16 sum1_1 = 0;
        float16 sum1_2 = 0;
        float16 sum1_3 = 0;
        float16 sum2_0 = 0;
        float16 sum2_1 = 0;
        float16 sum2_2 = 0;
        float16 sum2_3 = 0;
        float16 sum3_0 = 0;
        float16 sum3_1 = 0;
        float16 sum3_2 = 0;
        float16 sum3_3 = 0;
        float16 sum4_0 = 0;
        float16 sum4_1 = 0;
        float16 sum4_2 = 0;
        float16 sum4_3 = 0;
        float16 sum5_0 = 0;
        float16 sum5_1 = 0;
        float16 sum5_2 = 0;
        float16 sum5_3 = 0;
        for (int i2 = 0; i2 < n2; ++i2) {
          global const float* restrict a = a_batch + i2 * a_2;
          local const float* b = copied + i2 * 64;
          const float16 b0 = tarn_load_local_float16(b + 0);
          const float16 b1 = tarn_load_local_float16(b + 16);
          const float16 b2 = tarn_load_local_float16(b + 32);
          const float16 b3 = tarn_load_local_float16(b + 48);
          sum0_0 = fma((float16)(a[p0]), b0, sum0_0);
          sum0_1 = fma((float16)(a[p0]), b1, sum0_1);
          sum0_2 = fma((float16)(a[p0]), b2, sum0_2);
          sum0_3 = fma((float16)(a[p0]), b3, sum0_3);
          sum1_0 = fma((float16)(a[p1]), b0, sum1_0);
          sum1_1 = fma((float16)(a[p1]), b1, sum1_1);
          sum1_2 = fma((float16)(a[p1]), b2, sum1_2);
          sum1_3 = fma((float16)(a[p1]), b3, sum1_3);
          sum2_0 = fma((float16)(a[p2]), b0, sum2_0);
          sum2_1 = fma((float16)(a[p2]), b1, sum2_1);
          sum2_2 = fma((float16)(a[p2]), b2, sum2_2);
          sum2_3 = fma((float16)(a[p2]), b3, sum2_3);
          sum3_0 = fma((float16)(a[p3]), b0, sum3_0);
          sum3_1 = fma((float16)(a[p3]), b1, sum3_1);
          sum3_2 = fma((float16)(a[p3]), b2, sum3_2);
          sum3_3 = fma((float16)(a[p3]), b3, sum3_3);
          sum4_0 = fma((float16)(a[p4]), b0, sum4_0);
          sum4_1 = fma((float16)(a[p4]), b1, sum4_1);
          sum4_2 = fma((float16)(a[p4]), b2, sum4_2);
          sum4_3 = fma((float16)(a[p4]), b3, sum4_3);
          sum5_0 = fma((float16)(a[p5]), b0, sum5_0);
          sum5_1 = fma((float16)(a[p5]), b1, sum5_1);
          sum5_2 = fma((float16)(a[p5]), b2, sum5_2);
          sum5_3 = fma((float16)(a[p5]), b3, sum5_3);
        }
        if (row + 0 < row_end) {
          const int i0 = row + 0;
          {
            const int i1 = first + f0;
            const float16 v3 = sum0_0;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
          {
            const int i1 = first + f1;
            const float16 v3 = sum0_1;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
          {
            const int i1 = first + f2;
            const float16 v3 = sum0_2;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
          {
            const int i1 = first + f3;
            const float16 v3 = sum0_3;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
        }
        if (row + 1 < row_end) {
          const int i0 = row + 1;
          {
            const int i1 = first + f0;
            const float16 v3 = sum1_0;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
          {
            const int i1 = first + f1;
            const float16 v3 = sum1_1;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
          {
            const int i1 = first + f2;
            const float16 v3 = sum1_2;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
          {
            const int i1 = first + f3;
            const float16 v3 = sum1_3;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
        }
        if (row + 2 < row_end) {
          const int i0 = row + 2;
          {
            const int i1 = first + f0;
            const float16 v3 = sum2_0;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
          {
            const int i1 = first + f1;
            const float16 v3 = sum2_1;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
          {
            const int i1 = first + f2;
            const float16 v3 = sum2_2;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
          {
            const int i1 = first + f3;
            const float16 v3 = sum2_3;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
        }
        if (row + 3 < row_end) {
          const int i0 = row + 3;
          {
            const int i1 = first + f0;
            const float16 v3 = sum3_0;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
          {
            const int i1 = first + f1;
            const float16 v3 = sum3_1;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
          {
            const int i1 = first + f2;
            const float16 v3 = sum3_2;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
          {
            const int i1 = first + f3;
            const float16 v3 = sum3_3;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
        }
        if (row + 4 < row_end) {
          const int i0 = row + 4;
          {
            const int i1 = first + f0;
            const float16 v3 = sum4_0;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
          {
            const int i1 = first + f1;
            const float16 v3 = sum4_1;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
          {
            const int i1 = first + f2;
            const float16 v3 = sum4_2;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
          {
            const int i1 = first + f3;
            const float16 v3 = sum4_3;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
        }
        if (row + 5 < row_end) {
          const int i0 = row + 5;
          {
            const int i1 = first + f0;
            const float16 v3 = sum5_0;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
          {
            const int i1 = first + f1;
            const float16 v3 = sum5_1;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
          {
            const int i1 = first + f2;
            const float16 v3 = sum5_2;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
          {
            const int i1 = first + f3;
            const float16 v3 = sum5_3;
            tarn_store_all_float16(v3, y + i0 * y_0 + i1);
          }
        }
      }
    }
  }
}
kernel void tarn_contract_a0161dcac65133db(global const float* restrict x0, global const float* restrict x1, global float* restrict y, local float16* restrict room_for_copied, const int16 numbers0, const int16 numbers1) {
  const int tasks = numbers0.s0;
  const int strips = numbers0.s1;
  const int blocks = numbers0.s2;
  const int parts = numbers0.s3;
  const int to_strip = numbers0.s4;
  const int to_block = numbers0.s5;
  const int block = numbers0.s6;
  const int rows = numbers0.s7;
  const int n1 = numbers0.s8;
  const int chunk = numbers0.s9;
  const int n2 = numbers0.sa;
  const int b_2 = numbers0.sb;
  const int a_0 = numbers0.sc;
  const int a_2 = numbers0.sd;
  const int y_0 = numbers0.se;
  const int item_0 = numbers0.sf;
  const int items = numbers1.s0;
  const int item = (int)get_global_id(0) - item_0;
  if (item >= items) return;
  tarn_contract_a0161dcac65133db_item(x0, x1, y, room_for_copied, numbers0, numbers1, item);
}
