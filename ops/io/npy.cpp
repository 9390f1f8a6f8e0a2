#include <algorithm>
#include <string>

#include "ops/io/elements.hpp"
#include "ops/io/npy_header.hpp"
#include "tarn/io.hpp"

namespace tarn::io {
namespace {

// As Python writes a tuple: (), (3,), (3, 4).
std::string tuple_of(const Shape& shape) {
  std::string text = "(";
  for (int i = 0; i < shape.rank(); ++i) text += (i > 0 ? ", " : "") + std::to_string(shape[i]);
  return text + (shape.rank() == 1 ? ",)" : ")");
}

// The very bytes of numpy.save: the elements begin at a multiple of 64, a newline ends the header.
std::string npy_header(const Tensor& tensor) {
  constexpr std::size_t kPrefix = 10;  // the magic bytes, the version, the length
  const std::string descr = tensor.dtype() == DType::bool_   ? "|b1"
                            : tensor.dtype() == DType::int32 ? "<i4"
                                                             : "<f4";
  std::string dict = "{'descr': '" + descr +
                     "', 'fortran_order': False, 'shape': " + tuple_of(tensor.shape()) + ", }";
  dict.resize((kPrefix + dict.size() + 1 + 63) / 64 * 64 - kPrefix - 1, ' ');
  dict += '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(dict.size() & 0xff);
  header += static_cast<char>(dict.size() >> 8);
  return header + dict;
}

}  // namespace

Tensor load_npy(const std::filesystem::path& path, const LoadOptions& options) {
  const InputFile input = InputFile::open(path);
  NpyHeader header = parse_npy_header(input);
  // Fortran order of a shape is C order of the reversed shape.
  if (header.fortran_order) std::reverse(header.shape.begin(), header.shape.end());
  const Tensor tensor = read_elements(input, header.offset, header.shape, header.format, options);
  return header.fortran_order ? tensor.T() : tensor;
}

void save_npy(const std::filesystem::path& path, const Tensor& tensor) {
  tensor.realize();
  OutputFile file(path);
  file.write(npy_header(tensor));
  write_elements(file, tensor);
  file.commit();
}

}  // namespace tarn::io
