#include "runtime/memory/byte_size.hpp"

#include <gmock/gmock.h>

#include "tarn/error.hpp"

namespace tarn::memory {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(ParseBytes, ReadsNumbersAndUnitsInAnyCase) {
  EXPECT_EQ(parse_bytes("0"), 0u);
  EXPECT_EQ(parse_bytes("4096"), 4096u);
  EXPECT_EQ(parse_bytes("7B"), 7u);
  EXPECT_EQ(parse_bytes("2KiB"), 2048u);
  EXPECT_EQ(parse_bytes("256MiB"), std::size_t{256} << 20);
  EXPECT_EQ(parse_bytes("3gib"), std::size_t{3} << 30);
  EXPECT_EQ(parse_bytes("1TIB"), std::size_t{1} << 40);
  EXPECT_EQ(parse_bytes("18446744073709551615"), ~std::size_t{0});
}

TEST(ParseBytes, OffIsZero) {
  EXPECT_EQ(parse_bytes("off"), 0u);
  EXPECT_EQ(parse_bytes("OFF"), 0u);
}

TEST(ParseBytes, RefusesEverythingElseAndSaysWhatIsAllowed) {
  for (const char* text : {"", " ", "-1", "+1", "1.5GiB", "12 MiB", "256MB", "12Mi", "MiB", "on",
                           "0x10", "1e9", "12MiBs", "18446744073709551616", "16777216TiB"}) {
    EXPECT_THAT([&] { parse_bytes(text); },
                ThrowsMessage<ValueError>(HasSubstr("'" + std::string(text) + "' is no amount")))
        << text;
  }
  EXPECT_THAT([] { parse_bytes("much"); },
              ThrowsMessage<ValueError>("'much' is no amount of bytes; allowed are a whole number, "
                                        "with B, KiB, MiB, GiB or TiB behind it or no unit, and "
                                        "'off'"));
}

TEST(FormatBytes, HasThreeOrFourDigits) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(1000), "1000 B");
  EXPECT_EQ(format_bytes(1024), "1.00 KiB");
  EXPECT_EQ(format_bytes(1536), "1.50 KiB");
  EXPECT_EQ(format_bytes(std::size_t{64} << 20), "64.0 MiB");
  EXPECT_EQ(format_bytes(std::size_t{256} << 20), "256 MiB");
  EXPECT_EQ(format_bytes((std::size_t{1} << 20) - 1), "1.00 MiB");
  EXPECT_EQ(format_bytes(std::size_t{5} << 50), "5120 TiB");
}

}  // namespace
}  // namespace tarn::memory
