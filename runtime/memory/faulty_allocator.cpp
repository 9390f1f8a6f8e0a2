#include "runtime/memory/faulty_allocator.hpp"

#include <charconv>

#include "runtime/memory/byte_size.hpp"
#include "tarn/error.hpp"

namespace tarn::memory {
namespace {

[[noreturn]] void refuse(std::string_view text) {
  throw ValueError("'" + std::string(text) +
                   "' is no plan of failures; allowed are every:N (N of 1 or more), after:N, "
                   "bytes:AMOUNT such as bytes:64MiB, and p:PROBABILITY,SEED with a probability "
                   "from 0 to 1 such as p:0.01,42");
}

// The whole of `part` as a number.
template <class T>
T number(std::string_view part, std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
  if (error != std::errc{} || end != part.data() + part.size()) refuse(text);
  return value;
}

std::size_t amount(std::string_view part, std::string_view text) {
  try {
    return parse_bytes(part);
  } catch (const ValueError&) {
    refuse(text);
  }
}

}  // namespace

FaultPlan parse_fault_plan(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) refuse(text);
  const std::string_view kind = text.substr(0, colon);
  const std::string_view rest = text.substr(colon + 1);
  FaultPlan plan;
  if (kind == "every") {
    plan.every = number<std::uint64_t>(rest, text);
  } else if (kind == "after") {
    plan.after = number<std::uint64_t>(rest, text);
  } else if (kind == "bytes") {
    plan.bytes = amount(rest, text);
  } else if (const std::size_t comma = rest.find(',');
             kind == "p" && comma != std::string_view::npos) {
    plan.probability = number<double>(rest.substr(0, comma), text);
    plan.seed = number<std::uint32_t>(rest.substr(comma + 1), text);
  } else {
    refuse(text);
  }
  const bool likely = plan.probability >= 0 && plan.probability <= 1;  // false for NaN
  if (plan.every == 0 || !likely) refuse(text);
  return plan;
}

void FaultyAllocator::set_plan(const FaultPlan& plan) {
  const std::lock_guard lock(mutex_);
  plan_ = plan;
  dice_.seed(plan.seed);
  calls_ = 0;
}

std::string FaultyAllocator::fault(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  ++calls_;
  if (calls_ % plan_.every == 0) return "every call of number " + std::to_string(plan_.every);
  if (calls_ > plan_.after) return "all calls after " + std::to_string(plan_.after);
  if (plan_.probability > 0 && std::bernoulli_distribution(plan_.probability)(dice_)) {
    return "calls by chance";
  }
  if (bytes > plan_.bytes || held_ > plan_.bytes - bytes) {
    return "what would hold more than " + format_bytes(plan_.bytes);
  }
  held_ += bytes;
  return {};
}

void FaultyAllocator::give_up(std::size_t bytes) noexcept {
  const std::lock_guard lock(mutex_);
  held_ -= bytes;
}

Block FaultyAllocator::allocate(std::size_t bytes, BufferOptions options) {
  if (const std::string cause = fault(bytes); !cause.empty()) {
    throw OutOfMemory("an injected failure of " + cause);
  }
  try {
    return upstream_.allocate(bytes, options);
  } catch (...) {
    give_up(bytes);
    throw;
  }
}

void FaultyAllocator::release(Block block) noexcept {
  upstream_.release(block);
  give_up(block.bytes);
}

}  // namespace tarn::memory
