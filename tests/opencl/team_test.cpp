#include "runtime/opencl/team.hpp"

#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <chrono>
#include <random>
#include <thread>
#include <vector>

namespace tarn::opencl {
namespace {

// Counts how often each piece is done, and by whom.
class Counting final : public Team::Job {
 public:
  Counting(std::size_t pieces, std::size_t workers) : done_(pieces), by_(workers) {}

  void run(std::size_t worker, std::size_t piece) noexcept override {
    ++done_[piece];
    ++by_[worker];
  }
  std::vector<int> done() const { return {done_.begin(), done_.end()}; }
  int by(std::size_t worker) const { return by_[worker]; }

 private:
  std::vector<std::atomic<int>> done_, by_;
};

TEST(Team, DoesEachPieceOnce) {
  std::mt19937 random(1);
  for (const std::size_t helpers : {0u, 1u, 3u}) {
    Team team(helpers);
    EXPECT_EQ(team.workers(), helpers + 1);
    for (int round = 0; round < 2000; ++round) {
      const std::size_t pieces = random() % 20;
      Counting job(pieces, team.workers());
      team.run(job, pieces);
      ASSERT_THAT(job.done(), testing::Each(1));
    }
  }
}

TEST(Team, DoesAsManyPiecesAsThereMayBe) {
  Team team(1);
  Counting job(Team::kMaxPieces, team.workers());
  team.run(job, Team::kMaxPieces);
  EXPECT_THAT(job.done(), testing::Each(1));
  EXPECT_EQ(job.by(0) + job.by(1), static_cast<int>(Team::kMaxPieces));
}

// Each piece waits until the other has begun: one thread alone would wait for ever.
TEST(Team, WorksAtTheSameTime) {
  class Meeting final : public Team::Job {
   public:
    void run(std::size_t, std::size_t) noexcept override {
      ++there_;
      while (there_ < 2) std::this_thread::yield();
    }

   private:
    std::atomic<int> there_ = 0;
  };
  Team team(1);
  for (int round = 0; round < 100; ++round) {
    Meeting job;
    team.run(job, 2);
  }
}

// Where all have time for all of theirs: each piece takes as long, and begins once all are there.
TEST(Team, AWorkerHasTheSamePiecesOfEachJob) {
  class Noting final : public Team::Job {
   public:
    void run(std::size_t worker, std::size_t piece) noexcept override {
      by_[piece] = worker;
      ++there_;
      while (there_ < 2) std::this_thread::yield();
    }
    std::array<std::size_t, 2> by() const { return by_; }

   private:
    std::array<std::size_t, 2> by_{};
    std::atomic<int> there_ = 0;
  };
  Team team(1);
  for (int round = 0; round < 100; ++round) {
    Noting job;
    team.run(job, 2);
    ASSERT_EQ(job.by(), (std::array<std::size_t, 2>{0, 1}));
  }
}

// The caller's first piece ends only when all others have been done.
TEST(Team, WhatAWorkerDoesNotComeToIsDoneByOthers) {
  constexpr std::size_t kPieces = 20;
  class Slow final : public Team::Job {
   public:
    void run(std::size_t worker, std::size_t) noexcept override {
      if (worker == 1) by_helper_ = true;
      while (worker == 0 && done_ < kPieces - 1) std::this_thread::yield();
      ++done_;
    }
    bool by_helper() const { return by_helper_; }

   private:
    std::atomic<std::size_t> done_ = 0;
    std::atomic<bool> by_helper_ = false;
  };
  Team team(1);
  Slow job;
  team.run(job, kPieces);
  EXPECT_TRUE(job.by_helper());
}

TEST(Team, WakesHelpersThatSleep) {
  class Meeting final : public Team::Job {
   public:
    void run(std::size_t worker, std::size_t) noexcept override {
      if (worker != 0) helped_ = true;
      while (!helped_) std::this_thread::yield();
    }

   private:
    std::atomic<bool> helped_ = false;
  };
  Team team(2);
  for (int round = 0; round < 5; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    Meeting job;
    team.run(job, 2);
  }
}

// Both pieces are done at the same time, so each worker has one. But the system may move the
// caller, and a helper that other programs kept from going to sleep may still be where it was.
TEST(Team, HelpersWakeWhereTheCallerIsNot) {
  if (Processors::of_this_thread().count() < 2) GTEST_SKIP() << "there is one processor";
  class Meeting final : public Team::Job {
   public:
    void run(std::size_t worker, std::size_t) noexcept override {
      at_[worker] = this_processor();
      ++there_;
      while (there_ < 2) std::this_thread::yield();
    }
    int at(std::size_t worker) const { return at_[worker]; }

   private:
    std::array<int, 2> at_{};
    std::atomic<int> there_ = 0;
  };
  Team team(1);
  int compared = 0, together = 0;
  for (int round = 0; round < 200; ++round) {
    std::this_thread::sleep_for(std::chrono::microseconds(500));
    const int before = this_processor();
    Meeting job;
    team.run(job, 2);
    if (this_processor() != before || job.at(0) != before) continue;
    ++compared;
    if (job.at(1) == before) ++together;
  }
  EXPECT_GT(compared, 0);
  EXPECT_LE(together * 8, compared);
}

// How many processors a helper may use after it has slept, of those that its caller may.
TEST(Team, PlacesHelpersWhereItMay) {
  class Asking final : public Team::Job {
   public:
    void run(std::size_t worker, std::size_t) noexcept override {
      if (worker == 1) processors_ = Processors::of_this_thread().count();
      while (processors_ == 0) std::this_thread::yield();
    }
    int processors() const { return processors_; }

   private:
    std::atomic<int> processors_ = 0;
  };
  const int all = Processors::of_this_thread().count();
  if (all < 2) GTEST_SKIP() << "there is one processor";
  for (const bool places : {true, false}) {
    Team team(1, places);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    Asking job;
    team.run(job, 2);
    EXPECT_EQ(job.processors(), places ? all - 1 : all);
  }
}

}  // namespace
}  // namespace tarn::opencl
