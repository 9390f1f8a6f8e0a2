// Every operator as a device computes it against its reference on the host, through plain OpenCL:
// each spelling of the table, for one lane and for many, over pairs of numbers that are easy to get
// wrong.
#include <gtest/gtest.h>

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "ops/graph/op.hpp"
#include "ops/graph/threefry.hpp"
#include "ops/kernel/prelude.hpp"

namespace tarn::graph {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr std::int32_t kMin = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t kMax = std::numeric_limits<std::int32_t>::max();

void check(cl_int code) { ASSERT_EQ(code, CL_SUCCESS); }

// The first device of the first platform that has one.
cl_device_id first_device() {
  cl_uint count = 0;
  clGetPlatformIDs(0, nullptr, &count);
  std::vector<cl_platform_id> platforms(count);
  if (count > 0) clGetPlatformIDs(count, platforms.data(), nullptr);
  for (cl_platform_id platform : platforms) {
    cl_device_id device = nullptr;
    if (clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, nullptr) == CL_SUCCESS) {
      return device;
    }
  }
  return nullptr;
}

// Runs kernels over arrays of 32-bit words.
class Machine {
 public:
  using Words = std::vector<std::uint32_t>;

  Machine()
      : device_(first_device()),
        context_(device_ ? clCreateContext(nullptr, 1, &device_, nullptr, nullptr, nullptr)
                         : nullptr),
        queue_(context_ ? clCreateCommandQueue(context_, device_, 0, nullptr) : nullptr) {}
  ~Machine() {
    if (queue_) clReleaseCommandQueue(queue_);
    if (context_) clReleaseContext(context_);
  }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  bool usable() const { return queue_ != nullptr; }

  // What kernel `run(x0, x1, x2, y)` leaves in y, for each of several kernels in one program.
  std::vector<Words> run(const std::string& source, const std::vector<std::string>& kernels,
                         const std::vector<std::vector<Words>>& inputs, std::size_t items) {
    const char* text = source.c_str();
    cl_program program = clCreateProgramWithSource(context_, 1, &text, nullptr, nullptr);
    const cl_int built = clBuildProgram(program, 1, &device_, "", nullptr, nullptr);
    if (built != CL_SUCCESS) ADD_FAILURE() << log(program) << source;
    std::vector<Words> results;
    for (std::size_t i = 0; built == CL_SUCCESS && i < kernels.size(); ++i) {
      results.push_back(run(program, kernels[i], inputs[i], items));
    }
    clReleaseProgram(program);
    return results;
  }

 private:
  std::string log(cl_program program) {
    std::string text(1 << 14, '\0');
    clGetProgramBuildInfo(program, device_, CL_PROGRAM_BUILD_LOG, text.size(), text.data(),
                          nullptr);
    return text.c_str();
  }

  Words run(cl_program program, const std::string& name, const std::vector<Words>& inputs,
            std::size_t items) {
    cl_kernel kernel = clCreateKernel(program, name.c_str(), nullptr);
    std::vector<cl_mem> buffers;
    for (const Words& words : inputs) buffers.push_back(buffer(words));
    Words result(inputs[0].size());
    buffers.push_back(buffer(result));
    for (cl_uint i = 0; i < buffers.size(); ++i) {
      check(clSetKernelArg(kernel, i, sizeof(cl_mem), &buffers[i]));
    }
    const std::size_t local = 1;
    check(clEnqueueNDRangeKernel(queue_, kernel, 1, nullptr, &items, &local, 0, nullptr, nullptr));
    check(clEnqueueReadBuffer(queue_, buffers.back(), CL_TRUE, 0, result.size() * 4, result.data(),
                              0, nullptr, nullptr));
    for (cl_mem memory : buffers) clReleaseMemObject(memory);
    clReleaseKernel(kernel);
    return result;
  }

  cl_mem buffer(const Words& words) {
    return clCreateBuffer(context_, CL_MEM_COPY_HOST_PTR, words.size() * 4,
                          const_cast<std::uint32_t*>(words.data()), nullptr);
  }

  cl_device_id device_;
  cl_context context_;
  cl_command_queue queue_;
};

// Loads three operands, applies a spelling and stores its result, `lanes` at a time.
std::string kernel_text(const std::string& name, const std::string& operand,
                        const std::string& condition, const std::string& result,
                        const std::string& expression, int lanes) {
  const std::string n = lanes == 1 ? "" : std::to_string(lanes);
  const auto load = [&](const std::string& type, int i) {
    const std::string x = "x" + std::to_string(i);
    return "  const " + type + n + " v" + std::to_string(i) + " = " +
           (lanes == 1 ? x + "[i]" : "vload" + n + "(i, " + x + ")") + ";\n";
  };
  return kernel::helpers_for(expression) + "kernel void " + name + "(global const " + condition +
         "* x0, global const " + operand + "* x1, global const " + operand + "* x2, global " +
         result + "* y) {\n  const int i = get_global_id(0);\n" + load(condition, 0) +
         load(operand, 1) + load(operand, 2) + "  const " + result + n + " r = " + expression +
         ";\n" + (lanes == 1 ? "  y[i] = r;\n" : "  vstore" + n + "(r, i, y);\n") + "}\n";
}

std::string type_of(DType dtype) { return dtype == DType::float32 ? "float" : "int"; }

std::uint32_t word(float x) { return std::bit_cast<std::uint32_t>(x); }
std::uint32_t word(std::int32_t x) { return std::bit_cast<std::uint32_t>(x); }

// All pairs of numbers that are easy to get wrong, padded to whole vectors of 16.
template <class T>
std::vector<std::array<T, 2>> pairs(const std::vector<T>& numbers) {
  std::vector<std::array<T, 2>> list;
  for (const T a : numbers) {
    for (const T b : numbers) list.push_back({a, b});
  }
  while (list.size() % 16 != 0) list.push_back(list.back());
  return list;
}
std::vector<std::array<float, 2>> float_pairs() {
  return pairs<float>({0.f,   -0.f, 1.f,   -1.f, 0.5f,   1.5f, 2.5f,   -2.5f, 3.f,   -7.f, 0.1f,
                       1e-6f, 9.9f, -12.f, 87.f, -105.f, 1e9f, -1e20f, kInf,  -kInf, kNaN});
}
std::vector<std::array<std::int32_t, 2>> int_pairs() {
  return pairs<std::int32_t>(
      {0, 1, -1, 2, -2, 3, -3, 7, -7, 31, 32, 1000, 65536, kMax, kMax - 1, kMin, kMin + 1});
}

// Sines of large numbers are as good as their reduction, which differs from device to device.
bool is_compared(Op op, float a) {
  return !(op == Op::sin || op == Op::cos) || !(std::fabs(a) > 1e4f) || !std::isfinite(a);
}

bool close(float got, float want) {
  if (std::isnan(want)) return std::isnan(got);
  if (std::isinf(want)) return got == want;
  return std::fabs(got - want) <= 2e-6f * std::max(1.f, std::fabs(want));
}

class Spelling : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override { ASSERT_TRUE(machine_.usable()) << "no OpenCL device"; }

  // Runs every operator that is spelled for a dtype; where's condition is the first number's sign.
  template <class T, class Check>
  void for_each_result(DType dtype, const std::vector<std::array<T, 2>>& operands, Check check) {
    std::string source = "#pragma OPENCL FP_CONTRACT OFF\n";
    std::vector<std::string> names;
    std::vector<std::vector<Machine::Words>> inputs;
    std::vector<Op> ops;
    for (int i = 0; i < kOpCount; ++i) {
      const OpInfo& row = info(static_cast<Op>(i));
      const std::string_view text = dtype == DType::float32 ? row.spelling.float32
                                    : dtype == DType::int32 ? row.spelling.int32
                                                            : row.spelling.bool_;
      if (text.empty()) continue;
      using Names = std::vector<std::string>;
      const Names args = row.op == Op::where ? Names{"v0", "v1", "v2"} : Names{"v1", "v2"};
      ops.push_back(row.op);
      names.push_back("run_" + std::string(row.name));
      source += kernel_text(names.back(), type_of(dtype), "int",
                            gives_bool(row.op) ? "int" : type_of(dtype),
                            kernel::fill_in(text, dtype, GetParam(), args), GetParam());
      inputs.push_back(words(operands));
    }
    const std::size_t items = operands.size() / static_cast<std::size_t>(GetParam());
    const auto results = machine_.run(source, names, inputs, items);
    ASSERT_EQ(results.size(), ops.size());
    for (std::size_t i = 0; i < ops.size(); ++i) {
      for (std::size_t e = 0; e < operands.size(); ++e) {
        check(ops[i], operands[e][0], operands[e][1], results[i][e]);
      }
    }
  }

  template <class T>
  static std::vector<Machine::Words> words(const std::vector<std::array<T, 2>>& operands) {
    std::vector<Machine::Words> list(3);
    for (const auto& [a, b] : operands) {
      list[0].push_back(a < 0 ? ~0u : 0u);
      list[1].push_back(word(a));
      list[2].push_back(word(b));
    }
    return list;
  }

  Machine machine_;
};

TEST_P(Spelling, OfFloatsMeansWhatTheReferenceMeans) {
  for_each_result<float>(
      DType::float32, float_pairs(), [](Op op, float a, float b, std::uint32_t got) {
        const auto reference = info(op).reference.float32;
        const float want =
            op == Op::where ? reference(a < 0 ? 1.f : 0.f, a, b) : reference(a, b, 0);
        if (gives_bool(op)) {
          EXPECT_EQ(got, want != 0 ? ~0u : 0u) << name(op) << ' ' << a << ' ' << b;
        } else if (is_compared(op, a)) {
          const float value = std::bit_cast<float>(got);
          EXPECT_TRUE(close(value, want))
              << name(op) << ' ' << a << ' ' << b << ": " << value << ", not " << want;
        }
      });
}

TEST_P(Spelling, OfIntegersMeansWhatTheReferenceMeans) {
  for_each_result<std::int32_t>(
      DType::int32, int_pairs(), [](Op op, std::int32_t a, std::int32_t b, std::uint32_t got) {
        const auto reference = info(op).reference.int32;
        const std::int32_t want = op == Op::where ? reference(a < 0, a, b) : reference(a, b, 0);
        EXPECT_EQ(std::bit_cast<std::int32_t>(got), gives_bool(op) ? -want : want)
            << name(op) << ' ' << a << ' ' << b;
      });
}

TEST_P(Spelling, OfBoolsMeansWhatTheReferenceMeans) {
  for_each_result<std::int32_t>(
      DType::bool_, pairs<std::int32_t>({0, -1}),
      [](Op op, std::int32_t a, std::int32_t b, std::uint32_t got) {
        const auto reference = info(op).reference.int32;
        const std::int32_t want = op == Op::where ? reference(-a, -a, -b) : reference(-a, -b, 0);
        EXPECT_EQ(got, want != 0 ? ~0u : 0u) << name(op) << ' ' << a << ' ' << b;
      });
}

TEST_P(Spelling, OfCastsSaturatesAndTruncates) {
  const auto operands =
      pairs<float>({0.f, -0.f, 0.9f, -0.9f, 1.5f, -7.9f, 2147483520.f, 2147483648.f, -2147483648.f,
                    -2147483904.f, 1e20f, -1e20f, kInf, -kInf, kNaN});
  const std::vector<std::string> v{"v1"};
  const int lanes = GetParam();
  const auto spelled = [&](DType from, DType to) {
    return kernel::fill_in(kernel::cast_spelling(from, to), from, lanes, v);
  };
  using enum DType;
  const std::string source =
      kernel_text("to_int", "float", "int", "int", spelled(float32, int32), lanes) +
      kernel_text("to_bool", "float", "int", "int", spelled(float32, bool_), lanes) +
      kernel_text("int_to_float", "int", "int", "float", spelled(int32, float32), lanes) +
      kernel_text("int_to_bool", "int", "int", "int", spelled(int32, bool_), lanes) +
      kernel_text("bool_to_int", "int", "int", "int", spelled(bool_, int32), lanes) +
      kernel_text("bool_to_float", "int", "int", "float", spelled(bool_, float32), lanes);
  const auto floats = words(operands);
  auto bools = floats;
  bools[1] = floats[0];
  const auto results = machine_.run(
      source, {"to_int", "to_bool", "int_to_float", "int_to_bool", "bool_to_int", "bool_to_float"},
      {floats, floats, floats, floats, bools, bools},
      operands.size() / static_cast<std::size_t>(lanes));
  ASSERT_EQ(results.size(), 6u);
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const float x = operands[i][0];
    const auto as_int = std::bit_cast<std::int32_t>(floats[1][i]);
    const std::int32_t saturated = std::isnan(x)       ? 0
                                   : x >= 2147483648.f ? kMax
                                   : x < -2147483648.f ? kMin
                                                       : static_cast<std::int32_t>(x);
    EXPECT_EQ(std::bit_cast<std::int32_t>(results[0][i]), saturated) << x;
    EXPECT_EQ(results[1][i], x != 0 ? ~0u : 0u) << x;
    EXPECT_EQ(results[2][i], word(static_cast<float>(as_int))) << as_int;
    EXPECT_EQ(results[3][i], as_int != 0 ? ~0u : 0u) << as_int;
    EXPECT_EQ(results[4][i], x < 0 ? 1u : 0u);
    EXPECT_EQ(results[5][i], word(x < 0 ? 1.f : 0.f));
  }
}

TEST_P(Spelling, OfRandomNumbersIsEqualToTheBit) {
  const int lanes = GetParam();
  const std::string expression =
      kernel::random_spelling("v1", "1", "0x12345678", "(int)0x9abcdef0", lanes);
  Machine::Words index;
  for (std::uint32_t i = 0; i < 64; ++i) index.push_back(i * 77777777u);
  const auto results =
      machine_.run(kernel_text("run", "int", "int", "float", expression, lanes), {"run"},
                   {{index, index, index}}, index.size() / static_cast<std::size_t>(lanes));
  ASSERT_EQ(results.size(), 1u);
  for (std::size_t i = 0; i < index.size(); ++i) {
    EXPECT_EQ(results[0][i], word(random_uniform(0x9abcdef012345678ull, index[i], 1)));
  }
}

INSTANTIATE_TEST_SUITE_P(Lanes, Spelling, ::testing::Values(1, 4, 16));

}  // namespace
}  // namespace tarn::graph
