// Tensors in files: safetensors and npy, read and written; idx, read.
//
// Files are not trusted. What a file claims is checked against its length before anything is
// allocated, and one that is not what it claims to be throws a FormatError whose text has the path,
// the byte offset and the reason. A file that cannot be opened, read or written throws an Error
// with the system's reason.
//
// A file that is written takes the place of an older one only when it is complete: a failed save
// leaves the older one as it was.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tarn/device.hpp"
#include "tarn/shape.hpp"
#include "tarn/tensor.hpp"

namespace tarn::io {

/// Tensors by name, in an order. Names are unique.
using NamedTensors = std::vector<std::pair<std::string, Tensor>>;
/// What a safetensors file says of itself.
using Metadata = std::map<std::string, std::string>;

struct LoadOptions {
  std::optional<Device> device = {};  ///< else the default device
  /// Of a safetensors file: whether to load the tensor of this name; else all are loaded.
  std::function<bool(std::string_view name)> wanted = {};
};

// ---- safetensors: https://huggingface.co/docs/safetensors
// -----------------------------------------

/// What was in a safetensors file.
struct Safetensors {
  NamedTensors tensors;  ///< in the order of the file's header
  Metadata metadata;

  /// Null where there is none of this name.
  const Tensor* find(std::string_view name) const;
  /// Throws: ValueError.
  const Tensor& operator[](std::string_view name) const;
};

/// Reads all tensors, or those that are wanted. float32 (F32), int32 (I32) and bool (BOOL) can be
/// loaded; a tensor of another dtype throws a FormatError that names both. Such a file can still be
/// listed.
Safetensors load_safetensors(const std::filesystem::path& path, const LoadOptions& options = {});

/// What a header says of one tensor.
struct SafetensorsEntry {
  std::string name;
  std::string dtype;  ///< as the format calls it, such as "BF16"
  Shape shape;
  std::uint64_t offset = 0;  ///< of its first byte in the file
  std::uint64_t bytes = 0;
};

struct SafetensorsHeader {
  std::vector<SafetensorsEntry> entries;  ///< in the order of the header
  Metadata metadata;
};

/// Reads and checks the header alone, whatever the dtypes.
SafetensorsHeader list_safetensors(const std::filesystem::path& path);

/// Computes the tensors together and writes them. They must be on one device. Throws: ValueError
/// for a name that is there twice, is "__metadata__" or is not UTF-8.
void save_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                      const Metadata& metadata = {});

// ---- npy: NumPy's format, versions 1.0 to 3.0
// -------------------------------------------------------

/// Reads one array of float32, int32 or bool, in either byte order. One in Fortran order becomes a
/// transposed view of its bytes. Another dtype throws a FormatError that names it.
Tensor load_npy(const std::filesystem::path& path, const LoadOptions& options = {});

/// Computes the tensor and writes it in version 1.0 and C order, as numpy.save does.
void save_npy(const std::filesystem::path& path, const Tensor& tensor);

// ---- idx: the format of MNIST, http://yann.lecun.com/exdb/mnist
// ------------------------------------

/// Reads one array. Unsigned bytes and int32 become int32, float32 stays; another type throws a
/// FormatError that names it.
Tensor load_idx(const std::filesystem::path& path, const LoadOptions& options = {});

}  // namespace tarn::io
