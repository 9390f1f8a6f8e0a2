// What the workloads are measured against in the same process: plain OpenCL kernels of the same
// work, OpenBLAS for products, and the driver's own cost of a launch. All under `ref/`.
#pragma once

namespace tarn::bench {

void register_references();

}  // namespace tarn::bench
