// Tensors to files and back, and files that NumPy and the safetensors package have written.
#include <gmock/gmock.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "tarn/error.hpp"
#include "tarn/io.hpp"
#include "tests/io/files.hpp"

namespace tarn::io::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::ThrowsMessage;
using ::testing::UnorderedElementsAre;

// A file of tests/data, which make.py there describes.
std::string data(const std::string& name) {
  return std::string(TARN_SOURCE_DIR) + "/tests/data/" + name;
}

// 0, 1/2, 1, ...: element (i, j) of the (3, 4) matrix is (4 i + j) / 2.
std::vector<float> halves() {
  std::vector<float> values(12);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) / 2;
  return values;
}

std::vector<std::int32_t> from_minus_twelve() {
  std::vector<std::int32_t> values(24);
  std::iota(values.begin(), values.end(), -12);
  return values;
}

const std::vector<bool> kThirds = {true,  false, false, true,  false,
                                   false, true,  false, false, true};

template <Element T>
void expect_tensor(const Tensor& tensor, const Shape& shape, const std::vector<T>& values) {
  EXPECT_EQ(tensor.shape(), shape);
  ASSERT_EQ(tensor.dtype(), dtype_of<T>);
  EXPECT_EQ(tensor.to_vector<T>(), values);
}

std::vector<std::string> names(const Safetensors& file) {
  std::vector<std::string> result;
  for (const auto& [name, tensor] : file.tensors) result.push_back(name);
  return result;
}

// ---- npy

TEST(Npy, ReadsWhatNumpyWrote) {
  expect_tensor(load_npy(data("float32.npy")), {3, 4}, halves());
  expect_tensor(load_npy(data("int32.npy")), {2, 3, 4}, from_minus_twelve());
  expect_tensor(load_npy(data("bool.npy")), {10}, kThirds);
  expect_tensor(load_npy(data("scalar.npy")), {}, std::vector{2.5f});
  expect_tensor(load_npy(data("empty.npy")), {3, 0, 2}, std::vector<float>{});
}

TEST(Npy, ReadsFortranOrderAsTheSameArray) {
  expect_tensor(load_npy(data("float32_fortran.npy")), {3, 4}, halves());
}

TEST(Npy, ReadsBigEndianElements) {
  const TemporaryFolder folder;
  const std::string dict = "{'descr': '>i4', 'fortran_order': False, 'shape': (2,), }\n";
  write_file(folder / "big.npy", npy_file(dict, big_endian(1, 4) + big_endian(0xfffffffe, 4)));
  expect_tensor(load_npy(folder / "big.npy"), {2}, std::vector<std::int32_t>{1, -2});
}

TEST(Npy, WritesTheVeryBytesThatNumpyWrites) {
  const TemporaryFolder folder;
  for (const char* name : {"float32.npy", "int32.npy", "bool.npy", "scalar.npy", "empty.npy"}) {
    save_npy(folder / name, load_npy(data(name)));
    EXPECT_EQ(read_file(folder / name), read_file(data(name))) << name;
  }
}

TEST(Npy, WritesFortranOrderAsCOrder) {
  const TemporaryFolder folder;
  save_npy(folder / "c.npy", load_npy(data("float32_fortran.npy")));
  EXPECT_EQ(read_file(folder / "c.npy"), read_file(data("float32.npy")));
}

TEST(Npy, ComputesWhatItWrites) {
  const TemporaryFolder folder;
  save_npy(folder / "x.npy", tensor({{1.f, 2.f}, {3.f, 4.f}}).T() + 1.f);
  expect_tensor(load_npy(folder / "x.npy"), {2, 2}, std::vector{2.f, 4.f, 3.f, 5.f});
}

TEST(Npy, KeepsEveryBitOfAFloat) {
  const TemporaryFolder folder;
  const std::vector<float> values = {-0.f, std::numeric_limits<float>::infinity(),
                                     std::numeric_limits<float>::denorm_min(),
                                     std::numeric_limits<float>::max()};
  save_npy(folder / "x.npy", tensor(values, {4}));
  const std::vector<float> loaded = load_npy(folder / "x.npy").to_vector<float>();
  EXPECT_EQ(loaded, values);
  EXPECT_TRUE(std::signbit(loaded[0]));
}

// ---- safetensors

TEST(SafetensorsFile, HasWhatTheFormatsOwnPackageWrote) {
  const Safetensors file = load_safetensors(data("mixed.safetensors"));
  EXPECT_THAT(names(file), ElementsAre("matrix", "cube", "thirds"));
  expect_tensor(file["matrix"], {3, 4}, halves());
  expect_tensor(file["cube"], {2, 3, 4}, from_minus_twelve());
  expect_tensor(file["thirds"], {10}, kThirds);
  EXPECT_THAT(file.metadata, IsEmpty());
}

TEST(SafetensorsFile, HasMetadataScalarsAndEmptyTensors) {
  const Safetensors file = load_safetensors(data("metadata.safetensors"));
  EXPECT_THAT(file.metadata, UnorderedElementsAre(Pair("network", "none"),
                                                  Pair("note", "a \"quoted\" line\nand ünïcode")));
  expect_tensor(file["0.weight"], {3, 4}, halves());
  expect_tensor(file["scale"], {}, std::vector{2.5f});
  expect_tensor(file["nothing"], {0, 4}, std::vector<float>{});
}

TEST(SafetensorsFile, NamesATensorThatItHasNot) {
  const Safetensors file = load_safetensors(data("mixed.safetensors"));
  EXPECT_EQ(file.find("bias"), nullptr);
  EXPECT_THAT([&] { file["bias"]; },
              ThrowsMessage<ValueError>("there is no tensor \"bias\" among the 3 of the file"));
}

TEST(SafetensorsFile, IsListedWithoutADeviceWhateverItsDTypes) {
  const TemporaryFolder folder;
  const std::string header = "{" + entry("x", "BF16", "[2]", 0, 4) + "}";
  write_file(folder / "x", safetensors_file(header, "data"));
  const SafetensorsHeader listed = list_safetensors(folder / "x");
  ASSERT_EQ(listed.entries.size(), 1u);
  EXPECT_EQ(listed.entries[0].dtype, "BF16");
  EXPECT_THAT([&] { load_safetensors(folder / "x"); },
              ThrowsMessage<FormatError>(HasSubstr("tensor \"x\" has dtype BF16")));
}

TEST(SafetensorsFile, OnlyWhatIsWantedIsLoaded) {
  const TemporaryFolder folder;
  const std::string header =
      "{" + entry("x", "I64", "[1]", 0, 8) + "," + entry("y", "I32", "[1]", 8, 12) + "}";
  write_file(folder / "x",
             safetensors_file(header, std::string(8, 'z') + std::string("\x05\0\0\0", 4)));
  const auto wanted = [](std::string_view name) { return name != "x"; };
  const Safetensors file = load_safetensors(folder / "x", {.wanted = wanted});
  ASSERT_EQ(file.tensors.size(), 1u);
  EXPECT_EQ(file["y"].item<std::int32_t>(), 5);
}

TEST(SafetensorsFile, ComesBackAsItWasSaved) {
  const TemporaryFolder folder;
  const Tensor flags = tensor({true, false, true});
  const Tensor sums = tensor({{1, 2}, {3, 4}}) + 1;
  const Metadata metadata = {{"note", "ä \"b\"\n"}, {"", "empty"}};
  save_safetensors(folder / "x", {{"flags", flags}, {"sums", sums}, {"ü", full({}, 0.5f)}},
                   metadata);
  const Safetensors file = load_safetensors(folder / "x");
  EXPECT_THAT(names(file), ElementsAre("flags", "sums", "ü"));
  expect_tensor(file["flags"], {3}, std::vector{true, false, true});
  expect_tensor(file["sums"], {2, 2}, std::vector<std::int32_t>{2, 3, 4, 5});
  expect_tensor(file["ü"], {}, std::vector{0.5f});
  EXPECT_EQ(file.metadata, metadata);
}

TEST(SafetensorsFile, OfNothingComesBackToo) {
  const TemporaryFolder folder;
  save_safetensors(folder / "x", {});
  EXPECT_THAT(load_safetensors(folder / "x").tensors, IsEmpty());
}

// Readers that map the file want floats at multiples of 4.
TEST(SafetensorsFile, IsSavedWithEveryElementAligned) {
  const TemporaryFolder folder;
  const Tensor flag = tensor({true});
  save_safetensors(folder / "x", {{"a", flag}, {"b", ones({3})}, {"c", flag}, {"d", ones({})}});
  for (const SafetensorsEntry& entry : list_safetensors(folder / "x").entries) {
    EXPECT_TRUE(entry.dtype == "BOOL" || entry.offset % 4 == 0) << entry.name;
  }
}

TEST(SafetensorsFile, IsNotSavedUnderNamesThatCannotBeRead) {
  const TemporaryFolder folder;
  const Tensor x = ones({2});
  EXPECT_THAT(
      [&] {
        save_safetensors(folder / "x", {{"a", x}, {"a", x}});
      },
      ThrowsMessage<ValueError>(HasSubstr("the name \"a\" is there twice")));
  EXPECT_THAT(
      [&] {
        save_safetensors(folder / "x", {{"__metadata__", x}});
      },
      ThrowsMessage<ValueError>(HasSubstr("no tensor may be called __metadata__")));
  EXPECT_THAT(
      [&] {
        save_safetensors(folder / "x", {{"\xff", x}});
      },
      ThrowsMessage<ValueError>(HasSubstr("is not UTF-8")));
  EXPECT_FALSE(std::filesystem::exists(folder / "x"));
}

// ---- idx

TEST(Idx, HasBytesAsInt32) {
  const TemporaryFolder folder;
  const std::string shape = big_endian(2, 4) + big_endian(2, 4);
  write_file(folder / "x", idx_file(0x08, 2, shape + std::string("\0\1\x7f\xff", 4)));
  expect_tensor(load_idx(folder / "x"), {2, 2}, std::vector<std::int32_t>{0, 1, 127, 255});
}

TEST(Idx, HasBigEndianInt32AndFloat32) {
  const TemporaryFolder folder;
  write_file(folder / "i", idx_file(0x0C, 1, big_endian(1, 4) + big_endian(0xffffff00, 4)));
  expect_tensor(load_idx(folder / "i"), {1}, std::vector<std::int32_t>{-256});
  write_file(folder / "f", idx_file(0x0D, 1, big_endian(1, 4) + big_endian(0x3fc00000, 4)));
  expect_tensor(load_idx(folder / "f"), {1}, std::vector{1.5f});
}

// ---- what is written is written whole

TEST(Saving, LeavesNothingBesideTheFile) {
  const TemporaryFolder folder;
  save_npy(folder / "x.npy", ones({2}));
  save_npy(folder / "x.npy", ones({3}));
  const auto files = std::filesystem::directory_iterator(folder.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
  EXPECT_EQ(load_npy(folder / "x.npy").size(), 3);
}

TEST(Saving, WhereThereIsNoFolderIsAnErrorWithTheSystemsReason) {
  const TemporaryFolder folder;
  const std::string path = folder / "no/x.npy";
  EXPECT_THAT([&] { save_npy(path, ones({2})); },
              ThrowsMessage<Error>(path + ": cannot be written: No such file or directory"));
}

TEST(Saving, ThatFailsLeavesTheOldFile) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "x.npy");  // a rename cannot replace a folder
  EXPECT_THROW(save_npy(folder / "x.npy", ones({2})), Error);
  EXPECT_TRUE(std::filesystem::is_directory(folder / "x.npy"));
  const auto files = std::filesystem::directory_iterator(folder.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST(Loading, PutsTensorsOnTheDeviceThatIsNamed) {
  const Device other;
  EXPECT_EQ(load_npy(data("float32.npy"), {other}).device(), other);
  EXPECT_EQ(load_safetensors(data("mixed.safetensors"), {other})["cube"].device(), other);
}

}  // namespace
}  // namespace tarn::io::test
