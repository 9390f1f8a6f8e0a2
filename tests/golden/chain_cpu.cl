#pragma OPENCL FP_CONTRACT OFF
#ifndef HAVE_tarn_load_float16
#define HAVE_tarn_load_float16
static inline float16 tarn_load_float16(global const float* place, int m) {
  float t[16] = {0};
  for (int l = 0; l < m; ++l) t[l] = place[l];
  return vload16(0, t);
}
#endif
#ifndef HAVE_tarn_store_float16
#define HAVE_tarn_store_float16
static inline void tarn_store_float16(float16 value, global float* place, int m) {
  float t[16];
  vstore16(value, 0, t);
  for (int l = 0; l < m; ++l) place[l] = t[l];
}
#endif
// exp(neg(relu(add(mul(x0,c0),x1))))
kernel void tarn_map_058acfc9afc66ce5(global const float* restrict x0, global const float* restrict x1, global float* restrict y, const float c0, const int n0, const int tasks, const int blocks, const int block) {
  const int share_of_tasks = (tasks + (int)get_global_size(0) - 1) / (int)get_global_size(0);
  const int task_begin = (int)get_global_id(0) * share_of_tasks;
  const int task_end = min((int)(task_begin + share_of_tasks), tasks);
  for (int task = task_begin; task < task_end; ++task) {
    const int begin = task % blocks * block;
    const int end = min((int)(begin + block), n0);
    int i0 = begin;
    for (; i0 + 16 <= end; i0 += 16) {
      const float16 v0 = vload16(0, x0 + i0);
      const float16 v2 = v0 * (float16)(c0);
      const float16 v3 = vload16(0, x1 + i0);
      const float16 v4 = v2 + v3;
      const float16 v5 = v4 < (float16)(0) ? (float16)(0) : v4;
      const float16 v6 = -v5;
      const float16 v7 = exp(v6);
      vstore16(v7, 0, y + i0);
    }
    if (i0 < end) {
      const int m = (int)(end - i0);
      const float16 v0 = tarn_load_float16(x0 + i0, m);
      const float16 v2 = v0 * (float16)(c0);
      const float16 v3 = tarn_load_float16(x1 + i0, m);
      const float16 v4 = v2 + v3;
      const float16 v5 = v4 < (float16)(0) ? (float16)(0) : v4;
      const float16 v6 = -v5;
      const float16 v7 = exp(v6);
      tarn_store_float16(v7, y + i0, m);
    }
  }
}
