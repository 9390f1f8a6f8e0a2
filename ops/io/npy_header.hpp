// The header of an npy file, parsed and checked; no tensor is made here.
//
//   6 bytes        \x93NUMPY
//   2 bytes        the version: 1.0, 2.0 or 3.0
//   2 or 4 bytes   N, the length of what follows, little-endian; 2 bytes in version 1.0
//   N bytes        a Python dict: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
//   the rest       the elements
#pragma once

#include <cstdint>

#include "ops/io/elements.hpp"
#include "ops/io/input.hpp"
#include "tarn/shape.hpp"

namespace tarn::io {

struct NpyHeader {
  ElementFormat format;
  bool fortran_order = false;  ///< the first axis is the innermost
  Shape shape;
  std::uint64_t offset = 0;  ///< of the elements
};

/// Throws: FormatError for whatever is wrong with the header or does not fit the input's size.
NpyHeader parse_npy_header(const Input& input);

}  // namespace tarn::io
