// A first program: tensors are values, nothing runs until somebody looks, and what runs is a few
// fused kernels.
#include <iostream>
#include <tarn/tarn.hpp>

int main() {
  // Nested braces make a tensor; floats give float32, ints int32.
  auto x = tarn::tensor({{1.f, 2.f, 3.f}, {4.f, 5.f, 6.f}});  // (2, 3) float32
  auto w = tarn::randn({3, 4}, {.seed = 42});                 // the same numbers on every device

  // An expression is a graph. This line computes nothing, but a mistake in it throws here.
  auto y = tarn::softmax(tarn::relu(tarn::matmul(x, w) + 1.f), -1);

  // How it would be computed: the weights' random numbers, one product with bias and relu, one
  // softmax.
  std::cout << "The plan:\n" << y.explain() << '\n';

  // Printing computes, reads back, and prints as NumPy does.
  std::cout << "softmax(relu(x @ w + 1)) =\n" << y << "\n\n";
  std::vector<float> values = y.to_vector<float>();
  std::cout << values.size() << " values, the first is " << values[0] << "\n\n";

  // Shapes broadcast as in NumPy, and movement (here a transpose) never copies.
  auto centred = x - x.mean(0);
  std::cout << "columns centred:\n" << centred << "\nand transposed:\n" << centred.T() << "\n\n";

  // `x = ...` rebinds: no tensor ever changes, so whoever holds the old one still has it.
  auto before = x;
  x += 10;
  std::cout << "x is now " << x.sum() << " in all, and was " << before.sum() << "\n\n";

  // A mistake says both sides, at the line that made it.
  try {
    tarn::matmul(x, x);
  } catch (const tarn::ShapeError& error) {
    std::cout << "matmul(x, x) throws: " << error.what() << '\n';
  }
}
