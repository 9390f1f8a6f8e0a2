#include "cache_lab/explain.hpp"

#include <gmock/gmock.h>

namespace examples {
namespace {

using tarn::memory::Trace;
using tarn::memory::TraceKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// A run as it would be recorded, one verb an event.
class Events {
 public:
  Events& make(std::uint64_t id, std::size_t bytes) {
    add(TraceKind::driver_allocation, id, bytes);
    return take(id);
  }
  Events& take(std::uint64_t id) { return add(TraceKind::request, id, 1); }
  Events& release(std::uint64_t id) { return add(TraceKind::release, id, 0); }
  Events& evict(std::uint64_t id) { return add(TraceKind::driver_release, id, 0); }

  Explanation explain(std::uint64_t within) const { return examples::explain(trace_, within); }

 private:
  Events& add(TraceKind kind, std::uint64_t id, std::size_t bytes) {
    trace_.events.push_back({.kind = kind, .bytes = bytes, .id = id});
    return *this;
  }
  Trace trace_;
};

TEST(Explanations, AnEvictionsAgeIsTheRequestsSinceItsRelease) {
  const Explanation seen =
      Events().make(1, 256).release(1).make(2, 512).make(3, 512).release(2).evict(1).explain(10);
  EXPECT_THAT(seen.ages, ElementsAre(2));
  EXPECT_EQ(seen.age(0.5), 2u);
  EXPECT_EQ(seen.given_back, 0u);
}

TEST(Explanations, ABlockThatGoesAtOnceWasNotEvicted) {
  const Explanation seen = Events().make(1, 256).release(1).evict(1).explain(10);
  EXPECT_THAT(seen.ages, IsEmpty());
  EXPECT_EQ(seen.given_back, 1u);
}

TEST(Explanations, AnEvictionIsRegrettedByAnAllocationSoonAfter) {
  const auto run = [] {
    return Events().make(1, 256).release(1).make(2, 512).evict(1).make(3, 512).make(4, 256);
  };
  EXPECT_EQ(run().explain(10).regretted, 1u);
  EXPECT_EQ(run().explain(0).regretted, 0u);
  EXPECT_EQ(run().make(5, 256).explain(10).regretted, 1u) << "one eviction explains one allocation";
}

TEST(Explanations, BlocksThatLieIdleForLongAreStranded) {
  Events run;
  run.make(1, 256).release(1).make(2, 512);
  EXPECT_EQ(run.explain(1).peak_stranded, 0u);
  run.make(3, 512);
  EXPECT_THAT(run.explain(1).stranded_at_end, ElementsAre(Pair(256, 256)));
  run.take(1);
  EXPECT_THAT(run.explain(1).stranded_at_end, IsEmpty());
  EXPECT_THAT(run.explain(1).stranded_at_peak, ElementsAre(Pair(256, 256)));
  EXPECT_EQ(run.explain(1).peak_stranded, 256u);
}

}  // namespace
}  // namespace examples
