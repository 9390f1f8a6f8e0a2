// The sentence encoder of example 06: its Unicode, its tokens, its embeddings.
#include <gmock/gmock.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "sentences/encoder.hpp"
#include "sentences/unicode.hpp"

namespace sentences {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

const std::filesystem::path kModel = TARN_SENTENCES_MODEL;
const std::string kData = std::string(TARN_SOURCE_DIR) + "/examples/sentences/data/";

struct Line {
  std::string text;
  std::vector<std::int32_t> tokens;
};

// The first lines are the texts of embeddings.npy.
std::vector<Line> reference() {
  std::ifstream file(kData + "tokens.jsonl");
  std::vector<Line> lines;
  for (std::string line; std::getline(file, line);) {
    const nlohmann::json json = nlohmann::json::parse(line);
    lines.push_back({json[0].get<std::string>(), json[1].get<std::vector<std::int32_t>>()});
  }
  return lines;
}

std::string folded(std::string_view text) {
  std::u32string result;
  for (const char32_t c : decode(text)) append_folded(c, result);
  return encode(result);
}

TEST(Unicode, DecodesAndEncodes) {
  EXPECT_THAT(decode("aé中😀"), ElementsAre(U'a', U'é', U'中', U'😀'));
  EXPECT_EQ(encode(decode("aé中😀")), "aé中😀");
}

TEST(Unicode, BytesThatAreNoCharacterAreReplaced) {
  EXPECT_THAT(decode("a\xff"
                     "b\x80\xe4\xb8"),
              ElementsAre(U'a', 0xfffd, U'b', 0xfffd, 0xfffd));
  EXPECT_THAT(decode("\xc3("), ElementsAre(0xfffd, U'('));
}

TEST(Unicode, FoldsCaseAndAccents) {
  EXPECT_EQ(folded("Ünïcödé ẞ İ ΆΣ Й"), "unicode ß i ασ и");
  EXPECT_EQ(folded("e\u0301"), "e");
  EXPECT_EQ(folded("\uac01"), "\u1100\u1161\u11a8");  // a syllable of Hangul
  EXPECT_EQ(folded("中a1!"), "中a1!");
}

TEST(Unicode, KnowsWhatSeparatesWords) {
  for (const char32_t c : {U' ', U'\n', U'\u00a0', U'\u3000'}) EXPECT_TRUE(is_space(c));
  for (const char32_t c : {U'!', U'$', U'~', U'、', U'¿'}) EXPECT_TRUE(is_punctuation(c));
  for (const char32_t c : {U'a', U'€', U' ', U'中'}) EXPECT_FALSE(is_punctuation(c));
  for (const char32_t c : {U'\0', U'\u200d', U'\ufffd'}) EXPECT_TRUE(is_removed(c));
  EXPECT_TRUE(is_ideograph(U'中'));
  EXPECT_FALSE(is_ideograph(U'か'));
}

// As the library that the model was published with.
TEST(Unicode, HasTheCategoriesOfVersion8) {
  EXPECT_FALSE(is_removed(0x890));        // a format character of Unicode 14
  EXPECT_FALSE(is_punctuation(0x2e52));   // of Unicode 14
  EXPECT_TRUE(is_punctuation(0x166d));    // a symbol since Unicode 12
  EXPECT_EQ(folded("\u0898"), "\u0898");  // a mark of Unicode 14
  EXPECT_EQ(folded("\u1734"), "");        // no such mark since Unicode 14
}

TEST(Tokenizer, NeedsAVocabularyWithTheSpecialTokens) {
  EXPECT_THROW(Tokenizer("no such file"), tarn::Error);
  EXPECT_THROW(Tokenizer(kData + "tokens.jsonl"), tarn::FormatError);
}

// What follows needs the model.
class Sentences : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kModel / "model.safetensors")) {
      GTEST_SKIP() << "no model in " << kModel << ": `examples/run.sh 06_sentences` fetches it";
    }
  }
};

TEST_F(Sentences, TokensAreThoseOfTheReference) {
  const Tokenizer tokenizer(kModel / "vocab.txt");
  const std::vector<Line> lines = reference();
  ASSERT_GT(lines.size(), 1000u);
  for (const Line& line : lines) {
    EXPECT_EQ(tokenizer.tokens(line.text, Encoder::kMaxTokens), line.tokens)
        << nlohmann::json(line.text).dump(-1, ' ', true);
  }
}

TEST_F(Sentences, EmbeddingsAreThoseOfTheReference) {
  const Encoder encoder(kModel, tarn::Device::default_device());
  const tarn::Tensor wanted = tarn::io::load_npy(kData + "embeddings.npy");
  std::vector<std::vector<std::int32_t>> tokens;
  for (const Line& line : reference()) tokens.push_back(line.tokens);
  tokens.resize(static_cast<std::size_t>(wanted.size(0)));
  const tarn::Tensor together = encoder.embed(tokens);
  std::vector<tarn::Tensor> alone;
  for (const auto& text : tokens) alone.push_back(encoder.embed({text}));
  for (const tarn::Tensor& found : {together, concatenate(alone)}) {
    ASSERT_EQ(found.shape(), wanted.shape());
    for (const float cosine : (found * wanted).sum(1).to_vector<float>()) {
      EXPECT_NEAR(cosine, 1, 1e-5);
    }
    EXPECT_TRUE(allclose(found, wanted, {.relative = 0, .absolute = 2e-6}));
  }
}

// 06_sentences --input, as other programs run it.
class SentencesProgram : public Sentences {
 protected:
  SentencesProgram() { std::filesystem::create_directory(folder_); }
  ~SentencesProgram() override { std::filesystem::remove_all(folder_); }

  // Returns: its exit code.
  int run(const std::string& input) const {
    std::ofstream(folder_ / "input") << input;
    const std::string command = "'" SENTENCES_PROGRAM "' --batch 2 --input " + path("input") +
                                " >" + path("output") + " 2>" + path("errors");
    const int status = system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string path(const char* name) const { return folder_ / name; }
  std::vector<std::string> lines(const char* name) const {
    std::ifstream file(folder_ / name);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }

 private:
  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("tarn_sentences_" + std::to_string(getpid()));
};

TEST_F(SentencesProgram, PrintsOneObjectALine) {
  std::vector<Line> wanted = reference();
  wanted.resize(5);  // two batches and a half
  std::string input;
  for (const Line& line : wanted) input += nlohmann::json(line.text).dump() + "\n";
  ASSERT_EQ(run(input), 0);
  EXPECT_THAT(lines("errors"), IsEmpty());
  const std::vector<std::string> output = lines("output");
  ASSERT_EQ(output.size(), wanted.size());
  const tarn::Tensor embeddings = tarn::io::load_npy(kData + "embeddings.npy");
  const auto width = static_cast<std::size_t>(embeddings.size(1));
  const std::vector<float> numbers = embeddings.to_vector<float>();
  for (std::size_t i = 0; i < output.size(); ++i) {
    const nlohmann::json object = nlohmann::json::parse(output[i]);
    EXPECT_EQ(object.size(), 2u);
    EXPECT_EQ(object.at("tokens").get<std::vector<std::int32_t>>(), wanted[i].tokens);
    const auto found = object.at("embedding").get<std::vector<float>>();
    ASSERT_EQ(found.size(), width);
    const auto row = numbers.begin() + static_cast<std::ptrdiff_t>(i * width);
    EXPECT_NEAR(std::inner_product(found.begin(), found.end(), row, 0.0), 1, 1e-5);
  }
}

TEST_F(SentencesProgram, NamesTheLineThatIsWrong) {
  for (const char* wrong : {"not quoted", "\"open", "7", "[\"a list\"]", ""}) {
    EXPECT_EQ(
        run(std::string("\"right\"\n\"right too\"\n\"and this\"\n") + wrong + "\n\"after\"\n"), 1);
    EXPECT_EQ(lines("output").size(), 3u) << "what came before is answered";
    ASSERT_THAT(lines("errors"), Not(IsEmpty()));
    EXPECT_EQ(lines("errors").front(), path("input") + ":4: not a JSON string: " + wrong);
  }
}

}  // namespace
}  // namespace sentences
