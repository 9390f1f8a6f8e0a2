#include "ops/plan/share.hpp"

#include <algorithm>

namespace tarn::plan {
namespace {

std::size_t bytes(const Slot& slot) {
  return static_cast<std::size_t>(slot.elements) * size_of(slot.dtype);
}

class Sharing {
 public:
  explicit Sharing(Plan& plan) : plan_(plan), last_(plan.slots.size(), -1), now_(last_) {
    for (int s = 0; s < steps(); ++s) {
      for (const Operand& input : kernel(s).inputs) last_[index(input.buffer)] = s;
      last_[index(kernel(s).output.buffer)] = s;
    }
  }

  void run() {
    for (int s = 0; s < steps(); ++s) {
      Operand& output = kernel(s).output;
      const int written = output.buffer;
      if (own(s) && now_[index(written)] < 0) now_[index(written)] = place(written);
      output.buffer = current(written);
      std::vector<int> dead;  // what this step is the last to use is free after it, not during it
      if (last_[index(written)] == s) dead.push_back(written);
      for (Operand& input : kernel(s).inputs) {
        const int read = input.buffer;
        input.buffer = current(read);
        if (last_[index(read)] == s && !std::ranges::count(dead, read)) dead.push_back(read);
      }
      for (const int slot : dead) {
        if (now_[index(slot)] >= 0) free_.push_back(now_[index(slot)]);
      }
    }
  }

 private:
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }
  int steps() const { return static_cast<int>(plan_.steps.size()); }
  KernelSpec& kernel(int step) { return plan_.steps[index(step)].kernel; }
  int current(int slot) const { return now_[index(slot)] >= 0 ? now_[index(slot)] : slot; }

  // Whether a step writes what is the plan's alone.
  bool own(int step) {
    const Slot& slot = plan_.slots[index(kernel(step).output.buffer)];
    return slot.leaf < 0 && !slot.kept && plan_.steps[index(step)].packs_weight < 0;
  }

  // The smallest free slot that is large enough, else the largest, which grows; else the slot
  // itself.
  int place(int slot) {
    if (free_.empty()) return slot;
    const std::size_t wanted = bytes(plan_.slots[index(slot)]);
    const auto best = std::ranges::min_element(free_, [&](int a, int b) {
      const std::size_t x = bytes(plan_.slots[index(a)]), y = bytes(plan_.slots[index(b)]);
      if ((x >= wanted) != (y >= wanted)) return x >= wanted;
      return x >= wanted ? x < y : x > y;
    });
    const int chosen = *best;
    free_.erase(best);
    Slot& place = plan_.slots[index(chosen)];
    const Slot& larger = plan_.slots[index(slot)];
    if (bytes(place) < wanted) {
      place.dtype = larger.dtype;
      place.elements = larger.elements;
    }
    return chosen;
  }

  Plan& plan_;
  std::vector<int> last_;  // of each slot: the last step that uses it
  std::vector<int> now_;   // of each slot: what it became; -1: not the plan's own, or not yet known
  std::vector<int> free_;
};

}  // namespace

void share_slots(Plan& plan) { Sharing(plan).run(); }

}  // namespace tarn::plan
