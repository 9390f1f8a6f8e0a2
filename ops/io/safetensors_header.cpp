#include "ops/io/safetensors_header.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "ops/io/elements.hpp"
#include "ops/io/safetensors_json.hpp"

namespace tarn::io {
namespace {

constexpr std::uint64_t kMaxHeader = 100'000'000;  // as in the format's own library

constexpr std::array<SafetensorsDType, 16> kDTypeTable = {{
    {"BOOL", 1, DType::bool_},
    {"I32", 4, DType::int32},
    {"F32", 4, DType::float32},
    {"U8", 1, {}},
    {"I8", 1, {}},
    {"F8_E4M3", 1, {}},
    {"F8_E5M2", 1, {}},
    {"F8_E8M0", 1, {}},
    {"U16", 2, {}},
    {"I16", 2, {}},
    {"F16", 2, {}},
    {"BF16", 2, {}},
    {"U32", 4, {}},
    {"U64", 8, {}},
    {"I64", 8, {}},
    {"F64", 8, {}},
}};

// The header's text. Its claimed length is checked before anything is allocated.
std::string read_header_text(const Input& input) {
  const std::uint64_t length = input.read_little_endian(0, kSafetensorsLengthBytes);
  const std::uint64_t rest = input.size() - kSafetensorsLengthBytes;
  if (length > kMaxHeader) {
    input.fail(0, "a header of " + std::to_string(length) + " bytes; at most " +
                      std::to_string(kMaxHeader) + " are allowed");
  }
  if (length > rest) {
    input.fail(0, "a header of " + std::to_string(length) + " bytes, the file has " +
                      std::to_string(rest) + " after the length");
  }
  std::string text = input.read_text(kSafetensorsLengthBytes, length);
  // Two liberties of the JSON parser: it skips a byte order mark, and takes a NUL for the end.
  if (!text.starts_with('{')) {
    input.fail(kSafetensorsLengthBytes, "the header does not begin with '{'");
  }
  if (const auto nul = text.find('\0'); nul != std::string::npos) {
    input.fail(kSafetensorsLengthBytes + nul, "a NUL in the header");
  }
  return text;
}

// Do the parts of an entry fit each other, and the file?
void check_entry(const Input& input, std::uint64_t data_bytes, const JsonEntry& entry) {
  const std::string tensor = "tensor " + in_quotes(entry.name) + ": ";
  const SafetensorsDType* dtype = find_safetensors_dtype(entry.dtype);
  if (!dtype) {
    input.fail(entry.place,
               tensor + "there is no dtype " + in_quotes(entry.dtype) + " in the format");
  }
  const auto needed = checked_bytes(entry.shape, dtype->bytes);
  if (!needed) {
    input.fail(entry.place,
               tensor + "the bytes of shape " + to_string(entry.shape) + " do not fit an int64");
  }
  if (entry.begin > entry.end || entry.end > data_bytes) {
    input.fail(entry.place, tensor + "the offsets are " + std::to_string(entry.begin) + " to " +
                                std::to_string(entry.end) + ", the file has " +
                                std::to_string(data_bytes) + " bytes after the header");
  }
  if (entry.end - entry.begin != *needed) {
    input.fail(entry.place, tensor + entry.dtype + " of shape " + to_string(entry.shape) + " has " +
                                std::to_string(*needed) + " bytes, the offsets span " +
                                std::to_string(entry.end - entry.begin));
  }
}

// The tensors, in the order of their bytes, must follow each other from the header to the end.
void check_coverage(const Input& input, std::uint64_t data_begin,
                    const std::vector<JsonEntry>& entries) {
  std::vector<const JsonEntry*> in_order;
  for (const JsonEntry& entry : entries) in_order.push_back(&entry);
  std::ranges::sort(in_order, {},
                    [](const JsonEntry* entry) { return std::pair(entry->begin, entry->end); });
  std::uint64_t covered = 0;
  std::string previous;
  for (const JsonEntry* entry : in_order) {
    const std::string tensor = "tensor " + in_quotes(entry->name);
    if (entry->begin < covered) {
      input.fail(entry->place,
                 tensor + " overlaps " + previous + " at offset " + std::to_string(entry->begin));
    }
    if (entry->begin > covered) {
      input.fail(entry->place, tensor + " has a hole before it: offsets " +
                                   std::to_string(covered) + " to " + std::to_string(entry->begin));
    }
    covered = entry->end;
    previous = tensor;
  }
  if (const std::uint64_t end = data_begin + covered; end < input.size()) {
    input.fail(end, std::to_string(input.size() - end) + " bytes belong to no tensor");
  }
}

}  // namespace

const SafetensorsDType* find_safetensors_dtype(std::string_view name) {
  const auto* found = std::ranges::find(kDTypeTable, name, &SafetensorsDType::name);
  return found == kDTypeTable.end() ? nullptr : found;
}

std::string_view safetensors_name(DType dtype) {
  return std::ranges::find(kDTypeTable, std::optional(dtype), &SafetensorsDType::dtype)->name;
}

SafetensorsHeader parse_safetensors_header(const Input& input) {
  const std::string text = read_header_text(input);
  JsonHeader json = parse_safetensors_json(input, kSafetensorsLengthBytes, text);
  const std::uint64_t data_begin = kSafetensorsLengthBytes + text.size();
  for (const JsonEntry& entry : json.entries) {
    check_entry(input, input.size() - data_begin, entry);
  }
  check_coverage(input, data_begin, json.entries);

  SafetensorsHeader header;
  header.metadata = std::move(json.metadata);
  for (JsonEntry& entry : json.entries) {
    header.entries.push_back({std::move(entry.name), std::move(entry.dtype), entry.shape,
                              data_begin + entry.begin, entry.end - entry.begin});
  }
  return header;
}

}  // namespace tarn::io
