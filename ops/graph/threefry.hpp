// Threefry-2x32 with 20 rounds: a counter-based generator of random numbers. J. Salmon, M. Moraes,
// R. Dror, D. Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace tarn::graph {

using Threefry2x32 = std::array<std::uint32_t, 2>;

constexpr Threefry2x32 threefry(Threefry2x32 counter, Threefry2x32 key) {
  constexpr int kRotations[2][4] = {{13, 15, 26, 6}, {17, 29, 16, 24}};
  const std::array<std::uint32_t, 3> keys{key[0], key[1], key[0] ^ key[1] ^ 0x1BD11BDAu};
  auto [x0, x1] = counter;
  x0 += keys[0];
  x1 += keys[1];
  for (std::uint32_t group = 1; group <= 5; ++group) {
    for (const int rotation : kRotations[(group - 1) % 2]) {
      x0 += x1;
      x1 = std::rotl(x1, rotation) ^ x0;
    }
    x0 += keys[group % 3];
    x1 += keys[(group + 1) % 3] + group;
  }
  return {x0, x1};
}

/// Op::random: uniform in [0, 1).
constexpr float random_uniform(std::uint64_t seed, std::uint32_t index, std::uint32_t stream) {
  const Threefry2x32 key{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
  return static_cast<float>(threefry({index, stream}, key)[0] >> 8) * 0x1p-24f;
}

}  // namespace tarn::graph
