// Memory reuse inside a plan: slots that are never in use at the same time become one, which is
// allocated once and dropped after the last.
#pragma once

#include "ops/plan/plan.hpp"

namespace tarn::plan {

/// Merges the plan's own slots, each as large as the largest that it was made of; leaves, outputs
/// and packed weights stay as they are. The static alternative to dropping each slot early and
/// asking an allocator that caches. Requires: no drops have been noted yet.
void share_slots(Plan& plan);

/// Merges slots of one type and size that are used within one launch alone: nothing can be dropped
/// inside a launch. Requires: no drops have been noted yet.
void share_slots_of_launches(Plan& plan);

}  // namespace tarn::plan
