#pragma OPENCL FP_CONTRACT OFF
// winograd4(x0)
__attribute__((noinline)) static void tarn_winograd_weights_e6bea4f53942640c_item(global const float* restrict x0, global float* restrict y, const int16 numbers0, const int item) {
  const int tasks = numbers0.s0;
  const int n1 = numbers0.s1;
  const int s0_0 = numbers0.s2;
  const int s0_1 = numbers0.s3;
  const int s0_2 = numbers0.s4;
  const int s0_3 = numbers0.s5;
  const int s0_4 = numbers0.s6;
  const int g0a_0 = numbers0.s7;
  const int g0a_2 = numbers0.s8;
  const int g0a_n = numbers0.s9;
  const int item_0 = numbers0.sa;
  const int items = numbers0.sb;
  const int groups = (int)items;
  const int share = (tasks + groups - 1) / groups;
  const int task_begin = (int)item * share;
  const int task_end = min((int)(task_begin + share), (int)(tasks));
  for (int task = task_begin; task < task_end; ++task) {
    const int i1 = (task) % n1;
    const int i0 = (task) / n1;
    for (int i2 = 0; i2 < 16; ++i2) {
      float half_way[6][3];
      for (int i4 = 0; i4 < 3; ++i4) {
        float d0;
        {
          const int i3 = 0;
          d0 = (uint)(i0 * g0a_0 + i2 * g0a_2) < (uint)g0a_n ? x0[i0 * s0_0 + i1 * s0_1 + i2 * s0_2 + i3 * s0_3 + i4 * s0_4] : 0;
        }
        float d1;
        {
          const int i3 = 1;
          d1 = (uint)(i0 * g0a_0 + i2 * g0a_2) < (uint)g0a_n ? x0[i0 * s0_0 + i1 * s0_1 + i2 * s0_2 + i3 * s0_3 + i4 * s0_4] : 0;
        }
        float d2;
        {
          const int i3 = 2;
          d2 = (uint)(i0 * g0a_0 + i2 * g0a_2) < (uint)g0a_n ? x0[i0 * s0_0 + i1 * s0_1 + i2 * s0_2 + i3 * s0_3 + i4 * s0_4] : 0;
        }
        half_way[0][i4] = d0 * (float)(1.0f / 4);
        half_way[1][i4] = fma(d2, (float)(-1.0f / 6), fma(d1, (float)(-1.0f / 6), d0 * (float)(-1.0f / 6)));
        half_way[2][i4] = fma(d2, (float)(-1.0f / 6), fma(d1, (float)(1.0f / 6), d0 * (float)(-1.0f / 6)));
        half_way[3][i4] = fma(d2, (float)(1.0f / 6), fma(d1, (float)(1.0f / 12), d0 * (float)(1.0f / 24)));
        half_way[4][i4] = fma(d2, (float)(1.0f / 6), fma(d1, (float)(-1.0f / 12), d0 * (float)(1.0f / 24)));
        half_way[5][i4] = d2;
      }
      for (int i = 0; i < 6; ++i) {
        const float d0 = half_way[i][0];
        const float d1 = half_way[i][1];
        const float d2 = half_way[i][2];
        y[((i0 * 36 + i * 6 + 0) * n1 + i1) * 16 + i2] = d0 * (float)(1.0f / 4);
        y[((i0 * 36 + i * 6 + 1) * n1 + i1) * 16 + i2] = fma(d2, (float)(-1.0f / 6), fma(d1, (float)(-1.0f / 6), d0 * (float)(-1.0f / 6)));
        y[((i0 * 36 + i * 6 + 2) * n1 + i1) * 16 + i2] = fma(d2, (float)(-1.0f / 6), fma(d1, (float)(1.0f / 6), d0 * (float)(-1.0f / 6)));
        y[((i0 * 36 + i * 6 + 3) * n1 + i1) * 16 + i2] = fma(d2, (float)(1.0f / 6), fma(d1, (float)(1.0f / 12), d0 * (float)(1.0f / 24)));
        y[((i0 * 36 + i * 6 + 4) * n1 + i1) * 16 + i2] = fma(d2, (float)(1.0f / 6), fma(d1, (float)(-1.0f / 12), d0 * (float)(1.0f / 24)));
        y[((i0 * 36 + i * 6 + 5) * n1 + i1) * 16 + i2] = d2;
      }
    }
  }
}
kernel void tarn_winograd_weights_e6bea4f53942640c(global const float* restrict x0, global float* restrict y, const int16 numbers0) {
  const int tasks = numbers0.s0;
  const int n1 = numbers0.s1;
  const int s0_0 = numbers0.s2;
  const int s0_1 = numbers0.s3;
  const int s0_2 = numbers0.s4;
  const int s0_3 = numbers0.s5;
  const int s0_4 = numbers0.s6;
  const int g0a_0 = numbers0.s7;
  const int g0a_2 = numbers0.s8;
  const int g0a_n = numbers0.s9;
  const int item_0 = numbers0.sa;
  const int items = numbers0.sb;
  const int item = (int)get_global_id(0) - item_0;
  if (item >= items) return;
  tarn_winograd_weights_e6bea4f53942640c_item(x0, y, numbers0, item);
}
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
#ifndef HAVE_tarn_prefetch_near_float16
#define HAVE_tarn_prefetch_near_float16
static inline void tarn_prefetch_near_float16(global const float* place) {
#if defined(__x86_64__) || defined(__aarch64__)
  __builtin_prefetch((const void*)(size_t)place, 0, 3);
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
// sum(mul(inside(x0,c0),x1))
__attribute__((noinline)) static void tarn_winograd_0c4d31a360e4332a_item(global const float* restrict x0, global const float* restrict x1, global float* restrict y, local float16* restrict room_for_image, local float16* restrict room_for_products, const int16 numbers0, const int16 numbers1, const int item) {
  const float c0 = as_float(numbers0.s0);
  const int tasks = numbers0.s1;
  const int places = numbers0.s2;
  const int across = numbers0.s3;
  const int down = numbers0.s4;
  const int blocks = numbers0.s5;
  const int shares = numbers0.s6;
  const int n3 = numbers0.s7;
  const int row_tiles = numbers0.s8;
  const int vector_rows = numbers0.s9;
  const int padding_x = numbers0.sa;
  const int padding_y = numbers0.sb;
  const int width = numbers0.sc;
  const int pitch = numbers0.sd;
  const int origin = numbers0.se;
  const int b_channel = numbers0.sf;
  const int height = numbers1.s0;
  const int n0 = numbers1.s1;
  const int n2 = numbers1.s2;
  const int n1 = numbers1.s3;
  const int y_0 = numbers1.s4;
  const int y_1 = numbers1.s5;
  const int item_0 = numbers1.s6;
  const int items = numbers1.s7;
  typedef float16 unaligned __attribute__((aligned(4)));
  local float* const image = (local float*)room_for_image;
  local float* const products = (local float*)room_for_products;
  float picked[36 * 32];
  float16 half_way[6][6];
  float results[4][80];
  const int groups = (int)items;
  const int share = (tasks + groups - 1) / groups;
  const int task_begin = (int)item * share;
  const int task_end = min((int)(task_begin + share), (int)(tasks));
  for (int task = task_begin; task < task_end; ++task) {
    const int channels = n3;
    const int tiles = row_tiles;
    const int tile_rows = vector_rows;
    const int place = task % places;
    const int share_of_rows = task / places;
    const int block_begin = blocks * share_of_rows / shares;
    const int block_end = blocks * (share_of_rows + 1) / shares;
    const int first_x = place % across * tiles * 4;
    const int first_y = place / across % down * tile_rows * 4;
    const int left = first_x - padding_x;
    const int top = first_y - padding_y;
    const int16 column0 = tarn_lanes16 + (int)(left + 0);
    const int16 where0 = (column0 >= 0) & (column0 < (int)width);
    const int16 column1 = tarn_lanes16 + (int)(left + 16);
    const int16 where1 = (column1 >= 0) & (column1 < (int)width);
    const int16 column2 = tarn_lanes16 + (int)(left + 32);
    const int16 where2 = (column2 >= 0) & (column2 < (int)width);
    const int16 column3 = tarn_lanes16 + (int)(left + 48);
    const int16 where3 = (column3 >= 0) & (column3 < (int)width);
    const int16 column4 = tarn_lanes16 + (int)(left + 4);
    const int16 where4 = (column4 >= 0) & (column4 < (int)width);
    const int16 column5 = tarn_lanes16 + (int)(left + 20);
    const int16 where5 = (column5 >= 0) & (column5 < (int)width);
    const int16 column6 = tarn_lanes16 + (int)(left + 36);
    const int16 where6 = (column6 >= 0) & (column6 < (int)width);
    const int16 column7 = tarn_lanes16 + (int)(left + 52);
    const int16 where7 = (column7 >= 0) & (column7 < (int)width);
    const float16 fill = (float16)(c0);
    global const float* restrict b_image = x0 + origin;
    for (int channel = 0; channel < channels; ++channel) {
      global const float* restrict b = b_image + channel * b_channel;
      for (int r = 0; r < tile_rows; ++r) {
        for (int i = 0; i < 6; ++i) {
          float* to = picked + i * 192 + r * tiles;
          const int row = top + r * 4 + i;
          if (row >= 0 && row < height) {
            global const float* restrict from = b + row * pitch + left;
            const float16 a0 = where0 ? tarn_load_where_float16(from + 0, where0) : fill;
            const float16 a1 = where1 ? tarn_load_where_float16(from + 16, where1) : fill;
            const float16 a2 = where2 ? tarn_load_where_float16(from + 32, where2) : fill;
            const float16 a3 = where3 ? tarn_load_where_float16(from + 48, where3) : fill;
            const float16 a4 = where4 ? tarn_load_where_float16(from + 4, where4) : fill;
            const float16 a5 = where5 ? tarn_load_where_float16(from + 20, where5) : fill;
            const float16 a6 = where6 ? tarn_load_where_float16(from + 36, where6) : fill;
            const float16 a7 = where7 ? tarn_load_where_float16(from + 52, where7) : fill;
            const float16 even0 = (float16)(a0.even, a1.even);
            const float16 odd0 = (float16)(a0.odd, a1.odd);
            const float16 even1 = (float16)(a2.even, a3.even);
            const float16 odd1 = (float16)(a2.odd, a3.odd);
            const float16 even2 = (float16)(a4.even, a5.even);
            const float16 odd2 = (float16)(a4.odd, a5.odd);
            const float16 even3 = (float16)(a6.even, a7.even);
            const float16 odd3 = (float16)(a6.odd, a7.odd);
            *(unaligned*)(to + 0) = (float16)(even0.even, even1.even);
            *(unaligned*)(to + 32) = (float16)(odd0.even, odd1.even);
            *(unaligned*)(to + 64) = (float16)(even0.odd, even1.odd);
            *(unaligned*)(to + 96) = (float16)(odd0.odd, odd1.odd);
            *(unaligned*)(to + 128) = (float16)(even2.even, even3.even);
            *(unaligned*)(to + 160) = (float16)(odd2.even, odd3.even);
          } else {
            *(unaligned*)(to + 0) = fill;
            *(unaligned*)(to + 32) = fill;
            *(unaligned*)(to + 64) = fill;
            *(unaligned*)(to + 96) = fill;
            *(unaligned*)(to + 128) = fill;
            *(unaligned*)(to + 160) = fill;
          }
        }
      }
      #pragma unroll 1
      for (int j = 0; j < 6; ++j) {
        const float16 d0 = *(const unaligned*)(picked + (0 + j) * 32);
        const float16 d1 = *(const unaligned*)(picked + (6 + j) * 32);
        const float16 d2 = *(const unaligned*)(picked + (12 + j) * 32);
        const float16 d3 = *(const unaligned*)(picked + (18 + j) * 32);
        const float16 d4 = *(const unaligned*)(picked + (24 + j) * 32);
        const float16 d5 = *(const unaligned*)(picked + (30 + j) * 32);
        half_way[0][j] = fma(d2, (float16)(-5.0f), fma(d0, (float16)(4.0f), d4));
        half_way[1][j] = fma(d2, (float16)(-4.0f), fma(d1, (float16)(-4.0f), d3 + d4));
        half_way[2][j] = fma(d2, (float16)(-4.0f), fma(d1, (float16)(4.0f), -d3 + d4));
        half_way[3][j] = fma(d3, (float16)(2.0f), fma(d1, (float16)(-2.0f), -d2 + d4));
        half_way[4][j] = fma(d3, (float16)(-2.0f), fma(d1, (float16)(2.0f), -d2 + d4));
        half_way[5][j] = fma(d3, (float16)(-5.0f), fma(d1, (float16)(4.0f), d5));
      }
      #pragma unroll 1
      for (int i = 0; i < 6; ++i) {
        const float16 d0 = half_way[i][0];
        const float16 d1 = half_way[i][1];
        const float16 d2 = half_way[i][2];
        const float16 d3 = half_way[i][3];
        const float16 d4 = half_way[i][4];
        const float16 d5 = half_way[i][5];
        *(local float16*)(image + ((i * 6 + 0) * channels + channel) * 16) = fma(d2, (float16)(-5.0f), fma(d0, (float16)(4.0f), d4));
        *(local float16*)(image + ((i * 6 + 1) * channels + channel) * 16) = fma(d2, (float16)(-4.0f), fma(d1, (float16)(-4.0f), d3 + d4));
        *(local float16*)(image + ((i * 6 + 2) * channels + channel) * 16) = fma(d2, (float16)(-4.0f), fma(d1, (float16)(4.0f), -d3 + d4));
        *(local float16*)(image + ((i * 6 + 3) * channels + channel) * 16) = fma(d3, (float16)(2.0f), fma(d1, (float16)(-2.0f), -d2 + d4));
        *(local float16*)(image + ((i * 6 + 4) * channels + channel) * 16) = fma(d3, (float16)(-2.0f), fma(d1, (float16)(2.0f), -d2 + d4));
        *(local float16*)(image + ((i * 6 + 5) * channels + channel) * 16) = fma(d3, (float16)(-5.0f), fma(d1, (float16)(4.0f), d5));
      }
    }
    for (int block = block_begin; block < block_end; ++block) {
      for (int e = 0; e < 36; ++e) {
        local const float* restrict b = image + e * channels * 16;
        global const float* restrict a_element = x1 + (block * 36 + e) * channels * 16;
        float16 sum0 = 0;
        float16 sum1 = 0;
        float16 sum2 = 0;
        float16 sum3 = 0;
        float16 sum4 = 0;
        float16 sum5 = 0;
        float16 sum6 = 0;
        float16 sum7 = 0;
        float16 sum8 = 0;
        float16 sum9 = 0;
        float16 sum10 = 0;
        float16 sum11 = 0;
        float16 sum12 = 0;
        float16 sum13 = 0;
        float16 sum14 = 0;
        float16 sum15 = 0;
        for (int channel = 0; channel < channels; ++channel) {
          global const float* restrict a = a_element + channel * 16;
          tarn_prefetch_near_float16(a + 1024);
          const float16 b0 = *(local const float16*)(b + channel * 16);
          sum0 = fma((float16)(a[0]), b0, sum0);
          sum1 = fma((float16)(a[1]), b0, sum1);
          sum2 = fma((float16)(a[2]), b0, sum2);
          sum3 = fma((float16)(a[3]), b0, sum3);
          sum4 = fma((float16)(a[4]), b0, sum4);
          sum5 = fma((float16)(a[5]), b0, sum5);
          sum6 = fma((float16)(a[6]), b0, sum6);
          sum7 = fma((float16)(a[7]), b0, sum7);
          sum8 = fma((float16)(a[8]), b0, sum8);
          sum9 = fma((float16)(a[9]), b0, sum9);
          sum10 = fma((float16)(a[10]), b0, sum10);
          sum11 = fma((float16)(a[11]), b0, sum11);
          sum12 = fma((float16)(a[12]), b0, sum12);
          sum13 = fma((float16)(a[13]), b0, sum13);
          sum14 = fma((float16)(a[14]), b0, sum14);
          sum15 = fma((float16)(a[15]), b0, sum15);
        }
        *(local float16*)(products + (e * 16 + 0) * 16) = sum0;
        *(local float16*)(products + (e * 16 + 1) * 16) = sum1;
        *(local float16*)(products + (e * 16 + 2) * 16) = sum2;
        *(local float16*)(products + (e * 16 + 3) * 16) = sum3;
        *(local float16*)(products + (e * 16 + 4) * 16) = sum4;
        *(local float16*)(products + (e * 16 + 5) * 16) = sum5;
        *(local float16*)(products + (e * 16 + 6) * 16) = sum6;
        *(local float16*)(products + (e * 16 + 7) * 16) = sum7;
        *(local float16*)(products + (e * 16 + 8) * 16) = sum8;
        *(local float16*)(products + (e * 16 + 9) * 16) = sum9;
        *(local float16*)(products + (e * 16 + 10) * 16) = sum10;
        *(local float16*)(products + (e * 16 + 11) * 16) = sum11;
        *(local float16*)(products + (e * 16 + 12) * 16) = sum12;
        *(local float16*)(products + (e * 16 + 13) * 16) = sum13;
        *(local float16*)(products + (e * 16 + 14) * 16) = sum14;
        *(local float16*)(products + (e * 16 + 15) * 16) = sum15;
      }
      const int row_end = min((int)(16), (int)(n0 - block * 16));
      for (int row = 0; row < row_end; ++row) {
        #pragma unroll 1
        for (int j = 0; j < 6; ++j) {
          const float16 d0 = *(local const float16*)(products + ((0 + j) * 16 + row) * 16);
          const float16 d1 = *(local const float16*)(products + ((6 + j) * 16 + row) * 16);
          const float16 d2 = *(local const float16*)(products + ((12 + j) * 16 + row) * 16);
          const float16 d3 = *(local const float16*)(products + ((18 + j) * 16 + row) * 16);
          const float16 d4 = *(local const float16*)(products + ((24 + j) * 16 + row) * 16);
          const float16 d5 = *(local const float16*)(products + ((30 + j) * 16 + row) * 16);
          half_way[0][j] = d0 + d1 + d2 + d3 + d4;
          half_way[1][j] = fma(d4, (float16)(-2.0f), fma(d3, (float16)(2.0f), d1 - d2));
          half_way[2][j] = fma(d4, (float16)(4.0f), fma(d3, (float16)(4.0f), d1 + d2));
          half_way[3][j] = fma(d4, (float16)(-8.0f), fma(d3, (float16)(8.0f), d1 - d2 + d5));
        }
        #pragma unroll 1
        for (int i = 0; i < 4; ++i) {
          const float16 d0 = half_way[i][0];
          const float16 d1 = half_way[i][1];
          const float16 d2 = half_way[i][2];
          const float16 d3 = half_way[i][3];
          const float16 d4 = half_way[i][4];
          const float16 d5 = half_way[i][5];
          const float16 y0 = d0 + d1 + d2 + d3 + d4;
          const float16 y1 = fma(d4, (float16)(-2.0f), fma(d3, (float16)(2.0f), d1 - d2));
          const float16 y2 = fma(d4, (float16)(4.0f), fma(d3, (float16)(4.0f), d1 + d2));
          const float16 y3 = fma(d4, (float16)(-8.0f), fma(d3, (float16)(8.0f), d1 - d2 + d5));
          float16 even0;
          even0.even = y0.lo;
          even0.odd = y2.lo;
          float16 even1;
          even1.even = y0.hi;
          even1.odd = y2.hi;
          float16 odd0;
          odd0.even = y1.lo;
          odd0.odd = y3.lo;
          float16 odd1;
          odd1.even = y1.hi;
          odd1.odd = y3.hi;
          float16 z0;
          z0.even = even0.lo;
          z0.odd = odd0.lo;
          float16 z1;
          z1.even = even0.hi;
          z1.odd = odd0.hi;
          float16 w0;
          w0.even = even1.lo;
          w0.odd = odd1.lo;
          float16 w1;
          w1.even = even1.hi;
          w1.odd = odd1.hi;
          *(unaligned*)(results[i] + 0) = z0;
          *(unaligned*)(results[i] + 16) = z1;
          *(unaligned*)(results[i] + 32) = w0;
          *(unaligned*)(results[i] + 48) = w1;
        }
        const int i0 = block * 16 + row;
        const int x_end = min((int)(first_x + tiles * 4), (int)(n2));
        const int rows_of_image = min((int)(tile_rows * 4), (int)(n1 - first_y));
        for (int r = 0; r < rows_of_image; ++r) {
          const int i1 = first_y + r;
          const float* from = results[r % 4] + r / 4 * tiles * 4;
          for (int i2 = first_x; i2 < x_end; i2 += 16) {
            const int m = (int)min((int)(16), (int)(x_end - i2));
            const float16 v5 = *(const unaligned*)(from + i2 - first_x);
            if (m == 16) {
              tarn_store_all_float16(v5, y + i0 * y_0 + i1 * y_1 + i2);
            } else {
              tarn_store_float16(v5, y + i0 * y_0 + i1 * y_1 + i2, m);
            }
          }
        }
      }
    }
  }
}
kernel void tarn_winograd_0c4d31a360e4332a(global const float* restrict x0, global const float* restrict x1, global float* restrict y, local float16* restrict room_for_image, local float16* restrict room_for_products, const int16 numbers0, const int16 numbers1) {
  const float c0 = as_float(numbers0.s0);
  const int tasks = numbers0.s1;
  const int places = numbers0.s2;
  const int across = numbers0.s3;
  const int down = numbers0.s4;
  const int blocks = numbers0.s5;
  const int shares = numbers0.s6;
  const int n3 = numbers0.s7;
  const int row_tiles = numbers0.s8;
  const int vector_rows = numbers0.s9;
  const int padding_x = numbers0.sa;
  const int padding_y = numbers0.sb;
  const int width = numbers0.sc;
  const int pitch = numbers0.sd;
  const int origin = numbers0.se;
  const int b_channel = numbers0.sf;
  const int height = numbers1.s0;
  const int n0 = numbers1.s1;
  const int n2 = numbers1.s2;
  const int n1 = numbers1.s3;
  const int y_0 = numbers1.s4;
  const int y_1 = numbers1.s5;
  const int item_0 = numbers1.s6;
  const int items = numbers1.s7;
  const int item = (int)get_global_id(0) - item_0;
  if (item >= items) return;
  tarn_winograd_0c4d31a360e4332a_item(x0, x1, y, room_for_image, room_for_products, numbers0, numbers1, item);
}
