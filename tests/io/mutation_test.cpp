// Valid files, damaged at random: what is left must either be refused with a FormatError or be a
// header whose promises hold. Seeded; a failure prints what to run again.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "ops/io/elements.hpp"
#include "ops/io/idx_header.hpp"
#include "ops/io/npy_header.hpp"
#include "ops/io/safetensors_header.hpp"
#include "tarn/error.hpp"
#include "tests/io/files.hpp"

namespace tarn::io::test {
namespace {

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  /// With one to four mistakes.
  std::string damage(std::string bytes) {
    for (std::size_t i = below(4) + 1; i > 0; --i) damage_once(bytes);
    return bytes;
  }

 private:
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }

  char character() {
    // What means something in one of the formats, a NUL at the end, and any byte at all.
    constexpr char kTelling[] = "{}[]()\"':,.-+0123456789eEL\\ \n";
    return below(2) == 0 ? kTelling[below(sizeof kTelling)] : static_cast<char>(below(256));
  }

  void damage_once(std::string& bytes) {
    if (bytes.empty()) return;
    const std::size_t at = below(bytes.size());
    const std::size_t length = std::min(below(12) + 1, bytes.size() - at);
    switch (below(6)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 1:
        bytes[at] = character();
        break;
      case 2:
        bytes.insert(at, 1, character());
        break;
      case 3:
        bytes.erase(at, length);
        break;
      case 4:
        bytes.insert(below(bytes.size()), bytes.substr(at, length));
        break;
      default:
        bytes.resize(below(4) == 0 ? at
                                   : bytes.size() - below(std::min<std::size_t>(4, bytes.size())));
        break;
    }
  }

  std::mt19937_64 random_;
};

using Check = std::function<void(const Input&)>;

// Every byte after the header belongs to one tensor, and each has as many as its shape needs.
void check_safetensors(const Input& input) {
  SafetensorsHeader header = parse_safetensors_header(input);
  std::ranges::sort(header.entries, {}, [](const SafetensorsEntry& entry) {
    return std::pair(entry.offset, entry.bytes);
  });
  std::uint64_t end = 8 + input.read_little_endian(0, 8);
  for (const SafetensorsEntry& entry : header.entries) {
    const SafetensorsDType* dtype = find_safetensors_dtype(entry.dtype);
    ASSERT_NE(dtype, nullptr);
    EXPECT_EQ(entry.offset, end);
    EXPECT_EQ(entry.bytes, checked_bytes(entry.shape, dtype->bytes));
    end += entry.bytes;
  }
  EXPECT_EQ(end, input.size());
}

void check_npy(const Input& input) {
  const NpyHeader header = parse_npy_header(input);
  const auto bytes = checked_bytes(header.shape, size_of(header.format.dtype));
  ASSERT_TRUE(bytes.has_value());
  EXPECT_EQ(header.offset + *bytes, input.size());
}

void check_idx(const Input& input) {
  const IdxHeader header = parse_idx_header(input);
  const auto bytes = checked_bytes(header.shape, header.type == IdxType::uint8 ? 1 : 4);
  ASSERT_TRUE(bytes.has_value());
  EXPECT_EQ(header.offset + *bytes, input.size());
}

// Damages each of the files in turn, and expects some to survive: else nothing was tested but the
// first check.
void expect_refused_or_sound(const std::vector<std::string>& files, const Check& check) {
  constexpr int kRounds = 20'000;
  int refused = 0, sound = 0;
  for (int seed = 0; seed < kRounds; ++seed) {
    const std::string& original = files[static_cast<std::size_t>(seed) % files.size()];
    const std::string damaged = Mutator(static_cast<std::uint64_t>(seed)).damage(original);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + ::testing::PrintToString(damaged));
    try {
      check(MemoryInput(damaged));
      ++sound;
    } catch (const FormatError&) {
      ++refused;
    }
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(refused, kRounds / 4);
  EXPECT_GT(sound, kRounds / 100);
}

TEST(Mutation, OfSafetensorsIsRefusedOrSound) {
  expect_refused_or_sound(
      {safetensors_file("{" + entry("0.weight", "F32", "[2,3]", 0, 24) + "," +
                            entry("0.bias", "I32", "[2]", 24, 32) + "," +
                            entry("mask", "BOOL", "[3]", 32, 35) + "}",
                        std::string(35, '\1')),
       safetensors_file("{\"__metadata__\":{\"network\":\"m\\u00fclp\",\"epoch\":\"3\"}," +
                            entry("half", "BF16", "[1,4]", 0, 8) + "," +
                            entry("nothing", "F64", "[0,4]", 8, 8) + "}    ",
                        std::string(8, '\0')),
       safetensors_file("{}")},
      check_safetensors);
}

TEST(Mutation, OfNpyIsRefusedOrSound) {
  const std::string rest = "'fortran_order': False, 'shape': (2, 3), }          \n";
  expect_refused_or_sound({npy_file("{'descr': '<f4', " + rest, std::string(24, '\0')),
                           npy_file("{'descr': '>i4', " + rest, std::string(24, '\0'), 2),
                           npy_file("{'descr': '|b1', 'fortran_order': True, 'shape': (3,), }\n",
                                    std::string(3, '\1'), 3)},
                          check_npy);
}

TEST(Mutation, OfIdxIsRefusedOrSound) {
  expect_refused_or_sound(
      {idx_file(0x08, 3, big_endian(2, 4) + big_endian(2, 4) + big_endian(3, 4) + "twelve bytes"),
       idx_file(0x0C, 1, big_endian(2, 4) + "eight by"), idx_file(0x0D, 0, "four")},
      check_idx);
}

}  // namespace
}  // namespace tarn::io::test
