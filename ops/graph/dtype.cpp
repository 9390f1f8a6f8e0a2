#include "tarn/dtype.hpp"

#include <ostream>

namespace tarn {
namespace {

constexpr bool in_enum_order() {
  for (std::size_t i = 0; i < kDTypes.size(); ++i) {
    if (kDTypes[i].dtype != static_cast<DType>(i)) return false;
  }
  return true;
}
static_assert(in_enum_order(), "kDTypes has one row for each dtype, in the order of DType");

}  // namespace

std::ostream& operator<<(std::ostream& out, DType dtype) { return out << name(dtype); }

}  // namespace tarn
