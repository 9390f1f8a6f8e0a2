// The programs whose traces are in ../traces: `cache_programs NAME` runs one, `cache_programs`
// lists them. ../record.sh writes the traces anew.
#include <iostream>
#include <string>
#include <tarn/tarn.hpp>
#include <vector>

#include "programs.hpp"

namespace {

using examples::Pass;
using examples::Program;
using tarn::Device;
using tarn::Tensor;

/// Forward through layers that keep their results, then back through them: memory in sawteeth.
Program sawtooth(int layers) {
  const auto start = [layers](const Device& device) -> Pass {
    constexpr std::int64_t kWidth = 256;
    const Tensor w = tarn::rand({kWidth, kWidth}, {.seed = 1, .device = device}).realize();
    const Tensor first = tarn::rand({64, kWidth}, {.seed = 2, .device = device}).realize();
    return [=](int) {
      std::vector<Tensor> kept = {first};
      for (int i = 0; i < layers; ++i) {
        kept.push_back(tarn::relu(tarn::matmul(kept.back(), w)).realize());
      }
      Tensor gradient = kept.back();
      for (; kept.size() > 1; kept.pop_back()) {
        gradient = tarn::matmul(gradient * kept.back(), w.T()).realize();
      }
      return gradient;
    };
  };
  return {"sawtooth", true, 1, tarn::LaneMode::parallel, start};
}

/// Two programs on one device, a pass of each in turn.
Program taking_turns(const Program& a, const Program& b) {
  const auto start = [a, b](const Device& device) -> Pass {
    return [first = a.start(device), second = b.start(device)](int i) {
      static_cast<void>(first(i));
      return second(i);
    };
  };
  return {"taking turns", false, a.period * b.period, tarn::LaneMode::parallel, start};
}

struct Named {
  std::string name;
  int passes;
  Program program;
};

std::vector<Named> all() {
  using namespace examples;
  const std::filesystem::path data = TARN_EXAMPLE_DATA;
  const Program mlps = network("", data / "mlp.safetensors", {784}, mlp, {64});
  const auto lenets = [&](const std::vector<std::int64_t>& batches) {
    return network("", data / "lenet.safetensors", {1, 28, 28}, lenet, batches);
  };
  return {{"mlp", 30, mlps},
          {"lenet", 30, lenets({64})},
          {"changing_batch", 40, lenets({64, 17, 48, 5, 33, 60, 9, 25})},
          {"encoder", 5, large_network("", {1, 128, 384}, encoder)},
          {"resnet18", 5, large_network("", {1, 3, 224, 224}, resnet18)},
          {"growing_cache", 2, growing_cache(128)},
          {"sawtooth", 20, sawtooth(12)},
          {"taking_turns", 20, taking_turns(mlps, lenets({48, 5, 33}))}};
}

}  // namespace

int main(int argc, char** argv) {
  for (const Named& named : all()) {
    if (argc < 2) std::cout << named.name << '\n';
    if (argc < 2 || named.name != argv[1]) continue;
    const Pass pass = named.program.start(Device());
    for (int i = 0; i < named.passes; ++i) static_cast<void>(pass(i).realize());
    return 0;
  }
  return argc < 2 ? 0 : 1;
}
