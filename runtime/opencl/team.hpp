// A thread's helpers, as in OpenMP's teams: the caller begins with a job at once, and helpers take
// pieces of it as they come. A job that is over before a helper is awake does not wait for it.
//
// Helpers look for the next job for a fraction of a millisecond before they sleep: jobs come close
// after each other, and waking a thread takes as long as a small job.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

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

  /// With so many helpers, or as many as there are threads to be had.
  explicit Team(std::size_t helpers);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  std::size_t workers() const { return helpers_.size() + 1; }

  /// Does pieces 0 to `pieces` − 1 of a job, each once, and returns when all are done. Requires:
  /// one caller at a time; at most kMaxPieces.
  void run(Job& job, std::size_t pieces);

 private:
  void help(std::size_t worker);
  bool take_piece(std::size_t worker);
  bool changes_soon(std::uint64_t state) const;
  void await(std::size_t pieces) const;

  // The job's number, how many pieces it has, and which is to be taken next: one word, so that a
  // piece that is taken is of the job that was looked at.
  static constexpr std::uint64_t pack(std::uint64_t number, std::uint64_t pieces) {
    return number << 32 | pieces << 16;
  }
  static constexpr std::size_t next(std::uint64_t state) { return state & 0xffff; }
  static constexpr std::size_t pieces(std::uint64_t state) { return state >> 16 & 0xffff; }

  Job* job_ = nullptr;  // to be read by who has taken a piece
  std::uint32_t number_ = 0;
  alignas(64) std::atomic<std::uint64_t> state_ = 0;
  alignas(64) std::atomic<std::size_t> done_ = 0;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> helpers_;
};

}  // namespace tarn::opencl
