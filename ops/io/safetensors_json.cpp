#include "ops/io/safetensors_json.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <utility>

#include "ops/io/safetensors_header.hpp"

namespace tarn::io {
namespace {

using nlohmann::json;

// Walks over characters and counts those that have been taken: the parser's place in the text.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::uint64_t* count) : at_(at), count_(count) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*count_;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  std::uint64_t* count_;
};

// Without the parser's own name for the error and its line and column.
std::string_view reason_of(const json::exception& error) {
  std::string_view text = error.what();
  text.remove_prefix(text.find("] ") + 2);
  if (text.starts_with("parse error at")) text.remove_prefix(text.find(": ") + 2);
  return text;
}

// Takes the events of the JSON parser, which does not recurse, and accepts those of the one form
// that a header may have. Whatever else comes is refused at once, so nesting cannot run deep.
class HeaderBuilder final : public nlohmann::json_sax<json> {
 public:
  HeaderBuilder(const Input& input, std::uint64_t begin, const std::uint64_t& position)
      : input_(input), begin_(begin), position_(position) {}

  JsonHeader header;

  bool start_object(std::size_t) override {
    if (level_ == Level::outside) {
      level_ = Level::header;
    } else if (level_ == Level::header && key_ == kSafetensorsMetadata) {
      level_ = Level::metadata;
    } else if (level_ == Level::header) {
      level_ = Level::entry;
      JsonEntry& entry = header.entries.emplace_back();
      entry.name = key_;
      entry.place = key_place_;
      fields_.clear();
    } else {
      refuse("an object");
    }
    return true;
  }

  bool key(std::string& key) override {
    key_ = std::move(key);
    key_place_ = place();
    if (level_ == Level::header && !names_.insert(key_).second) {
      fail("the name " + in_quotes(key_) + " is there twice");
    }
    if (level_ == Level::metadata && header.metadata.contains(key_)) {
      fail("the metadata " + in_quotes(key_) + " is there twice");
    }
    if (level_ == Level::entry) add_field();
    return true;
  }

  bool end_object() override {
    if (level_ == Level::entry) check_fields();
    level_ = level_ == Level::header ? Level::outside : Level::header;
    return true;
  }

  bool start_array(std::size_t) override {
    if (level_ == Level::entry && key_ == "shape") {
      level_ = Level::shape;
    } else if (level_ == Level::entry && key_ == "data_offsets") {
      level_ = Level::offsets;
      offsets_.clear();
    } else {
      refuse("an array");
    }
    return true;
  }

  bool end_array() override {
    if (level_ == Level::offsets) {
      if (offsets_.size() != 2) refuse("one of " + std::to_string(offsets_.size()));
      header.entries.back().begin = offsets_[0];
      header.entries.back().end = offsets_[1];
    }
    level_ = Level::entry;
    return true;
  }

  bool string(std::string& text) override {
    if (level_ == Level::metadata) {
      header.metadata.emplace(key_, std::move(text));
    } else if (level_ == Level::entry && key_ == "dtype") {
      header.entries.back().dtype = std::move(text);
    } else {
      refuse("a string");
    }
    return true;
  }

  bool number_unsigned(json::number_unsigned_t number) override {
    if (level_ == Level::shape) {
      add_extent(number);
    } else if (level_ == Level::offsets) {
      if (offsets_.size() == 2) refuse("one of more");
      offsets_.push_back(number);
    } else {
      refuse("a number");
    }
    return true;
  }

  bool null() override { refuse("null"); }
  bool boolean(bool) override { refuse("a boolean"); }
  bool number_integer(json::number_integer_t) override { refuse("a negative number"); }
  bool number_float(json::number_float_t, const std::string& text) override {
    refuse("the number " + in_quotes(text));
  }
  bool binary(json::binary_t&) override { refuse("binary data"); }

  bool parse_error(std::size_t, const std::string&, const json::exception& error) override {
    fail("the header is not JSON: " + in_quotes(reason_of(error)));
  }

 private:
  // What the next event belongs to. `shape` and `offsets` are the arrays of an entry.
  enum class Level { outside, header, metadata, entry, shape, offsets };

  // Where in the file the parser stands: at the last character that it has taken.
  std::uint64_t place() const { return begin_ + position_ - 1; }
  [[noreturn]] void fail(const std::string& reason) const { input_.fail(place(), reason); }
  [[noreturn]] void refuse(const std::string& given) const { fail(wanted() + ", not " + given); }

  std::string current_tensor() const {
    return "tensor " + in_quotes(header.entries.back().name) + ": ";
  }

  // What the value at this place must be.
  std::string wanted() const {
    if (level_ == Level::outside) return "the header must be an object";
    if (level_ == Level::metadata) return "the metadata " + in_quotes(key_) + " must be a string";
    if (level_ == Level::header && key_ == kSafetensorsMetadata) {
      return "the metadata must be an object";
    }
    if (level_ == Level::header) return "tensor " + in_quotes(key_) + " must be an object";
    if (key_ == "dtype") return current_tensor() + "the dtype must be a string";
    if (key_ == "shape") return current_tensor() + "the shape must be an array of whole numbers";
    return current_tensor() + "data_offsets must be an array of two whole numbers";
  }

  void add_field() {
    if (key_ != "dtype" && key_ != "shape" && key_ != "data_offsets") {
      fail(current_tensor() + "there is no field " + in_quotes(key_) + " in the format");
    }
    if (std::ranges::find(fields_, key_) != fields_.end()) {
      fail(current_tensor() + "the field " + in_quotes(key_) + " is there twice");
    }
    fields_.push_back(key_);
  }

  void check_fields() const {
    for (const char* field : {"dtype", "shape", "data_offsets"}) {
      if (std::ranges::find(fields_, field) == fields_.end()) {
        fail(current_tensor() + "the field " + in_quotes(field) + " is missing");
      }
    }
  }

  void add_extent(std::uint64_t extent) {
    Shape& shape = header.entries.back().shape;
    if (shape.rank() == kMaxRank) {
      fail(current_tensor() + "more than " + std::to_string(kMaxRank) + " dimensions");
    }
    if (extent > std::numeric_limits<std::int64_t>::max()) {
      fail(current_tensor() + "the extent " + std::to_string(extent) + " does not fit an int64");
    }
    shape.push_back(static_cast<std::int64_t>(extent));
  }

  const Input& input_;
  const std::uint64_t begin_;
  const std::uint64_t& position_;  // how many characters the parser has taken, at least one
  Level level_ = Level::outside;
  std::string key_;                     // the last one
  std::uint64_t key_place_ = 0;         // and where it ends
  std::vector<std::string> fields_;     // of the current entry
  std::vector<std::uint64_t> offsets_;  // of the current entry
  std::unordered_set<std::string> names_;
};

}  // namespace

JsonHeader parse_safetensors_json(const Input& input, std::uint64_t begin, std::string_view text) {
  std::uint64_t position = 0;
  HeaderBuilder builder(input, begin, position);
  json::sax_parse(CountingIterator(text.data(), &position),
                  CountingIterator(text.data() + text.size(), &position), &builder);
  return std::move(builder.header);
}

}  // namespace tarn::io
