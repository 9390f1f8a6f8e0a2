#include "runtime/opencl/team.hpp"

#include <chrono>
#include <system_error>

namespace tarn::opencl {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kLookFor = std::chrono::microseconds(200);  // a job, before a helper sleeps
constexpr auto kStareAt = std::chrono::microseconds(50);   // the last pieces, before giving way
constexpr int kLooksPerClock = 32;

// Tells the processor that this loop only waits: the other thread of its core runs faster.
void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Looks for so long, at most. Returns: whether it has become true.
template <class Condition>
bool spin(Clock::duration time, const Condition& condition) {
  const auto end = Clock::now() + time;
  do {
    for (int look = 0; look < kLooksPerClock; ++look) {
      if (condition()) return true;
      relax();
    }
  } while (Clock::now() < end);
  return false;
}

constexpr std::uint64_t pack(std::uint64_t number, std::uint64_t begin, std::uint64_t end) {
  return number << 32 | end << 16 | begin;
}
constexpr std::size_t begin_of(std::uint64_t left) { return left & 0xffff; }
constexpr std::size_t end_of(std::uint64_t left) { return left >> 16 & 0xffff; }

// Replaces what is left of this job by what `next` makes of it, while anything is. Returns: what
// was left.
template <class Next>
std::optional<std::uint64_t> take(std::atomic<std::uint64_t>& left, std::uint32_t number,
                                  const Next& next) {
  std::uint64_t seen = left.load(std::memory_order_acquire);
  while (seen >> 32 == number && begin_of(seen) < end_of(seen)) {
    if (left.compare_exchange_weak(seen, next(seen), std::memory_order_acq_rel,
                                   std::memory_order_acquire)) {
      return seen;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> Team::Share::take_first(std::uint32_t number) {
  const auto seen = take(left, number, [](std::uint64_t is) { return is + pack(0, 1, 0); });
  return seen ? std::optional(begin_of(*seen)) : std::nullopt;
}

std::optional<std::size_t> Team::Share::take_last(std::uint32_t number) {
  const auto seen = take(left, number, [](std::uint64_t is) { return is - pack(0, 0, 1); });
  return seen ? std::optional(end_of(*seen) - 1) : std::nullopt;
}

Team::Team(std::size_t helpers, bool places) : shares_(helpers + 1), places_(places) {
  helpers_.reserve(helpers);
  try {
    for (std::size_t worker = 1; worker <= helpers; ++worker) {
      helpers_.emplace_back([this, worker] { help(worker); });
    }
  } catch (const std::system_error&) {
    // The others do what they would have done.
  }
}

Team::~Team() {
  stopping_ = true;
  ++number_;
  number_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

void Team::make_room_for_caller() {
  const int processor = this_processor();
  if (processor == kept_off_) return;
  for (std::thread& helper : helpers_) processors_.keep_off(helper, processor);
  kept_off_ = processor;
}

void Team::run(Job& job, std::size_t pieces) {
  if (places_ && asleep_ > 0) make_room_for_caller();
  job_ = &job;
  done_.store(0, std::memory_order_relaxed);
  const std::uint32_t number = number_ + 1;
  for (std::size_t i = 0; i < shares_.size(); ++i) {
    const auto begin = [&](std::size_t share) { return pieces * share / shares_.size(); };
    shares_[i].left.store(pack(number, begin(i), begin(i + 1)), std::memory_order_release);
  }
  number_ = number;  // only now: who knows it finds all shares
  number_.notify_all();
  while (work_on_piece(0, number)) {
  }
  await(pieces);
}

// The pieces that helpers are still at. One whose core is taken by another thread may need this
// one's.
void Team::await(std::size_t pieces) const {
  const auto all_done = [&] { return done_.load(std::memory_order_acquire) == pieces; };
  while (!spin(kStareAt, all_done)) std::this_thread::yield();
}

std::optional<std::size_t> Team::take_piece(std::size_t worker, std::uint32_t number) {
  if (const auto own = shares_[worker].take_first(number)) return own;
  for (std::size_t i = 1; i < shares_.size(); ++i) {
    if (const auto other = shares_[(worker + i) % shares_.size()].take_last(number)) return other;
  }
  return std::nullopt;
}

bool Team::work_on_piece(std::size_t worker, std::uint32_t number) {
  const auto piece = take_piece(worker, number);
  if (!piece) return false;
  job_->run(worker, *piece);
  done_.fetch_add(1, std::memory_order_release);
  return true;
}

void Team::help(std::size_t worker) {
  for (;;) {
    const std::uint32_t number = number_;
    while (work_on_piece(worker, number)) {
    }
    if (stopping_) return;
    const auto next_job = [&] { return number_.load(std::memory_order_acquire) != number; };
    if (spin(kLookFor, next_job)) continue;
    ++asleep_;
    number_.wait(number);
    --asleep_;
  }
}

}  // namespace tarn::opencl
