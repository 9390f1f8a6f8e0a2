#pragma OPENCL FP_CONTRACT OFF
// sum(mul(inside(x0,c0),x1))
kernel void tarn_blocks_e9b26f9ac687c14a(global const float* restrict x0, global const float* restrict x1, global float* restrict y, const int16 numbers0, const int16 numbers1, const int16 numbers2) {
  const float c0 = as_float(numbers0.s0);
  const int column_tiles = numbers0.s1;
  const int row_tiles = numbers0.s2;
  const int rows = numbers0.s3;
  const int a_1 = numbers0.s4;
  const int b_o = numbers0.s5;
  const int columns = numbers0.s6;
  const int n3 = numbers0.s7;
  const int n2 = numbers0.s8;
  const int b_0 = numbers0.s9;
  const int b_2 = numbers0.sa;
  const int b_3 = numbers0.sb;
  const int depth = numbers0.sc;
  const int n6 = numbers0.sd;
  const int n5 = numbers0.se;
  const int a_4 = numbers0.sf;
  const int a_5 = numbers1.s0;
  const int a_6 = numbers1.s1;
  const int b_4 = numbers1.s2;
  const int b_5 = numbers1.s3;
  const int b_6 = numbers1.s4;
  const int g0a_2 = numbers1.s5;
  const int g0a_5 = numbers1.s6;
  const int g0a_o = numbers1.s7;
  const int g0a_n = numbers1.s8;
  const int g0b_3 = numbers1.s9;
  const int g0b_6 = numbers1.sa;
  const int g0b_o = numbers1.sb;
  const int g0b_n = numbers1.sc;
  const int y_0 = numbers1.sd;
  const int y_1 = numbers1.se;
  const int y_2 = numbers1.sf;
  const int item_0 = numbers2.s0;
  const int items = numbers2.s1;
  const int item = (int)get_global_id(0) - item_0;
  if (item >= items) return;
  local float a_block[16 * 34];
  local float b_block[16 * 66];
  const int group = item / 256;
  const int position = item % 256;
  const int across = position % 16;
  const int down = position / 16;
  const int column = group % column_tiles * 64;
  const int row = group / column_tiles % row_tiles * 32;
  global const float* restrict a = x1;
  int a_at[2];
  #pragma unroll
  for (int i = 0; i < 2; ++i) {
    const int row_read = min((int)(row + down + i * 16), (int)(rows - 1));
    const int i1 = row_read;
    a_at[i] = i1 * a_1;
  }
  global const float* restrict b = x0 + b_o;
  int b_at;
  {
    const int column_read = min((int)(column + position % 64), (int)(columns - 1));
    const int i3 = (column_read) % n3;
    const int i2 = ((column_read) / n3) % n2;
    const int i0 = ((column_read) / n3) / n2;
    b_at = i0 * b_0 + i2 * b_2 + i3 * b_3;
  }
  float sum0_0 = 0;
  float sum0_1 = 0;
  float sum0_2 = 0;
  float sum0_3 = 0;
  float sum1_0 = 0;
  float sum1_1 = 0;
  float sum1_2 = 0;
  float sum1_3 = 0;
  for (int begin = 0; begin < depth; begin += 16) {
    {
      const int deep = across;
      const int k = begin + deep;
      const int i6 = (k) % n6;
      const int i5 = ((k) / n6) % n5;
      const int i4 = ((k) / n6) / n5;
      #pragma unroll
      for (int i = 0; i < 2; ++i) {
        a_block[deep * 34 + down + i * 16] = k < depth ? a[a_at[i] + i4 * a_4 + i5 * a_5 + i6 * a_6] : 0.0f;
      }
    }
    {
      const int column_read = min((int)(column + position % 64), (int)(columns - 1));
      const int i3 = (column_read) % n3;
      const int i2 = ((column_read) / n3) % n2;
      const int i0 = ((column_read) / n3) / n2;
      #pragma unroll
      for (int i = 0; i < 4; ++i) {
        const int deep = position / 64 + i * 4;
        const int k = begin + deep;
        const int i6 = (k) % n6;
        const int i5 = ((k) / n6) % n5;
        const int i4 = ((k) / n6) / n5;
        b_block[deep * 66 + position % 64] = k < depth ? ((uint)(i2 * g0a_2 + i5 * g0a_5 + g0a_o) < (uint)g0a_n && (uint)(i3 * g0b_3 + i6 * g0b_6 + g0b_o) < (uint)g0b_n ? b[b_at + i4 * b_4 + i5 * b_5 + i6 * b_6] : c0) : 0.0f;
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    #pragma unroll
    for (int deep = 0; deep < 16; ++deep) {
      const float a0 = a_block[deep * 34 + down];
      const float a1 = a_block[deep * 34 + down + 16];
      const float b0 = b_block[deep * 66 + across];
      const float b1 = b_block[deep * 66 + across + 16];
      const float b2 = b_block[deep * 66 + across + 32];
      const float b3 = b_block[deep * 66 + across + 48];
      sum0_0 = fma(a0, b0, sum0_0);
      sum0_1 = fma(a0, b1, sum0_1);
      sum0_2 = fma(a0, b2, sum0_2);
      sum0_3 = fma(a0, b3, sum0_3);
      sum1_0 = fma(a1, b0, sum1_0);
      sum1_1 = fma(a1, b1, sum1_1);
      sum1_2 = fma(a1, b2, sum1_2);
      sum1_3 = fma(a1, b3, sum1_3);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  const float sums[8] = {sum0_0, sum0_1, sum0_2, sum0_3, sum1_0, sum1_1, sum1_2, sum1_3};
  #pragma unroll
  for (int r = 0; r < 2; ++r) {
    #pragma unroll
    for (int c = 0; c < 4; ++c) {
      const int row_written = row + down + r * 16;
      const int column_written = column + across + c * 16;
      if (row_written < rows && column_written < columns) {
        const int i1 = row_written;
        const int i3 = (column_written) % n3;
        const int i2 = ((column_written) / n3) % n2;
        const int i0 = ((column_written) / n3) / n2;
        const float v5 = sums[r * 4 + c];
        y[i0 * y_0 + i1 * y_1 + i2 * y_2 + (i3 + 0)] = v5;
      }
    }
  }
}
