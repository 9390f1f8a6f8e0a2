#pragma OPENCL FP_CONTRACT OFF
#ifndef HAVE_tarn_load_all_float16
#define HAVE_tarn_load_all_float16
static inline float16 tarn_load_all_float16(global const float* place) {
  typedef float16 unaligned __attribute__((aligned(sizeof(float))));
  return *(global const unaligned*)place;
}
#endif
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
// add(inside(x0,c0),c1)
__attribute__((noinline)) static void tarn_map_0f399009ca36c639_item(global const float* restrict x0, global float* restrict y, const int16 numbers0, const int16 numbers1, const int item) {
  const float c0 = as_float(numbers0.s0);
  const float c1 = as_float(numbers0.s1);
  const int n1 = numbers0.s2;
  const int tasks = numbers0.s3;
  const int blocks = numbers0.s4;
  const int block = numbers0.s5;
  const int s0_0 = numbers0.s6;
  const int s0_o = numbers0.s7;
  const int g0a_0 = numbers0.s8;
  const int g0a_o = numbers0.s9;
  const int g0a_n = numbers0.sa;
  const int g0b_1 = numbers0.sb;
  const int g0b_o = numbers0.sc;
  const int g0b_n = numbers0.sd;
  const int y_0 = numbers0.se;
  const int item_0 = numbers0.sf;
  const int items = numbers1.s0;
  const int share_of_tasks = (tasks + (int)items - 1) / (int)items;
  const int task_begin = (int)item * share_of_tasks;
  const int task_end = min((int)(task_begin + share_of_tasks), tasks);
  for (int task = task_begin; task < task_end; ++task) {
    const int i0 = task / blocks;
    const int begin = task % blocks * block;
    const int end = min((int)(begin + block), n1);
    int i1 = begin;
    for (; i1 + 16 <= end; i1 += 16) {
      float16 v0;
      if ((uint)(i0 * g0a_0 + g0a_o) < (uint)g0a_n && (uint)((i1 + 0) * g0b_1 + g0b_o) < (uint)g0b_n && (uint)(i0 * g0a_0 + g0a_o) < (uint)g0a_n && (uint)((i1 + 15) * g0b_1 + g0b_o) < (uint)g0b_n) {
        v0 = tarn_load_all_float16(x0 + i0 * s0_0 + i1 + s0_o);
      } else {
        const int16 where_v0 = (as_uint16((int16)(i0 * g0a_0 + g0a_o)) < (uint16)(g0a_n)) & (as_uint16((int16)(i1 * g0b_1 + g0b_o) + tarn_lanes16 * g0b_1) < (uint16)(g0b_n));
        v0 = tarn_load_where_float16(x0 + i0 * s0_0 + i1 + s0_o, where_v0);
      }
      const int16 where_v2 = (as_uint16((int16)(i0 * g0a_0 + g0a_o)) < (uint16)(g0a_n)) & (as_uint16((int16)(i1 * g0b_1 + g0b_o) + tarn_lanes16 * g0b_1) < (uint16)(g0b_n));
      const float16 v2 = where_v2 ? v0 : (float16)(c0);
      const float16 v4 = v2 + (float16)(c1);
      tarn_store_all_float16(v4, y + i0 * y_0 + i1);
    }
    if (i1 < end) {
      const int m = (int)(end - i1);
      const int16 where_v0 = (as_uint16((int16)(i0 * g0a_0 + g0a_o)) < (uint16)(g0a_n)) & (as_uint16((int16)(i1 * g0b_1 + g0b_o) + tarn_lanes16 * g0b_1) < (uint16)(g0b_n)) & (tarn_lanes16 < (int16)(m));
      const float16 v0 = tarn_load_where_float16(x0 + i0 * s0_0 + i1 + s0_o, where_v0);
      const int16 where_v2 = (as_uint16((int16)(i0 * g0a_0 + g0a_o)) < (uint16)(g0a_n)) & (as_uint16((int16)(i1 * g0b_1 + g0b_o) + tarn_lanes16 * g0b_1) < (uint16)(g0b_n));
      const float16 v2 = where_v2 ? v0 : (float16)(c0);
      const float16 v4 = v2 + (float16)(c1);
      tarn_store_float16(v4, y + i0 * y_0 + i1, m);
    }
  }
}
kernel void tarn_map_0f399009ca36c639(global const float* restrict x0, global float* restrict y, const int16 numbers0, const int16 numbers1) {
  const float c0 = as_float(numbers0.s0);
  const float c1 = as_float(numbers0.s1);
  const int n1 = numbers0.s2;
  const int tasks = numbers0.s3;
  const int blocks = numbers0.s4;
  const int block = numbers0.s5;
  const int s0_0 = numbers0.s6;
  const int s0_o = numbers0.s7;
  const int g0a_0 = numbers0.s8;
  const int g0a_o = numbers0.s9;
  const int g0a_n = numbers0.sa;
  const int g0b_1 = numbers0.sb;
  const int g0b_o = numbers0.sc;
  const int g0b_n = numbers0.sd;
  const int y_0 = numbers0.se;
  const int item_0 = numbers0.sf;
  const int items = numbers1.s0;
  const int item = (int)get_global_id(0) - item_0;
  if (item >= items) return;
  tarn_map_0f399009ca36c639_item(x0, y, numbers0, numbers1, item);
}
