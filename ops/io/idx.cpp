#include "ops/io/elements.hpp"
#include "ops/io/idx_header.hpp"
#include "tarn/io.hpp"

namespace tarn::io {
namespace {

// tarn has no type of one byte but bool, so each byte becomes an int32 on the host.
Tensor read_bytes_as_int32(const Input& input, const IdxHeader& header,
                           const LoadOptions& options) {
  const std::string bytes =
      input.read_text(header.offset, static_cast<std::uint64_t>(header.shape.elements()));
  std::vector<std::int32_t> values;
  values.reserve(bytes.size());
  for (const char byte : bytes) values.push_back(static_cast<unsigned char>(byte));
  return tensor(values, header.shape, {.device = options.device});
}

}  // namespace

Tensor load_idx(const std::filesystem::path& path, const LoadOptions& options) {
  const InputFile input = InputFile::open(path);
  const IdxHeader header = parse_idx_header(input);
  if (header.type == IdxType::uint8) return read_bytes_as_int32(input, header, options);
  const DType dtype = header.type == IdxType::int32 ? DType::int32 : DType::float32;
  const ElementFormat format{dtype, std::endian::big};
  return read_elements(input, header.offset, header.shape, format, options);
}

}  // namespace tarn::io
