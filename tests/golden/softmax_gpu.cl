#pragma OPENCL FP_CONTRACT OFF
// div(exp(sub(x0,max(x0))),sum(exp(sub(x0,max(x0)))))
kernel void tarn_reduce_ef5e789dc02fa207(global const float* restrict x0, global float* restrict y, const int tasks, const int n1, const int s0_0, const int y_0) {
  for (int task = (int)get_global_id(0); task < tasks; task += (int)get_global_size(0)) {
    const int i0 = task;
    float a1 = -INFINITY;
    {
      for (int i1_block = 0; i1_block < n1; i1_block += 32768) {
        int i1 = i1_block;
        const int end = min((int)(i1_block + 32768), n1);
        for (; i1 + 1 <= end; i1 += 1) {
          const float v0 = x0[i0 * s0_0 + (i1 + 0)];
          a1 = ((a1 > v0) | (a1 != a1)) ? a1 : v0;
        }
      }
    }
    const float v1 = a1;
    float a4 = 0.0f;
    {
      for (int i1_block = 0; i1_block < n1; i1_block += 32768) {
        int i1 = i1_block;
        const int end = min((int)(i1_block + 32768), n1);
        for (; i1 + 1 <= end; i1 += 1) {
          const float v0 = x0[i0 * s0_0 + (i1 + 0)];
          const float v2 = v0 - v1;
          const float v3 = exp(v2);
          a4 = a4 + v3;
        }
      }
    }
    const float v4 = a4;
    {
      for (int i1_block = 0; i1_block < n1; i1_block += 32768) {
        int i1 = i1_block;
        const int end = min((int)(i1_block + 32768), n1);
        for (; i1 + 1 <= end; i1 += 1) {
          const float v0 = x0[i0 * s0_0 + (i1 + 0)];
          const float v2 = v0 - v1;
          const float v3 = exp(v2);
          const float v5 = v3 / v4;
          y[i0 * y_0 + (i1 + 0)] = v5;
        }
      }
    }
  }
}
