#pragma OPENCL FP_CONTRACT OFF
// exp(neg(relu(add(mul(x0,c0),x1))))
kernel void tarn_map_17ab44afa5afde77(global const float* restrict x0, global const float* restrict x1, global float* restrict y, const float c0, const int tasks, const int s0_0, const int s3_0, const int y_0) {
  for (int task = (int)get_global_id(0); task < tasks; task += (int)get_global_size(0)) {
    const int i0 = task;
    const float v0 = x0[i0 * s0_0];
    const float v2 = v0 * c0;
    const float v3 = x1[i0 * s3_0];
    const float v4 = v2 + v3;
    const float v5 = v4 < (float)(0) ? (float)(0) : v4;
    const float v6 = -v5;
    const float v7 = exp(v6);
    y[i0 * y_0] = v7;
  }
}
