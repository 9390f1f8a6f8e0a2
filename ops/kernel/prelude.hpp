// The operators in OpenCL C: templates filled in for a dtype and a number of lanes, and the
// functions that stand before a kernel because an expression of theirs would be too long.
//
// In a template $0, $1, $2 are the operands (names, or expressions in parentheses), $T is their
// type, $I and $U are the signed and unsigned integers of as many lanes, $N is the number of lanes
// (nothing for one), $L counts them (`0, 1, 2, 3`), and $M turns a comparison into a bool in a
// register: -1 or 0, which is what comparisons of vectors give, and minus what comparisons of
// scalars give.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tarn/dtype.hpp"

namespace tarn::kernel {

/// The template with its places taken; `dtype` is that of the operands.
std::string fill_in(std::string_view spelling, DType dtype, int lanes,
                    const std::vector<std::string>& operands);

/// The template of a cast. To int32: toward zero; NaN is 0, and what is too large the largest (or
/// lowest) number. To bool: whether it is not 0.
std::string_view cast_spelling(DType from, DType to);

/// The random numbers of Op::random: `index` is an int of `lanes` lanes, the rest scalars.
std::string random_spelling(const std::string& index, const std::string& stream,
                            const std::string& seed_low, const std::string& seed_high, int lanes);

/// The functions whose names occur in `body`. Each stands between guards of the preprocessor, so
/// that the texts of several kernels make one program.
///
/// tarn_load_all_TYPEn(place) and tarn_store_all_TYPEn(value, place) touch n elements,
/// tarn_load_TYPEn(place, m) and tarn_store_TYPEn(value, place, m) touch the first m of n elements
/// (float, int, uchar), tarn_load_where_TYPEn(place, where) those where an int is -1; what is not
/// loaded is 0. tarn_load_even_TYPEn(place) and tarn_load_even_where_TYPEn(place, where) load every
/// second element. tarn_lanesN is the vector (0, 1, ...).
std::string helpers_for(std::string_view body);

}  // namespace tarn::kernel
