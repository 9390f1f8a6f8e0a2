#include "ops/io/elements.hpp"

#include <limits>
#include <memory>
#include <span>

namespace tarn::io {
namespace {

// Elements in memory of their own, not set to anything first.
template <Element T>
class Elements {
 public:
  explicit Elements(std::int64_t count)
      : count_(static_cast<std::size_t>(count)),
        values_(std::make_unique_for_overwrite<T[]>(count_)) {}
  std::span<T> span() { return {values_.get(), count_}; }

 private:
  std::size_t count_;
  std::unique_ptr<T[]> values_;
};

// From `order` to the host's byte order, or back.
template <Element T>
void convert_order(std::span<T> values, std::endian order) {
  if (order == std::endian::native || sizeof(T) == 1) return;
  for (T& value : values) {
    if constexpr (sizeof(T) == 4) {
      value = std::bit_cast<T>(__builtin_bswap32(std::bit_cast<std::uint32_t>(value)));
    }
  }
}

template <Element T>
Elements<T> read_as(const Input& input, std::uint64_t offset, std::int64_t count,
                    std::endian order) {
  Elements<T> elements(count);
  input.read(offset, std::as_writable_bytes(elements.span()));
  convert_order(elements.span(), order);
  return elements;
}

// A C++ bool of any other byte than 0 and 1 is undefined behaviour: look before it is one.
template <>
Elements<bool> read_as(const Input& input, std::uint64_t offset, std::int64_t count, std::endian) {
  const std::string bytes = input.read_text(offset, static_cast<std::uint64_t>(count));
  Elements<bool> elements(count);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (byte > 1) input.fail(offset + i, "a bool must be 0 or 1, not " + std::to_string(byte));
    elements.span()[i] = byte != 0;
  }
  return elements;
}

template <Element T>
void write_as(OutputFile& file, const Tensor& tensor) {
  Elements<T> elements(tensor.size());
  tensor.copy_to(elements.span());
  convert_order(elements.span(), std::endian::little);
  file.write(std::as_bytes(elements.span()));
}

// Calls function.operator()<T>() with the C++ type of a dtype.
template <class Function>
decltype(auto) with_type_of(DType dtype, Function function) {
  switch (dtype) {
    case DType::bool_:
      return function.template operator()<bool>();
    case DType::int32:
      return function.template operator()<std::int32_t>();
    case DType::float32:
      break;
  }
  return function.template operator()<float>();
}

}  // namespace

std::optional<std::uint64_t> checked_bytes(const Shape& shape, std::uint64_t element_bytes) {
  std::int64_t product = static_cast<std::int64_t>(element_bytes);
  for (const std::int64_t extent : shape) {
    if (extent > 0 && __builtin_mul_overflow(product, extent, &product)) return std::nullopt;
  }
  const bool empty = std::ranges::find(shape, 0) != shape.end();
  return empty ? 0 : static_cast<std::uint64_t>(product);
}

Tensor read_elements(const Input& input, std::uint64_t offset, const Shape& shape,
                     ElementFormat format, const LoadOptions& options) {
  return with_type_of(format.dtype, [&]<Element T>() {
    Elements<T> elements = read_as<T>(input, offset, shape.elements(), format.order);
    return from_span<T>(elements.span(), shape, {.device = options.device});
  });
}

void write_elements(OutputFile& file, const Tensor& tensor) {
  with_type_of(tensor.dtype(), [&]<Element T>() { write_as<T>(file, tensor); });
}

}  // namespace tarn::io
