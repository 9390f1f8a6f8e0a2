// Arrays as NumPy prints them: columns aligned, long rows wrapped, large arrays elided, floats with
// as few digits as tell them apart from their neighbours.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "tarn/dtype.hpp"
#include "tarn/shape.hpp"

namespace tarn {

/// The text of `print(array)`. Requires: as many values as the shape has elements, in row-major
/// order. Instantiated for bool, int32 and float.
template <Element T>
std::string format_array(const Shape& shape, std::span<const T> values);

}  // namespace tarn
