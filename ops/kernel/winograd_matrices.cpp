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

// As a quotient where decimals would round.
std::string number(float x) {
  for (const int divisor : {1, 2, 4, 6, 12, 24}) {
    const float whole = std::round(x * static_cast<float>(divisor));
    if (whole / static_cast<float>(divisor) != x) continue;
    const std::string text = std::to_string(static_cast<int>(whole)) + ".0f";
    return divisor == 1 ? text : text + " / " + std::to_string(divisor);
  }
  return std::to_string(x) + "f";
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
std::string combination(Row factors, const std::string& name, const std::string& type) {
  std::string text;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (std::abs(factors[i]) != 1) continue;
    const bool minus = factors[i] < 0;
    text += text.empty() ? (minus ? "-" : "") : minus ? " - " : " + ";
    text += name + std::to_string(i);
  }
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (factors[i] == 0 || std::abs(factors[i]) == 1) continue;
    const std::string by = "(" + type + ")(" + number(factors[i]) + ")";
    const std::string variable = name + std::to_string(i);
    text = text.empty() ? variable + " * " + by : "fma(" + variable + ", " + by + ", " + text + ")";
  }
  return text;
}

}  // namespace tarn::kernel::winograd
