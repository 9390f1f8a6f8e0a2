// What the parsers of headers accept, on bytes in memory. What they refuse is in hostile_test.cpp.
#include <gmock/gmock.h>

#include <bit>
#include <string>
#include <vector>

#include "ops/io/idx_header.hpp"
#include "ops/io/npy_header.hpp"
#include "ops/io/safetensors_header.hpp"
#include "tests/io/files.hpp"

namespace tarn::io::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

SafetensorsHeader parse_safetensors(const std::string& bytes) {
  return parse_safetensors_header(MemoryInput(bytes));
}
NpyHeader parse_npy(const std::string& bytes) { return parse_npy_header(MemoryInput(bytes)); }
IdxHeader parse_idx(const std::string& bytes) { return parse_idx_header(MemoryInput(bytes)); }

std::vector<std::string> names(const SafetensorsHeader& header) {
  std::vector<std::string> result;
  for (const SafetensorsEntry& entry : header.entries) result.push_back(entry.name);
  return result;
}

TEST(SafetensorsHeader, OfNothingHasNoEntries) {
  const SafetensorsHeader header = parse_safetensors(safetensors_file("{}"));
  EXPECT_THAT(header.entries, IsEmpty());
  EXPECT_THAT(header.metadata, IsEmpty());
}

TEST(SafetensorsHeader, NamesBytesByTheirPlaceInTheFile) {
  const std::string text = "{" + entry("x", "F32", "[2,3]", 0, 24) + "}";
  const SafetensorsHeader header = parse_safetensors(safetensors_file(text, std::string(24, '\0')));
  ASSERT_EQ(header.entries.size(), 1u);
  EXPECT_EQ(header.entries[0].name, "x");
  EXPECT_EQ(header.entries[0].dtype, "F32");
  EXPECT_EQ(header.entries[0].shape, (Shape{2, 3}));
  EXPECT_EQ(header.entries[0].offset, 8 + text.size());
  EXPECT_EQ(header.entries[0].bytes, 24u);
}

TEST(SafetensorsHeader, KeepsItsOrderWhateverTheOrderOfTheBytes) {
  const std::string text =
      "{" + entry("late", "I32", "[1]", 1, 5) + "," + entry("early", "BOOL", "[1]", 0, 1) + "}";
  EXPECT_THAT(names(parse_safetensors(safetensors_file(text, std::string(5, '\0')))),
              ElementsAre("late", "early"));
}

TEST(SafetensorsHeader, MayEndInSpaces) {
  EXPECT_THAT(parse_safetensors(safetensors_file("{}      ")).entries, IsEmpty());
}

TEST(SafetensorsHeader, HasMetadataOfAnyText) {
  const SafetensorsHeader header = parse_safetensors(
      safetensors_file("{\"__metadata__\":{\"a\":\"\",\"\":\"\\u00fc\\n\\ud83c\\udfd4\"}}"));
  EXPECT_THAT(header.metadata, ElementsAre(Pair("", "ü\n🏔"), Pair("a", "")));
}

TEST(SafetensorsHeader, HasScalarsAndEmptyTensorsAnywhere) {
  const std::string text = "{" + entry("a", "F32", "[0,4]", 0, 0) + "," +
                           entry("b", "F32", "[]", 0, 4) + "," + entry("c", "F32", "[7,0]", 4, 4) +
                           "}";
  const SafetensorsHeader header = parse_safetensors(safetensors_file(text, "four"));
  EXPECT_EQ(header.entries[1].shape, Shape{});
  EXPECT_EQ(header.entries[2].shape, (Shape{7, 0}));
  EXPECT_EQ(header.entries[2].bytes, 0u);
}

TEST(SafetensorsHeader, HasANameOfNoCharacters) {
  const std::string text = "{" + entry("", "BOOL", "[]", 0, 1) + "}";
  EXPECT_THAT(names(parse_safetensors(safetensors_file(text, "\1"))), ElementsAre(""));
}

TEST(SafetensorsHeader, ListsTheSizesOfDTypesThatCannotBeLoaded) {
  const std::string text =
      "{" + entry("half", "F16", "[3]", 0, 6) + "," + entry("long", "I64", "[1]", 6, 14) + "}";
  const SafetensorsHeader header = parse_safetensors(safetensors_file(text, std::string(14, '\0')));
  EXPECT_EQ(header.entries[0].dtype, "F16");
  EXPECT_EQ(header.entries[0].bytes, 6u);
  EXPECT_EQ(header.entries[1].bytes, 8u);
}

TEST(SafetensorsDTypes, HaveOursUnderTheFormatsNames) {
  for (const DTypeInfo& ours : kDTypes) {
    const SafetensorsDType* found = find_safetensors_dtype(safetensors_name(ours.dtype));
    ASSERT_NE(found, nullptr) << ours.name;
    EXPECT_EQ(found->dtype, ours.dtype);
    EXPECT_EQ(found->bytes, ours.bytes);
  }
  EXPECT_EQ(find_safetensors_dtype("float32"), nullptr);
}

TEST(NpyHeader, HasAFormatAShapeAndTheElementsPlace) {
  const std::string dict = "{'descr': '<i4', 'fortran_order': False, 'shape': (1, 2), }\n";
  const NpyHeader header = parse_npy(npy_file(dict, "eight by"));
  EXPECT_EQ(header.format, (ElementFormat{DType::int32, std::endian::little}));
  EXPECT_FALSE(header.fortran_order);
  EXPECT_EQ(header.shape, (Shape{1, 2}));
  EXPECT_EQ(header.offset, 10 + dict.size());
}

TEST(NpyHeader, OfLaterVersionsHasALongerLength) {
  const std::string dict = "{'descr': '<f4', 'fortran_order': False, 'shape': (), }\n";
  EXPECT_EQ(parse_npy(npy_file(dict, "four", 2)).offset, 12 + dict.size());
  EXPECT_EQ(parse_npy(npy_file(dict, "four", 3)).offset, 12 + dict.size());
}

TEST(NpyHeader, HasEitherByteOrder) {
  const auto format = [](const std::string& descr, const std::string& data) {
    const std::string rest = "', 'fortran_order': False, 'shape': ()}";
    return parse_npy(npy_file("{'descr': '" + descr + rest, data)).format;
  };
  EXPECT_EQ(format("<f4", "four"), (ElementFormat{DType::float32, std::endian::little}));
  EXPECT_EQ(format(">f4", "four"), (ElementFormat{DType::float32, std::endian::big}));
  EXPECT_EQ(format("=i4", "four"), (ElementFormat{DType::int32, std::endian::native}));
  EXPECT_EQ(format("|b1", "\1").dtype, DType::bool_);
}

TEST(NpyHeader, IsAnyPythonDictOfTheseThreeKeys) {
  const NpyHeader header =
      parse_npy(npy_file("{ \"shape\" : ( 3L , ) ,\n\"fortran_order\":True,'descr':\"|b1\"}  ",
                         std::string("\0\1\0", 3)));
  EXPECT_EQ(header.shape, Shape{3});
  EXPECT_TRUE(header.fortran_order);
}

TEST(IdxHeader, HasATypeAndBigEndianExtents) {
  const IdxHeader header =
      parse_idx(idx_file(0x08, 2, big_endian(2, 4) + big_endian(3, 4) + "pixels"));
  EXPECT_EQ(header.type, IdxType::uint8);
  EXPECT_EQ(header.shape, (Shape{2, 3}));
  EXPECT_EQ(header.offset, 12u);
}

TEST(IdxHeader, OfNoDimensionsIsAScalars) {
  const IdxHeader header = parse_idx(idx_file(0x0D, 0, "four"));
  EXPECT_EQ(header.type, IdxType::float32);
  EXPECT_EQ(header.shape, Shape{});
}

TEST(CheckedBytes, IsNothingWhereTheNumberDoesNotFit) {
  EXPECT_EQ(checked_bytes({2, 3}, 4), 24u);
  EXPECT_EQ(checked_bytes({}, 4), 4u);
  EXPECT_EQ(checked_bytes({3, 0}, 4), 0u);
  EXPECT_EQ(checked_bytes({std::int64_t{1} << 60}, 4), std::uint64_t{1} << 62);
  EXPECT_EQ(checked_bytes({std::int64_t{1} << 61}, 4), std::nullopt);
  EXPECT_EQ(checked_bytes({0, std::int64_t{1} << 62}, 4), std::nullopt);
}

}  // namespace
}  // namespace tarn::io::test
