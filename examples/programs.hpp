// The programs of 05_cache_savings, from a few launches to whole networks.
#pragma once

#include <filesystem>
#include <vector>

#include "experiment/changing_programs.hpp"
#include "experiment/large_networks.hpp"
#include "experiment/program.hpp"
#include "experiment/small_networks.hpp"

namespace examples {

inline std::vector<Program> programs(const std::filesystem::path& data) {
  const auto mlp_file = data / "mlp.safetensors";
  const auto lenet_file = data / "lenet.safetensors";
  return {chain("4 KiB", 4 << 10),
          chain("256 KiB", 256 << 10),
          chain("4 MiB", 4 << 20),
          chain("16 MiB", 16 << 20),
          network("MLP batch 1", mlp_file, {784}, mlp, {1}),
          network("MLP batch 64", mlp_file, {784}, mlp, {64}),
          network("LeNet batch 64", lenet_file, {1, 28, 28}, lenet, {64}),
          network("LeNet changing batch", lenet_file, {1, 28, 28}, lenet,
                  {64, 17, 48, 5, 33, 60, 9, 25}),
          large_network("encoder batch 1", {1, 128, 384}, encoder),
          large_network("encoder batch 8", {8, 128, 384}, encoder),
          large_network("ResNet-18", {1, 3, 224, 224}, resnet18),
          growing_cache(512),
          random_sizes(),
          four_threads()};
}

}  // namespace examples
