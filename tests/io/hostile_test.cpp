// Files that are not what they claim to be, each with the reason that must be given for refusing
// it. They go through the public functions, as files on disk.
#include <gmock/gmock.h>

#include <sys/stat.h>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tarn/error.hpp"
#include "tarn/io.hpp"
#include "tests/io/files.hpp"

namespace tarn::io::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

struct BadFile {
  std::string name;
  std::string bytes;
  std::string reason;  // how the text after the path begins
};

std::ostream& operator<<(std::ostream& out, const BadFile& file) { return out << file.name; }

std::string name_of(const ::testing::TestParamInfo<BadFile>& info) { return info.param.name; }

// Expects a FormatError with the file's path and the reason, and nothing else.
void expect_refused(const BadFile& bad, const std::function<void(const std::string&)>& load) {
  const TemporaryFolder folder;
  const std::string path = folder / bad.name;
  write_file(path, bad.bytes);
  try {
    load(path);
    FAIL() << "was loaded";
  } catch (const FormatError& error) {
    EXPECT_THAT(error.what(), StartsWith(path + ": " + bad.reason));
  }
}

const std::string kFourBytes(4, '\0');
const std::string kEightBytes(8, '\0');

// One tensor "x" of two floats, with its entry given.
std::string with_x(const std::string& fields) {
  return safetensors_file("{\"x\":{" + fields + "}}", kEightBytes);
}

std::vector<BadFile> bad_safetensors() {
  const std::string x = entry("x", "F32", "[2]", 0, 8);
  return {
      // the length
      {"empty", "", "byte 0: truncated: 8 bytes are wanted at 0, the file has 0"},
      {"half_a_length", "\x10\x00\x00", "byte 0: truncated: 8 bytes are wanted at 0"},
      {"no_header", little_endian(0, 8), "byte 8: the header does not begin with '{'"},
      {"header_longer_than_file", little_endian(100, 8) + "{}",
       "byte 0: a header of 100 bytes, the file has 2 after the length"},
      {"header_of_ninety_megabytes", little_endian(90'000'000, 8) + "{}",
       "byte 0: a header of 90000000 bytes, the file has 2 after the length"},
      {"header_above_the_limit", little_endian(100'000'001, 8) + "{}",
       "byte 0: a header of 100000001 bytes; at most 100000000 are allowed"},
      {"header_of_all_bits", std::string(8, '\xff') + "{}",
       "byte 0: a header of 18446744073709551615 bytes; at most 100000000 are allowed"},
      // JSON
      {"not_json", safetensors_file("{nonsense}"), "byte 10: the header is not JSON: "},
      {"json_ends_early", safetensors_file("{\"x\":"), "byte 12: the header is not JSON: "},
      {"json_goes_on", safetensors_file("{}{}"), "byte 10: the header is not JSON: "},
      {"trailing_comma", safetensors_file("{" + x + ",}", kEightBytes),
       "byte 62: the header is not JSON: "},
      {"comment", safetensors_file("{/* none */}"), "byte 9: the header is not JSON: "},
      {"begins_with_space", safetensors_file(" {}"), "byte 8: the header does not begin with '{'"},
      {"byte_order_mark", safetensors_file("\xef\xbb\xbf{}"),
       "byte 8: the header does not begin with '{'"},
      {"an_array", safetensors_file("[]"), "byte 8: the header does not begin with '{'"},
      {"nul_after_the_object", safetensors_file(std::string("{}\0garbage", 10)),
       "byte 10: a NUL in the header"},
      {"not_utf8", safetensors_file("{\"\xff\xfe\":{}}"), "byte 10: the header is not JSON: "},
      {"overlong_utf8", safetensors_file("{\"\xc0\xaf\":{}}"), "byte 10: the header is not JSON: "},
      {"half_a_surrogate", safetensors_file("{\"\\ud800\":{}}"),
       "byte 16: the header is not JSON: "},
      {"control_character_in_a_name", safetensors_file("{\"a\nb\":{}}"),
       "byte 11: the header is not JSON: "},
      {"deep_arrays", safetensors_file("{\"x\":" + std::string(1'000'000, '[')),
       "byte 13: tensor \"x\" must be an object, not an array"},
      {"deep_objects",
       [] {
         std::string header;
         for (int i = 0; i < 100'000; ++i) header += "{\"x\":";
         return safetensors_file(header);
       }(),
       "byte 16: tensor \"x\": there is no field \"x\" in the format"},
      {"deep_shape", with_x("\"shape\":" + std::string(1'000'000, '[')),
       "byte 23: tensor \"x\": the shape must be an array of whole numbers, not an array"},
      // the form of an entry
      {"tensor_is_a_number", safetensors_file("{\"x\":1}"),
       "byte 14: tensor \"x\" must be an object, not a number"},
      {"tensor_is_null", safetensors_file("{\"x\":null}"),
       "byte 16: tensor \"x\" must be an object, not null"},
      {"tensor_is_empty", safetensors_file("{\"x\":{}}"),
       "byte 14: tensor \"x\": the field \"dtype\" is missing"},
      {"no_shape", with_x(R"("dtype":"F32","data_offsets":[0,8])"),
       "byte 48: tensor \"x\": the field \"shape\" is missing"},
      {"no_offsets", with_x(R"("dtype":"F32","shape":[2])"),
       "byte 39: tensor \"x\": the field \"data_offsets\" is missing"},
      {"unknown_field", with_x(R"("dtype":"F32","shape":[2],"strides":[1],"data_offsets":[0,8])"),
       "byte 48: tensor \"x\": there is no field \"strides\" in the format"},
      {"field_twice", with_x(R"("dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8])"),
       "byte 34: tensor \"x\": the field \"dtype\" is there twice"},
      {"name_twice", safetensors_file("{" + x + "," + x + "}", kEightBytes),
       "byte 64: the name \"x\" is there twice"},
      {"name_twice_by_escape",
       safetensors_file("{" + x + "," + entry("\\u0078", "F32", "[2]", 0, 8) + "}", kEightBytes),
       "byte 69: the name \"x\" is there twice"},
      // the dtype
      {"dtype_is_a_number", with_x(R"("dtype":32,"shape":[2],"data_offsets":[0,8])"),
       "byte 24: tensor \"x\": the dtype must be a string, not a number"},
      {"dtype_unknown", with_x(R"("dtype":"F31","shape":[2],"data_offsets":[0,8])"),
       "byte 11: tensor \"x\": there is no dtype \"F31\" in the format"},
      {"dtype_in_small_letters", with_x(R"("dtype":"f32","shape":[2],"data_offsets":[0,8])"),
       "byte 11: tensor \"x\": there is no dtype \"f32\" in the format"},
      {"dtype_float16", with_x(R"("dtype":"F16","shape":[4],"data_offsets":[0,8])"),
       "byte 62: tensor \"x\" has dtype F16; BOOL, I32 and F32 can be loaded"},
      {"dtype_bfloat16", with_x(R"("dtype":"BF16","shape":[4],"data_offsets":[0,8])"),
       "byte 63: tensor \"x\" has dtype BF16; BOOL, I32 and F32 can be loaded"},
      {"dtype_float64", with_x(R"("dtype":"F64","shape":[1],"data_offsets":[0,8])"),
       "byte 62: tensor \"x\" has dtype F64; BOOL, I32 and F32 can be loaded"},
      {"dtype_int64", with_x(R"("dtype":"I64","shape":[1],"data_offsets":[0,8])"),
       "byte 62: tensor \"x\" has dtype I64; BOOL, I32 and F32 can be loaded"},
      {"dtype_uint8", with_x(R"("dtype":"U8","shape":[8],"data_offsets":[0,8])"),
       "byte 61: tensor \"x\" has dtype U8; BOOL, I32 and F32 can be loaded"},
      {"bool_that_is_two",
       safetensors_file("{" + entry("x", "BOOL", "[3]", 0, 3) + "}", std::string("\0\1\2", 3)),
       "byte 65: a bool must be 0 or 1, not 2"},
      // the shape
      {"shape_is_a_number", with_x(R"("dtype":"F32","shape":2,"data_offsets":[0,8])"),
       "byte 37: tensor \"x\": the shape must be an array of whole numbers, not a number"},
      {"negative_extent", with_x(R"("dtype":"F32","shape":[-2],"data_offsets":[0,8])"),
       "byte 39: tensor \"x\": the shape must be an array of whole numbers, not a negative number"},
      {"fractional_extent", with_x(R"("dtype":"F32","shape":[2.0],"data_offsets":[0,8])"),
       "byte 40: tensor \"x\": the shape must be an array of whole numbers, not the number "
       "\"2.0\""},
      {"extent_as_text", with_x(R"("dtype":"F32","shape":["2"],"data_offsets":[0,8])"),
       "byte 39: tensor \"x\": the shape must be an array of whole numbers, not a string"},
      {"extent_above_int64",
       with_x(R"("dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8])"),
       "byte 56: tensor \"x\": the extent 9223372036854775808 does not fit an int64"},
      {"extent_above_uint64",
       with_x(R"("dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,8])"),
       "byte 57: tensor \"x\": the shape must be an array of whole numbers, not the number "
       "\"18446744073709551616\""},
      {"extent_above_float", with_x(R"("dtype":"F32","shape":[1e999],"data_offsets":[0,8])"),
       "byte 42: the header is not JSON: "},
      {"product_overflows",
       with_x(R"("dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8])"),
       "byte 11: tensor \"x\": the bytes of shape (4294967296,4294967296) do not fit an int64"},
      {"product_wraps_to_the_right_size",
       with_x(R"("dtype":"F32","shape":[2,4611686018427387905],"data_offsets":[0,8])"),
       "byte 11: tensor \"x\": the bytes of shape (2,4611686018427387905) do not fit an int64"},
      {"empty_but_its_strides_overflow",
       safetensors_file("{" + entry("x", "F32", "[0,4294967296,4294967296]", 0, 0) + "}"),
       "byte 11: tensor \"x\": the bytes of shape (0,4294967296,4294967296) do not fit an int64"},
      {"nine_dimensions", with_x(R"("dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],)"),
       "byte 54: tensor \"x\": more than 8 dimensions"},
      // the offsets
      {"one_offset", with_x(R"("dtype":"F32","shape":[2],"data_offsets":[0])"),
       "byte 57: tensor \"x\": data_offsets must be an array of two whole numbers, not one of 1"},
      {"three_offsets", with_x(R"("dtype":"F32","shape":[2],"data_offsets":[0,8,16])"),
       "byte 62: tensor \"x\": data_offsets must be an array of two whole numbers, not one of "
       "more"},
      {"negative_offset", with_x(R"("dtype":"F32","shape":[2],"data_offsets":[-8,0])"),
       "byte 58: tensor \"x\": data_offsets must be an array of two whole numbers, "
       "not a negative number"},
      {"offsets_backwards", with_x(R"("dtype":"F32","shape":[2],"data_offsets":[8,0])"),
       "byte 11: tensor \"x\": the offsets are 8 to 0"},
      {"offsets_beyond_the_file", with_x(R"("dtype":"F32","shape":[4],"data_offsets":[0,16])"),
       "byte 11: tensor \"x\": the offsets are 0 to 16, the file has 8 bytes after the header"},
      {"offsets_far_beyond_the_file",
       with_x(R"("dtype":"F32","shape":[1099511627776],"data_offsets":[0,4398046511104])"),
       "byte 11: tensor \"x\": the offsets are 0 to 4398046511104, the file has 8 bytes"},
      {"offset_of_all_bits",
       with_x(R"("dtype":"F32","shape":[2],"data_offsets":[18446744073709551608,0])"),
       "byte 11: tensor \"x\": the offsets are 18446744073709551608 to 0"},
      {"fewer_bytes_than_the_shape",
       safetensors_file("{" + entry("x", "F32", "[2]", 0, 4) + "}", kFourBytes),
       "byte 11: tensor \"x\": F32 of shape (2,) has 8 bytes, the offsets span 4"},
      {"more_bytes_than_the_shape", with_x(R"("dtype":"F32","shape":[1],"data_offsets":[0,8])"),
       "byte 11: tensor \"x\": F32 of shape (1,) has 4 bytes, the offsets span 8"},
      // how tensors lie beside each other
      {"same_bytes_twice",
       safetensors_file("{" + x + "," + entry("y", "F32", "[2]", 0, 8) + "}", kEightBytes),
       "byte 64: tensor \"y\" overlaps tensor \"x\" at offset 0"},
      {"overlap",
       safetensors_file("{" + x + "," + entry("y", "F32", "[2]", 4, 12) + "}",
                        kEightBytes + kFourBytes),
       "byte 64: tensor \"y\" overlaps tensor \"x\" at offset 4"},
      {"empty_tensor_within_another",
       safetensors_file("{" + x + "," + entry("y", "F32", "[0]", 4, 4) + "}", kEightBytes),
       "byte 64: tensor \"y\" overlaps tensor \"x\" at offset 4"},
      {"hole_at_the_start",
       safetensors_file("{" + entry("x", "F32", "[1]", 4, 8) + "}", kEightBytes),
       "byte 11: tensor \"x\" has a hole before it: offsets 0 to 4"},
      {"hole_between",
       safetensors_file("{" + x + "," + entry("y", "F32", "[1]", 12, 16) + "}",
                        kEightBytes + kEightBytes),
       "byte 64: tensor \"y\" has a hole before it: offsets 8 to 12"},
      {"bytes_after_the_last", safetensors_file("{" + x + "}", kEightBytes + "more"),
       "byte 70: 4 bytes belong to no tensor"},
      {"bytes_without_a_tensor", safetensors_file("{}", "more"),
       "byte 10: 4 bytes belong to no tensor"},
      {"data_cut", safetensors_file("{" + x + "}", kFourBytes),
       "byte 11: tensor \"x\": the offsets are 0 to 8, the file has 4 bytes after the header"},
      // metadata
      {"metadata_is_an_array", safetensors_file(R"({"__metadata__":[]})"),
       "byte 24: the metadata must be an object, not an array"},
      {"metadata_is_a_string", safetensors_file(R"({"__metadata__":"x"})"),
       "byte 26: the metadata must be an object, not a string"},
      {"metadata_value_is_a_number", safetensors_file(R"({"__metadata__":{"epoch":3}})"),
       "byte 34: the metadata \"epoch\" must be a string, not a number"},
      {"metadata_value_is_an_object", safetensors_file(R"({"__metadata__":{"a":{}}})"),
       "byte 29: the metadata \"a\" must be a string, not an object"},
      {"metadata_key_twice", safetensors_file(R"({"__metadata__":{"a":"1","a":"2"}})"),
       "byte 35: the metadata \"a\" is there twice"},
      {"metadata_twice", safetensors_file(R"({"__metadata__":{},"__metadata__":{}})"),
       "byte 40: the name \"__metadata__\" is there twice"},
      {"tensor_called_metadata",
       safetensors_file("{" + entry("__metadata__", "F32", "[2]", 0, 8) + "}", kEightBytes),
       "byte 47: the metadata \"shape\" must be a string, not an array"},
  };
}

std::vector<BadFile> bad_npy() {
  const auto dict = [](const std::string& descr, const std::string& order,
                       const std::string& shape) {
    return "{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
  };
  const auto shaped = [&](const std::string& shape) {
    return npy_file(dict("'<f4'", "False", shape), kEightBytes);
  };
  const auto typed = [&](const std::string& descr) {
    return npy_file(dict(descr, "False", "(2,)"), kEightBytes);
  };
  return {
      {"empty", "", "byte 0: truncated: 8 bytes are wanted at 0, the file has 0"},
      {"a_text", "this is no array at all", "byte 0: not an npy file"},
      {"a_zip", "PK\x03\x04 a zip of arrays", "byte 0: not an npy file"},
      {"only_magic", "\x93NUMPY", "byte 0: truncated"},
      {"version_zero", npy_file(dict("'<f4'", "False", "(2,)"), kEightBytes, 0),
       "byte 6: version 0.0; 1.0, 2.0 and 3.0 can be read"},
      {"version_four", npy_file(dict("'<f4'", "False", "(2,)"), kEightBytes, 4),
       "byte 6: version 4.0; 1.0, 2.0 and 3.0 can be read"},
      {"no_length", std::string("\x93NUMPY\x01\x00", 8), "byte 8: truncated"},
      {"half_a_length", std::string("\x93NUMPY\x02\x00\x10\x00", 10), "byte 8: truncated"},
      {"header_longer_than_file", std::string("\x93NUMPY\x01\x00\x76\x00{}", 12),
       "byte 8: a header of 118 bytes, the file has 2 after the length"},
      {"header_of_four_gigabytes", std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff{}", 14),
       "byte 8: a header of 4294967295 bytes, the file has 2 after the length"},
      {"header_above_the_limit", npy_file(std::string(70'000, ' '), "", 2),
       "byte 8: a header of 70000 bytes; at most 65536 are allowed"},
      {"empty_header", npy_file(""), "byte 10: the header: '{' is expected"},
      {"blank_header", npy_file("          \n"), "byte 21: the header: '{' is expected"},
      {"empty_dict", npy_file("{}"), "byte 12: the header: the key 'descr' is missing"},
      {"no_shape", npy_file("{'descr': '<f4', 'fortran_order': False}"),
       "byte 50: the header: the key 'shape' is missing"},
      {"key_twice", npy_file("{'descr': '<f4', 'descr': '<i4'}"),
       "byte 34: the header: the key \"descr\" is there twice"},
      {"unknown_key", npy_file("{'order': 'C'}"),
       "byte 19: the header: there is no key \"order\" in the format"},
      {"dict_does_not_end", npy_file("{'descr': '<f4'"), "byte 25: the header: ',' is expected"},
      {"string_does_not_end", npy_file("{'descr"), "byte 11: the header: a string does not end"},
      {"string_with_escapes", npy_file("{'desc\\x72': '<f4'}"),
       "byte 11: the header: a string with escapes"},
      {"no_colon", npy_file("{'descr' '<f4'}"), "byte 19: the header: ':' is expected"},
      {"code_after_the_dict", npy_file(dict("'<f4'", "False", "(2,)") + "__import__('os')"),
       "byte 68: the header: something follows the dict"},
      {"key_is_code", npy_file("{__import__('os'): 1}"),
       "byte 11: the header: a string is expected"},
      {"float64", typed("'<f8'"), "byte 25: the header: dtype \"<f8\" (float64); bool, int32 and "},
      {"int64", typed("'<i8'"), "byte 25: the header: dtype \"<i8\" (int64); bool, int32 and "},
      {"uint8", typed("'|u1'"), "byte 25: the header: dtype \"|u1\" (uint8); bool, int32 and "},
      {"float16", typed("'<f2'"), "byte 25: the header: dtype \"<f2\" (float16); bool, int32 and"},
      {"complex", typed("'<c16'"), "byte 26: the header: dtype \"<c16\" (complex128); bool, int32"},
      {"python_objects", typed("'|O'"), "byte 24: the header: unknown dtype \"|O\""},
      {"text_elements", typed("'<U7'"), "byte 25: the header: unknown dtype \"<U7\""},
      {"empty_descr", typed("''"), "byte 22: the header: unknown dtype \"\""},
      {"no_byte_order", typed("'|f4'"), "byte 25: the header: dtype \"|f4\" has no byte order"},
      {"records", typed("[('a', '<f4')]"),
       "byte 20: the header: arrays of records cannot be loaded"},
      {"descr_is_a_number", typed("4"), "byte 20: the header: a string is expected"},
      {"order_is_a_number", npy_file(dict("'<f4'", "1", "(2,)"), kEightBytes),
       "byte 44: the header: 'fortran_order' must be True or False"},
      {"shape_is_a_list", shaped("[2]"), "byte 60: the header: '(' is expected"},
      {"shape_is_a_number", shaped("2"), "byte 60: the header: '(' is expected"},
      {"negative_extent", shaped("(-2,)"),
       "byte 61: the header: an extent must be a whole number, not negative"},
      {"fractional_extent", shaped("(2.0,)"),
       "byte 62: the header: a tuple of one number wants a comma"},
      {"no_tuple", shaped("(2)"), "byte 62: the header: a tuple of one number wants a comma"},
      {"shape_does_not_end", npy_file("{'shape': (2, "), "byte 24: the header: an extent must be"},
      {"shape_of_commas", shaped("(,)"), "byte 61: the header: an extent must be a whole number"},
      {"extent_overflows", shaped("(9223372036854775808,)"),
       "byte 79: the header: an extent does not fit an int64"},
      {"product_overflows", shaped("(4294967296, 4294967296)"),
       "byte 88: the bytes of shape (4294967296,4294967296) do not fit an int64"},
      {"nine_dimensions", shaped("(1, 1, 1, 1, 1, 1, 1, 1, 2)"),
       "byte 85: the header: a shape of more than 8 dimensions"},
      {"fewer_bytes_than_the_shape", shaped("(3,)"),
       "byte 68: shape (3,) has 12 bytes, the file has 8 after the header"},
      {"far_fewer_bytes_than_the_shape", shaped("(1000000000000,)"),
       "byte 80: shape (1000000000000,) has 4000000000000 bytes, the file has 8"},
      {"more_bytes_than_the_shape", shaped("(1,)"),
       "byte 68: shape (1,) has 4 bytes, the file has 8 after the header"},
      {"bool_that_is_255", npy_file(dict("'|b1'", "False", "(2,)"), "\1\xff"),
       "byte 69: a bool must be 0 or 1, not 255"},
  };
}

std::vector<BadFile> bad_idx() {
  const std::string two = big_endian(2, 4);
  return {
      {"empty", "", "byte 0: truncated: 4 bytes are wanted at 0, the file has 0"},
      {"half_a_magic", std::string(3, '\0'), "byte 0: truncated"},
      {"gzip", "\x1f\x8b\x08\x08 compressed", "byte 0: not an idx file"},
      {"no_such_type", idx_file(0x0A, 1, two + "ab"), "byte 2: there is no type 10 in the format"},
      {"type_zero", std::string(8, '\0'), "byte 2: there is no type 0 in the format"},
      {"int8", idx_file(0x09, 1, two + "ab"),
       "byte 2: type 9 (int8); uint8, int32 and float32 can be loaded"},
      {"int16", idx_file(0x0B, 1, two + "abcd"),
       "byte 2: type 11 (int16); uint8, int32 and float32 can be loaded"},
      {"float64", idx_file(0x0E, 1, big_endian(1, 4) + kEightBytes),
       "byte 2: type 14 (float64); uint8, int32 and float32 can be loaded"},
      {"nine_dimensions", idx_file(0x08, 9, ""), "byte 3: 9 dimensions; a tensor has at most 8"},
      {"many_dimensions", idx_file(0x08, 255, ""),
       "byte 3: 255 dimensions; a tensor has at most 8"},
      {"no_extent", idx_file(0x08, 1, ""), "byte 4: truncated: 4 bytes are wanted at 4"},
      {"half_an_extent", idx_file(0x08, 2, two + std::string(2, '\0')),
       "byte 8: truncated: 4 bytes are wanted at 8, the file has 10"},
      {"little_endian_extent", idx_file(0x08, 1, little_endian(2, 4) + "ab"),
       "byte 8: shape (33554432,) has 33554432 bytes, the file has 2 after the header"},
      {"product_overflows", idx_file(0x08, 2, std::string(8, '\xff')),
       "byte 4: the bytes of shape (4294967295,4294967295) do not fit an int64"},
      {"data_cut", idx_file(0x0C, 1, two + "abcd"),
       "byte 8: shape (2,) has 8 bytes, the file has 4 after the header"},
      {"no_data", idx_file(0x0D, 0, ""), "byte 4: shape () has 4 bytes, the file has 0"},
      {"bytes_after_the_array", idx_file(0x08, 1, two + "abc"),
       "byte 8: shape (2,) has 2 bytes, the file has 3 after the header"},
  };
}

class HostileSafetensors : public ::testing::TestWithParam<BadFile> {};
class HostileNpy : public ::testing::TestWithParam<BadFile> {};
class HostileIdx : public ::testing::TestWithParam<BadFile> {};

TEST_P(HostileSafetensors, IsRefused) {
  expect_refused(GetParam(), [](const std::string& path) { load_safetensors(path); });
}
TEST_P(HostileNpy, IsRefused) {
  expect_refused(GetParam(), [](const std::string& path) { load_npy(path); });
}
TEST_P(HostileIdx, IsRefused) {
  expect_refused(GetParam(), [](const std::string& path) { load_idx(path); });
}

INSTANTIATE_TEST_SUITE_P(Io, HostileSafetensors, ::testing::ValuesIn(bad_safetensors()), name_of);
INSTANTIATE_TEST_SUITE_P(Io, HostileNpy, ::testing::ValuesIn(bad_npy()), name_of);
INSTANTIATE_TEST_SUITE_P(Io, HostileIdx, ::testing::ValuesIn(bad_idx()), name_of);

// What is no file is refused before anybody waits for its bytes.

TEST(HostilePath, ThatIsNotThereIsAnErrorWithTheSystemsReason) {
  const TemporaryFolder folder;
  const std::string path = folder / "nothing.npy";
  EXPECT_THAT([&] { load_npy(path); }, ::testing::ThrowsMessage<Error>(
                                           path + ": cannot be opened: No such file or directory"));
}

TEST(HostilePath, ThatIsAFolderIsRefused) {
  const TemporaryFolder folder;
  EXPECT_THAT([&] { load_safetensors(folder.path()); },
              ::testing::ThrowsMessage<FormatError>(HasSubstr("byte 0: not a regular file")));
}

TEST(HostilePath, ThatIsAPipeIsRefusedAndNotWaitedFor) {
  const TemporaryFolder folder;
  const std::string path = folder / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_THAT([&] { load_idx(path); },
              ::testing::ThrowsMessage<FormatError>(HasSubstr("byte 0: not a regular file")));
}

TEST(HostilePath, ThatNeverEndsIsRefused) {
  EXPECT_THAT([&] { load_npy("/dev/zero"); },
              ::testing::ThrowsMessage<FormatError>(HasSubstr("byte 0: not a regular file")));
}

// Names go into errors in a form that a terminal survives.
TEST(HostileName, IsEscapedAndCutInTheError) {
  EXPECT_EQ(in_quotes("\x1b[2J\xff"), "\"\\x1b[2J\\xff\"");
  EXPECT_EQ(in_quotes(std::string(121, 'n')), "\"" + std::string(120, 'n') + "...\"");
}

}  // namespace
}  // namespace tarn::io::test
