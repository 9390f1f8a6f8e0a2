#include "ops/kernel/nest.hpp"

#include <algorithm>

#include "ops/plan/split.hpp"

namespace tarn::kernel {
namespace {

constexpr int kReplicas = 4;
constexpr int kWideReplicas = 16;       // columns: 1 KB of each row, where a few streams can follow
constexpr int kMaxWide = 3;             // values of a pass that leave registers for so many
constexpr int kMaxReplicated = 12;      // a pass of more values computes one vector at a time
constexpr std::int64_t kUnrolled = 16;  // iterations of a window
constexpr std::int64_t kGroup = 64;     // work items of a group, on a GPU
constexpr std::int64_t kManyGroups = 4096;    // of a GPU: more only where loops would not end
constexpr std::int64_t kWorkPerGroup = 8192;  // elements below which another group does not pay

}  // namespace

// Opens the loop over this work item's tasks: neighbours on a CPU, every n-th on a GPU.
void NestEmitter::open_tasks(const std::string& count) {
  if (traits_.cpu) {
    text_.line("const " + index_ + " share_of_tasks = (" + count + " + (" + index_ +
               ")items - 1) / (" + index_ + ")items;");
    text_.line("const " + index_ + " task_begin = (" + index_ + ")item * share_of_tasks;");
    text_.line("const " + index_ + " task_end = min((" + index_ +
               ")(task_begin + share_of_tasks), " + count + ");");
    text_.line("for (" + index_ + " task = task_begin; task < task_end; ++task) {");
  } else {
    text_.line("for (" + index_ + " task = (" + index_ + ")item; task < " + count + "; task += (" +
               index_ + ")items) {");
  }
}

// The indices of `loops` from their joint index, the last loop running fastest.
void NestEmitter::decode(const std::vector<int>& loops, const std::string& from) {
  if (loops.empty()) return;
  if (loops.size() > 1) text_.line(index_ + " rest = " + from + ";");
  for (std::size_t i = loops.size(); i-- > 0;) {
    const std::string name = loop_name(loops[i]);
    if (i == 0) {
      text_.line("const " + index_ + " " + name + " = " + (loops.size() > 1 ? "rest" : from) + ";");
    } else {
      const std::string extent = arguments_.extent(loops[i]);
      text_.line("const " + index_ + " " + name + " = rest % " + extent + ";");
      text_.line("rest /= " + extent + ";");
    }
  }
}

// Opens the reduced loops but `inner`; returns how many.
int NestEmitter::open_reduced_loops(int inner) {
  int opened = 0;
  const bool window = is_window();
  for (const int loop : spec_.reduced) {
    if (loop == inner) continue;
    const std::string i = loop_name(loop);
    auto [begin, end] = bounds(loop);
    if (window) {
      end = std::to_string(spec_.extent(loop));
      text_.line("#pragma unroll");
    }
    text_.line("for (" + index_ + " " + i + " = " + begin + "; " + i + " < " + end + "; ++" + i +
               ") {");
    ++opened;
  }
  return opened;
}

// Few iterations, whose loads are vectors and so may be shared.
bool NestEmitter::is_window() const {
  if (lanes_ == 1 || layout_.across != Across::kept || spec_.passes != 1) return false;
  if (spec_.split_loop >= 0 || spec_.reduced_elements() > kUnrolled) return false;
  return replicas(0) == 1 && std::ranges::none_of(spec_.values, [&](const Value& v) {
           return v.operand >= 0 && v.in_row &&
                  read_access(spec_, v, layout_.loop) == Access::lanes;
         });
}

void NestEmitter::close(int loops) {
  for (int i = 0; i < loops; ++i) text_.line("}");
}

// Where a reduced loop begins and ends: a part of it, where it is shared out among parts.
std::pair<std::string, std::string> NestEmitter::bounds(int loop) {
  const std::string extent = arguments_.extent(loop);
  if (loop != spec_.split_loop) return {"0", extent};
  const std::string share = arguments_.number(spec_.rounds(loop), "share");
  const std::string part = loop_name(spec_.part_loop);
  return {part + " * " + share,
          "min((" + index_ + ")(" + part + " * " + share + " + " + share + "), " + extent + ")"};
}

// The values inside the reduced loops that `wanted` is made of, sources first.
// What `known` is made of is not among them: it is there already.
std::vector<int> NestEmitter::needed_in_row(const std::vector<int>& wanted, int known) const {
  std::vector<bool> need(spec_.values.size(), false);
  for (const int v : wanted) need[static_cast<std::size_t>(v)] = true;
  for (int v = count() - 1; v >= 0; --v) {
    if (!need[static_cast<std::size_t>(v)] || !value(v).in_row || v == known) continue;
    for (const int arg : value(v).args) {
      if (arg >= 0) need[static_cast<std::size_t>(arg)] = true;
    }
  }
  std::vector<int> list;
  for (int v = 0; v < count(); ++v) {
    if (need[static_cast<std::size_t>(v)] && value(v).in_row) list.push_back(v);
  }
  return list;
}

std::vector<int> NestEmitter::reductions_of(int pass) const {
  std::vector<int> list;
  for (int v = 0; v < count(); ++v) {
    if (value(v).kind == Value::Kind::reduce && value(v).pass == pass) list.push_back(v);
  }
  return list;
}

int NestEmitter::replicas(int pass) const {
  const bool columns = layout_.across != Across::reduced;
  if (lanes_ == 1 || spec_.passes == 0 || (columns && spec_.passes > 1)) return 1;
  std::vector<int> wanted;
  for (const int v : reductions_of(pass)) wanted.push_back(value(v).args[0]);
  const std::vector<int> needed = needed_in_row(wanted);
  if (static_cast<int>(needed.size()) > kMaxReplicated) return 1;
  const bool all_contiguous = std::ranges::all_of(needed, [&](int v) {
    return value(v).operand < 0 ||
           (value(v).guards < 0 &&
            read_access(spec_, value(v), layout_.loop) <= Access::contiguous);
  });
  if (!all_contiguous) return 1;
  return columns && needed.size() <= kMaxWide ? kWideReplicas : kReplicas;
}

// Groups of equal work, none of them without tasks; but many of flat maps, so that when a core is
// late, another takes what is left: one that follows another without a wait runs three times as
// long otherwise.
void NestEmitter::set_geometry(Rendered& rendered, std::int64_t tasks) const {
  const std::int64_t elements = spec_.kept_elements() * std::max<std::int64_t>(spec_.rounds(), 1);
  if (!traits_.cpu) {
    const std::int64_t rounds = std::max<std::int64_t>(plan::loop_rounds(spec_), 1) + 1;
    const std::int64_t tasks_of_item = std::max<std::int64_t>(traits_.loop_rounds / rounds, 1);
    const std::int64_t groups =
        std::max<std::int64_t>(tasks / tasks_of_item / kGroup + 1, kManyGroups);
    rendered.local = kGroup;
    rendered.global =
        static_cast<std::size_t>(std::clamp<std::int64_t>(divide_up(tasks, kGroup), 1, groups)) *
        kGroup;
    return;
  }
  const std::int64_t cost = spec_.values.size() > 16 || layout_.across == Across::flat ? 4 : 1;
  const std::int64_t most =
      std::clamp(elements * cost / kWorkPerGroup, std::int64_t{1}, kMaxGroups);
  const std::int64_t all = std::max(tasks, std::int64_t{1});
  rendered.global = static_cast<std::size_t>(
      layout_.across == Across::flat ? std::min(all, most) : divide_up(all, divide_up(all, most)));
}

}  // namespace tarn::kernel
