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

}  // namespace

Team::Team(std::size_t helpers) {
  helpers_.reserve(helpers);
  try {
    for (std::size_t worker = 1; worker <= helpers; ++worker) {
      helpers_.emplace_back([this, worker] { help(worker); });
    }
  } catch (const std::system_error&) {
    // The caller does what they would have done.
  }
}

Team::~Team() {
  stopping_ = true;
  state_ = pack(++number_, 0);
  state_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

void Team::run(Job& job, std::size_t pieces) {
  job_ = &job;
  done_.store(0, std::memory_order_relaxed);
  state_ = pack(++number_, pieces);
  state_.notify_all();
  while (take_piece(0)) {
  }
  await(pieces);
}

// The pieces that helpers are still at. One whose core is taken by another thread may need this
// one's.
void Team::await(std::size_t pieces) const {
  const auto all_done = [&] { return done_.load(std::memory_order_acquire) == pieces; };
  while (!spin(kStareAt, all_done)) std::this_thread::yield();
}

bool Team::take_piece(std::size_t worker) {
  std::uint64_t state = state_.load(std::memory_order_acquire);
  while (next(state) < pieces(state)) {
    if (!state_.compare_exchange_weak(state, state + 1, std::memory_order_acq_rel,
                                      std::memory_order_acquire)) {
      continue;
    }
    job_->run(worker, next(state));
    done_.fetch_add(1, std::memory_order_release);
    return true;
  }
  return false;
}

bool Team::changes_soon(std::uint64_t state) const {
  return spin(kLookFor, [&] { return state_.load(std::memory_order_relaxed) != state; });
}

void Team::help(std::size_t worker) {
  for (;;) {
    while (take_piece(worker)) {
    }
    const std::uint64_t state = state_.load(std::memory_order_acquire);
    if (next(state) < pieces(state)) continue;
    if (stopping_) return;
    if (!changes_soon(state)) state_.wait(state);
  }
}

}  // namespace tarn::opencl
