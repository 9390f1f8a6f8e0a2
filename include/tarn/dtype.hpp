// The element types of tensors, as one table: name, size, and the order in which they promote.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>

namespace tarn {

/// The element type of a tensor. The order is the order of promotion: a mixed operation has the
/// larger.
enum class DType : std::uint8_t { bool_, int32, float32 };

inline constexpr std::size_t kDTypeCount = 3;

struct DTypeInfo {
  DType dtype;
  std::string_view name;  ///< NumPy's name
  std::size_t bytes;      ///< of one element, on the host and on the device
};

inline constexpr std::array<DTypeInfo, kDTypeCount> kDTypes = {{
    {DType::bool_, "bool", 1},
    {DType::int32, "int32", 4},
    {DType::float32, "float32", 4},
}};

constexpr const DTypeInfo& info(DType dtype) { return kDTypes[static_cast<std::size_t>(dtype)]; }
constexpr std::string_view name(DType dtype) { return info(dtype).name; }
constexpr std::size_t size_of(DType dtype) { return info(dtype).bytes; }
constexpr bool is_floating(DType dtype) { return dtype == DType::float32; }

/// The dtype of an operation on both: the larger in the order bool < int32 < float32.
constexpr DType promote(DType a, DType b) { return a < b ? b : a; }

/// Prints NumPy's name.
std::ostream& operator<<(std::ostream& out, DType dtype);

/// The C++ types that stand for a dtype on the host: `bool`, `std::int32_t`, `float`.
template <class T>
struct DTypeOf;
template <>
struct DTypeOf<bool> {
  static constexpr DType value = DType::bool_;
};
template <>
struct DTypeOf<std::int32_t> {
  static constexpr DType value = DType::int32;
};
template <>
struct DTypeOf<float> {
  static constexpr DType value = DType::float32;
};

template <class T>
inline constexpr DType dtype_of = DTypeOf<T>::value;

/// A type that a tensor can hold.
template <class T>
concept Element = requires {
  DTypeOf<T>::value;
};

}  // namespace tarn
