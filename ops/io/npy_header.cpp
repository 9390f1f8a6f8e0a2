#include "ops/io/npy_header.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tarn::io {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
// NumPy's own headers have about a hundred bytes; only arrays of records have longer ones.
constexpr std::uint64_t kMaxHeader = 64 * 1024;

// NumPy's type codes. Those without a dtype are here to be called by name.
struct NpyType {
  std::string_view code;
  std::string_view name;
  std::optional<DType> dtype;
};
constexpr std::array<NpyType, 14> kTypes = {{
    {"b1", "bool", DType::bool_},
    {"i4", "int32", DType::int32},
    {"f4", "float32", DType::float32},
    {"i1", "int8", {}},
    {"i2", "int16", {}},
    {"i8", "int64", {}},
    {"u1", "uint8", {}},
    {"u2", "uint16", {}},
    {"u4", "uint32", {}},
    {"u8", "uint64", {}},
    {"f2", "float16", {}},
    {"f8", "float64", {}},
    {"c8", "complex64", {}},
    {"c16", "complex128", {}},
}};

// Reads the one form of a Python dict that a header may have.
class DictReader {
 public:
  DictReader(const Input& input, std::uint64_t begin, std::string_view text)
      : input_(input), begin_(begin), text_(text) {}

  NpyHeader read() {
    NpyHeader header;
    expect('{');
    while (!take('}')) {
      read_field(header);
      if (take('}')) break;
      expect(',');
    }
    if (peek()) fail("something follows the dict");
    for (const char* key : {"descr", "fortran_order", "shape"}) {
      if (!seen(key)) fail("the key '" + std::string(key) + "' is missing");
    }
    return header;
  }

 private:
  void read_field(NpyHeader& header) {
    const std::string key(read_string());
    if (seen(key)) fail("the key " + in_quotes(key) + " is there twice");
    keys_.push_back(key);
    expect(':');
    if (key == "descr") {
      header.format = read_format();
    } else if (key == "fortran_order") {
      header.fortran_order = read_bool();
    } else if (key == "shape") {
      header.shape = read_shape();
    } else {
      fail("there is no key " + in_quotes(key) + " in the format");
    }
  }

  ElementFormat read_format() {
    if (peek() == '[') fail("arrays of records cannot be loaded");
    const std::string_view descr = read_string();
    const std::string_view code = descr.substr(std::min<std::size_t>(1, descr.size()));
    const auto* type = std::ranges::find(kTypes, code, &NpyType::code);
    if (type == kTypes.end() || std::string_view("<>|=").find(descr[0]) == std::string::npos) {
      fail("unknown dtype " + in_quotes(descr));
    }
    if (!type->dtype) {
      fail("dtype " + in_quotes(descr) + " (" + std::string(type->name) +
           "); bool, int32 and float32 can be loaded");
    }
    if (descr[0] == '|' && size_of(*type->dtype) > 1) {
      fail("dtype " + in_quotes(descr) + " has no byte order");
    }
    const std::endian order = descr[0] == '<'   ? std::endian::little
                              : descr[0] == '>' ? std::endian::big
                                                : std::endian::native;
    return {*type->dtype, order};
  }

  bool read_bool() {
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (peek() && text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return value;
      }
    }
    fail("'fortran_order' must be True or False");
  }

  Shape read_shape() {
    Shape shape;
    expect('(');
    while (!take(')')) {
      if (shape.rank() == kMaxRank) {
        fail("a shape of more than " + std::to_string(kMaxRank) + " dimensions");
      }
      shape.push_back(read_extent());
      if (take(',')) continue;
      if (shape.rank() == 1) fail("a tuple of one number wants a comma");
      expect(')');
      break;
    }
    return shape;
  }

  std::int64_t read_extent() {
    const std::size_t first = (peek(), at_);
    std::int64_t value = 0;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      if (__builtin_mul_overflow(value, 10, &value) ||
          __builtin_add_overflow(value, text_[at_] - '0', &value)) {
        fail("an extent does not fit an int64");
      }
    }
    if (at_ == first) fail("an extent must be a whole number, not negative");
    if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // a long of Python 2
    return value;
  }

  std::string_view read_string() {
    const std::optional<char> quote = peek();
    if (quote != '\'' && quote != '"') fail("a string is expected");
    const std::size_t end = text_.find(*quote, at_ + 1);
    if (end == std::string_view::npos) fail("a string does not end");
    const std::string_view result = text_.substr(at_ + 1, end - at_ - 1);
    if (result.find('\\') != std::string_view::npos) fail("a string with escapes");
    at_ = end + 1;
    return result;
  }

  // The next character that is no space.
  std::optional<char> peek() {
    at_ = std::min(text_.find_first_not_of(" \t\n\r", at_), text_.size());
    if (at_ == text_.size()) return std::nullopt;
    return text_[at_];
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) fail(std::string("'") + c + "' is expected");
  }
  bool seen(std::string_view key) const { return std::ranges::find(keys_, key) != keys_.end(); }
  [[noreturn]] void fail(const std::string& reason) const {
    input_.fail(begin_ + at_, "the header: " + reason);
  }

  const Input& input_;
  const std::uint64_t begin_;
  const std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> keys_;
};

// How many bytes the version has for the length of the header.
std::uint64_t length_bytes(const Input& input, std::string_view version) {
  const int major = static_cast<unsigned char>(version[0]);
  const int minor = static_cast<unsigned char>(version[1]);
  if (minor == 0 && major == 1) return 2;
  if (minor == 0 && (major == 2 || major == 3)) return 4;
  input.fail(kMagic.size(), "version " + std::to_string(major) + "." + std::to_string(minor) +
                                "; 1.0, 2.0 and 3.0 can be read");
}

// The file must have exactly the elements that the shape claims.
void check_size(const Input& input, const NpyHeader& header) {
  const auto bytes = checked_bytes(header.shape, size_of(header.format.dtype));
  const std::uint64_t rest = input.size() - header.offset;
  const std::string shape = "shape " + to_string(header.shape);
  if (!bytes) input.fail(header.offset, "the bytes of " + shape + " do not fit an int64");
  if (*bytes != rest) {
    input.fail(header.offset, shape + " has " + std::to_string(*bytes) + " bytes, the file has " +
                                  std::to_string(rest) + " after the header");
  }
}

}  // namespace

NpyHeader parse_npy_header(const Input& input) {
  const std::string start = input.read_text(0, kMagic.size() + 2);
  if (!start.starts_with(kMagic))
    input.fail(0, "not an npy file: it does not begin with \\x93NUMPY");
  const std::uint64_t prefix = length_bytes(input, std::string_view(start).substr(kMagic.size()));
  const std::uint64_t length = input.read_little_endian(start.size(), prefix);
  const std::uint64_t begin = start.size() + prefix;
  const std::uint64_t rest = input.size() - begin;
  if (length > rest) {
    input.fail(start.size(), "a header of " + std::to_string(length) + " bytes, the file has " +
                                 std::to_string(rest) + " after the length");
  }
  if (length > kMaxHeader) {
    input.fail(start.size(), "a header of " + std::to_string(length) + " bytes; at most " +
                                 std::to_string(kMaxHeader) + " are allowed");
  }
  NpyHeader header = DictReader(input, begin, input.read_text(begin, length)).read();
  header.offset = begin + length;
  check_size(input, header);
  return header;
}

}  // namespace tarn::io
