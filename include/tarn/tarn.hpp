// Everything: `#include <tarn/tarn.hpp>`.
#pragma once

#include "tarn/allocator.hpp"    // IWYU pragma: export
#include "tarn/buffer.hpp"       // IWYU pragma: export
#include "tarn/device.hpp"       // IWYU pragma: export
#include "tarn/dtype.hpp"        // IWYU pragma: export
#include "tarn/error.hpp"        // IWYU pragma: export
#include "tarn/io.hpp"           // IWYU pragma: export
#include "tarn/lru_cache.hpp"    // IWYU pragma: export
#include "tarn/nn.hpp"           // IWYU pragma: export
#include "tarn/ordered_map.hpp"  // IWYU pragma: export
#include "tarn/profile.hpp"      // IWYU pragma: export
#include "tarn/shape.hpp"        // IWYU pragma: export
#include "tarn/tensor.hpp"       // IWYU pragma: export
