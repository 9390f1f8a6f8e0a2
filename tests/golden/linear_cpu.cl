#pragma OPENCL FP_CONTRACT OFF
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
// panels(x0)
__attribute__((noinline)) static void tarn_transpose_5175239d8354e6ec_item(global const float* restrict x0, global float* restrict y, const int16 numbers0, const int item) {
  const int tasks = numbers0.s0;
  const int row_blocks = numbers0.s1;
  const int n1 = numbers0.s2;
  const int lane_blocks = numbers0.s3;
  const int block = numbers0.s4;
  const int n2 = numbers0.s5;
  const int s0_0 = numbers0.s6;
  const int s0_2 = numbers0.s7;
  const int y_0 = numbers0.s8;
  const int y_1 = numbers0.s9;
  const int s0_1 = numbers0.sa;
  const int item_0 = numbers0.sb;
  const int items = numbers0.sc;
  const int groups = (int)items;
  const int share = (tasks + groups - 1) / groups;
  const int task_begin = (int)item * share;
  const int task_end = min((int)(task_begin + share), tasks);
  for (int task = task_begin; task < task_end; ++task) {
    int rest = task;
    const int row = rest % row_blocks * 16;
    rest /= row_blocks;
    const int rows = (int)min((int)16, n1 - row);
    const int lane_begin = rest % lane_blocks * block;
    rest /= lane_blocks;
    const int lane_end = min((int)(lane_begin + block), n2);
    const int i0 = rest;
    for (int i2 = lane_begin; i2 < lane_end; i2 += 16) {
      const int m = (int)min((int)16, lane_end - i2);
      if (m == 16 && rows == 16) {
        float16 t0[16];
        #pragma unroll
        for (int l = 0; l < 16; ++l) {
          t0[l] = vload16(0, x0 + i0 * s0_0 + row + (i2 + l) * s0_2);
        }
        tarn_transpose(t0);
        #pragma unroll
        for (int r = 0; r < 16; ++r) {
          const int i1 = row + r;
          const float16 v0 = t0[r];
          tarn_store_all_float16(v0, y + i0 * y_0 + i1 * y_1 + i2);
        }
      } else {
        for (int r = 0; r < rows; ++r) {
          const int i1 = row + r;
          float16 v0;
          {
            float t[16] = {0};
            for (int l = 0; l < m; ++l) t[l] = x0[i0 * s0_0 + i1 * s0_1 + (i2 + l) * s0_2];
            v0 = vload16(0, t);
          }
          tarn_store_float16(v0, y + i0 * y_0 + i1 * y_1 + i2, m);
        }
      }
    }
  }
}
kernel void tarn_transpose_5175239d8354e6ec(global const float* restrict x0, global float* restrict y, const int16 numbers0) {
  const int tasks = numbers0.s0;
  const int row_blocks = numbers0.s1;
  const int n1 = numbers0.s2;
  const int lane_blocks = numbers0.s3;
  const int block = numbers0.s4;
  const int n2 = numbers0.s5;
  const int s0_0 = numbers0.s6;
  const int s0_2 = numbers0.s7;
  const int y_0 = numbers0.s8;
  const int y_1 = numbers0.s9;
  const int s0_1 = numbers0.sa;
  const int item_0 = numbers0.sb;
  const int items = numbers0.sc;
  const int item = (int)get_global_id(0) - item_0;
  if (item >= items) return;
  tarn_transpose_5175239d8354e6ec_item(x0, y, numbers0, item);
}
#pragma OPENCL FP_CONTRACT OFF
#ifndef HAVE_tarn_load_all_float16
#define HAVE_tarn_load_all_float16
static inline float16 tarn_load_all_float16(global const float* place) {
  typedef float16 unaligned __attribute__((aligned(sizeof(float))));
  return *(global const unaligned*)place;
}
#endif
#ifndef HAVE_tarn_prefetch_float16
#define HAVE_tarn_prefetch_float16
static inline void tarn_prefetch_float16(global const float* place) {
#if defined(__x86_64__) || defined(__aarch64__)
  __builtin_prefetch((const void*)(size_t)place, 0, 2);
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
// relu(add(sum(mul(x0,x1)),x2))
__attribute__((noinline)) static void tarn_contract_085fd3e0f7b43655_item(global const float* restrict x0, global const float* restrict x1, global const float* restrict x2, global float* restrict y, const int16 numbers0, const int item) {
  const int tasks = numbers0.s0;
  const int places = numbers0.s1;
  const int blocks = numbers0.s2;
  const int block = numbers0.s3;
  const int rows = numbers0.s4;
  const int panels = numbers0.s5;
  const int depth = numbers0.s6;
  const int a_0 = numbers0.s7;
  const int tiles_ahead = numbers0.s8;
  const int floats_ahead = numbers0.s9;
  const int n2 = numbers0.sa;
  const int a_2 = numbers0.sb;
  const int y_0 = numbers0.sc;
  const int item_0 = numbers0.sd;
  const int items = numbers0.se;
  const int groups = (int)items;
  const int share = (tasks + groups - 1) / groups;
  const int task_begin = (int)item * share;
  const int task_end = min((int)(task_begin + share), (int)(tasks));
  for (int task = task_begin; task < task_end; ++task) {
    const int panel = task % places * 1;
    const int row_begin = task / places % blocks * block;
    const int row_end = min((int)(row_begin + block), (int)(rows));
    const int batch = task / places / blocks;
    const int column = panel * 32;
    global const float* restrict b_panel0 = x2 + (batch * panels + panel) * depth * 32;
    global const float* restrict b_next = x2 + (batch * panels + (task + 1) % places * 1) * depth * 32;
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
      const int tile = (row - row_begin) / 8;
      global const float* ahead = tile < tiles_ahead ? b_next + tile * depth * floats_ahead : a_batch + p0 + 8 * depth;
      const int ahead_step = tile < tiles_ahead ? floats_ahead : 8;
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
      int at = 0;
      for (int i2 = 0; i2 < n2; ++i2) {
        global const float* restrict a = a_batch + i2 * a_2;
        const float16 b0 = tarn_load_all_float16(b_panel0 + at + 0);
        const float16 b1 = tarn_load_all_float16(b_panel0 + at + 16);
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
        at += 32;
        tarn_prefetch_float16(ahead);
        ahead += ahead_step;
      }
      if (row + 0 < row_end) {
        const int i0 = row + 0;
        {
          const int i1 = column + 0;
          const float16 v3 = sum0_0;
          const float16 v4 = tarn_load_all_float16(x1 + i1);
          const float16 v5 = v3 + v4;
          const float16 v6 = v5 < (float16)(0) ? (float16)(0) : v5;
          tarn_store_all_float16(v6, y + i0 * y_0 + i1);
        }
        {
          const int i1 = column + 16;
          const float16 v3 = sum0_1;
          const float16 v4 = tarn_load_all_float16(x1 + i1);
          const float16 v5 = v3 + v4;
          const float16 v6 = v5 < (float16)(0) ? (float16)(0) : v5;
          tarn_store_all_float16(v6, y + i0 * y_0 + i1);
        }
      }
      if (row + 1 < row_end) {
        const int i0 = row + 1;
        {
          const int i1 = column + 0;
          const float16 v3 = sum1_0;
          const float16 v4 = tarn_load_all_float16(x1 + i1);
          const float16 v5 = v3 + v4;
          const float16 v6 = v5 < (float16)(0) ? (float16)(0) : v5;
          tarn_store_all_float16(v6, y + i0 * y_0 + i1);
        }
        {
          const int i1 = column + 16;
          const float16 v3 = sum1_1;
          const float16 v4 = tarn_load_all_float16(x1 + i1);
          const float16 v5 = v3 + v4;
          const float16 v6 = v5 < (float16)(0) ? (float16)(0) : v5;
          tarn_store_all_float16(v6, y + i0 * y_0 + i1);
        }
      }
      if (row + 2 < row_end) {
        const int i0 = row + 2;
        {
          const int i1 = column + 0;
          const float16 v3 = sum2_0;
          const float16 v4 = tarn_load_all_float16(x1 + i1);
          const float16 v5 = v3 + v4;
          const float16 v6 = v5 < (float16)(0) ? (float16)(0) : v5;
          tarn_store_all_float16(v6, y + i0 * y_0 + i1);
        }
        {
          const int i1 = column + 16;
          const float16 v3 = sum2_1;
          const float16 v4 = tarn_load_all_float16(x1 + i1);
          const float16 v5 = v3 + v4;
          const float16 v6 = v5 < (float16)(0) ? (float16)(0) : v5;
          tarn_store_all_float16(v6, y + i0 * y_0 + i1);
        }
      }
      if (row + 3 < row_end) {
        const int i0 = row + 3;
        {
          const int i1 = column + 0;
          const float16 v3 = sum3_0;
          const float16 v4 = tarn_load_all_float16(x1 + i1);
          const float16 v5 = v3 + v4;
          const float16 v6 = v5 < (float16)(0) ? (float16)(0) : v5;
          tarn_store_all_float16(v6, y + i0 * y_0 + i1);
        }
        {
          const int i1 = column + 16;
          const float16 v3 = sum3_1;
          const float16 v4 = tarn_load_all_float16(x1 + i1);
          const float16 v5 = v3 + v4;
          const float16 v6 = v5 < (float16)(0) ? (float16)(0) : v5;
          tarn_store_all_float16(v6, y + i0 * y_0 + i1);
        }
      }
      if (row + 4 < row_end) {
        const int i0 = row + 4;
        {
          const int i1 = column + 0;
          const float16 v3 = sum4_0;
          const float16 v4 = tarn_load_all_float16(x1 + i1);
          const float16 v5 = v3 + v4;
          const float16 v6 = v5 < (float16)(0) ? (float16)(0) : v5;
          tarn_store_all_float16(v6, y + i0 * y_0 + i1);
        }
        {
          const int i1 = column + 16;
          const float16 v3 = sum4_1;
          const float16 v4 = tarn_load_all_float16(x1 + i1);
          const float16 v5 = v3 + v4;
          const float16 v6 = v5 < (float16)(0) ? (float16)(0) : v5;
          tarn_store_all_float16(v6, y + i0 * y_0 + i1);
        }
      }
      if (row + 5 < row_end) {
        const int i0 = row + 5;
        {
          const int i1 = column + 0;
          const float16 v3 = sum5_0;
          const float16 v4 = tarn_load_all_float16(x1 + i1);
          const float16 v5 = v3 + v4;
          const float16 v6 = v5 < (float16)(0) ? (float16)(0) : v5;
          tarn_store_all_float16(v6, y + i0 * y_0 + i1);
        }
        {
          const int i1 = column + 16;
          const float16 v3 = sum5_1;
          const float16 v4 = tarn_load_all_float16(x1 + i1);
          const float16 v5 = v3 + v4;
          const float16 v6 = v5 < (float16)(0) ? (float16)(0) : v5;
          tarn_store_all_float16(v6, y + i0 * y_0 + i1);
        }
      }
      if (row + 6 < row_end) {
        const int i0 = row + 6;
        {
          const int i1 = column + 0;
          const float16 v3 = sum6_0;
          const float16 v4 = tarn_load_all_float16(x1 + i1);
          const float16 v5 = v3 + v4;
          const float16 v6 = v5 < (float16)(0) ? (float16)(0) : v5;
          tarn_store_all_float16(v6, y + i0 * y_0 + i1);
        }
        {
          const int i1 = column + 16;
          const float16 v3 = sum6_1;
          const float16 v4 = tarn_load_all_float16(x1 + i1);
          const float16 v5 = v3 + v4;
          const float16 v6 = v5 < (float16)(0) ? (float16)(0) : v5;
          tarn_store_all_float16(v6, y + i0 * y_0 + i1);
        }
      }
      if (row + 7 < row_end) {
        const int i0 = row + 7;
        {
          const int i1 = column + 0;
          const float16 v3 = sum7_0;
          const float16 v4 = tarn_load_all_float16(x1 + i1);
          const float16 v5 = v3 + v4;
          const float16 v6 = v5 < (float16)(0) ? (float16)(0) : v5;
          tarn_store_all_float16(v6, y + i0 * y_0 + i1);
        }
        {
          const int i1 = column + 16;
          const float16 v3 = sum7_1;
          const float16 v4 = tarn_load_all_float16(x1 + i1);
          const float16 v5 = v3 + v4;
          const float16 v6 = v5 < (float16)(0) ? (float16)(0) : v5;
          tarn_store_all_float16(v6, y + i0 * y_0 + i1);
        }
      }
    }
  }
}
kernel void tarn_contract_085fd3e0f7b43655(global const float* restrict x0, global const float* restrict x1, global const float* restrict x2, global float* restrict y, const int16 numbers0) {
  const int tasks = numbers0.s0;
  const int places = numbers0.s1;
  const int blocks = numbers0.s2;
  const int block = numbers0.s3;
  const int rows = numbers0.s4;
  const int panels = numbers0.s5;
  const int depth = numbers0.s6;
  const int a_0 = numbers0.s7;
  const int tiles_ahead = numbers0.s8;
  const int floats_ahead = numbers0.s9;
  const int n2 = numbers0.sa;
  const int a_2 = numbers0.sb;
  const int y_0 = numbers0.sc;
  const int item_0 = numbers0.sd;
  const int items = numbers0.se;
  const int item = (int)get_global_id(0) - item_0;
  if (item >= items) return;
  tarn_contract_085fd3e0f7b43655_item(x0, x1, x2, y, numbers0, item);
}
