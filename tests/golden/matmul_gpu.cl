#pragma OPENCL FP_CONTRACT OFF
// relu(add(sum(mul(x0,x1)),x2))
kernel void tarn_blocks_2e215cdd659faf30(global const float* restrict x0, global const float* restrict x1, global const float* restrict x2, global float* restrict y, const int16 numbers0) {
  const int column_tiles = numbers0.s0;
  const int row_tiles = numbers0.s1;
  const int rows = numbers0.s2;
  const int a_0 = numbers0.s3;
  const int columns = numbers0.s4;
  const int b_1 = numbers0.s5;
  const int depth = numbers0.s6;
  const int a_2 = numbers0.s7;
  const int b_2 = numbers0.s8;
  const int y_0 = numbers0.s9;
  const int item_0 = numbers0.sa;
  const int items = numbers0.sb;
  const int item = (int)get_global_id(0) - item_0;
  if (item >= items) return;
  local float a_block[16 * 66];
  local float b_block[16 * 66];
  const int group = item / 256;
  const int position = item % 256;
  const int across = position % 16;
  const int down = position / 16;
  const int column = group % column_tiles * 64;
  const int row = group / column_tiles % row_tiles * 64;
  global const float* restrict a = x0;
  int a_at[4];
  #pragma unroll
  for (int i = 0; i < 4; ++i) {
    const int row_read = min((int)(row + down + i * 16), (int)(rows - 1));
    const int i0 = row_read;
    a_at[i] = i0 * a_0;
  }
  global const float* restrict b = x1;
  int b_at[4];
  #pragma unroll
  for (int i = 0; i < 4; ++i) {
    const int column_read = min((int)(column + down + i * 16), (int)(columns - 1));
    const int i1 = column_read;
    b_at[i] = i1 * b_1;
  }
  float sum0_0 = 0;
  float sum0_1 = 0;
  float sum0_2 = 0;
  float sum0_3 = 0;
  float sum1_0 = 0;
  float sum1_1 = 0;
  float sum1_2 = 0;
  float sum1_3 = 0;
  float sum2_0 = 0;
  float sum2_1 = 0;
  float sum2_2 = 0;
  float sum2_3 = 0;
  float sum3_0 = 0;
  float sum3_1 = 0;
  float sum3_2 = 0;
  float sum3_3 = 0;
  for (int begin = 0; begin < depth; begin += 16) {
    {
      const int deep = across;
      const int k = begin + deep;
      const int i2 = k;
      #pragma unroll
      for (int i = 0; i < 4; ++i) {
        a_block[deep * 66 + down + i * 16] = k < depth ? a[a_at[i] + i2 * a_2] : 0.0f;
      }
    }
    {
      const int deep = across;
      const int k = begin + deep;
      const int i2 = k;
      #pragma unroll
      for (int i = 0; i < 4; ++i) {
        b_block[deep * 66 + down + i * 16] = k < depth ? b[b_at[i] + i2 * b_2] : 0.0f;
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    #pragma unroll
    for (int deep = 0; deep < 16; ++deep) {
      const float a0 = a_block[deep * 66 + down];
      const float a1 = a_block[deep * 66 + down + 16];
      const float a2 = a_block[deep * 66 + down + 32];
      const float a3 = a_block[deep * 66 + down + 48];
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
      sum2_0 = fma(a2, b0, sum2_0);
      sum2_1 = fma(a2, b1, sum2_1);
      sum2_2 = fma(a2, b2, sum2_2);
      sum2_3 = fma(a2, b3, sum2_3);
      sum3_0 = fma(a3, b0, sum3_0);
      sum3_1 = fma(a3, b1, sum3_1);
      sum3_2 = fma(a3, b2, sum3_2);
      sum3_3 = fma(a3, b3, sum3_3);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  const float sums[16] = {sum0_0, sum0_1, sum0_2, sum0_3, sum1_0, sum1_1, sum1_2, sum1_3, sum2_0, sum2_1, sum2_2, sum2_3, sum3_0, sum3_1, sum3_2, sum3_3};
  #pragma unroll
  for (int r = 0; r < 4; ++r) {
    #pragma unroll
    for (int c = 0; c < 4; ++c) {
      const int row_written = row + down + r * 16;
      const int column_written = column + across + c * 16;
      if (row_written < rows && column_written < columns) {
        const int i0 = row_written;
        const int i1 = column_written;
        const float v3 = sums[r * 4 + c];
        const float v4 = x2[(i1 + 0)];
        const float v5 = v3 + v4;
        const float v6 = v5 < (float)(0) ? (float)(0) : v5;
        y[i0 * y_0 + (i1 + 0)] = v6;
      }
    }
  }
}
