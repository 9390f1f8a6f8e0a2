// A program whose tensors outlive main: they are released when the device has been closed at exit,
// and that must be harmless. Its exit code is the test.
#include <cstdio>
#include <optional>

#include "tarn/tensor.hpp"

namespace {

std::optional<tarn::Tensor> computed;
std::optional<tarn::Tensor> lazy;  // holds a graph, and through it what it reads

}  // namespace

int main() {
  const tarn::Tensor x = tarn::tensor({1.f, 2.f, 3.f});
  computed = (x * 2).realize();
  lazy = *computed + 1;
  const float sum = computed->sum().item<float>();
  if (sum != 12) {
    std::fprintf(stderr, "2 + 4 + 6 gave %g\n", static_cast<double>(sum));
    return 1;
  }
  return 0;
}
