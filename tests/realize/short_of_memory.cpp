// A program that keeps results until there is no more memory, to be run under `ulimit -v`: it is
// refused by OutOfMemory with its report, nothing that it has is lost, and it goes on once it has
// let go of some. `short_of_memory MIB` keeps tensors of so many MiB.
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "tarn/error.hpp"
#include "tarn/tensor.hpp"

namespace {

using tarn::Tensor;

constexpr int kMost = 1 << 16;  // more would mean that nothing limits us

// Result `i` of the program, and whether it still has its numbers.
Tensor result(const Tensor& x, int i) { return (x * 2 + i).realize(); }
bool is_right(const Tensor& kept, int i) {
  const auto low = kept.min().item<float>(), high = kept.max().item<float>();
  return low == static_cast<float>(i) + 2 && high == low;
}

bool all_right(const std::vector<Tensor>& kept) {
  int i = 0;
  return std::ranges::all_of(kept, [&](const Tensor& tensor) { return is_right(tensor, i++); });
}

std::vector<Tensor> as_many_as_there_is_room_for(const Tensor& x) {
  std::vector<Tensor> kept;
  try {
    for (int i = 0; i < kMost; ++i) kept.push_back(result(x, i));
  } catch (const tarn::OutOfMemory& error) {
    std::cout << kept.size() << " kept, then " << error.what() << '\n';
  }
  return kept;
}

}  // namespace

int main(int argc, char** argv) try {
  const int mebibytes = argc > 1 ? std::stoi(argv[1]) : 16;
  const Tensor x = tarn::ones({mebibytes, 1 << 18}).realize();
  if (!is_right(result(x, 0), 0)) return 3;  // and all kernels are built

  std::vector<Tensor> kept = as_many_as_there_is_room_for(x);
  if (kept.size() == kMost || !all_right(kept)) return 3;
  kept.resize(kept.size() / 2, x);
  if (!is_right(result(x, 7), 7) || !all_right(kept)) return 3;
  std::cout << "right afterwards\n";
  return 0;
} catch (const tarn::OutOfMemory& error) {  // not even what the program begins with
  std::cout << error.what() << '\n';
  return 1;
} catch (const tarn::DeviceError& error) {  // not even a device
  std::cout << error.what() << '\n';
  return 2;
}
