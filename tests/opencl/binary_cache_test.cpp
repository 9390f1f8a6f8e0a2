#include "runtime/opencl/binary_cache.hpp"

#include <fstream>

#include "opencl/fixture.hpp"

namespace tarn::opencl {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<unsigned char>;

class BinaryCacheTest : public testing::Test {
 protected:
  static std::string contents(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void overwrite(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory_.path()), {}));
  }

  const Bytes binary_ = {1, 2, 3, 0, 255, 4};
  test::TemporaryDirectory directory_;
  BinaryCache cache_{directory_.path()};
};

TEST_F(BinaryCacheTest, GivesBackWhatWasSaved) {
  EXPECT_EQ(cache_.load("device, source"), std::nullopt);
  cache_.save("device, source", binary_);
  EXPECT_EQ(cache_.load("device, source"), binary_);
  EXPECT_EQ(cache_.load("device, other source"), std::nullopt);
}

TEST_F(BinaryCacheTest, SavingAgainReplaces) {
  cache_.save("id", binary_);
  cache_.save("id", Bytes{9});
  EXPECT_EQ(cache_.load("id"), Bytes{9});
  EXPECT_EQ(files(), 1u) << "and leaves no temporary file";
}

TEST_F(BinaryCacheTest, MakesItsDirectory) {
  const BinaryCache deeper(directory_.path() / "a/b");
  deeper.save("id", binary_);
  EXPECT_EQ(deeper.load("id"), binary_);
}

TEST_F(BinaryCacheTest, WithoutADirectoryItKeepsNothing) {
  const BinaryCache off(std::nullopt);
  off.save("id", binary_);
  EXPECT_EQ(off.load("id"), std::nullopt);
  EXPECT_FALSE(off.enabled());
}

TEST_F(BinaryCacheTest, ATruncatedFileIsNotThere) {
  cache_.save("id", binary_);
  const std::string whole = contents(cache_.path_of("id"));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    overwrite(cache_.path_of("id"), whole.substr(0, length));
    EXPECT_EQ(cache_.load("id"), std::nullopt) << "of " << length << " bytes";
  }
}

TEST_F(BinaryCacheTest, AFileWithAnyFlippedBitIsNotThere) {
  cache_.save("id", binary_);
  const std::string whole = contents(cache_.path_of("id"));
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    overwrite(cache_.path_of("id"), damaged);
    EXPECT_EQ(cache_.load("id"), std::nullopt) << "bit " << bit;
  }
}

TEST_F(BinaryCacheTest, AFileThatIsLongerIsNotThere) {
  cache_.save("id", binary_);
  overwrite(cache_.path_of("id"), contents(cache_.path_of("id")) + "x");
  EXPECT_EQ(cache_.load("id"), std::nullopt);
}

TEST_F(BinaryCacheTest, AFileOfAnotherIdentityIsNotThere) {
  cache_.save("another", binary_);
  fs::rename(cache_.path_of("another"), cache_.path_of("id"));  // as if their names were equal
  EXPECT_EQ(cache_.load("id"), std::nullopt);
}

TEST_F(BinaryCacheTest, AForeignFileIsNotThere) {
  overwrite(cache_.path_of("id"),
            "\x7f"
            "ELF" +
                std::string(1000, 'x'));
  EXPECT_EQ(cache_.load("id"), std::nullopt);
  cache_.save("id", binary_);
  EXPECT_EQ(cache_.load("id"), binary_) << "and is replaced";
}

TEST_F(BinaryCacheTest, ADirectoryInPlaceOfAFileIsNoError) {
  fs::create_directories(cache_.path_of("id") / "full");
  EXPECT_EQ(cache_.load("id"), std::nullopt);
  cache_.save("id", binary_);
  EXPECT_EQ(cache_.load("id"), std::nullopt);
  EXPECT_EQ(files(), 1u) << "no temporary file is left";
}

TEST_F(BinaryCacheTest, AFileInPlaceOfTheDirectoryIsNoError) {
  overwrite(directory_.path() / "file", "");
  const BinaryCache blocked(directory_.path() / "file");
  blocked.save("id", binary_);
  EXPECT_EQ(blocked.load("id"), std::nullopt);
}

TEST_F(BinaryCacheTest, ADirectoryThatCannotBeMadeOrWrittenIsNoError) {
  for (const char* directory : {"/proc/tarn", "/proc"}) {  // not even root can write there
    const BinaryCache blocked{fs::path(directory)};
    blocked.save("id", binary_);
    EXPECT_EQ(blocked.load("id"), std::nullopt);
  }
}

TEST_F(BinaryCacheTest, StaysWithinItsCapacityOldestOut) {
  const Bytes large(1000);
  const BinaryCache small(directory_.path(), 3500);  // three of them, with their headers
  const auto date = [&](const char* identity, int hours_ago) {
    fs::last_write_time(small.path_of(identity),
                        fs::file_time_type::clock::now() - std::chrono::hours(hours_ago));
  };
  small.save("one", large);
  small.save("two", large);
  small.save("three", large);
  date("one", 3);
  date("two", 2);
  date("three", 1);
  EXPECT_TRUE(small.load("one")) << "which makes it the youngest";
  small.save("four", large);
  EXPECT_TRUE(small.load("one"));
  EXPECT_FALSE(small.load("two"));
  EXPECT_TRUE(small.load("three"));
  EXPECT_TRUE(small.load("four"));
}

TEST_F(BinaryCacheTest, NeverRemovesFilesThatAreNotItsOwn) {
  const BinaryCache tiny(directory_.path(), 10);
  overwrite(directory_.path() / "thesis.tex", std::string(100, 'x'));
  tiny.save("id", binary_);
  EXPECT_EQ(tiny.load("id"), std::nullopt) << "larger than all that may be kept";
  EXPECT_TRUE(fs::exists(directory_.path() / "thesis.tex"));
}

}  // namespace
}  // namespace tarn::opencl
