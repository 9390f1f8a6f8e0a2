// A thread's helpers, as in OpenMP's teams: the caller begins with a job at once, and helpers take
// pieces of it as they come. A job that is over before a helper is awake does not wait for it.
//
// Each worker has a share of neighbouring pieces, the same share of every job, and takes those of
// others, from the end, only when it has done its own: what one job leaves in the caches of a core
// is where the next one looks for it.
//
// Helpers look for the next job for a fraction of a millisecond before they sleep: jobs come close
// after each other, and waking a thread takes as long as a small job. One that wakes on the
// caller's processor waits there until the system moves one of them, for milliseconds; so those
// that sleep are kept off it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

#include "runtime/opencl/processors.hpp"

namespace tarn::opencl {

class Team {
 public:
  /// What a team does together. Pieces may be done in any order, at the same time.
  class Job {
   public:
    /// Does a piece, as one of the workers: 0 is the caller, the others are the helpers.
    virtual void run(std::size_t worker, std::size_t piece) noexcept = 0;

   protected:
    ~Job() = default;
  };

  static constexpr std::size_t kMaxPieces = 0xffff;

  /// With so many helpers, or as many as there are threads to be had. `places` them: keeps them off
  /// the caller's processor.
  explicit Team(std::size_t helpers, bool places = true);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  std::size_t workers() const { return helpers_.size() + 1; }

  /// Does pieces 0 to `pieces` − 1 of a job, each once, and returns when all are done. Requires:
  /// one caller at a time; at most kMaxPieces.
  void run(Job& job, std::size_t pieces);

 private:
  // The job's number, and which pieces of a share are left: one word, so that a piece that is taken
  // is of the job that was looked at.
  struct alignas(64) Share {
    std::atomic<std::uint64_t> left = 0;

    // Of this job; nothing where none is left, or another has come.
    std::optional<std::size_t> take_first(std::uint32_t number);
    std::optional<std::size_t> take_last(std::uint32_t number);
  };

  void help(std::size_t worker);
  void make_room_for_caller();
  std::optional<std::size_t> take_piece(std::size_t worker, std::uint32_t number);
  bool work_on_piece(std::size_t worker, std::uint32_t number);
  void await(std::size_t pieces) const;

  Job* job_ = nullptr;  // to be read by who has taken a piece
  std::vector<Share> shares_;
  alignas(64) std::atomic<std::uint32_t> number_ = 0;
  alignas(64) std::atomic<std::size_t> done_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> asleep_ = 0;
  const Processors processors_ = Processors::of_this_thread();
  const bool places_;
  int kept_off_ = -1;  // the processor
  std::vector<std::thread> helpers_;
};

}  // namespace tarn::opencl
