// A tensor's elements in a file: in row-major order, one after another, in some byte order.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>

#include "ops/io/input.hpp"
#include "ops/io/output_file.hpp"
#include "tarn/dtype.hpp"
#include "tarn/io.hpp"
#include "tarn/shape.hpp"
#include "tarn/tensor.hpp"

namespace tarn::io {

struct ElementFormat {
  DType dtype = DType::float32;
  std::endian order = std::endian::little;

  friend bool operator==(const ElementFormat&, const ElementFormat&) = default;
};

/// The bytes of so many elements. Nothing when they are more than an int64 counts: then no file has
/// them, and no Shape may. Extents of 0 count as 1 there, as strides are products of extents too.
std::optional<std::uint64_t> checked_bytes(const Shape& shape, std::uint64_t element_bytes);

/// Reads a tensor of `shape` at `offset`. Throws: FormatError for a bool that is neither 0 nor 1.
/// Requires: the bytes are there, so that only what the file really has is allocated.
Tensor read_elements(const Input& input, std::uint64_t offset, const Shape& shape,
                     ElementFormat format, const LoadOptions& options);

/// Writes the elements in little-endian order.
void write_elements(OutputFile& file, const Tensor& tensor);

}  // namespace tarn::io
