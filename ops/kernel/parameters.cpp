#include "ops/kernel/parameters.hpp"

#include <cstdint>
#include <string_view>

namespace tarn::kernel {
namespace {

using Kind = Argument::Kind;

bool is_word(const Argument& argument) {
  return argument.kind != Kind::input && argument.kind != Kind::output &&
         argument.kind != Kind::int64 && argument.kind != Kind::local;
}

std::string vector_name(unsigned i) { return "numbers" + std::to_string(i); }

// How many parameters are no vectors, and how many are.
struct Count {
  unsigned whole = 0, words = 0;
  unsigned vectors() const { return (words + kWords - 1) / kWords; }
};
Count count(std::span<const Argument> arguments) {
  Count count;
  for (const Argument& argument : arguments) ++(is_word(argument) ? count.words : count.whole);
  return count;
}

void append(std::string& list, const std::string& item) {
  list += (list.empty() ? "" : ", ") + item;
}

template <class Text>
std::string list_parameters(std::span<const Argument> arguments, const Text& text) {
  std::string list;
  for (const Argument& argument : arguments) {
    if (!is_word(argument)) append(list, text(argument.type, argument.name));
  }
  for (unsigned i = 0; i < count(arguments).vectors(); ++i) {
    append(list, text("const int16", vector_name(i)));
  }
  return list;
}

}  // namespace

std::vector<Place> places(std::span<const Argument> arguments) {
  const unsigned first_vector = count(arguments).whole;
  std::vector<Place> places;
  unsigned whole = 0, words = 0;
  for (const Argument& argument : arguments) {
    if (!is_word(argument)) {
      places.push_back({whole++});
      continue;
    }
    places.push_back({first_vector + words / kWords, static_cast<int>(words % kWords)});
    ++words;
  }
  return places;
}

std::size_t parameter_bytes(std::span<const Argument> arguments) {
  constexpr std::size_t kVector = kWords * sizeof(std::int32_t);
  const Count all = count(arguments);
  const std::size_t whole = all.whole * sizeof(std::int64_t);
  return (whole + kVector - 1) / kVector * kVector + all.vectors() * kVector;
}

std::string kernel_parameters(std::span<const Argument> arguments) {
  return list_parameters(arguments, [](const std::string& type, const std::string& name) {
    return type + " " + name;
  });
}

std::string kernel_parameter_names(std::span<const Argument> arguments) {
  return list_parameters(arguments, [](const auto&, const std::string& name) { return name; });
}

void add_items(std::vector<Argument>& arguments) {
  arguments.push_back({Kind::item_0, "const int", "item_0"});
  arguments.push_back({Kind::items, "const int", "items"});
}

std::string unpacked(std::span<const Argument> arguments) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  unsigned words = 0;
  for (const Argument& argument : arguments) {
    if (!is_word(argument)) continue;
    const std::string word = vector_name(words / kWords) + ".s" + kDigits[words % kWords];
    ++words;
    text += "  " + argument.type + " " + argument.name + " = " +
            (argument.type.ends_with("float") ? "as_float(" + word + ")" : word) + ";\n";
  }
  return text;
}

std::string function_parameters(std::span<const Argument> arguments) {
  std::string text;
  for (const Argument& argument : arguments) append(text, argument.type + " " + argument.name);
  return text;
}

}  // namespace tarn::kernel
