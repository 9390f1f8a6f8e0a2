// The header of an idx file, parsed and checked; no tensor is made here.
//
//   2 bytes          zero
//   1 byte           the type of the elements
//   1 byte           the number of dimensions
//   4 bytes an axis  its extent, big-endian
//   the rest         the elements, big-endian
#pragma once

#include <cstdint>

#include "ops/io/input.hpp"
#include "tarn/shape.hpp"

namespace tarn::io {

/// The types that can be loaded, by their codes.
enum class IdxType : unsigned char { uint8 = 0x08, int32 = 0x0C, float32 = 0x0D };

struct IdxHeader {
  IdxType type = IdxType::uint8;
  Shape shape;
  std::uint64_t offset = 0;  ///< of the elements
};

/// Throws: FormatError for whatever is wrong with the header or does not fit the input's size.
IdxHeader parse_idx_header(const Input& input);

}  // namespace tarn::io
