#pragma OPENCL FP_CONTRACT OFF
#ifndef HAVE_tarn_lanes16
#define HAVE_tarn_lanes16
#define tarn_lanes16 ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
#endif
#ifndef HAVE_tarn_load_where_float16
#define HAVE_tarn_load_where_float16
static inline float16 tarn_load_where_float16(global const float* place, int16 where) {
#if defined(__AVX512F__) && 16 == 16
  const ushort bits = (ushort)__builtin_ia32_cmpd512_mask(where, (int16)(0), 1, (ushort)0xffff);
  return as_float16(__builtin_ia32_loadups512_mask((const float*)(size_t)place, (float16)(0), bits));
#else
  int counts[16];
  vstore16(where, 0, counts);
  float t[16] = {0};
  for (int l = 0; l < 16; ++l) if (counts[l]) t[l] = place[l];
  return vload16(0, t);
#endif
}
#endif
#ifndef HAVE_tarn_store_local_float16
#define HAVE_tarn_store_local_float16
static inline void tarn_store_local_float16(float16 value, local float* place) {
  typedef float16 unaligned __attribute__((aligned(sizeof(float))));
  *(local unaligned*)place = value;
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
// sum(mul(inside(x0,c0),x1))
__attribute__((noinline)) static void tarn_depthwise_2b09547185360773_item(global const float* restrict x0, global const float* restrict x1, global float* restrict y, local float16* restrict room_for_staged, const int16 numbers0, const int16 numbers1, const int item) {
  const float c0 = as_float(numbers0.s0);
  const int tasks = numbers0.s1;
  const int bands = numbers0.s2;
  const int images = numbers0.s3;
  const int band = numbers0.s4;
  const int n2 = numbers0.s5;
  const int a_0 = numbers0.s6;
  const int origin = numbers0.s7;
  const int b_0 = numbers0.s8;
  const int image_pitch = numbers0.s9;
  const int padding_y = numbers0.sa;
  const int step_y = numbers0.sb;
  const int padding_x = numbers0.sc;
  const int rows_read = numbers0.sd;
  const int width = numbers0.se;
  const int height = numbers0.sf;
  const int staged_columns = numbers1.s0;
  const int staged_pitch = numbers1.s1;
  const int n1 = numbers1.s2;
  const int a_4 = numbers1.s3;
  const int a_3 = numbers1.s4;
  const int y_0 = numbers1.s5;
  const int y_1 = numbers1.s6;
  const int item_0 = numbers1.s7;
  const int items = numbers1.s8;
  local float* const staged = (local float*)room_for_staged;
  const int groups = (int)items;
  const int share = (tasks + groups - 1) / groups;
  const int task_begin = (int)item * share;
  const int task_end = min((int)(task_begin + share), (int)(tasks));
  for (int task = task_begin; task < task_end; ++task) {
    const int first = task % bands * band;
    const int columns = n2;
    const int i0 = task / bands / images;
    global const float* restrict a_batch = x1 + i0 * a_0;
    const int top = first * step_y - padding_y;
    const int left = -padding_x;
    local float* to = staged;
    global const float* restrict image = x0 + origin + i0 * b_0;
    for (int r = 0; r < rows_read; ++r) {
      const int row = top + r;
      const int inside = row >= 0 && row < height ? width : 0;
      global const float* restrict from = image + row * image_pitch + left;
      for (int x = 0; x < staged_columns; x += 16) {
        const int16 where0 = as_uint16(tarn_lanes16 + (int)(left + x)) < (uint16)((uint)inside);
        const float16 image0 = where0 ? tarn_load_where_float16(from + x, where0) : (float16)(c0);
        tarn_store_local_float16(image0, to + x);
      }
      to += staged_pitch;
    }
    for (int top_row = first; top_row < min((int)(first + band), (int)(n1)); top_row += 4) {
      for (int at = 0; at < columns; at += 32) {
        const int f0 = min((int)(at + 0), (int)(columns - 16));
        const int f1 = min((int)(at + 16), (int)(columns - 16));
        float16 sum0_0 = 0;
        float16 sum0_1 = 0;
        float16 sum1_0 = 0;
        float16 sum1_1 = 0;
        float16 sum2_0 = 0;
        float16 sum2_1 = 0;
        float16 sum3_0 = 0;
        float16 sum3_1 = 0;
        global const float* restrict a = a_batch + 0;
        const float16 a0_0 = (float16)(a[0 + 0 * a_3 + 0 * a_4]);
        const float16 a0_1 = (float16)(a[0 + 0 * a_3 + 1 * a_4]);
        const float16 a0_2 = (float16)(a[0 + 0 * a_3 + 2 * a_4]);
        const float16 a1_0 = (float16)(a[0 + 1 * a_3 + 0 * a_4]);
        const float16 a1_1 = (float16)(a[0 + 1 * a_3 + 1 * a_4]);
        const float16 a1_2 = (float16)(a[0 + 1 * a_3 + 2 * a_4]);
        const float16 a2_0 = (float16)(a[0 + 2 * a_3 + 0 * a_4]);
        const float16 a2_1 = (float16)(a[0 + 2 * a_3 + 1 * a_4]);
        const float16 a2_2 = (float16)(a[0 + 2 * a_3 + 2 * a_4]);
        local const float* b = staged + 0 + (top_row - first) * 1 * staged_pitch;
        {
          const float16 b0 = tarn_load_local_float16(b + 0 * staged_pitch + 0 + f0);
          const float16 b1 = tarn_load_local_float16(b + 0 * staged_pitch + 0 + f1);
          sum0_0 = fma(a0_0, b0, sum0_0);
          sum0_1 = fma(a0_0, b1, sum0_1);
        }
        {
          const float16 b0 = tarn_load_local_float16(b + 0 * staged_pitch + 1 + f0);
          const float16 b1 = tarn_load_local_float16(b + 0 * staged_pitch + 1 + f1);
          sum0_0 = fma(a0_1, b0, sum0_0);
          sum0_1 = fma(a0_1, b1, sum0_1);
        }
        {
          const float16 b0 = tarn_load_local_float16(b + 0 * staged_pitch + 2 + f0);
          const float16 b1 = tarn_load_local_float16(b + 0 * staged_pitch + 2 + f1);
          sum0_0 = fma(a0_2, b0, sum0_0);
          sum0_1 = fma(a0_2, b1, sum0_1);
        }
        {
          const float16 b0 = tarn_load_local_float16(b + 1 * staged_pitch + 0 + f0);
          const float16 b1 = tarn_load_local_float16(b + 1 * staged_pitch + 0 + f1);
          sum0_0 = fma(a1_0, b0, sum0_0);
          sum0_1 = fma(a1_0, b1, sum0_1);
          sum1_0 = fma(a0_0, b0, sum1_0);
          sum1_1 = fma(a0_0, b1, sum1_1);
        }
        {
          const float16 b0 = tarn_load_local_float16(b + 1 * staged_pitch + 1 + f0);
          const float16 b1 = tarn_load_local_float16(b + 1 * staged_pitch + 1 + f1);
          sum0_0 = fma(a1_1, b0, sum0_0);
          sum0_1 = fma(a1_1, b1, sum0_1);
          sum1_0 = fma(a0_1, b0, sum1_0);
          sum1_1 = fma(a0_1, b1, sum1_1);
        }
        {
          const float16 b0 = tarn_load_local_float16(b + 1 * staged_pitch + 2 + f0);
          const float16 b1 = tarn_load_local_float16(b + 1 * staged_pitch + 2 + f1);
          sum0_0 = fma(a1_2, b0, sum0_0);
          sum0_1 = fma(a1_2, b1, sum0_1);
          sum1_0 = fma(a0_2, b0, sum1_0);
          sum1_1 = fma(a0_2, b1, sum1_1);
        }
        {
          const float16 b0 = tarn_load_local_float16(b + 2 * staged_pitch + 0 + f0);
          const float16 b1 = tarn_load_local_float16(b + 2 * staged_pitch + 0 + f1);
          sum0_0 = fma(a2_0, b0, sum0_0);
          sum0_1 = fma(a2_0, b1, sum0_1);
          sum1_0 = fma(a1_0, b0, sum1_0);
          sum1_1 = fma(a1_0, b1, sum1_1);
          sum2_0 = fma(a0_0, b0, sum2_0);
          sum2_1 = fma(a0_0, b1, sum2_1);
        }
        {
          const float16 b0 = tarn_load_local_float16(b + 2 * staged_pitch + 1 + f0);
          const float16 b1 = tarn_load_local_float16(b + 2 * staged_pitch + 1 + f1);
          sum0_0 = fma(a2_1, b0, sum0_0);
          sum0_1 = fma(a2_1, b1, sum0_1);
          sum1_0 = fma(a1_1, b0, sum1_0);
          sum1_1 = fma(a1_1, b1, sum1_1);
          sum2_0 = fma(a0_1, b0, sum2_0);
          sum2_1 = fma(a0_1, b1, sum2_1);
        }
        {
          const float16 b0 = tarn_load_local_float16(b + 2 * staged_pitch + 2 + f0);
          const float16 b1 = tarn_load_local_float16(b + 2 * staged_pitch + 2 + f1);
          sum0_0 = fma(a2_2, b0, sum0_0);
          sum0_1 = fma(a2_2, b1, sum0_1);
          sum1_0 = fma(a1_2, b0, sum1_0);
          sum1_1 = fma(a1_2, b1, sum1_1);
          sum2_0 = fma(a0_2, b0, sum2_0);
          sum2_1 = fma(a0_2, b1, sum2_1);
        }
        {
          const float16 b0 = tarn_load_local_float16(b + 3 * staged_pitch + 0 + f0);
          const float16 b1 = tarn_load_local_float16(b + 3 * staged_pitch + 0 + f1);
          sum1_0 = fma(a2_0, b0, sum1_0);
          sum1_1 = fma(a2_0, b1, sum1_1);
          sum2_0 = fma(a1_0, b0, sum2_0);
          sum2_1 = fma(a1_0, b1, sum2_1);
          sum3_0 = fma(a0_0, b0, sum3_0);
          sum3_1 = fma(a0_0, b1, sum3_1);
        }
        {
          const float16 b0 = tarn_load_local_float16(b + 3 * staged_pitch + 1 + f0);
          const float16 b1 = tarn_load_local_float16(b + 3 * staged_pitch + 1 + f1);
          sum1_0 = fma(a2_1, b0, sum1_0);
          sum1_1 = fma(a2_1, b1, sum1_1);
          sum2_0 = fma(a1_1, b0, sum2_0);
          sum2_1 = fma(a1_1, b1, sum2_1);
          sum3_0 = fma(a0_1, b0, sum3_0);
          sum3_1 = fma(a0_1, b1, sum3_1);
        }
        {
          const float16 b0 = tarn_load_local_float16(b + 3 * staged_pitch + 2 + f0);
          const float16 b1 = tarn_load_local_float16(b + 3 * staged_pitch + 2 + f1);
          sum1_0 = fma(a2_2, b0, sum1_0);
          sum1_1 = fma(a2_2, b1, sum1_1);
          sum2_0 = fma(a1_2, b0, sum2_0);
          sum2_1 = fma(a1_2, b1, sum2_1);
          sum3_0 = fma(a0_2, b0, sum3_0);
          sum3_1 = fma(a0_2, b1, sum3_1);
        }
        {
          const float16 b0 = tarn_load_local_float16(b + 4 * staged_pitch + 0 + f0);
          const float16 b1 = tarn_load_local_float16(b + 4 * staged_pitch + 0 + f1);
          sum2_0 = fma(a2_0, b0, sum2_0);
          sum2_1 = fma(a2_0, b1, sum2_1);
          sum3_0 = fma(a1_0, b0, sum3_0);
          sum3_1 = fma(a1_0, b1, sum3_1);
        }
        {
          const float16 b0 = tarn_load_local_float16(b + 4 * staged_pitch + 1 + f0);
          const float16 b1 = tarn_load_local_float16(b + 4 * staged_pitch + 1 + f1);
          sum2_0 = fma(a2_1, b0, sum2_0);
          sum2_1 = fma(a2_1, b1, sum2_1);
          sum3_0 = fma(a1_1, b0, sum3_0);
          sum3_1 = fma(a1_1, b1, sum3_1);
        }
        {
          const float16 b0 = tarn_load_local_float16(b + 4 * staged_pitch + 2 + f0);
          const float16 b1 = tarn_load_local_float16(b + 4 * staged_pitch + 2 + f1);
          sum2_0 = fma(a2_2, b0, sum2_0);
          sum2_1 = fma(a2_2, b1, sum2_1);
          sum3_0 = fma(a1_2, b0, sum3_0);
          sum3_1 = fma(a1_2, b1, sum3_1);
        }
        {
          const float16 b0 = tarn_load_local_float16(b + 5 * staged_pitch + 0 + f0);
          const float16 b1 = tarn_load_local_float16(b + 5 * staged_pitch + 0 + f1);
          sum3_0 = fma(a2_0, b0, sum3_0);
          sum3_1 = fma(a2_0, b1, sum3_1);
        }
        {
          const float16 b0 = tarn_load_local_float16(b + 5 * staged_pitch + 1 + f0);
          const float16 b1 = tarn_load_local_float16(b + 5 * staged_pitch + 1 + f1);
          sum3_0 = fma(a2_1, b0, sum3_0);
          sum3_1 = fma(a2_1, b1, sum3_1);
        }
        {
          const float16 b0 = tarn_load_local_float16(b + 5 * staged_pitch + 2 + f0);
          const float16 b1 = tarn_load_local_float16(b + 5 * staged_pitch + 2 + f1);
          sum3_0 = fma(a2_2, b0, sum3_0);
          sum3_1 = fma(a2_2, b1, sum3_1);
        }
        const float16 sums[8] = {sum0_0, sum0_1, sum1_0, sum1_1, sum2_0, sum2_1, sum3_0, sum3_1};
        for (int r = 0; r < 4; ++r) {
          const int i1 = top_row + r;
          for (int v = 0; v < 2 && at + v * 16 < columns; ++v) {
            const int i2 = min((int)(at + v * 16), (int)(columns - 16));
            const float16 v5 = sums[r * 2 + v];
            tarn_store_all_float16(v5, y + i0 * y_0 + i1 * y_1 + i2);
          }
        }
      }
    }
  }
}
kernel void tarn_depthwise_2b09547185360773(global const float* restrict x0, global const float* restrict x1, global float* restrict y, local float16* restrict room_for_staged, const int16 numbers0, const int16 numbers1) {
  const float c0 = as_float(numbers0.s0);
  const int tasks = numbers0.s1;
  const int bands = numbers0.s2;
  const int images = numbers0.s3;
  const int band = numbers0.s4;
  const int n2 = numbers0.s5;
  const int a_0 = numbers0.s6;
  const int origin = numbers0.s7;
  const int b_0 = numbers0.s8;
  const int image_pitch = numbers0.s9;
  const int padding_y = numbers0.sa;
  const int step_y = numbers0.sb;
  const int padding_x = numbers0.sc;
  const int rows_read = numbers0.sd;
  const int width = numbers0.se;
  const int height = numbers0.sf;
  const int staged_columns = numbers1.s0;
  const int staged_pitch = numbers1.s1;
  const int n1 = numbers1.s2;
  const int a_4 = numbers1.s3;
  const int a_3 = numbers1.s4;
  const int y_0 = numbers1.s5;
  const int y_1 = numbers1.s6;
  const int item_0 = numbers1.s7;
  const int items = numbers1.s8;
  const int item = (int)get_global_id(0) - item_0;
  if (item >= items) return;
  tarn_depthwise_2b09547185360773_item(x0, x1, y, room_for_staged, numbers0, numbers1, item);
}
