// The JSON of a safetensors header: is it of the form that the format asks for? What the numbers
// mean, and whether they fit the file, is checked by parse_safetensors_header.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ops/io/input.hpp"
#include "tarn/io.hpp"
#include "tarn/shape.hpp"

namespace tarn::io {

/// One tensor, as it is written there.
struct JsonEntry {
  std::string name;
  std::string dtype;
  Shape shape;
  std::uint64_t begin = 0;  ///< data_offsets[0]
  std::uint64_t end = 0;    ///< data_offsets[1]
  std::uint64_t place = 0;  ///< where in the file its name ends, for errors
};

struct JsonHeader {
  std::vector<JsonEntry> entries;
  Metadata metadata;
};

/// Parses `text`, which stands at byte `begin` of the input. Throws: FormatError.
JsonHeader parse_safetensors_json(const Input& input, std::uint64_t begin, std::string_view text);

}  // namespace tarn::io
