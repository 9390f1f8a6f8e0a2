#include "ops/kernel/winograd_matrices.hpp"

#include <array>
#include <cmath>
#include <cstddef>

namespace tarn::kernel::winograd {
namespace {

constexpr std::array<std::array<float, 4>, 4> kImage2 = {
    {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}}};
constexpr std::array<std::array<float, 3>, 4> kWeights2 = {
    {{1, 0, 0}, {.5F, .5F, .5F}, {.5F, -.5F, .5F}, {0, 0, 1}}};
constexpr std::array<std::array<float, 4>, 2> kResult2 = {{{1, 1, 1, 0}, {0, 1, -1, -1}}};

constexpr std::array<std::array<float, 6>, 6> kImage4 = {{{4, 0, -5, 0, 1, 0},
                                                          {0, -4, -4, 1, 1, 0},
                                                          {0, 4, -4, -1, 1, 0},
                                                          {0, -2, -1, 2, 1, 0},
                                                          {0, 2, -1, -2, 1, 0},
                                                          {0, 4, 0, -5, 0, 1}}};
constexpr std::array<std::array<float, 3>, 6> kWeights4 = {{{1 / 4.F, 0, 0},
                                                            {-1 / 6.F, -1 / 6.F, -1 / 6.F},
                                                            {-1 / 6.F, 1 / 6.F, -1 / 6.F},
                                                            {1 / 24.F, 1 / 12.F, 1 / 6.F},
                                                            {1 / 24.F, -1 / 12.F, 1 / 6.F},
                                                            {0, 0, 1}}};
constexpr std::array<std::array<float, 6>, 4> kResult4 = {
    {{1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 1}}};

std::string number(float x) {
  std::string text = std::to_string(x);
  if (x * 6 == 1 || x * 6 == -1) text = x > 0 ? "(1.0f / 6)" : "(-1.0f / 6)";
  if (x * 12 == 1 || x * 12 == -1) text = x > 0 ? "(1.0f / 12)" : "(-1.0f / 12)";
  if (x * 24 == 1) text = "(1.0f / 24)";
  return text.back() == ')' ? text : text + "f";
}

}  // namespace

Row image(int outputs, int row) {
  const auto at = static_cast<std::size_t>(row);
  return outputs == 2 ? Row(kImage2[at]) : Row(kImage4[at]);
}

Row weights(int outputs, int row) {
  const auto at = static_cast<std::size_t>(row);
  return outputs == 2 ? Row(kWeights2[at]) : Row(kWeights4[at]);
}

Row result(int outputs, int row) {
  const auto at = static_cast<std::size_t>(row);
  return outputs == 2 ? Row(kResult2[at]) : Row(kResult4[at]);
}

// Those times 1 are added first, so that the rest are fused.
std::string combination(Row factors, const std::string& name) {
  std::string text;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (std::abs(factors[i]) != 1) continue;
    const std::string sign = factors[i] < 0 ? "-" : "";
    text += text.empty() ? sign : factors[i] < 0 ? " - " : " + ";
    text += name + std::to_string(i);
  }
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (factors[i] == 0 || std::abs(factors[i]) == 1) continue;
    const std::string product = name + std::to_string(i) + " * " + number(factors[i]);
    text = text.empty() ? product : product + " + " + text;
  }
  return text;
}

}  // namespace tarn::kernel::winograd
