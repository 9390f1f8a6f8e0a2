// A whole program of a user's: builds a graph, computes it, and says whether the numbers are right.
#include <iostream>
#include <tarn/tarn.hpp>

int main() {
  const tarn::Tensor a = tarn::tensor({{1.f, 2.f}, {3.f, 4.f}});
  const tarn::Tensor b = tarn::matmul(a, a) + 0.5f;
  std::cout << b << '\n';
  return b.to_vector<float>() == std::vector<float>{7.5f, 10.5f, 15.5f, 22.5f} ? 0 : 1;
}
