// Amounts of bytes as people write and read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tarn::memory {

/// Bytes from text: a whole number with an optional unit (B, KiB, MiB, GiB, TiB, in any case), such
/// as `4096` or `256MiB`; `off` is 0. Throws: ValueError with the text and what is allowed; a
/// caller that knows where the text comes from puts that before it.
std::size_t parse_bytes(std::string_view text);

/// Three or four digits and a unit: `0 B`, `1000 B`, `1.50 MiB`, `64.0 GiB`.
std::string format_bytes(std::uint64_t bytes);

}  // namespace tarn::memory
