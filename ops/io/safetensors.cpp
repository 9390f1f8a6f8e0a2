#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <span>

#include "ops/io/elements.hpp"
#include "ops/io/safetensors_header.hpp"
#include "tarn/error.hpp"
#include "tarn/io.hpp"

namespace tarn::io {
namespace {

void check_names(const std::filesystem::path& path, const NamedTensors& tensors) {
  std::set<std::string_view> names;
  for (const auto& [name, tensor] : tensors) {
    if (name == kSafetensorsMetadata) {
      throw ValueError("save_safetensors: " + path.string() + ": no tensor may be called " + name);
    }
    if (!names.insert(name).second) {
      throw ValueError("save_safetensors: " + path.string() + ": the name " + in_quotes(name) +
                       " is there twice");
    }
  }
}

// Larger elements first, so that each tensor's bytes begin at a multiple of its element's size.
std::vector<const Tensor*> order_of_bytes(const NamedTensors& tensors) {
  std::vector<const Tensor*> order;
  for (const auto& [name, tensor] : tensors) order.push_back(&tensor);
  std::ranges::stable_sort(order, std::greater<>(),
                           [](const Tensor* tensor) { return size_of(tensor->dtype()); });
  return order;
}

nlohmann::ordered_json header_of(const NamedTensors& tensors,
                                 const std::vector<const Tensor*>& order,
                                 const Metadata& metadata) {
  std::map<const Tensor*, std::pair<std::uint64_t, std::uint64_t>> offsets;
  std::uint64_t end = 0;
  for (const Tensor* tensor : order) {
    const std::uint64_t begin = end;
    end += static_cast<std::uint64_t>(tensor->size()) * size_of(tensor->dtype());
    offsets[tensor] = {begin, end};
  }
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header[kSafetensorsMetadata] = metadata;
  for (const auto& [name, tensor] : tensors) {
    header[name] = {{"dtype", safetensors_name(tensor.dtype())},
                    {"shape", std::vector(tensor.shape().begin(), tensor.shape().end())},
                    {"data_offsets", offsets[&tensor]}};
  }
  return header;
}

std::string header_text(const std::filesystem::path& path, const nlohmann::ordered_json& header) {
  try {
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');  // the bytes begin at a multiple of 8
    return text;
  } catch (const nlohmann::json::type_error& error) {
    throw ValueError("save_safetensors: " + path.string() +
                     ": a name or the metadata is not UTF-8: " + error.what());
  }
}

std::string length_prefix(std::uint64_t length) {
  std::string bytes;
  for (std::uint64_t i = 0; i < kSafetensorsLengthBytes; ++i) {
    bytes += static_cast<char>(length >> (8 * i) & 0xff);
  }
  return bytes;
}

}  // namespace

const Tensor* Safetensors::find(std::string_view name) const {
  for (const auto& [known, tensor] : tensors) {
    if (known == name) return &tensor;
  }
  return nullptr;
}

const Tensor& Safetensors::operator[](std::string_view name) const {
  if (const Tensor* tensor = find(name)) return *tensor;
  throw ValueError("there is no tensor " + in_quotes(name) + " among the " +
                   std::to_string(tensors.size()) + " of the file");
}

SafetensorsHeader list_safetensors(const std::filesystem::path& path) {
  return parse_safetensors_header(InputFile::open(path));
}

Safetensors load_safetensors(const std::filesystem::path& path, const LoadOptions& options) {
  const InputFile input = InputFile::open(path);
  SafetensorsHeader header = parse_safetensors_header(input);
  if (options.wanted) {
    std::erase_if(header.entries, [&](const auto& entry) { return !options.wanted(entry.name); });
  }
  for (const SafetensorsEntry& entry : header.entries) {  // before anything is uploaded
    if (find_safetensors_dtype(entry.dtype)->dtype) continue;
    input.fail(entry.offset, "tensor " + in_quotes(entry.name) + " has dtype " + entry.dtype +
                                 "; BOOL, I32 and F32 can be loaded");
  }
  Safetensors file{.tensors = {}, .metadata = std::move(header.metadata)};
  for (SafetensorsEntry& entry : header.entries) {
    const ElementFormat format{.dtype = *find_safetensors_dtype(entry.dtype)->dtype};
    Tensor tensor = read_elements(input, entry.offset, entry.shape, format, options);
    file.tensors.emplace_back(std::move(entry.name), std::move(tensor));
  }
  return file;
}

void save_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                      const Metadata& metadata) {
  check_names(path, tensors);
  const std::vector<const Tensor*> order = order_of_bytes(tensors);
  const std::string header = header_text(path, header_of(tensors, order, metadata));

  std::vector<Tensor> together;
  for (const Tensor* tensor : order) together.push_back(*tensor);
  realize(together);

  OutputFile file(path);
  file.write(length_prefix(header.size()));
  file.write(header);
  for (const Tensor* tensor : order) write_elements(file, *tensor);
  file.commit();
}

}  // namespace tarn::io
