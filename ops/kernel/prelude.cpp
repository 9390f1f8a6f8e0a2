#include "ops/kernel/prelude.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cctype>

#include "ops/kernel/exponential.hpp"
#include "ops/kernel/memory_access.hpp"
#include "ops/kernel/trigonometry.hpp"

namespace tarn::kernel {
namespace {

// A function `name` with the number of lanes behind it, such as tarn_int_mod16. Beside the places
// of prelude.hpp its text has $E, the type of an element, and $C, the number of lanes even if it is
// one.
struct Helper {
  std::string_view name;
  std::string_view element;  // $E; $T has the lanes too
  std::string_view text;
};

constexpr std::array<Helper, 49> kHelpers = {{
    {"tarn_lanes", "int", R"(
#define tarn_lanes$N (($I)($L))
)"},
    {"tarn_load_all_float", "float", kLoadAll},
    {"tarn_store_all_float", "float", kStoreAll},
    {"tarn_prefetch_float", "float", kPrefetch},
    {"tarn_prefetch_near_float", "float", kPrefetchNear},
    {"tarn_load_local_float", "float", kLoadLocal},
    {"tarn_store_local_float", "float", kStoreLocal},
    {"tarn_load_float", "float", kLoad},
    {"tarn_store_float", "float", kStore},
    {"tarn_load_where_float", "float", kLoadWhere},
    {"tarn_load_even_float", "float", kLoadEven},
    {"tarn_load_even_where_float", "float", kLoadEvenWhere},
    {"tarn_load_all_int", "int", kLoadAll},
    {"tarn_store_all_int", "int", kStoreAll},
    {"tarn_prefetch_near_int", "int", kPrefetchNear},
    {"tarn_load_int", "int", kLoad},
    {"tarn_store_int", "int", kStore},
    {"tarn_load_where_int", "int", kLoadWhere},
    {"tarn_load_even_int", "int", kLoadEven},
    {"tarn_load_even_where_int", "int", kLoadEvenWhere},
    {"tarn_load_all_uchar", "uchar", kLoadAll},
    {"tarn_store_all_uchar", "uchar", kStoreAll},
    {"tarn_load_uchar", "uchar", kLoadBytes},
    {"tarn_store_uchar", "uchar", kStoreBytes},
    {"tarn_load_where_uchar", "uchar", kLoadBytesWhere},
    {"tarn_load_even_uchar", "uchar", kLoadEven},
    {"tarn_load_even_where_uchar", "uchar", kLoadEvenBytesWhere},

    // Index i of n, negative ones from the end; -1 where there is no such element.
    {"tarn_at", "int", R"(
static inline int tarn_at(int i, int n) {
  const int at = i < 0 ? i + n : i;
  return (uint)at < (uint)n ? at : -1;
}
)"},

    // 16 × 16 elements. Each round interleaves the first eight rows with the last eight, which
    // turns the bits (row, column) of every element's place by one; after four rounds they are
    // exchanged.
    {"tarn_transpose", "float", R"(
static inline void tarn_transpose(float16* t) {
  float16 s[16];
#pragma unroll
  for (int round = 0; round < 2; ++round) {
#pragma unroll
    for (int i = 0; i < 8; ++i) {
      s[2 * i].even = t[i].lo;
      s[2 * i].odd = t[i + 8].lo;
      s[2 * i + 1].even = t[i].hi;
      s[2 * i + 1].odd = t[i + 8].hi;
    }
#pragma unroll
    for (int i = 0; i < 8; ++i) {
      t[2 * i].even = s[i].lo;
      t[2 * i].odd = s[i + 8].lo;
      t[2 * i + 1].even = s[i].hi;
      t[2 * i + 1].odd = s[i + 8].hi;
    }
  }
}
)"},

    // What an int32 cannot hold: NaN is 0, the rest the nearest that it can.
    {"tarn_to_int", "float", R"(
static inline $I tarn_to_int$N($T x) {
  const $I fits = (x >= -2147483648.0f) & (x < 2147483648.0f);
  const $I truncated = convert_int$N_rtz(fits ? x : ($T)(0));
  return fits ? truncated : x > 0 ? ($I)(INT_MAX) : x < 0 ? ($I)(INT_MIN) : ($I)(0);
}
)"},

    // NaN where either is NaN, which the built-in functions do not give. One instruction chooses,
    // and gives b where either is NaN; compilers take it apart unless it is called by its name.
    {"tarn_maximum", "float", R"(
static inline $T tarn_maximum$N($T a, $T b) {
#if defined(__AVX512F__) && $C == 16
  const $T larger = __builtin_ia32_maxps512(a, b, 4);
#else
  const $T larger = a > b ? a : b;
#endif
  return a != a ? a : larger;
}
)"},
    {"tarn_minimum", "float", R"(
static inline $T tarn_minimum$N($T a, $T b) {
#if defined(__AVX512F__) && $C == 16
  const $T smaller = __builtin_ia32_minps512(a, b, 4);
#else
  const $T smaller = a < b ? a : b;
#endif
  return a != a ? a : smaller;
}
)"},
    // -inf would become -inf * 0. What is multiplied by this is 0 long before -100.
    {"tarn_finite_below", "float", R"(
static inline $T tarn_finite_below$N($T x) { return x < ($T)(-100) ? ($T)(-100) : x; }
)"},

    // x / 0 is 0; x / -1 is a negation that wraps.
    {"tarn_int_floor_divide", "int", R"(
static inline $T tarn_int_floor_divide$N($T a, $T b) {
  const $T d = ((b == 0) | (b == -1)) ? ($T)(1) : b;
  const $T q = a / d;
  const $T floored = q + $M((a - q * d != 0) & ((a ^ d) < 0));
  const $T negated = as_$T(($U)(0) - as_$U(a));
  return b == 0 ? ($T)(0) : b == -1 ? negated : floored;
}
)"},
    {"tarn_int_mod", "int", R"(
static inline $T tarn_int_mod$N($T a, $T b) {
  const $T d = ((b == 0) | (b == -1)) ? ($T)(1) : b;
  const $T r = a % d;
  const $T floored = ((r != 0) & ((r ^ d) < 0)) ? r + d : r;
  return b == 0 ? ($T)(0) : b == -1 ? ($T)(0) : floored;
}
)"},

    // By squaring. Negative exponents give 0, but for 1 and -1, which are their own inverses.
    {"tarn_int_pow", "int", R"(
static inline $T tarn_int_pow$N($T a, $T b) {
  $U result = ($U)(1);
  $U base = as_$U(a);
  $U exponent = as_$U(b);
  for (int i = 0; i < 32; ++i) {
    result = ((exponent & 1) != 0) ? result * base : result;
    base *= base;
    exponent >>= 1;
  }
  return ((b < 0) & (a != 1) & (a != -1)) ? ($T)(0) : as_$T(result);
}
)"},

    // NumPy's: the sign of the divisor.
    {"tarn_float_mod", "float", R"(
static inline $T tarn_float_mod$N($T a, $T b) {
  const $T r = fmod(a, b);
  const $T turned = ((b < 0) == (r < 0)) ? r : r + b;
  return r == 0 ? copysign(r, b) : turned;
}
)"},
    // NumPy's: (a - mod(a, b)) / b, rounded to the next whole number.
    {"tarn_float_floor_divide", "float", R"(
static inline $T tarn_float_floor_divide$N($T a, $T b) {
  const $T r = fmod(a, b);
  const $T ratio = (a - r) / b;
  const $T q = ((r != 0) & ((b < 0) != (r < 0))) ? ratio - 1 : ratio;
  const $T down = floor(q);
  const $T whole = q - down > 0.5f ? down + 1 : down;
  const $T quotient = a / b;
  return b == 0 ? quotient : q == 0 ? copysign(($T)(0), quotient) : whole;
}
)"},

    {"tarn_exp_within", "float", kExpWithin},
    {"tarn_exp", "float", kExp},
    {"tarn_tanh", "float", kTanh},
    {"tarn_erf", "float", kErf},
    {"tarn_turn_bits", "float", kTurnBits},
    {"tarn_large_angle", "float", kLargeAngle},
    {"tarn_angle", "float", kAngle},
    {"tarn_turned", "float", kTurned},
    {"tarn_sin", "float", kSin},
    {"tarn_cos", "float", kCos},

    // Threefry-2x32-20 (Salmon et al., SC 2011): the counter is (index, stream), the key the seed.
    {"tarn_random", "float", R"(
static inline $T tarn_random$N($I index, int stream, int low, int high) {
  const uint keys[3] = {as_uint(low), as_uint(high), as_uint(low) ^ as_uint(high) ^ 0x1BD11BDAu};
  const uint rotations[2][4] = {{13, 15, 26, 6}, {17, 29, 16, 24}};
  $U x0 = as_$U(index) + keys[0];
  $U x1 = ($U)(as_uint(stream) + keys[1]);
  for (uint group = 1; group <= 5; ++group) {
    for (int i = 0; i < 4; ++i) {
      x0 += x1;
      x1 = rotate(x1, ($U)(rotations[(group - 1) % 2][i])) ^ x0;
    }
    x0 += keys[group % 3];
    x1 += keys[(group + 1) % 3] + group;
  }
  return convert_float$N(x0 >> 8) * 0x1p-24f;
}
)"},
}};

std::string suffix(int lanes) { return lanes == 1 ? "" : std::to_string(lanes); }

std::string counted(int lanes) {
  std::string text = "0";
  for (int l = 1; l < lanes; ++l) text += ", " + std::to_string(l);
  return text;
}

std::string fill(std::string_view spelling, std::string_view element, int lanes,
                 const std::vector<std::string>& operands) {
  std::string text;
  for (std::size_t i = 0; i < spelling.size(); ++i) {
    if (spelling[i] != '$') {
      text += spelling[i];
      continue;
    }
    const char place = spelling[++i];
    switch (place) {
      case 'T':
        text.append(element).append(suffix(lanes));
        break;
      case 'E':
        text += element;
        break;
      case 'I':
        text += "int" + suffix(lanes);
        break;
      case 'U':
        text += "uint" + suffix(lanes);
        break;
      case 'N':
        text += suffix(lanes);
        break;
      case 'C':
        text += std::to_string(lanes);
        break;
      case 'L':
        text += counted(lanes);
        break;
      case 'M':
        text += lanes == 1 ? "-" : "";
        break;
      default:
        text += operands[static_cast<std::size_t>(place - '0')];
    }
  }
  return text;
}

bool in_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// The names in `text` that begin with tarn_, in order.
std::vector<std::string_view> tarn_names(std::string_view text) {
  std::vector<std::string_view> names;
  for (std::size_t at = text.find("tarn_"); at != text.npos; at = text.find("tarn_", at)) {
    const auto end =
        std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), in_name);
    const auto length = static_cast<std::size_t>(end - text.begin()) - at;
    if (at == 0 || !in_name(text[at - 1])) names.push_back(text.substr(at, length));
    at += length;
  }
  return names;
}

// One function as text, for as many lanes as the digits at the end of `name` say.
std::string helper(std::string_view name) {
  const std::size_t digits = name.find_last_not_of("0123456789") + 1;
  const int lanes = digits == name.size() ? 1 : std::stoi(std::string(name.substr(digits)));
  const auto row = std::ranges::find(kHelpers, name.substr(0, digits), &Helper::name);
  assert(row != kHelpers.end());
  const std::string guard = "HAVE_" + std::string(name);
  return "#ifndef " + guard + "\n#define " + guard + fill(row->text, row->element, lanes, {}) +
         "#endif\n";
}

// What `body` names, each after what it names itself.
void add_helpers(std::string_view body, std::vector<std::string>& seen, std::string& text) {
  for (const std::string_view name : tarn_names(body)) {
    if (std::ranges::find(seen, name) != seen.end()) continue;
    seen.emplace_back(name);
    const std::string own = helper(name);
    add_helpers(own, seen, text);
    text += own;
  }
}

}  // namespace

std::string fill_in(std::string_view spelling, DType dtype, int lanes,
                    const std::vector<std::string>& operands) {
  return fill(spelling, dtype == DType::float32 ? "float" : "int", lanes, operands);
}

std::string_view cast_spelling(DType from, DType to) {
  // A row for each dtype to cast from; True is -1 in a register. Negating it would do, but
  // compilers make a zero-extension of one bit of that, which Oclgrind computes as 255.
  constexpr std::string_view kCasts[kDTypeCount][kDTypeCount] = {
      {"$0", "convert_int$N(fabs(convert_float$N($0)))", "fabs(convert_float$N($0))"},
      {"$M($0 != 0)", "$0", "convert_float$N($0)"},
      {"$M($0 != 0)", "tarn_to_int$N($0)", "$0"},
  };
  return kCasts[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
}

std::string random_spelling(const std::string& index, const std::string& stream,
                            const std::string& seed_low, const std::string& seed_high, int lanes) {
  return "tarn_random" + suffix(lanes) + "(" + index + ", " + stream + ", " + seed_low + ", " +
         seed_high + ")";
}

std::string helpers_for(std::string_view body) {
  std::vector<std::string> seen;
  std::string text;
  add_helpers(body, seen, text);
  return text;
}

}  // namespace tarn::kernel
