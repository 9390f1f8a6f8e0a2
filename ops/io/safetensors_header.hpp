// The header of a safetensors file, parsed and checked; no tensor is made here.
//
//   8 bytes   N, the length of the header, little-endian
//   N bytes   JSON: {"NAME": {"dtype": "F32", "shape": [2,3], "data_offsets": [BEGIN, END]}, ...},
//             and "__metadata__" with strings by name; padded with spaces
//   the rest  the elements, little-endian; offsets count from here
//
// The tensors' bytes cover the rest of the file, each byte once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "ops/io/input.hpp"
#include "tarn/dtype.hpp"
#include "tarn/io.hpp"

namespace tarn::io {

inline constexpr std::uint64_t kSafetensorsLengthBytes = 8;
inline constexpr std::string_view kSafetensorsMetadata = "__metadata__";

/// A dtype of the format: its name there, its size, and ours where we have it.
struct SafetensorsDType {
  std::string_view name;
  std::uint64_t bytes;
  std::optional<DType> dtype;
};

/// Null for a name that the format does not have.
const SafetensorsDType* find_safetensors_dtype(std::string_view name);
/// The format's name of one of our dtypes.
std::string_view safetensors_name(DType dtype);

/// Throws: FormatError for whatever is wrong with the header or does not fit the input's size.
SafetensorsHeader parse_safetensors_header(const Input& input);

}  // namespace tarn::io
