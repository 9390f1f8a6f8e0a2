// What drivers read from the environment when they start, and what we put there.
#pragma once

namespace tarn::opencl {

/// Makes the settings that pay, once a process, each only where the user has set nothing. To be
/// called before the first call of OpenCL.
void prepare_environment();

}  // namespace tarn::opencl
