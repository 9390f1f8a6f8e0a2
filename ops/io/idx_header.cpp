#include "ops/io/idx_header.hpp"

#include <string>

#include "ops/io/elements.hpp"

namespace tarn::io {
namespace {

constexpr std::uint64_t kMagicBytes = 4;
constexpr std::uint64_t kExtentBytes = 4;

IdxType parse_type(const Input& input, unsigned char code) {
  const char* name = nullptr;
  switch (code) {
    case 0x08:
    case 0x0C:
    case 0x0D:
      return static_cast<IdxType>(code);
    case 0x09:
      name = "int8";
      break;
    case 0x0B:
      name = "int16";
      break;
    case 0x0E:
      name = "float64";
      break;
    default:
      input.fail(2, "there is no type " + std::to_string(code) + " in the format");
  }
  input.fail(2, "type " + std::to_string(code) + " (" + name +
                    "); uint8, int32 and float32 can be loaded");
}

Shape parse_shape(const Input& input, int rank) {
  Shape shape;
  for (int axis = 0; axis < rank; ++axis) {
    const auto place = kMagicBytes + kExtentBytes * static_cast<std::uint64_t>(axis);
    shape.push_back(static_cast<std::int64_t>(input.read_big_endian(place, kExtentBytes)));
  }
  return shape;
}

}  // namespace

IdxHeader parse_idx_header(const Input& input) {
  const std::string magic = input.read_text(0, kMagicBytes);
  if (magic[0] != 0 || magic[1] != 0) {
    input.fail(0, "not an idx file: it does not begin with two zero bytes");
  }
  IdxHeader header;
  header.type = parse_type(input, static_cast<unsigned char>(magic[2]));
  const int rank = static_cast<unsigned char>(magic[3]);
  if (rank > kMaxRank) {
    input.fail(
        3, std::to_string(rank) + " dimensions; a tensor has at most " + std::to_string(kMaxRank));
  }
  header.shape = parse_shape(input, rank);
  header.offset = kMagicBytes + kExtentBytes * static_cast<std::uint64_t>(rank);

  const auto bytes = checked_bytes(header.shape, header.type == IdxType::uint8 ? 1 : 4);
  const std::uint64_t rest = input.size() - header.offset;
  const std::string shape = "shape " + to_string(header.shape);
  if (!bytes) input.fail(kMagicBytes, "the bytes of " + shape + " do not fit an int64");
  if (*bytes != rest) {
    input.fail(header.offset, shape + " has " + std::to_string(*bytes) + " bytes, the file has " +
                                  std::to_string(rest) + " after the header");
  }
  return header;
}

}  // namespace tarn::io
