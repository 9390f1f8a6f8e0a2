// The matrices of Winograd's minimal filtering F(m, 3), by which a row of m + 2 elements, filtered
// by three weights, gives m results: y = A ((G w) * (B x)), the product by elements. In two
// dimensions each is applied to the columns, and then to the rows. With the points 0, 1, -1 (and 2,
// -2) and infinity, as in Lavin and Gray (2015), section 4.
#pragma once

#include <span>
#include <string>

namespace tarn::kernel::winograd {

using Row = std::span<const float>;

/// A row of the matrix (B, G or A) of F(outputs, 3).
Row image(int outputs, int row);
Row weights(int outputs, int row);
Row result(int outputs, int row);

/// A row times the variables of type `type` called `name`0, `name`1, ..., as an expression.
std::string combination(Row factors, const std::string& name, const std::string& type);

}  // namespace tarn::kernel::winograd
