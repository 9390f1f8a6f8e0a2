#include "ops/plan/share.hpp"

#include <algorithm>
#include <iterator>

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

  void run() { run(0, steps(), false); }
  // Of the steps of one launch, what is used in it alone.
  void run_launch(int first, int count) {
    if (count > 1) run(first, first + count, true);
  }

 private:
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }
  int steps() const { return static_cast<int>(plan_.steps.size()); }
  KernelSpec& kernel(int step) { return plan_.steps[index(step)].kernel; }
  Slot& slot(int i) { return plan_.slots[index(i)]; }
  int current(int i) const { return now_[index(i)] >= 0 ? now_[index(i)] : i; }

  void run(int begin, int end, bool equal) {
    free_.clear();
    for (int s = begin; s < end; ++s) {
      Operand& output = kernel(s).output;
      const int written = output.buffer;
      if (own(s) && last_[index(written)] < end && now_[index(written)] < 0) {
        now_[index(written)] = equal ? place_equal(written) : place(written);
      }
      output.buffer = current(written);
      std::vector<int> dead;  // what this step is the last to use is free after it, not during it
      if (last_[index(written)] == s) dead.push_back(written);
      for (Operand& input : kernel(s).inputs) {
        const int read = input.buffer;
        input.buffer = current(read);
        if (last_[index(read)] == s && !std::ranges::count(dead, read)) dead.push_back(read);
      }
      for (const int i : dead) {
        if (now_[index(i)] >= 0) free_.push_back(now_[index(i)]);
      }
    }
  }

  // Whether a step writes what is the plan's alone.
  bool own(int step) {
    const Slot& written = slot(kernel(step).output.buffer);
    return written.leaf < 0 && !written.kept && plan_.steps[index(step)].packs_weight < 0;
  }

  // The smallest free slot that is large enough, else the largest, which grows; else the slot
  // itself.
  int place(int wanting) {
    if (free_.empty()) return wanting;
    const std::size_t wanted = bytes(slot(wanting));
    const auto best = std::ranges::min_element(free_, [&](int a, int b) {
      const std::size_t x = bytes(slot(a)), y = bytes(slot(b));
      if ((x >= wanted) != (y >= wanted)) return x >= wanted;
      return x >= wanted ? x < y : x > y;
    });
    const int chosen = *best;
    free_.erase(best);
    if (bytes(slot(chosen)) < wanted) {
      slot(chosen).dtype = slot(wanting).dtype;
      slot(chosen).elements = slot(wanting).elements;
    }
    return chosen;
  }

  // The last freed slot like it, which is in the nearest cache; else the slot itself.
  int place_equal(int wanting) {
    const Slot& wanted = slot(wanting);
    const auto equal = [&](int i) {
      return slot(i).dtype == wanted.dtype && slot(i).elements == wanted.elements;
    };
    const auto found = std::find_if(free_.rbegin(), free_.rend(), equal);
    if (found == free_.rend()) return wanting;
    const int chosen = *found;
    free_.erase(std::next(found).base());
    return chosen;
  }

  Plan& plan_;
  std::vector<int> last_;  // of each slot: the last step that uses it
  std::vector<int> now_;   // of each slot: what it became; -1: not the plan's own, or not yet known
  std::vector<int> free_;
};

}  // namespace

void share_slots(Plan& plan) { Sharing(plan).run(); }

void share_slots_of_launches(Plan& plan) {
  Sharing sharing(plan);
  int first = 0;
  for (const int length : plan.launches) {
    sharing.run_launch(first, length);
    first += length;
  }
}

}  // namespace tarn::plan
